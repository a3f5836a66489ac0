import { AudioLines, Captions as CaptionsIcon, Maximize, Minimize, Pause, PictureInPicture2, Play, Settings, SkipForward, Volume2, VolumeX, ArrowLeft, RotateCcw, RotateCw } from "lucide-react";
import { useCallback, useEffect, useMemo, useRef, useState, type RefObject } from "react";
import { MarkerKind, type Content } from "@gen/streamverse/content/v1/content_pb";
import { isTv } from "@/app/tv";
import { Still } from "@/artwork";
import { Button, IconButton } from "@/design/button";
import { Dialog } from "@/design/dialog";
import { Check } from "@/design/field";
import { Menu, MenuItem, MenuRule } from "@/design/menu";
import { useT, type TextKey } from "@/i18n";
import { position } from "@/i18n/format";
import { Picture } from "@/titles/card";
import { ofContent, subjectOf } from "@/titles/subject";
import { CAPTION_DEFAULT, rememberCaptions, setCaptionStyle, useCaptionStyle, wantedCaptions } from "./captions";
import type { Engine, Stats, Tracks } from "./engine";
import { isGone, useReach } from "@/wire/reach";
import css from "./player.module.css";
import type { Playing, Pulse } from "./session";
import { createEngine } from "./shaka";
import { Timeline } from "./timeline";

interface Props {
  playing: Playing;
  /** Where to begin; absent: where the server says that one stopped. */
  from: number | undefined;
  below: string;
  next: Content | undefined;
  onNext: () => void;
  onBack: () => void;
  onEnded: (at: number) => void;
  /** The address has ended: open a new session and go on. */
  onExpired: (at: number) => void;
  pulse: RefObject<() => Pulse>;
}

const EMPTY: Tracks = { qualities: [], audio: [], captions: [], height: 0, auto: true };
const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 2];
const SKIPS: Partial<Record<MarkerKind, TextKey>> = {
  [MarkerKind.INTRO]: "player.skipIntro",
  [MarkerKind.RECAP]: "player.skipRecap",
  [MarkerKind.PREVIEW]: "player.skipPreview",
};
const KEYS: [string, TextKey][] = [
  ["Space · K", "key.space"],
  ["← →", "key.arrows"],
  ["J · L", "key.jl"],
  ["↑ ↓", "key.volume"],
  ["M", "key.m"],
  ["F", "key.f"],
  ["C", "key.c"],
  ["I", "key.i"],
  ["0 – 9", "key.digits"],
  ["S", "key.s"],
  ["N", "key.n"],
  ["Shift + S", "key.stats"],
  ["Esc", "key.esc"],
];

