import { useEffect, useRef, useState } from "react";
import { useQueryClient } from "@tanstack/react-query";
import type { Marker } from "@gen/streamverse/content/v1/content_pb";
import { ActiveStreamsSchema, StopReason, type ActiveStream } from "@gen/streamverse/streaming/v1/sessions_pb";
import { streamed } from "@/app/flags";
import { playback } from "@/wire/clients/playback";
import { playSessions } from "@/wire/clients/playSessions";
import { deviceName } from "@/wire/device";
import { Refusal } from "@/wire/refusal";
import { subscribe, session as login } from "@/wire/session";

/** What plays, as the server lets it. */
export interface Playing {
  sessionId: string;
  url: string;
  title: string;
  poster: string;
  resume: number;
  duration: number;
  markers: Marker[];
  /** Address of the track of small pictures; empty where there is none. */
  thumbnails: string;
  heartbeatSeconds: number;
  live: boolean;
}

export type Stage =
  | { at: "opening" }
  | { at: "playing"; playing: Playing }
  | { at: "limit"; streams: ActiveStream[]; limit: number }
  | { at: "refused"; refusal: Refusal }
  | { at: "stopped"; why: string; position: number };

async function start(id: string, live: boolean): Promise<Playing> {
  if (live) {
    const answer = await playback.playLive({ channelId: id });
    return { sessionId: answer.sessionId, url: streamed(answer.playbackUrl), title: answer.title, poster: answer.logoUrl, resume: 0, duration: 0, markers: [], thumbnails: "", heartbeatSeconds: answer.heartbeatIntervalSeconds, live: true };
  }
  const answer = await playback.playOnDemand({ contentId: id });
  return {
    sessionId: answer.sessionId,
    url: streamed(answer.playbackUrl),
    title: answer.title,
    poster: answer.posterUrl,
    resume: answer.resumePositionSeconds,
    duration: answer.durationSeconds,
    markers: answer.markers,
    thumbnails: answer.thumbnailsUrl && streamed(answer.thumbnailsUrl),
    heartbeatSeconds: answer.heartbeatIntervalSeconds,
    live: false,
  };
}

/** What the video says of itself, for heartbeats. */
export interface Pulse {
  position: number;
  quality: string;
  buffer: number;
  rate: number;
}

/** Opens a playback session, keeps it alive, and says when the server wants it to end. */
export function usePlaySession(id: string, live: boolean, pulse: React.RefObject<() => Pulse>) {
  const [stage, setStage] = useState<Stage>({ at: "opening" });
  const [tries, setTries] = useState(0);
  const queries = useQueryClient();
  const current = useRef<string>(undefined);

  useEffect(() => {
    let over = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let mine: Playing | undefined;
    const read = () => pulse.current();
    setStage({ at: "opening" });

    const stop = (why: string) => {
      clearTimeout(timer);
      if (!over) setStage({ at: "stopped", why, position: read().position });
    };
    const beat = async () => {
      if (!mine || over) return;
      const now = read();
      let next = mine.heartbeatSeconds;
      try {
        const answer = await playSessions.heartbeat({
          sessionId: mine.sessionId,
          ...(mine.live ? {} : { positionSeconds: now.position }),
          quality: now.quality,
          bufferSeconds: Math.max(0, now.buffer),
          rate: now.rate,
        });
        if (answer.stop) return stop(StopReason[answer.stopReason] ?? "STOPPED");
        next = answer.nextIntervalSeconds || next;
      } catch (error) {
        const refusal = Refusal.of(error);
        if (refusal.reason === "PLAY_SESSION_NOT_FOUND") return stop("EXPIRED");
        // Whatever else fails is the network's: the picture goes on, and the next report says where it is.
        next = Math.min(next, 10);
      }
      if (!over) timer = setTimeout(() => void beat(), next * 1000);
    };
    const hidden = () => {
      if (document.visibilityState === "hidden") void beat().catch(() => undefined);
    };
    // A tab that closes gives its stream back: the request outlives the page.
    const leaving = () => {
      const held = login();
      if (mine && held) void fetch(`/play/sessions/${mine.sessionId}`, { method: "DELETE", keepalive: true, headers: { authorization: `Bearer ${held.accessToken}`, "x-device-id": deviceName() } }).catch(() => undefined);
    };
    addEventListener("pagehide", leaving);
    const signedOut = subscribe(() => {
      if (!login()) stop("SIGNED_OUT");
    });

    start(id, live)
      .then((playing) => {
        if (over) return void playSessions.stopPlaySession({ sessionId: playing.sessionId }).catch(() => undefined);
        mine = playing;
        current.current = playing.sessionId;
        setStage({ at: "playing", playing });
        // The first report comes soon, so that lists of devices and other screens know at once.
        timer = setTimeout(() => void beat(), 3000);
        document.addEventListener("visibilitychange", hidden);
      })
      .catch((error: unknown) => {
        if (over) return;
        const refusal = Refusal.of(error);
        if (refusal.reason === "STREAM_LIMIT")
          setStage({ at: "limit", limit: Number(refusal.values.limit) || 1, streams: refusal.cause?.findDetails(ActiveStreamsSchema).flatMap((detail) => detail.activeStreams) ?? [] });
        else setStage({ at: "refused", refusal });
      });

    return () => {
      over = true;
      clearTimeout(timer);
      signedOut();
      document.removeEventListener("visibilitychange", hidden);
      const last = mine;
      if (!last || !login()) return removeEventListener("pagehide", leaving);
      const now = read();
      // Where it was left is told before the stream is given back.
      void (async () => {
        try {
          if (!last.live && now.position > 0) await playSessions.heartbeat({ sessionId: last.sessionId, positionSeconds: now.position });
          await playSessions.stopPlaySession({ sessionId: last.sessionId });
          removeEventListener("pagehide", leaving);
        } catch {
          // The page goes, and says so itself; else it ends after 90 seconds.
        }
        for (const key of ["home", "continue", "history"]) await queries.invalidateQueries({ queryKey: [key] });
      })();
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- a session is of a title; what it reports is read when it does
  }, [id, live, tries]);

  return {
    stage,
    again: () => setTries((n) => n + 1),
    complete: async (position: number) => {
      if (current.current) await playSessions.completePlay({ sessionId: current.current, positionSeconds: position }).catch(() => undefined);
    },
  };
}
