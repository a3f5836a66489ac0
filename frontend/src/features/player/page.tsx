import { useMutation, useQuery } from "@tanstack/react-query";
import { getRouteApi, useCanGoBack, useNavigate, useRouter } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useRef, useState } from "react";
import type { ActiveStream } from "@gen/streamverse/streaming/v1/sessions_pb";
import { useTitle } from "@/app/shell";
import { Button, ButtonLink } from "@/design/button";
import { Confirm } from "@/design/dialog";
import { Failure, RequestId } from "@/design/states";
import { reasonText, useT, viewer } from "@/i18n";
import { position, relative } from "@/i18n/format";
import { deniedOf } from "@/titles/access";
import { MainButton } from "@/titles/main-button";
import { guide } from "@/wire/clients/guide";
import { playSessions } from "@/wire/clients/playSessions";
import { Refusal } from "@/wire/refusal";
import { useSession } from "@/wire/session";
import { useTitleAndNext } from "./next";
import css from "./player.module.css";
import { usePlaySession, type Pulse, type Stage } from "./session";

const Player = lazy(() => import("./player").then((module) => ({ default: module.Player })));

/** Plays a title. */
export function Watch() {
  const { id } = getRouteApi("/watch/$id").useParams();
  const { from } = getRouteApi("/watch/$id").useSearch();
  return <Screen key={id} id={id} live={false} from={from === "0" ? 0 : undefined} />;
}

/** Plays a channel. */
export function WatchLive() {
  const { id } = getRouteApi("/live/$id").useParams();
  return <Screen key={id} id={id} live from={undefined} />;
}

function Screen({ id, live, from }: { id: string; live: boolean; from: number | undefined }) {
  const t = useT();
  const navigate = useNavigate();
  const router = useRouter();
  const canGoBack = useCanGoBack();
  const pulse = useRef<() => Pulse>(() => ({ position: 0, quality: "", buffer: 0, rate: 1 }));
  const { stage, again, complete } = usePlaySession(id, live, pulse);
  const [resumeAt, setResumeAt] = useState<number | undefined>(from);
  const about = useTitleAndNext(live ? "" : id);
  const episode = about.title?.details.case === "episode" ? about.title.details.value : undefined;
  const parent = episode?.seriesId ?? id;
  const renewed = useRef(0);
  useTitle(stage.at === "playing" ? stage.playing.title : undefined);

  const back = useCallback(() => {
    if (canGoBack) router.history.back();
    else if (live) void navigate({ to: "/live" });
    else void navigate({ to: "/title/$id", params: { id: parent } });
  }, [canGoBack, router, navigate, live, parent]);
  const next = about.next;
  const onNext = useCallback(() => {
    if (next) void navigate({ to: "/watch/$id", params: { id: next.id }, replace: true });
  }, [navigate, next]);
  const onEnded = useCallback(
    (at: number) => {
      void complete(at);
      if (!next && !live) setTimeout(back, 1500);
    },
    // eslint-disable-next-line react-hooks/exhaustive-deps -- complete reads the session when it is called
    [next, live, back],
  );
  const onExpired = useCallback(
    (at: number) => {
      setResumeAt(at);
      // Once by itself; what ends again at once would end for ever.
      if (Date.now() - renewed.current > 60_000) {
        renewed.current = Date.now();
        again();
      }
    },
    // eslint-disable-next-line react-hooks/exhaustive-deps -- again is made anew with every render and does the same
    [],
  );

  if (stage.at === "playing")
    return (
      <main id="main">
        <Suspense fallback={<Curtain title={stage.playing.title} />}>
          <Player
            playing={stage.playing}
            from={resumeAt}
            below={episode ? `${episode.series?.title ?? ""} · S${episode.seasonNumber} E${episode.episodeNumber}` : ""}
            next={about.next}
            onNext={onNext}
            onBack={back}
            onEnded={onEnded}
            onExpired={onExpired}
            pulse={pulse}
          />
        </Suspense>
      </main>
    );
  if (stage.at === "opening") return <Curtain title={about.title?.title ?? ""} />;
  return (
    <main className={css.screen} data-theme="dark" id="main">
      <div className={css.panel}>
        {stage.at === "limit" && <Limit stage={stage} onFreed={again} onBack={back} />}
        {stage.at === "stopped" && (
          <>
            <h1>{t("player.stopped")}</h1>
            <p className="second">{stopText(stage.why)}</p>
            <div className="row">
              <Button
                tone="primary"
                autoFocus
                onClick={() => {
                  setResumeAt(stage.position || undefined);
                  again();
                }}
              >
                {live ? t("tryAgain") : t("player.continueFrom", { time: position(stage.position) })}
              </Button>
              <Button onClick={back}>{t("back")}</Button>
            </div>
          </>
        )}
        {stage.at === "refused" && <Refused refusal={stage.refusal} id={id} live={live} title={about.title?.title ?? ""} onAgain={again} onBack={back} />}
      </div>
    </main>
  );
}

