import { Code, ConnectError } from "@connectrpc/connect";
import { BadRequestSchema, ErrorInfoSchema, LocalizedMessageSchema, RetryInfoSchema } from "@gen/google/rpc/error_details_pb";

/** A call that was refused, in the terms of docs/errors.md. */
export class Refusal extends Error {
  /** Stays the same, e.g. `EMAIL_TAKEN`; `OFFLINE` and `UNKNOWN` where no server answered. */
  readonly reason: string;
  readonly values: Record<string, string>;
  readonly violations: { field: string; text: string }[];
  readonly retrySeconds: number;
  readonly requestId: string;
  override readonly cause: ConnectError;

  constructor(error: ConnectError) {
    const info = error.findDetails(ErrorInfoSchema)[0];
    const localized = error.findDetails(LocalizedMessageSchema)[0];
    super(localized?.message || error.rawMessage);
    this.cause = error;
    this.values = info?.metadata ?? {};
    this.reason = info?.reason || reasonOf(error);
    this.violations = error
      .findDetails(BadRequestSchema)
      .flatMap((request) => request.fieldViolations.map((v) => ({ field: v.field, text: v.description })));
    this.retrySeconds = Number(error.findDetails(RetryInfoSchema)[0]?.retryDelay?.seconds ?? 0n);
    this.requestId = error.metadata.get("x-request-id") ?? "";
  }

  static of(error: unknown): Refusal {
    return error instanceof Refusal ? error : new Refusal(ConnectError.from(error));
  }

  /** Whether the same call may succeed later without anybody changing anything. */
  get passing(): boolean {
    return ["OFFLINE", "UNAVAILABLE", "OVERLOADED", "DEADLINE_EXCEEDED", "RATE_LIMITED", "CONTENDED", "INDEX_UNAVAILABLE"].includes(
      this.reason,
    );
  }

  get missing(): boolean {
    return this.cause.code === Code.NotFound;
  }
}

function reasonOf(error: ConnectError): string {
  if (error.code === Code.Canceled) return "CANCELLED";
  if (!navigator.onLine || error.cause instanceof TypeError) return "OFFLINE";
  if (error.code === Code.Unavailable) return "UNAVAILABLE";
  if (error.code === Code.DeadlineExceeded) return "DEADLINE_EXCEEDED";
  if (error.code === Code.Unauthenticated) return "UNAUTHENTICATED";
  if (error.code === Code.PermissionDenied) return "PERMISSION_DENIED";
  return "UNKNOWN";
}
