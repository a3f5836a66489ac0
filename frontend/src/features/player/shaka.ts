import shaka from "shaka-player/dist/shaka-player.hls-es2021.js";
import type { Choice, Engine, EngineEvents, Stats, Tracks } from "./engine";
import { trackName } from "./names";

/** When the player that an element had before is gone; two at once take each other's tracks and sources away. */
const leaving = new WeakMap<HTMLVideoElement, Promise<unknown>>();

/** HLS by Shaka, without its controls. */
export function createEngine(video: HTMLVideoElement): Engine {
  shaka.polyfill.installAll();
  const player = new shaka.Player();
  const listeners: { [Name in keyof EngineEvents]: EngineEvents[Name][] } = { tracks: [], buffering: [], error: [] };
  let auto = true;
  let gone = false;
  const attached = Promise.resolve(leaving.get(video)).then(() => (gone ? undefined : player.attach(video)));

  player.configure({
    streaming: {
      bufferingGoal: 30,
      rebufferingGoal: 1,
      // What is lost on the way is asked for again for as long as somebody waits: the picture goes on by itself.
      retryParameters: { maxAttempts: 6, baseDelay: 500, backoffFactor: 2, fuzzFactor: 0.3, timeout: 20_000 },
      failureCallback: (_error: unknown) => {
        setTimeout(() => !gone && player.retryStreaming(), 2000);
      },
    },
  });
  const tell = () => listeners.tracks.forEach((listener) => listener());
  for (const name of ["trackschanged", "adaptation", "variantchanged", "textchanged", "audiotrackschanged"]) player.addEventListener(name, tell);
  player.addEventListener("buffering", ((event: Event & { buffering?: boolean }) => listeners.buffering.forEach((listener) => listener(Boolean(event.buffering)))) as EventListener);
  player.addEventListener("error", ((event: Event & { detail?: unknown }) => fail(event.detail)) as EventListener);

  function fail(detail: unknown) {
    const error = detail as { code?: number; severity?: number; data?: unknown[] };
    const status = Number(error.data?.[1]);
    const problem = { expired: error.code === 1001 && status === 403, offline: error.code === 1002 || error.code === 1003, code: error.code ?? 0 };
    if (problem.expired || error.severity === shaka.util.Error.Severity.CRITICAL) listeners.error.forEach((listener) => listener(problem));
  }
  /**
   * Shaka keeps cues back until it has appended a picture after it first met captions (TextEngine's deferred appends,
   * 5.2.12): those that are chosen when all is buffered would never come. So it meets them before the first picture.
   * Of what is chosen and put away at once no cues are fetched.
   */
  function meetCaptions() {
    const known = player.getTextTracks();
    if (!known[0] || known.some((track) => track.active)) return;
    player.selectTextTrack(known[0]);
    player.selectTextTrack(null);
  }

  return {
    async load(url, at) {
      await attached;
      if (gone) return;
      try {
        await player.load(url, at ?? null);
        meetCaptions();
      } catch (error) {
        if (!gone && (error as { code?: number }).code !== 7000) fail(Object.assign({ severity: shaka.util.Error.Severity.CRITICAL }, error));
      }
    },
    tracks(): Tracks {
      const variants = player.getVariantTracks();
      const active = variants.find((track) => track.active);
      const heights = new Map<number, Choice>();
      for (const track of [...variants].sort((a, b) => b.bandwidth - a.bandwidth)) {
        const height = track.height ?? 0;
        if (!height || heights.has(height)) continue;
        heights.set(height, { id: String(height), label: `${height}p`, language: "", active: !auto && active?.height === height });
      }
      return {
        qualities: [...heights.values()],
        audio: player.getAudioTracks().map((track, index) => ({ id: String(index), label: trackName(track.language, track.label), language: track.language, active: track.active })),
        captions: player.getTextTracks().map((track) => ({ id: String(track.id), label: trackName(track.language, track.label), language: track.language, active: track.active })),
        height: active?.height ?? 0,
        auto,
      };
    },
    quality(id) {
      auto = id === "auto";
      player.configure("abr.enabled", auto);
      if (!auto) {
        const track = player
          .getVariantTracks()
          .filter((one) => String(one.height) === id)
          .sort((a, b) => b.bandwidth - a.bandwidth)[0];
        if (track) player.selectVariantTrack(track, true, 2);
      }
      tell();
    },
    audio(id) {
      const track = player.getAudioTracks()[Number(id)];
      if (track) player.selectAudioTrack(track);
      tell();
    },
    captions(id) {
      player.selectTextTrack(player.getTextTracks().find((track) => String(track.id) === id) ?? null);
      tell();
    },
    range: () => player.seekRange(),
    stats(): Stats {
      const now = player.getStats();
      const active = player.getVariantTracks().find((track) => track.active);
      const ahead = video.buffered.length ? video.buffered.end(video.buffered.length - 1) - video.currentTime : 0;
      return {
        codec: active?.codecs ?? "",
        resolution: active?.width ? `${active.width} × ${active.height}` : "",
        bandwidth: Math.round((now.estimatedBandwidth || 0) / 1000),
        buffer: Math.max(0, ahead),
        dropped: now.droppedFrames || 0,
        stalls: now.stallsDetected || 0,
      };
    },
    on(name, listener) {
      listeners[name].push(listener);
    },
    async destroy() {
      gone = true;
      const left = attached.catch(() => undefined).then(() => player.destroy());
      leaving.set(video, left);
      await left;
    },
  };
}
