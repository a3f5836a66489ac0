import type { ConnectError } from "@connectrpc/connect";

/** What an error says of a call. */
export interface Told {
  /** Of docs/errors.md, else one of this page: `OFFLINE` where no server answered, `UNKNOWN`. */
  reason: string;
  message: string;
  values: Record<string, string>;
  violations: { field: string; text: string }[];
  retrySeconds: number;
  requestId: string;
  /** That a thing is not there, whatever the reason. */
  missing: boolean;
  /** The error of the call, where one was made. */
  cause?: ConnectError;
}

/** What browsers say, each in words of its own, where a call or a part of the app reached nobody. */
const UNREACHED = /failed to fetch|networkerror|load failed|dynamically imported|importing a module|preload css/i;

export function isUnreached(error: unknown): boolean {
  return error instanceof Error && UNREACHED.test(error.message);
}

/** Errors that no call has made: before any can be, and those of the page itself. */
export function plainly(error: unknown): Told {
  const message = error instanceof Error ? error.message : String(error);
  return { reason: isUnreached(error) ? "OFFLINE" : "UNKNOWN", message, values: {}, violations: [], retrySeconds: 0, requestId: "", missing: false };
}

let tell: (error: unknown) => Told = plainly;

/** How errors of calls are read comes with what makes calls (details.ts): the first load shows a page without it. */
export function readBy(reader: (error: unknown) => Told) {
  tell = reader;
}

/** A call that was refused, in the terms of docs/errors.md. */
export class Refusal extends Error implements Told {
  /** Stays the same, e.g. `EMAIL_TAKEN`; `OFFLINE` and `UNKNOWN` where no server answered. */
  readonly reason: string;
  readonly values: Record<string, string>;
  readonly violations: { field: string; text: string }[];
  readonly retrySeconds: number;
  readonly requestId: string;
  readonly missing: boolean;
  override readonly cause?: ConnectError;

  constructor(told: Told) {
    super(told.message);
    this.reason = told.reason;
    this.values = told.values;
    this.violations = told.violations;
    this.retrySeconds = told.retrySeconds;
    this.requestId = told.requestId;
    this.missing = told.missing;
    if (told.cause) this.cause = told.cause;
  }

  static of(error: unknown): Refusal {
    return error instanceof Refusal ? error : new Refusal(tell(error));
  }

  /** Whether the same call may succeed later without anybody changing anything. */
  get passing(): boolean {
    return ["OFFLINE", "UNAVAILABLE", "OVERLOADED", "DEADLINE_EXCEEDED", "RATE_LIMITED", "CONTENDED", "INDEX_UNAVAILABLE"].includes(
      this.reason,
    );
  }
}
