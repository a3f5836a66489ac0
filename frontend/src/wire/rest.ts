import { ruleText } from "@/i18n";
import { Refusal, type Told } from "./refusal";

const NONE: Told = { reason: "UNKNOWN", message: "", values: {}, violations: [], retrySeconds: 0, requestId: "", missing: false };

/** Reads the refusal of an answer of REST, as docs/errors.md has it. */
export function refused(body: string, requestId: string): Refusal {
  try {
    const { code, message, details } = (JSON.parse(body) as { error: { code: string; message: string; details?: Record<string, unknown> } }).error;
    if (!code) return new Refusal({ ...NONE, requestId });
    const violations = (details?.violations ?? []) as { field: string; description: string; rule: string }[];
    const values = Object.fromEntries(Object.entries(details ?? {}).filter((one): one is [string, string] => typeof one[1] === "string"));
    return new Refusal({ ...NONE, reason: code, message, values, requestId, violations: violations.map(({ field, description, rule }) => ({ field, text: ruleText(rule, description) })) });
  } catch {
    return new Refusal({ ...NONE, requestId });
  }
}

/** A request that no server answered. */
export function unreached(): Refusal {
  return new Refusal({ ...NONE, reason: "OFFLINE" });
}
