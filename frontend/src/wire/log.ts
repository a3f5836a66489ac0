import { useSyncExternalStore } from "react";

/** One call, as the wire drawer shows it. */
export interface Call {
  id: number;
  time: number;
  method: string;
  transport: "grpc-web" | "rest" | "stream";
  status: string;
  /** Absent while it runs. */
  millis?: number;
  traceId: string;
  requestId: string;
  request: string;
  response: string;
  messages: number;
}

const KEPT = 500;
let calls: readonly Call[] = [];
let paused = false;
let next = 1;
const listeners = new Set<() => void>();

function tell() {
  for (const listener of listeners) listener();
}

export function begin(call: Pick<Call, "method" | "transport" | "traceId">): number {
  const id = next++;
  if (paused) return id;
  calls = [...calls.slice(1 - KEPT), { id, time: Date.now(), status: "…", requestId: "", request: "", response: "", messages: 0, ...call }];
  tell();
  return id;
}

export function finish(id: number, changes: Partial<Call>) {
  calls = calls.map((call) => (call.id === id ? { ...call, millis: Date.now() - call.time, ...changes } : call));
  tell();
}

/**
 * Writes down what was said, once the browser has nothing better to do: to write a long answer as people read it takes
 * longer than to show what is in it.
 */
export function write(id: number, said: { request?: unknown; response?: unknown }) {
  if (!calls.some((call) => call.id === id)) return;
  whenIdle(() => {
    const texts = Object.fromEntries(Object.entries(said).map(([part, message]) => [part, readable(message)]));
    calls = calls.map((call) => (call.id === id ? { ...call, ...texts } : call));
    tell();
  });
}

function whenIdle(work: () => void) {
  if ("requestIdleCallback" in globalThis) requestIdleCallback(work, { timeout: 2000 });
  else setTimeout(work, 200);
}

export function clear() {
  calls = [];
  tell();
}

export function pause(on: boolean) {
  paused = on;
  tell();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useCalls(): readonly Call[] {
  return useSyncExternalStore(subscribe, () => calls);
}

export function usePaused(): boolean {
  return useSyncExternalStore(subscribe, () => paused);
}

const SECRET = /token|password|secret|^pin$|newPin|ticket|paymentMethod|code$/i;

/** A message as people may read it: without tokens, passwords and PINs, and no longer than a screen. */
export function readable(message: unknown): string {
  const text = JSON.stringify(
    message,
    (key, value: unknown) => {
      if (key === "$typeName" || key === "$unknown") return undefined;
      if (typeof value === "bigint") return value.toString();
      if (SECRET.test(key) && typeof value === "string" && value !== "") return "•••";
      if (typeof value === "string" && /[?&]token=/.test(value)) return value.replace(/token=[^&]*/, "token=•••");
      return value;
    },
    2,
  );
  return text.length > 20_000 ? `${text.slice(0, 20_000)}\n…` : text;
}
