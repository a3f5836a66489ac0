import { createClient, type Interceptor, type Transport } from "@connectrpc/connect";
import { Refusal } from "./refusal";
import { end, keep, reread, rolesOf, session, type Session } from "./session";

/** What every answer that opens a session has in common. */
interface Opened {
  accessToken: string;
  refreshToken: string;
  expiresIn: number;
  user?: { id: string; email: string; name: string } | undefined;
}

/** Takes over the tokens of a call that opened a session. */
export function open(answer: Opened, profile?: Session["profile"]) {
  keep({
    accessToken: answer.accessToken,
    refreshToken: answer.refreshToken,
    expires: Date.now() + answer.expiresIn * 1000,
    userId: answer.user?.id ?? "",
    email: answer.user?.email ?? "",
    name: answer.user?.name ?? "",
    roles: rolesOf(answer.accessToken),
    ...(profile ? { profile } : {}),
  });
}

/** Tokens are renewed this long before they end, so that no call meets its end on the way. */
const EARLY = 30_000;
const ENDED = new Set(["TOKEN_REVOKED", "TOKEN_INVALID", "REFRESH_TOKEN_INVALID", "REFRESH_TOKEN_EXPIRED", "REFRESH_TOKEN_REUSED", "ACCOUNT_BLOCKED"]);
/** These show other credentials, and a token that does not hold would only stand in their way. */
const WITHOUT = new Set(["Login", "Register", "Refresh"]);

let renewing: Promise<void> | undefined;

/**
 * Renews the tokens, once for all calls and tabs that find them old. Their key makes a repetition safe: a refresh
 * token that is used twice ends the session (C41).
 */
function renew(bare: Transport, old: string): Promise<void> {
  renewing ??= locked(async () => {
    const now = reread();
    if (!now || now.accessToken !== old) return;
    const call = { headers: { "idempotency-key": await keyOf(now.refreshToken) } };
    // Tokens last an hour: who comes in does not wait for what renews them.
    const { AuthService } = await import("@gen/streamverse/auth/v1/auth_pb");
    const auth = createClient(AuthService, bare);
    const ask = () => auth.refresh({ refreshToken: now.refreshToken }, call);
    try {
      const answer = await ask().catch((error: unknown) => {
        if (Refusal.of(error).passing) return ask();
        throw error;
      });
      open(answer, now.profile);
    } catch (error) {
      const refusal = Refusal.of(error);
      if (ENDED.has(refusal.reason)) end(refusal.reason);
      throw error;
    }
  }).finally(() => {
    renewing = undefined;
  });
  return renewing;
}

async function locked(work: () => Promise<void>): Promise<void> {
  // Pages that are not secure contexts have no locks; then a second tab signs in again at worst.
  if (!("locks" in navigator)) return work();
  await navigator.locks.request("sv.refresh", work);
}

async function keyOf(token: string): Promise<string> {
  if (!crypto.subtle) return randomHex(16);
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token));
  return [...new Uint8Array(hash.slice(0, 16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function randomHex(bytes: number): string {
  return [...crypto.getRandomValues(new Uint8Array(bytes))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Sends the token along, renews it in time, and once more where the server finds it ended. */
export function authorize(bare: () => Transport): Interceptor {
  return (next) => async (request) => {
    if (WITHOUT.has(request.method.name)) return next(request);
    let held = session();
    if (held && held.expires - EARLY < Date.now()) {
      await renew(bare(), held.accessToken);
      held = session();
    }
    if (held) request.header.set("authorization", `Bearer ${held.accessToken}`);
    try {
      return await next(request);
    } catch (error) {
      const refusal = Refusal.of(error);
      if (held && refusal.reason === "TOKEN_EXPIRED" && !request.stream) {
        await renew(bare(), held.accessToken);
        request.header.set("authorization", `Bearer ${session()?.accessToken ?? ""}`);
        return next(request);
      }
      // Another tab may have renewed meanwhile: only the token that was shown is known to have ended.
      if (held && ENDED.has(refusal.reason) && reread()?.accessToken === held.accessToken) end(refusal.reason);
      throw error;
    }
  };
}
