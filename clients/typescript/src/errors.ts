// What a call is refused with.
import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";

import {
  BadRequestSchema,
  ErrorInfoSchema,
  LocalizedMessageSchema,
  RetryInfoSchema,
} from "./api/google/rpc/error_details_pb.js";
import type { Reason } from "./reasons.js";

/** A field that breaks a rule. */
export interface Violation {
  readonly field: string;
  readonly rule: string;
  readonly description: string;
}

/** A call that failed. Programs go by `reason`; `message` is for people. */
export class StreamVerseError extends Error {
  override readonly name = "StreamVerseError";
  /** The gRPC code. */
  readonly code: Code;
  /** Stays the same over versions, e.g. `EMAIL_TAKEN`. The code's name where the failure was not told by the server. */
  readonly reason: Reason | (string & {});
  /** Who told the reason, e.g. `auth.streamverse`; empty where the server did not. */
  readonly domain: string;
  /** The values of the message, by name. */
  readonly values: Readonly<Record<string, string>>;
  /** The fields that break rules, with `VALIDATION_FAILED`. */
  readonly violations: readonly Violation[];
  /** Milliseconds after which trying again makes sense; undefined where nothing is said. */
  readonly retryAfter: number | undefined;
  /** Finds the call in the server's log. */
  readonly requestId: string;
  /** Whether the server asks that nobody repeats the call. */
  readonly pushedBack: boolean;
  readonly #told: ConnectError;

  constructor(told: ConnectError) {
    const info = told.findDetails(ErrorInfoSchema)[0];
    super(told.findDetails(LocalizedMessageSchema)[0]?.message ?? told.rawMessage, { cause: told });
    this.#told = told;
    // Browsers say no more of a connection that did not come about than that.
    this.code = !info && told.cause instanceof TypeError ? Code.Unavailable : told.code;
    this.reason = info?.reason ?? codeName(this.code);
    this.domain = info?.domain ?? "";
    this.values = info?.metadata ?? {};
    this.violations = told
      .findDetails(BadRequestSchema)
      .flatMap((bad) => bad.fieldViolations)
      .map(({ field, reason, description }) => ({ field, rule: reason, description }));
    const delay = told.findDetails(RetryInfoSchema)[0]?.retryDelay;
    this.retryAfter = delay && Number(delay.seconds) * 1000 + delay.nanos / 1e6;
    this.requestId = told.metadata.get("x-request-id") ?? "";
    this.pushedBack = told.metadata.get("grpc-retry-pushback-ms")?.startsWith("-") ?? false;
  }

  /** Whether the same call may succeed a moment later: nobody answers, or the server has too much to do. */
  get passing(): boolean {
    return this.code === Code.Unavailable || (this.domain !== "" && this.reason === "OVERLOADED");
  }

  /** Returns the detail of a type, e.g. `error.detail(OffersSchema)` with `ACCESS_DENIED`. */
  detail<M extends DescMessage>(schema: M): MessageShape<M> | undefined {
    return this.#told.findDetails(schema)[0];
  }

  static from(error: unknown): StreamVerseError {
    return error instanceof StreamVerseError ? error : new StreamVerseError(ConnectError.from(error));
  }
}

function codeName(code: Code): string {
  return (Code[code] ?? "Unknown").replace(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase();
}
