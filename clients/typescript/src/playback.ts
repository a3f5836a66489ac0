/// <reference lib="esnext.disposable" preserve="true" />
// Playback that reports itself.
import type { Client } from "@connectrpc/connect";
import { Code } from "@connectrpc/connect";

import type { PlayResponse } from "./api/streamverse/streaming/v1/playback_pb.js";
import { type PlaySessionService, StopReason } from "./api/streamverse/streaming/v1/sessions_pb.js";
import { StreamVerseError } from "./errors.js";

export interface PlaybackOptions {
  /** The server has ended playback: another device stopped it, the rental is over. */
  onStop?: (why: StopReason) => void;
}

/** A running playback: it reports to the server until `close` gives the stream back. */
export class Playback {
  /** Where the player stands, in seconds; set it whenever it moves. */
  position: number | undefined;
  /** What is played, e.g. `480p`. */
  quality = "";
  /** Seconds that are loaded ahead. */
  buffer = 0;
  /** How fast it plays: 0 while it is paused. */
  rate: number | undefined;
  /** Why the server ended it; undefined while it goes on. */
  stopReason: StopReason | undefined;

  #timer: ReturnType<typeof setTimeout> | undefined;
  #interval: number;
  #closed = false;

  /** @internal `StreamVerse.play` makes it. */
  constructor(
    private readonly sessions: Client<typeof PlaySessionService>,
    /** The answer of the start: title, markers, length. */
    readonly started: PlayResponse,
    /** Address of the HLS master playlist, for the player. */
    readonly playbackUrl: string,
    private readonly options: PlaybackOptions,
  ) {
    this.#interval = started.heartbeatIntervalSeconds * 1000;
    this.#schedule();
  }

  get sessionId(): string {
    return this.started.sessionId;
  }

  /** Where the profile left the title, in seconds. */
  get resumePosition(): number {
    return this.started.resumePositionSeconds;
  }

  /** Reports now, e.g. after a seek or a pause. It happens by itself when it is due. */
  async heartbeat(): Promise<void> {
    const { sessionId, position, quality, buffer, rate } = this;
    const answer = await this.sessions.heartbeat({
      sessionId,
      quality,
      bufferSeconds: buffer,
      ...(position === undefined ? {} : { positionSeconds: position }),
      ...(rate === undefined ? {} : { rate }),
    });
    this.#interval = answer.nextIntervalSeconds * 1000;
    if (answer.stop) this.#stop(answer.stopReason);
  }

  /** Ends playback at the position that was set last. It may be repeated. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#closed || this.stopReason !== undefined) return;
    this.#closed = true;
    const { sessionId, position } = this;
    const at = position === undefined ? {} : { positionSeconds: position };
    await this.sessions.completePlay({ sessionId, ...at });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #schedule(): void {
    this.#timer = setTimeout(() => void this.#report(), this.#interval);
  }

  async #report(): Promise<void> {
    try {
      await this.heartbeat();
    } catch (error) {
      if (error instanceof StreamVerseError && error.reason === "PLAY_SESSION_NOT_FOUND") this.#stop(StopReason.EXPIRED);
      if (error instanceof StreamVerseError && error.code === Code.Unauthenticated) return;
      // Else the next one may come through: a stream bears 90 s of silence.
    }
    if (!this.#closed && this.stopReason === undefined) this.#schedule();
  }

  #stop(why: StopReason): void {
    if (this.stopReason !== undefined) return;
    clearTimeout(this.#timer);
    this.stopReason = why;
    this.options.onStop?.(why);
  }
}
