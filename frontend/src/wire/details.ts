import { Code, ConnectError } from "@connectrpc/connect";
import { ruleText } from "@/i18n";
import { BadRequestSchema, ErrorInfoSchema, LocalizedMessageSchema, RetryInfoSchema } from "@gen/google/rpc/error_details_pb";
import { isUnreached, readBy, type Told } from "./refusal";

/** Reasons that an error has without saying one, since it comes from what lies between the page and the services. */
const BY_CODE: Partial<Record<Code, string>> = {
  [Code.Canceled]: "CANCELLED",
  [Code.Unavailable]: "UNAVAILABLE",
  [Code.DeadlineExceeded]: "DEADLINE_EXCEEDED",
  [Code.Unauthenticated]: "UNAUTHENTICATED",
  [Code.PermissionDenied]: "PERMISSION_DENIED",
};

/** What the server says of a refusal beside its code, in the messages that docs/errors.md names. */
export function told(from: unknown): Told {
  const error = ConnectError.from(from);
  const info = error.findDetails(ErrorInfoSchema)[0];
  const unreached = error.code !== Code.Canceled && isUnreached(error.cause);
  return {
    reason: info?.reason || (unreached ? "OFFLINE" : (BY_CODE[error.code] ?? "UNKNOWN")),
    message: error.findDetails(LocalizedMessageSchema)[0]?.message || error.rawMessage,
    values: info?.metadata ?? {},
    violations: error.findDetails(BadRequestSchema).flatMap((request) => request.fieldViolations.map((v) => ({ field: v.field, text: ruleText(v.reason, v.description) }))),
    retrySeconds: Number(error.findDetails(RetryInfoSchema)[0]?.retryDelay?.seconds ?? 0n),
    requestId: error.metadata.get("x-request-id") ?? "",
    missing: error.code === Code.NotFound,
    cause: error,
  };
}

readBy(told);