/** The picture and what one may do with it. */
export function Player({ playing, from, below, next, onNext, onBack, onEnded, onExpired, pulse }: Props) {
  const t = useT();
  const reached = useReach();
  const root = useRef<HTMLDivElement>(null);
  const video = useRef<HTMLVideoElement>(null);
  const line = useRef<HTMLInputElement>(null);
  const engine = useRef<Engine>(undefined);
  const [tracks, setTracks] = useState(EMPTY);
  const [now, setNow] = useState({ time: 0, start: 0, end: playing.duration, buffered: 0 });
  const [paused, setPaused] = useState(true);
  const [muted, setMuted] = useState(false);
  const [volume, setVolume] = useState(1);
  const [rate, setRate] = useState(1);
  const [waiting, setWaiting] = useState<"no" | "short" | "long">("no");
  const [blocked, setBlocked] = useState(false);
  const [idle, setIdle] = useState(false);
  const [menus, setMenus] = useState(0);
  const [full, setFull] = useState(false);
  const [remaining, setRemaining] = useState(false);
  const [stats, setStats] = useState<Stats>();
  const [dialog, setDialog] = useState<"keys" | "captions">();
  const [dismissed, setDismissed] = useState(false);
  const [lines, setLines] = useState<string[]>([]);
  const [ended, setEnded] = useState(false);

  const refused = useCallback((error: DOMException) => {
    // A pause that overtakes it ends it as well (AbortError).
    if (error.name !== "NotAllowedError") return;
    setBlocked(true);
    setPaused(true);
  }, []);

  // The engine lives as long as the address.
  useEffect(() => {
    const element = video.current;
    if (!element) return;
    const made = createEngine(element);
    engine.current = made;
    made.on("tracks", () => setTracks(made.tracks()));
    made.on("buffering", (on) => setWaiting(on ? "short" : "no"));
    made.on("error", ({ expired }) => {
      if (expired) onExpired(element.currentTime);
      else setWaiting("long");
    });
    const begin = from ?? (playing.resume > 0 ? playing.resume : undefined);
    void made.load(playing.url, playing.live ? undefined : begin).then(() => {
      if (engine.current !== made) return;
      const wanted = wantedCaptions();
      const track = made.tracks().captions.find((one) => one.language === wanted);
      if (track) made.captions(track.id);
      element.play().catch(refused);
    });
    return () => {
      engine.current = undefined;
      void made.destroy();
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- an address is loaded once
  }, [playing.url]);

  useEffect(() => {
    if (waiting !== "short") return;
    const timer = setTimeout(() => setWaiting("long"), 5000);
    return () => clearTimeout(timer);
  }, [waiting]);

  pulse.current = () => ({
    // The element is gone before its last report is made.
    position: video.current?.currentTime ?? now.time,
    quality: tracks.height ? `${tracks.height}p` : "",
    buffer: engine.current?.stats().buffer ?? 0,
    rate: paused ? 0 : rate,
  });

  // What the element says.
  useEffect(() => {
    const element = video.current;
    if (!element) return;
    const read = () => {
      const range = engine.current?.range();
      const buffered = element.buffered.length ? element.buffered.end(element.buffered.length - 1) : 0;
      const end = playing.live ? (range?.end ?? 0) : element.duration || playing.duration;
      setNow({ time: element.currentTime, start: playing.live ? (range?.start ?? 0) : 0, end: Number.isFinite(end) ? end : (range?.end ?? 0), buffered });
    };
    const state = () => {
      setPaused(element.paused);
      setMuted(element.muted);
      setVolume(element.volume);
      setRate(element.playbackRate);
      if (!element.paused) {
        setBlocked(false);
        setEnded(false);
      }
    };
    const end = () => {
      setEnded(true);
      onEnded(element.currentTime);
    };
    for (const name of ["timeupdate", "durationchange", "progress", "seeked"]) element.addEventListener(name, read);
    for (const name of ["play", "pause", "volumechange", "ratechange"]) element.addEventListener(name, state);
    element.addEventListener("ended", end);
    return () => {
      for (const name of ["timeupdate", "durationchange", "progress", "seeked"]) element.removeEventListener(name, read);
      for (const name of ["play", "pause", "volumechange", "ratechange"]) element.removeEventListener(name, state);
      element.removeEventListener("ended", end);
    };
  }, [playing, onEnded]);

  // Captions are drawn by us: so they keep their style, and stay above the controls.
  useEffect(() => {
    const element = video.current;
    if (!element) return;
    const read = () => {
      const texts: string[] = [];
      for (const track of element.textTracks) {
        if (track.mode === "disabled") continue;
        if (tracks.captions.some((one) => one.active)) {
          track.mode = "hidden";
          for (const cue of track.activeCues ?? []) if (cue instanceof VTTCue) texts.push(cue.getCueAsHTML().textContent ?? "");
        }
      }
      setLines(texts);
    };
    const known = [...element.textTracks];
    for (const track of known) track.addEventListener("cuechange", read);
    read();
    return () => {
      for (const track of known) track.removeEventListener("cuechange", read);
    };
  }, [tracks]);

  const seek = useCallback((to: number) => {
    const element = video.current;
    if (!element) return;
    const range = engine.current?.range();
    element.currentTime = Math.max(range?.start ?? 0, Math.min(to, (range?.end ?? to) - 0.1));
    setNow((old) => ({ ...old, time: element.currentTime }));
  }, []);
  const toggle = useCallback(() => {
    const element = video.current;
    if (!element) return;
    if (element.paused) void element.play().catch(refused);
    else element.pause();
  }, [refused]);
  const fullScreen = useCallback(() => {
    if (document.fullscreenElement) void document.exitFullscreen();
    else void root.current?.requestFullscreen?.().catch(() => undefined);
  }, []);
  const pip = useCallback(() => {
    if (document.pictureInPictureElement) void document.exitPictureInPicture();
    else void video.current?.requestPictureInPicture?.().catch(() => undefined);
  }, []);
  const caption = useCallback((id: string | undefined) => {
    engine.current?.captions(id);
    rememberCaptions(engine.current?.tracks().captions.find((track) => track.id === id)?.language);
  }, []);

  useEffect(() => {
    const change = () => setFull(Boolean(document.fullscreenElement));
    document.addEventListener("fullscreenchange", change);
    return () => document.removeEventListener("fullscreenchange", change);
  }, []);

  const segment = useMemo(
    () => playing.markers.find((marker) => marker.kind in SKIPS && now.time >= marker.startSeconds && marker.endSeconds - now.time >= 1 && marker.endSeconds - marker.startSeconds >= 3),
    [playing.markers, now.time],
  );
  const credits = playing.markers.find((marker) => marker.kind === MarkerKind.CREDITS);
  const nearEnd = next && !dismissed && !playing.live && now.end > 0 && (credits ? now.time >= credits.startSeconds : now.time >= now.end - Math.min(20, now.end * 0.1)) && now.time > 1;
  const skip = useCallback(() => {
    if (segment) seek(segment.endSeconds);
  }, [segment, seek]);

  // Controls hide after three seconds of play, never while paused, in a menu, or (but on a TV) under the keyboard.
  const stay = paused || menus > 0 || dialog !== undefined || blocked || ended;
  const wake = useRef(() => {});
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const rest = () => {
      // On a TV what OK does next is to pause, whatever had the focus; taking it wakes the controls once more.
      const pause = document.getElementById("main-action");
      if (isTv() && pause && document.activeElement !== pause && root.current?.contains(document.activeElement)) pause.focus({ preventScroll: true });
      else setIdle(true);
    };
    wake.current = () => {
      setIdle(false);
      clearTimeout(timer);
      if (!stay) timer = setTimeout(rest, 3000);
    };
    wake.current();
    return () => clearTimeout(timer);
  }, [stay]);

  useEffect(() => {
    const key = (event: KeyboardEvent) => {
      const target = event.target instanceof HTMLElement ? event.target : document.body;
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (target.matches("input:not([type=range]), textarea, select") || document.querySelector("dialog[open]")) return;
      wake.current();
      const element = video.current;
      if (!element) return;
      const onButton = target.matches("button, a") && target.matches(":focus-visible");
      const act: Record<string, () => void> = {
        " ": toggle,
        k: toggle,
        ArrowLeft: () => seek(element.currentTime - (event.shiftKey ? 60 : 5)),
        ArrowRight: () => seek(element.currentTime + (event.shiftKey ? 60 : 5)),
        j: () => seek(element.currentTime - 10),
        l: () => seek(element.currentTime + 10),
        ArrowUp: () => (element.volume = Math.min(1, element.volume + 0.1)),
        ArrowDown: () => (element.volume = Math.max(0, element.volume - 0.1)),
        m: () => (element.muted = !element.muted),
        f: fullScreen,
        c: () => {
          const active = tracks.captions.find((track) => track.active);
          caption(active ? undefined : tracks.captions[0]?.id);
        },
        i: pip,
        n: () => next && onNext(),
        s: skip,
        S: () => setStats((shown) => (shown ? undefined : engine.current?.stats())),
        "?": () => setDialog("keys"),
        ",": () => element.paused && seek(element.currentTime - 1 / 25),
        ".": () => element.paused && seek(element.currentTime + 1 / 25),
        "<": () => (element.playbackRate = SPEEDS[Math.max(0, SPEEDS.indexOf(element.playbackRate) - 1)] ?? 1),
        ">": () => (element.playbackRate = SPEEDS[Math.min(SPEEDS.length - 1, SPEEDS.indexOf(element.playbackRate) + 1)] ?? 1),
        Escape: () => !document.fullscreenElement && onBack(),
      };
      if (/^\d$/.test(event.key) && !playing.live) {
        event.preventDefault();
        return seek((now.end * Number(event.key)) / 10);
      }
      const chosen = act[event.key] ?? act[event.key.toLowerCase()];
      if (!chosen) return;
      // A button that the keyboard is on keeps its own keys.
      if (onButton && (event.key === " " || event.key === "Enter")) return;
      event.preventDefault();
      chosen();
    };
    document.addEventListener("keydown", key);
    return () => document.removeEventListener("keydown", key);
  }, [toggle, seek, fullScreen, pip, caption, skip, next, onNext, onBack, tracks, playing.live, now.end]);

  // On a TV the first arrow to a side, while nothing is shown, takes hold of the timeline; others show what there is.
  useEffect(() => {
    const key = (event: KeyboardEvent) => {
      if (!isTv() || !idle || !event.key.startsWith("Arrow") || document.querySelector("dialog[open]")) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (event.key === "ArrowLeft" || event.key === "ArrowRight") line.current?.focus();
      wake.current();
    };
    addEventListener("keydown", key, true);
    return () => removeEventListener("keydown", key, true);
  }, [idle]);

  useEffect(() => {
    if (!stats) return;
    const timer = setInterval(() => setStats(engine.current?.stats()), 1000);
    return () => clearInterval(timer);
  }, [stats]);

  useEffect(() => {
    if (!("mediaSession" in navigator)) return;
    navigator.mediaSession.metadata = new MediaMetadata({ title: playing.title, artist: below, artwork: playing.poster ? [{ src: playing.poster }] : [] });
    const set = (name: MediaSessionAction, act: (() => void) | null) => {
      try {
        navigator.mediaSession.setActionHandler(name, act);
      } catch {
        // Not every browser knows every key.
      }
    };
    set("play", toggle);
    set("pause", toggle);
    set("seekbackward", () => seek((video.current?.currentTime ?? 0) - 10));
    set("seekforward", () => seek((video.current?.currentTime ?? 0) + 10));
    set("nexttrack", next ? onNext : null);
    return () => {
      for (const name of ["play", "pause", "seekbackward", "seekforward", "nexttrack"] as const) set(name, null);
    };
  }, [playing, below, next, onNext, toggle, seek]);

  // A mouse plays and pauses where it presses. A finger shows and hides the controls, and twice moves ten seconds.
  const finger = useRef({ is: false, hid: false });
  const down = (event: React.PointerEvent) => {
    finger.current = { is: event.pointerType === "touch", hid: idle };
    wake.current();
  };
  const pressed = {
    onClick: (event: React.MouseEvent) => {
      if (event.target !== event.currentTarget) return;
      if (!finger.current.is) toggle();
      else if (!finger.current.hid && !stay) setIdle(true);
    },
    onDoubleClick: (event: React.MouseEvent) => {
      if (event.target !== event.currentTarget) return;
      const across = event.clientX / innerWidth;
      if (!finger.current.is || (across > 0.35 && across < 0.65)) fullScreen();
      else if (!playing.live) seek(now.time + (across < 0.5 ? -10 : 10));
    },
  };
  const opened = (open: boolean) => setMenus((count) => Math.max(0, count + (open ? 1 : -1)));
  const behind = playing.live ? Math.max(0, now.end - now.time) : 0;
  const atEdge = behind < 20;
  const style = useCaptionStyle();
  // A pointer's press leaves no focus on a control, so that Space stays play.
  const drop = (event: React.PointerEvent) => {
    const button = (event.target as HTMLElement).closest("button");
    if (button && !button.closest("dialog, [role=menu]") && !button.hasAttribute("aria-haspopup")) requestAnimationFrame(() => button.blur());
  };
  return (
    <div ref={root} className={css.player} data-theme="dark" data-idle={idle || undefined} onPointerMove={() => wake.current()} onPointerDown={down} onPointerUp={drop} onFocus={() => wake.current()}>
      <video ref={video} className={css.video} playsInline {...pressed} aria-label={playing.title} />
      {playing.poster && now.time === 0 && <img className={css.poster} src={playing.poster} alt="" />}
      {lines.length > 0 && (
        <div className={css.captions} style={{ fontSize: `calc(4.5vmin * ${style.size / 100})`, color: style.colour }} aria-live="off">
          <span style={{ background: `rgb(0 0 0 / ${style.ground})` }}>{lines.join("\n")}</span>
        </div>
      )}
      <div className={css.layer}>
        <div className={css.top}>
          <IconButton label={t("back")} onClick={onBack}>
            <ArrowLeft size={22} className="mirror" aria-hidden />
          </IconButton>
          <h1 dir="auto">
            {playing.title}
            {below && <small>{below}</small>}
          </h1>
          {"pictureInPictureEnabled" in document && document.pictureInPictureEnabled ? (
            <IconButton label={t("player.pip")} onClick={pip}>
              <PictureInPicture2 size={20} aria-hidden />
            </IconButton>
          ) : (
            <span />
          )}
        </div>
        <div className={css.middle} {...pressed}>
          {blocked ? (
            <div className="stack" style={{ justifyItems: "center" }}>
              <button type="button" className={css.big} aria-label={t("player.play")} autoFocus onClick={toggle}>
                <Play size={32} fill="currentColor" aria-hidden />
              </button>
              <p className={css.note}>{t("player.muted")}</p>
            </div>
          ) : waiting === "long" ? (
            <p className={css.note} role="status">
              {t(isGone(reached) ? "player.waiting" : "player.slow")}
            </p>
          ) : null}
        </div>
        <div className={css.bottom}>
          <Timeline field={line} start={now.start} end={now.end} now={now.time} buffered={now.buffered} markers={playing.markers} thumbnails={playing.thumbnails} onSeek={seek} />
          <div className={css.controls}>
            <div className={css.transport} data-hidden={blocked || undefined}>
              <IconButton id="main-action" label={t(paused ? "player.play" : "player.pause")} onClick={toggle}>
                {paused ? <Play size={24} fill="currentColor" aria-hidden /> : <Pause size={24} fill="currentColor" aria-hidden />}
              </IconButton>
              <IconButton label={t("player.back10")} onClick={() => seek(now.time - 10)}>
                <RotateCcw size={20} aria-hidden />
              </IconButton>
              <IconButton label={t("player.on10")} onClick={() => seek(now.time + 10)}>
                <RotateCw size={20} aria-hidden />
              </IconButton>
            </div>
            <IconButton className={css.wide ?? ""} label={t(muted ? "player.unmute" : "player.mute")} onClick={() => video.current && (video.current.muted = !video.current.muted)}>
              {muted || volume === 0 ? <VolumeX size={20} aria-hidden /> : <Volume2 size={20} aria-hidden />}
            </IconButton>
            <input className={`${css.volume} ${css.wide}`} type="range" min={0} max={1} step={0.05} aria-label={t("player.volume")} value={muted ? 0 : volume} onChange={(event) => video.current && ((video.current.volume = Number(event.target.value)), (video.current.muted = false))} />
            {playing.live ? (
              <button type="button" className={css.live} data-on={atEdge || undefined} onClick={() => seek(now.end)} aria-label={t(atEdge ? "player.live" : "player.goLive")}>
                {atEdge ? t("player.live") : `${t("player.goLive")} · ${t("player.behind", { time: position(behind) })}`}
              </button>
            ) : (
              <button type="button" className={css.time} onClick={() => setRemaining(!remaining)}>
                <bdi>{remaining ? `−${position(now.end - now.time)}` : `${position(now.time)} / ${position(now.end)}`}</bdi>
              </button>
            )}
            <span className={css.spacer} />
            {next && (
              <IconButton label={t("player.next")} onClick={onNext}>
                <SkipForward size={20} aria-hidden />
              </IconButton>
            )}
            {tracks.captions.length > 0 && (
              <Menu up label={t("player.captions")} onOpen={opened} trigger={(aria) => <IconButton label={t("player.captions")} {...aria}><CaptionsIcon size={20} aria-hidden /></IconButton>}>
                <MenuItem checked={!tracks.captions.some((track) => track.active)} onSelect={() => caption(undefined)}>
                  {t("player.captionsOff")}
                </MenuItem>
                {tracks.captions.map((track) => (
                  <MenuItem key={track.id} checked={track.active} onSelect={() => caption(track.id)}>
                    {track.label || track.language}
                  </MenuItem>
                ))}
                <MenuRule />
                <MenuItem onSelect={() => setDialog("captions")}>{t("player.captionStyle")}</MenuItem>
              </Menu>
            )}
            {tracks.audio.length > 1 && (
              <Menu up label={t("player.audio")} onOpen={opened} trigger={(aria) => <IconButton label={t("player.audio")} {...aria}><AudioLines size={20} aria-hidden /></IconButton>}>
                {tracks.audio.map((track) => (
                  <MenuItem key={track.id} checked={track.active} onSelect={() => engine.current?.audio(track.id)}>
                    {track.label || track.language}
                  </MenuItem>
                ))}
              </Menu>
            )}
            <Menu up label={t("player.settings")} onOpen={opened} trigger={(aria) => <IconButton label={t("player.settings")} {...aria}><Settings size={20} aria-hidden /></IconButton>}>
              <MenuItem checked={tracks.auto} onSelect={() => engine.current?.quality("auto")}>
                {tracks.auto && tracks.height ? t("player.autoNow", { quality: `${tracks.height}p` }) : t("player.auto")}
              </MenuItem>
              {tracks.qualities.map((quality) => (
                <MenuItem key={quality.id} checked={quality.active} onSelect={() => engine.current?.quality(quality.id)}>
                  {quality.label}
                </MenuItem>
              ))}
              <MenuRule />
              {!playing.live &&
                SPEEDS.map((speed) => (
                  <MenuItem key={speed} checked={rate === speed} onSelect={() => video.current && (video.current.playbackRate = speed)}>
                    {speed === 1 ? t("player.normal") : t("player.speedOf", { speed })}
                  </MenuItem>
                ))}
              <MenuRule />
              <MenuItem onSelect={() => setStats(stats ? undefined : engine.current?.stats())}>{t("player.stats")}</MenuItem>
              <MenuItem onSelect={() => setDialog("keys")}>{t("player.keys")}</MenuItem>
            </Menu>
            <IconButton label={t(full ? "player.exitFull" : "player.full")} onClick={fullScreen}>
              {full ? <Minimize size={20} aria-hidden /> : <Maximize size={20} aria-hidden />}
            </IconButton>
          </div>
        </div>
      </div>
      <div className={css.float}>
        {segment && (
          <Button tone="primary" onClick={skip}>
            {t(SKIPS[segment.kind] ?? "player.skipIntro")}
          </Button>
        )}
        {nearEnd && next && <NextUp next={next} ended={ended} onNext={onNext} onDismiss={() => setDismissed(true)} />}
      </div>
      {stats && (
        <div className={css.stats}>
          <span>codec</span>
          <span>{stats.codec}</span>
          <span>picture</span>
          <span>{stats.resolution}</span>
          <span>network</span>
          <span>{stats.bandwidth} kbit/s</span>
          <span>buffer</span>
          <span>{stats.buffer.toFixed(1)} s</span>
          <span>dropped</span>
          <span>{stats.dropped}</span>
          <span>stalls</span>
          <span>{stats.stalls}</span>
          <span>session</span>
          <span>{playing.sessionId}</span>
        </div>
      )}
      {dialog === "keys" && (
        <Dialog dark title={t("player.keys")} onClose={() => setDialog(undefined)}>
          <dl className={css.keys}>
            {KEYS.map(([name, label]) => (
              <div key={name} style={{ display: "contents" }}>
                <dt>
                  <bdi>{name}</bdi>
                </dt>
                <dd>{t(label)}</dd>
              </div>
            ))}
          </dl>
        </Dialog>
      )}
      {dialog === "captions" && <CaptionDialog onClose={() => setDialog(undefined)} />}
    </div>
  );
}

