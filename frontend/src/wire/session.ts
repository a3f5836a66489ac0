import { useSyncExternalStore } from "react";

/** Who is signed in on this browser. Tabs share it: a refresh token works once, so only one of them may use it. */
export interface Session {
  accessToken: string;
  refreshToken: string;
  /** Milliseconds since 1970. */
  expires: number;
  userId: string;
  email: string;
  name: string;
  roles: string[];
  /** The profile that the login is bound to; absent until one is picked. */
  profile?: SessionProfile;
  /** The key of the renewal that is under way: kept, so that it is asked for under the same one after a reload, too. */
  renewal?: string;
}

export interface SessionProfile {
  id: string;
  name: string;
  isKids: boolean;
  hasPin: boolean;
  language: string;
  avatar: string;
}

const KEY = "sv.session";
/** `foreign` where another tab did it. */
type Listener = (foreign: boolean) => void;
const listeners = new Set<Listener>();
let current = read();
/** Why the last session ended, for the sign-in page. */
let ended: string | undefined;

function read(): Session | undefined {
  try {
    const text = localStorage.getItem(KEY);
    return text ? (JSON.parse(text) as Session) : undefined;
  } catch {
    return undefined;
  }
}

function tell(foreign = false) {
  for (const listener of listeners) listener(foreign);
}

export function session(): Session | undefined {
  return current;
}

export function keep(next: Session) {
  current = next;
  ended = undefined;
  localStorage.setItem(KEY, JSON.stringify(next));
  tell();
}

export function end(reason?: string) {
  current = undefined;
  ended = reason;
  localStorage.removeItem(KEY);
  tell();
}

export function endReason(): string | undefined {
  return ended;
}

/** Reads what another tab has written, e.g. newer tokens. */
export function reread(): Session | undefined {
  current = read();
  return current;
}

/** Whom answers are for. What was asked for another one is shown to nobody. */
export function viewerOf(of: Session | undefined): string {
  return of ? `${of.userId}/${of.profile?.id ?? ""}` : "";
}

export function subscribe(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

addEventListener("storage", (event) => {
  if (event.key !== KEY && event.key !== null) return;
  current = read();
  tell(true);
});

export function useSession(): Session | undefined {
  return useSyncExternalStore(subscribe, session);
}

export function isAdmin(of: Session | undefined): boolean {
  return !of?.profile?.isKids && (of?.roles.some((role) => role !== "viewer") ?? false);
}

/** The roles that a token says; the server decides by the token itself, this only hides what would be refused. */
export function rolesOf(accessToken: string): string[] {
  try {
    const payload = accessToken.split(".")[1] ?? "";
    const json = JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/"))) as { roles?: string[] };
    return json.roles ?? [];
  } catch {
    return [];
  }
}
