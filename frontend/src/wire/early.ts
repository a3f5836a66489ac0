import { noted } from "./reach";

/** An early answer is no answer to a question of later. */
const FRESH = 10_000;
/** What must be the same, that the early call is the one that would be made now. */
const SAME = ["authorization", "accept-language", "x-device-id"];

/** The trace of the call that was made early to an address, if there is one: its log says the one that was sent. */
export function earlyTrace(url: string): string | undefined {
  const call = window.early?.call;
  return call?.url === url ? call.traceId : undefined;
}

/** `fetch`, of which it is noted whether the server answers, but for the one call that src/app/early.ts has made already: that one's answer is taken, once. */
export async function fetchOrTake(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
  const call = window.early?.call;
  const ask = () => noted(() => fetch(input, init), init.signal);
  if (!call || input !== call.url) return ask();
  delete window.early?.call;
  const headers = new Headers(init.headers);
  const same = SAME.every((name) => headers.get(name) === call.headers[name]);
  if (!same || Date.now() - call.began > FRESH) return ask();
  try {
    return await noted(() => call.answer, init.signal);
  } catch {
    return ask();
  }
}
