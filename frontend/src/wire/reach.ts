import { useSyncExternalStore } from "react";

/**
 * Whether what serves this page answers. Browsers say only whether the machine has some network: without one a server on
 * the same machine still answers, and with one it may be away. So what is told is what calls came to.
 */
export type Reach =
  /** It answers. */
  | { state: "reached" }
  /** It takes longer than one waits without wondering. */
  | { state: "slow" }
  /** Nothing reaches it: the machine has no network, or the server is away. */
  | { state: "offline" | "away"; since: Date };

/** How long a call may wait for the beginning of its answer before that is told. */
const PATIENCE = 6000;
/** How often one that is away is asked again; longer each time. */
const AGAIN = { first: 2000, most: 30_000 };

const REACHED: Reach = { state: "reached" };
const SLOW: Reach = { state: "slow" };
let now: Reach = REACHED;
const listeners = new Set<() => void>();

function become(next: Reach) {
  if (next.state === now.state) return;
  now = next;
  for (const listener of listeners) listener();
}

export function reach(): Reach {
  return now;
}

export function subscribeReach(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useReach(): Reach {
  return useSyncExternalStore(subscribeReach, reach);
}

export function isGone(of: Reach = now): of is Extract<Reach, { since: Date }> {
  return of.state === "offline" || of.state === "away";
}

let late = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

function answered() {
  clearTimeout(timer);
  timer = undefined;
  become(late > 0 ? SLOW : REACHED);
}

function unanswered() {
  const state = navigator.onLine ? "away" : "offline";
  become({ state, since: isGone(now) ? now.since : new Date() });
  if (timer === undefined) askAgain(AGAIN.first);
}

function askAgain(wait: number) {
  timer = setTimeout(() => {
    timer = undefined;
    void probe().then((reached) => {
      if (!reached && isGone()) {
        clearTimeout(timer);
        askAgain(Math.min(wait * 2, AGAIN.most));
      }
    });
  }, wait);
}

/** What stands before a server that is away answers in its place. */
const GATEWAY = new Set([502, 503, 504]);

/** Makes a call, and notes what it says of the server, whatever the answer is. */
export async function noted(call: () => Promise<Response>, signal?: AbortSignal | null): Promise<Response> {
  let overdue = false;
  const waits = setTimeout(() => {
    overdue = true;
    late += 1;
    if (!isGone()) become(SLOW);
  }, PATIENCE);
  const settle = () => {
    clearTimeout(waits);
    if (overdue) late -= 1;
    if (overdue && late === 0 && now.state === "slow") become(REACHED);
  };
  try {
    const response = await call();
    settle();
    const away = GATEWAY.has(response.status) && !/grpc|json/.test(response.headers.get("content-type") ?? "");
    if (away) unanswered();
    else answered();
    return response;
  } catch (error) {
    settle();
    // What was called off, or ran out of its own time, says nothing of the network.
    if (!signal?.aborted && error instanceof TypeError) unanswered();
    throw error;
  }
}

/** Asks the server for nothing but a sign of life. */
export async function probe(): Promise<boolean> {
  try {
    await noted(() => fetch("/health", { cache: "no-store", signal: AbortSignal.timeout(5000) }));
  } catch {
    return false;
  }
  return !isGone();
}

/** A network that comes or goes is a reason to ask, no more: only the server's answer counts. */
export function watchNetwork() {
  for (const name of ["online", "offline"]) addEventListener(name, () => void probe());
}
