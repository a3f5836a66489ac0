import { Code, ConnectError, createClient, type Interceptor, type Transport } from "@connectrpc/connect";
import "./details";
import { Refusal } from "./refusal";
import { end, keep, reread, rolesOf, session, viewerOf, type Session, type SessionProfile } from "./session";

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
const WITHOUT = new Set(["Login", "Register", "Refresh", "RequestPasswordReset", "ResetPassword"]);

let renewing: Promise<void> | undefined;

/**
 * Renews the tokens, once for all calls and tabs that find them old. A key of its own makes the repetition of one
 * renewal safe, also after a reload: a refresh token that is used twice ends the session (C41), and whoever
 * took the token away does not know the key.
 */
function renew(bare: Transport, old: string): Promise<void> {
  renewing ??= locked(async () => {
    const now = reread();
    if (!now || now.accessToken !== old) return;
    const key = now.renewal ?? randomHex(16);
    if (!now.renewal) keep({ ...now, renewal: key });
    const call = { headers: { "idempotency-key": key } };
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

async function locked<Result>(work: () => Promise<Result>): Promise<Result> {
  // Pages that are not secure contexts have no locks; then a second tab signs in again at worst.
  const { locks } = navigator as { locks?: LockManager | null };
  return locks ? await locks.request("sv.refresh", work) : work();
}

let switching: Promise<unknown> | undefined;

/**
 * Binds the login to another profile, which ends the tokens it had. Nothing renews these meanwhile in any tab, and
 * calls that begin meanwhile wait for the new ones; see `authorize` for those that had begun.
 */
export async function rebind<Answer extends Opened>(ask: () => Promise<Answer>, profile: (answer: Answer) => SessionProfile): Promise<Answer> {
  await fresh();
  const bound = locked(async () => {
    reread();
    const answer = await ask();
    open(answer, profile(answer));
    return answer;
  });
  const waiting = (switching = bound.catch(() => undefined));
  try {
    return await bound;
  } finally {
    if (switching === waiting) switching = undefined;
  }
}

/** How long what another tab has written may take to come here after the lock that it held, in milliseconds, at most. */
const BEHIND = 500;

/**
 * Waits for what any tab does with the tokens, where these have ended. A change of profile ends the old ones on the
 * server before the new ones are here: who took that for the end of the session would sign out the tab that is letting
 * somebody in.
 */
async function settled(ended: string) {
  await switching;
  await locked(() => Promise.resolve());
  for (let waited = 0; waited < BEHIND && reread()?.accessToken === ended; waited += 25) await new Promise((resolve) => setTimeout(resolve, 25));
}

let plain: (() => Transport) | undefined;

/** Renews tokens that are about to end. */
async function fresh() {
  const held = session();
  if (plain && held && held.expires - EARLY < Date.now()) await renew(plain(), held.accessToken);
}

/** The token for what is asked for beside the transport, e.g. by HTTP; renewed in time. */
export async function accessToken(): Promise<string | undefined> {
  await switching;
  await fresh();
  return session()?.accessToken;
}

export function randomHex(bytes: number): string {
  return [...crypto.getRandomValues(new Uint8Array(bytes))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The call that `rebind` makes: it holds what a renewal would wait for. */
const REBINDS = "SelectProfile";
const OUTRUN = new Set(["TOKEN_EXPIRED", "TOKEN_REVOKED"]);

/**
 * Sends the token along, renews it in time, and once more where the server finds it ended. What was asked for one
 * profile is not answered to another: such a call ends as cancelled, and is not repeated in the other one's name.
 */
export function authorize(bare: () => Transport): Interceptor {
  plain = bare;
  return (next) => async (request) => {
    if (WITHOUT.has(request.method.name)) return next(request);
    const rebinds = request.method.name === REBINDS;
    if (!rebinds) {
      await switching;
      await fresh();
    }
    const held = session();
    const viewer = viewerOf(held);
    const outrun = () => !rebinds && viewerOf(session()) !== viewer;
    const send = async () => {
      const response = await next(request);
      if (outrun()) throw new ConnectError("Somebody else watches now.", Code.Canceled);
      return response;
    };
    if (held) request.header.set("authorization", `Bearer ${held.accessToken}`);
    try {
      return await send();
    } catch (error) {
      const refusal = Refusal.of(error);
      if (held && !rebinds && refusal.reason === "TOKEN_REVOKED") await settled(held.accessToken);
      if (outrun()) throw ConnectError.from(error).code === Code.Canceled ? error : new ConnectError("Somebody else watches now.", Code.Canceled);
      if (held && !rebinds && !request.stream && OUTRUN.has(refusal.reason)) {
        if (refusal.reason === "TOKEN_EXPIRED") await renew(bare(), held.accessToken);
        // Refused before anything was done, and other tokens of the same login are there meanwhile.
        const now = reread();
        if (now && now.accessToken !== held.accessToken && !outrun()) {
          request.header.set("authorization", `Bearer ${now.accessToken}`);
          return send();
        }
      }
      // Another tab may have renewed meanwhile: only the token that was shown is known to have ended.
      if (held && ENDED.has(refusal.reason) && reread()?.accessToken === held.accessToken) end(refusal.reason);
      throw error;
    }
  };
}
