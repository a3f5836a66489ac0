// What both entries, for browsers and for Node, have in common.
export { Code } from "@connectrpc/connect";

export { StreamVerse } from "./client.js";
export type { Options } from "./client.js";
export { StreamVerseError } from "./errors.js";
export type { Violation } from "./errors.js";
export { Playback } from "./playback.js";
export type { PlaybackOptions } from "./playback.js";
export type { Reason } from "./reasons.js";
export type { RetryPolicy } from "./retry.js";
export { inLocalStorage, inMemory } from "./session.js";
export type { Session, SessionStore } from "./session.js";
export { readSettings } from "./settings.js";
export type { Settings } from "./settings.js";