function stopText(why: string): string {
  const key = `player.stop.${why}`;
  return viewer.text(viewer.has(key) ? key : "player.stop.STOPPED");
}

function Curtain({ title }: { title: string }) {
  const t = useT();
  return (
    <main className={css.screen} data-theme="dark" style={{ background: "black" }} id="main">
      <h1 className="sr" role="status">
        {t("loading")} {title}
      </h1>
    </main>
  );
}

function Refused({ refusal, id, live, title, onAgain, onBack }: { refusal: Refusal; id: string; live: boolean; title: string; onAgain: () => void; onBack: () => void }) {
  const t = useT();
  const channel = useQuery({
    queryKey: ["channel", id, "name"],
    queryFn: async ({ signal }) => (await guide.getGuide({ channelId: [id] }, { signal })).items[0]?.channel?.name ?? "",
    enabled: live,
  });
  const name = live ? (channel.data ?? "") : title;
  const kids = useSession()?.profile?.isKids ?? false;
  const access = deniedOf(refusal);
  // What would open it says why it is shut.
  const offered = !kids && access?.kind === "denied" && access.offers.length > 0;
  if (!access)
    return (
      <>
        <h1 className="sr">{t("failed")}</h1>
        <Failure
          error={refusal}
          action={
            <>
              <Button tone="primary" onClick={onAgain}>
                {t("tryAgain")}
              </Button>
              <Button onClick={onBack}>{t("back")}</Button>
            </>
          }
        />
      </>
    );
  return (
    <>
      <h1 dir="auto">{name || reasonText(refusal)}</h1>
      {name && !offered && <p className="second">{reasonText(refusal)}</p>}
      {access.kind === "denied" ? <MainButton access={access} playable={id} title={name} resume={0} listed={false} /> : null}
      <div className="row">
        <Button onClick={onBack}>{t("back")}</Button>
      </div>
      <RequestId id={refusal.requestId} />
    </>
  );
}

function Limit({ stage, onFreed, onBack }: { stage: Extract<Stage, { at: "limit" }>; onFreed: () => void; onBack: () => void }) {
  const t = useT();
  const kids = useSession()?.profile?.isKids ?? false;
  const [asking, setAsking] = useState<ActiveStream>();
  const stop = useMutation({
    mutationFn: (sessionId: string) => playSessions.stopPlaySession({ sessionId }),
    onSuccess: () => {
      setAsking(undefined);
      onFreed();
    },
  });
  return (
    <>
      <h1>{t("player.limit")}</h1>
      <p className="second">{t("player.limitText", { limit: stage.limit })}</p>
      <ul className={css.streams}>
        {stage.streams.map((stream, index) => (
          <li key={stream.sessionId} className={css.stream}>
            <div>
              <strong>{stream.device}</strong>
              <span>
                {[stream.profileName, stream.title].filter(Boolean).join(" · ")}
                {stream.since && <> · {t("devices.since", { time: relative(stream.since) })}</>}
              </span>
            </div>
            <Button tone="primary" autoFocus={index === 0} onClick={() => setAsking(stream)}>
              {t("player.stopHere")}
            </Button>
          </li>
        ))}
      </ul>
      <div className="row">
        {!kids && <ButtonLink to="/plans">{t("player.seePlans")}</ButtonLink>}
        <Button tone="quiet" onClick={onBack}>
          {t("back")}
        </Button>
      </div>
      {asking && (
        <Confirm
          tone="primary"
          title={t("devices.stopTitle", { title: asking.title, device: asking.device })}
          effect={t("devices.stopText")}
          verb={t("player.stopHere")}
          busy={stop.isPending}
          error={stop.error}
          onConfirm={() => stop.mutate(asking.sessionId)}
          onClose={() => setAsking(undefined)}
        />
      )}
    </>
  );
}