function NextUp({ next, ended, onNext, onDismiss }: { next: Content; ended: boolean; onNext: () => void; onDismiss: () => void }) {
  const t = useT();
  const [left, setLeft] = useState(10);
  const [counting, setCounting] = useState(true);
  useEffect(() => {
    if (!counting) return;
    const timer = setInterval(() => setLeft((seconds) => seconds - 1), 1000);
    // Any other key stops the count, not the film.
    const stop = () => setCounting(false);
    document.addEventListener("keydown", stop);
    return () => {
      clearInterval(timer);
      document.removeEventListener("keydown", stop);
    };
  }, [counting]);
  useEffect(() => {
    if ((counting && left <= 0) || ended) onNext();
  }, [left, counting, ended, onNext]);
  const episode = next.details.case === "episode" ? next.details.value : undefined;
  return (
    <div className={css.card} role="region" aria-label={t("player.next")}>
      <div className={css.still}>
        <Still subject={subjectOf({ ...ofContent(next), title: episode?.series?.title ?? next.title })} season={episode?.seasonNumber ?? 0} episode={episode?.episodeNumber ?? 0} />
        <Picture url={next.posterUrl} />
      </div>
      <strong>
        {episode?.episodeNumber}. <bdi>{next.title}</bdi>
      </strong>
      <div className="row">
        <Button tone="primary" small onClick={onNext}>
          {counting ? t("player.nextIn", { seconds: Math.max(0, left) }) : t("player.playNow")}
        </Button>
        <Button small onClick={onDismiss}>
          {t("player.credits")}
        </Button>
      </div>
    </div>
  );
}

