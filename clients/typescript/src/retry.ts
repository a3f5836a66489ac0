// Which calls are made again, and when.
import { MethodOptions_IdempotencyLevel as Level } from "@bufbuild/protobuf/wkt";
import type { DescMethod } from "@bufbuild/protobuf";

import type { StreamVerseError } from "./errors.js";
import { KEYED } from "./keyed.js";

/** Names a call whose answer the server keeps. */
export const KEY = "idempotency-key";

/** How often a call is made in all, and how long the pauses are, in milliseconds. */
export interface RetryPolicy {
  readonly attempts: number;
  readonly firstPause: number;
  /** The most that is waited once. Where the server asks for more, the call fails at once. */
  readonly longestPause: number;
}

export const DEFAULT_RETRY: RetryPolicy = { attempts: 4, firstPause: 100, longestPause: 5000 };

const SIGNS_IN = new Set(["Register", "Login", "Refresh"]);

/** Whether a method shows other credentials, so that no token is sent. */
export function signsIn(method: DescMethod): boolean {
  return method.parent.typeName === "streamverse.auth.v1.AuthService" && SIGNS_IN.has(method.name);
}

/** The tries of one call. */
export class Tries {
  #failures = 0;
  #refreshed = false;
  readonly #harmless: boolean;

  constructor(
    method: DescMethod,
    private readonly policy: RetryPolicy,
    header: Headers,
  ) {
    // With a key the server gives the first answer again, so that nothing is done twice.
    if (KEYED.has(`${method.parent.typeName}/${method.name}`) && !header.has(KEY)) header.set(KEY, randomId());
    this.#harmless = header.has(KEY) || method.idempotency !== Level.IDEMPOTENCY_UNKNOWN;
  }

  /** Says what to do before the next try, a pause in milliseconds, or throws the error. */
  after(error: StreamVerseError, signedIn: boolean): "refresh" | number {
    const ended = error.reason === "TOKEN_EXPIRED" || error.reason === "TOKEN_INVALID";
    if (signedIn && ended && !this.#refreshed) {
      this.#refreshed = true;
      return "refresh";
    }
    this.#failures += 1;
    const { attempts, firstPause, longestPause } = this.policy;
    const asked = error.retryAfter ?? 0;
    // What the server itself says it cannot do now was not done; a connection that broke leaves that open.
    const harmless = error.domain !== "" || this.#harmless;
    const over = this.#failures >= attempts || asked > longestPause;
    if (!error.passing || error.pushedBack || !harmless || over) throw error;
    // Spread, so that clients that failed together do not come back together.
    const grown = Math.min(longestPause, firstPause * 2 ** (this.#failures - 1));
    return Math.max(asked, grown * (0.5 + Math.random() / 2));
  }
}

/** A UUID, also on pages that are not secure, which have no `randomUUID`. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** Waits, unless the call is given up. */
export function pause(milliseconds: number, signal: AbortSignal | undefined, error: StreamVerseError): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(done, milliseconds);
    function done(): void {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      if (signal?.aborted) reject(error);
      else resolve();
    }
    signal?.addEventListener("abort", done);
    if (signal?.aborted) done();
  });
}
