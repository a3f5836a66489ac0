// A login, and where it is kept.
import { randomId } from "./retry.js";

/** Milliseconds before its end from which a token is not sent any more. */
const MARGIN = 30_000;

/** A login, as it can be kept as JSON: whoever has it is signed in. */
export interface Session {
  readonly accessToken: string;
  /** Exchanged for the next pair; works once. */
  readonly refreshToken: string;
  /** When the access token ends, in milliseconds since 1970. */
  readonly expiresAt: number;
  /**
   * The `idempotency-key` of that exchange. It is kept with the token, so that the server takes a repetition, also by another
   * page, for what it is: under another key the token would count as stolen. A session that comes without one is given one.
   */
  readonly refreshKey?: string;
}

/** Keeps a login over restarts. */
export interface SessionStore {
  load(): Session | undefined;
  save(session: Session | undefined): void;
}

/** Keeps it as long as the program runs. */
export function inMemory(session?: Session): SessionStore {
  return { load: () => session, save: (next) => void (session = next) };
}

/** Keeps it in the browser, for all its tabs. */
export function inLocalStorage(key = "streamverse.session"): SessionStore {
  return {
    load() {
      try {
        const kept: unknown = JSON.parse(localStorage.getItem(key) ?? "null");
        return isSession(kept) ? kept : undefined;
      } catch {
        // Not what was saved, or a browser that keeps nothing.
        return undefined;
      }
    },
    save(session) {
      try {
        if (session) localStorage.setItem(key, JSON.stringify(session));
        else localStorage.removeItem(key);
      } catch {
        // It lasts as long as the page.
      }
    },
  };
}

/** Takes the tokens out of an answer that has just come. */
export function sessionOf(made: { accessToken: string; refreshToken: string; expiresIn: number }): Session {
  const { accessToken, refreshToken, expiresIn } = made;
  return keyed({ accessToken, refreshToken, expiresAt: Date.now() + expiresIn * 1000 });
}

export function keyed(session: Session): Session {
  return session.refreshKey ? session : { ...session, refreshKey: randomId() };
}

export function isStale(session: Session): boolean {
  return Date.now() > session.expiresAt - MARGIN;
}

function isSession(value: unknown): value is Session {
  return (
    typeof value === "object" && value !== null && "accessToken" in value && "refreshToken" in value && "expiresAt" in value
  );
}