const COLOURS = ["#ffffff", "#ffe14d", "#7df0ff", "#b5ff9e"];

function CaptionDialog({ onClose }: { onClose: () => void }) {
  const t = useT();
  const style = useCaptionStyle();
  return (
    <Dialog dark title={t("player.captionStyle")} onClose={onClose} actions={<Button onClick={() => setCaptionStyle(CAPTION_DEFAULT)}>{t("player.reset")}</Button>}>
      <label className="stack" style={{ gap: "0.25rem" }}>
        {t("player.captionSize")} {style.size} %
        <input type="range" min={50} max={300} step={10} value={style.size} onChange={(event) => setCaptionStyle({ ...style, size: Number(event.target.value) })} />
      </label>
      <fieldset className="row">
        <legend>{t("player.captionColour")}</legend>
        {COLOURS.map((colour) => (
          <Check
            key={colour}
            type="radio"
            name="colour"
            checked={style.colour === colour}
            onChange={() => setCaptionStyle({ ...style, colour })}
            label={<span style={{ display: "inline-block", inlineSize: "1.5rem", blockSize: "1.5rem", background: colour, borderRadius: 4 }} aria-label={colour} role="img" />}
          />
        ))}
      </fieldset>
      <label className="stack" style={{ gap: "0.25rem" }}>
        {t("player.captionBack")} {Math.round(style.ground * 100)} %
        <input type="range" min={0} max={1} step={0.05} value={style.ground} onChange={(event) => setCaptionStyle({ ...style, ground: Number(event.target.value) })} />
      </label>
      <div style={{ background: "#556", padding: "1.5rem", textAlign: "center", fontSize: `${style.size / 100}rem`, color: style.colour, borderRadius: 8 }}>
        <span style={{ background: `rgb(0 0 0 / ${style.ground})`, padding: "0.1em 0.4em" }}>{t("player.captionSample")}</span>
      </div>
    </Dialog>
  );
}
