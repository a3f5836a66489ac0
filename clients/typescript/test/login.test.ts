// What takes the place of a session, against a server whose refresh tokens work once and whose answers get lost.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Code, ConnectError } from "@connectrpc/connect";
import type { HandlerContext } from "@connectrpc/connect";

import { ErrorInfoSchema } from "../src/api/google/rpc/error_details_pb.js";
import { AuthService } from "../src/api/streamverse/auth/v1/auth_pb.js";
import type { Session, SessionStore, StreamVerse } from "../src/index.js";
import { inMemory } from "../src/index.js";
import { mock } from "../src/mock.js";

const refused = (reason: string) =>
  new ConnectError("no", Code.Unauthenticated, undefined, [
    { desc: ErrorInfoSchema, value: { reason, domain: "auth.streamverse" } },
  ]);

/** One account; tokens are `<login>.<number>`. */
class Server {
  logins = 0;
  readonly ended = new Set<string>();
  readonly keys: (string | null)[] = [];
  /** How many answers to refreshes get lost on their way. */
  lost = 0;
  fails = false;
  readonly #used = new Map<string, string | null>();
  #came = () => {};
  #goes: Promise<void> | undefined;

  /** Has the next refreshes wait: `came` hears of the first, `go` lets them go. */
  hold(): { came: Promise<void>; go: () => void } {
    const came = new Promise<void>((resolve) => (this.#came = resolve));
    let go = () => {};
    this.#goes = new Promise((resolve) => (go = resolve));
    return { came, go: () => (go(), (this.#goes = undefined)) };
  }

  client(store: SessionStore = inMemory()): { tv: StreamVerse; told: (string | undefined)[] } {
    const told: (string | undefined)[] = [];
    const onSession = (session: Session | undefined): unknown => told.push(session?.refreshToken);
    const tv = mock(
      ({ service }) => {
        service(AuthService, {
          login: () => this.#begin(),
          selectProfile: async (_, context) => {
            const login = shown(context);
            if (this.ended.has(login)) throw refused("TOKEN_REVOKED");
            this.ended.add(login);
            const made = this.#begin();
            // What else has come meanwhile is answered first.
            await new Promise((resolve) => setTimeout(resolve, 2));
            return made;
          },
          logout: (_, context) => {
            this.ended.add(shown(context));
            return {};
          },
          refresh: async ({ refreshToken }, context) => {
            const key = context.requestHeader.get("idempotency-key");
            this.keys.push(key);
            this.#came();
            await this.#goes;
            return this.#refresh(refreshToken, key);
          },
        });
      },
      { store, onSession, retry: { firstPause: 1 } },
    );
    return { tv, told };
  }

  #begin() {
    this.logins += 1;
    return pair(`${this.logins}.0`);
  }

  #refresh(token: string, key: string | null) {
    const [login, number] = token.split(".") as [string, string];
    if (this.fails) throw new ConnectError("no", Code.Internal);
    if (this.ended.has(login)) throw refused("REFRESH_TOKEN_INVALID");
    if (this.#used.has(token) && this.#used.get(token) !== key) {
      this.ended.add(login);
      throw refused("REFRESH_TOKEN_REUSED");
    }
    this.#used.set(token, key);
    if (this.lost > 0) {
      this.lost -= 1;
      throw new ConnectError("the connection broke", Code.Unavailable);
    }
    return pair(`${login}.${Number(number) + 1}`);
  }
}

const pair = (token: string) => ({ accessToken: `a${token}`, refreshToken: token, expiresIn: 3600, user: {}, profile: {} });
const shown = (context: HandlerContext) => /a(\d+)/.exec(context.requestHeader.get("authorization")!)![1]!;
const signIn = (tv: StreamVerse) => tv.signIn("ana@example.org", "a password");

/** Keeps JSON, as a browser does for all its tabs. */
function inJson(): SessionStore {
  let kept: string | undefined;
  return {
    load: () => (kept === undefined ? undefined : (JSON.parse(kept) as Session)),
    save: (session) => void (kept = session && JSON.stringify(session)),
  };
}

test("a refresh whose answer was lost is the same one again", async () => {
  const server = new Server();
  const store = inJson();
  const { tv, told } = server.client(store);
  await signIn(tv);
  server.lost = 8;
  await assert.rejects(tv.refresh());
  await assert.rejects(tv.refresh());
  assert.deepEqual(told, ["1.0"]);
  // The page is loaded anew.
  const again = server.client(store);
  await again.tv.refresh();
  assert.deepEqual(server.keys, Array(9).fill(server.keys[0]));
  await again.tv.refresh();
  assert.notEqual(server.keys[9], server.keys[0]);
  assert.deepEqual(again.told, ["1.1", "1.2"]);
});

test("a session that an older version kept has a key, which is kept", async () => {
  const server = new Server();
  const store = inJson();
  store.save({ accessToken: "a1.0", refreshToken: "1.0", expiresAt: Date.now() + 3_600_000 });
  const { tv } = server.client(store);
  server.lost = 4;
  await assert.rejects(tv.refresh());
  const again = server.client(store);
  await again.tv.refresh();
  assert.equal(again.tv.session?.refreshToken, "1.1");
  assert.ok(server.keys[0]);
});

for (const [out, ended] of [[false, true], [false, false], [true, false]] as const) {
  test(`who signs ${out ? "out" : "in"} during a refresh ${ended ? "that is refused" : "that succeeds"} is right`, async () => {
    const server = new Server();
    const store = inJson();
    const { tv, told } = server.client(store);
    await signIn(tv);
    const { came, go } = server.hold();
    const refresh = tv.refresh();
    await came;
    if (out) await tv.signOut();
    else await signIn(tv);
    server.ended.clear();
    if (ended) server.ended.add("1");
    go();
    await refresh;
    const now = out ? undefined : "2.0";
    assert.deepEqual([tv.session?.refreshToken, store.load()?.refreshToken], [now, now]);
    assert.deepEqual(told, ["1.0", now]);
  });
}

test("a profile is chosen while others refresh", async () => {
  const server = new Server();
  const { tv, told } = server.client();
  await signIn(tv);
  for (let round = 2; round < 22; round += 1) {
    await Promise.all([tv.refresh(), tv.selectProfile("1"), tv.refresh()]);
    assert.match(tv.session!.refreshToken, new RegExp(`^${round}\\.`));
  }
  assert.ok(!told.includes(undefined));
  assert.equal(told.at(-1), tv.session!.refreshToken);
});

test("a profile is chosen with a token that has ended", async () => {
  const server = new Server();
  server.logins = 1;
  const { tv, told } = server.client(inMemory({ accessToken: "a1.0", refreshToken: "1.0", expiresAt: 0 }));
  await tv.selectProfile("1");
  assert.equal(server.keys.length, 1);
  assert.deepEqual(told, ["1.1", "2.0"]);
});

test("calls share a refresh, also one that fails", async () => {
  const server = new Server();
  const { tv } = server.client();
  await signIn(tv);
  server.fails = true;
  const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => tv.refresh()));
  assert.ok(outcomes.every(({ status }) => status === "rejected"));
  assert.equal(server.keys.length, 1);
  server.fails = false;
  await Promise.all(Array.from({ length: 8 }, () => tv.refresh()));
  assert.equal(tv.session?.refreshToken, "1.1");
});

for (const [what, now] of [["signs in", "2.0"], ["signs out", undefined]] as const) {
  test(`another tab ${what} during a refresh`, async () => {
    const server = new Server();
    const store = inJson();
    const { tv } = server.client(store);
    await signIn(tv);
    const other = server.client(store).tv;
    const { came, go } = server.hold();
    const refresh = tv.refresh();
    await came;
    if (now) await signIn(other);
    else await other.signOut();
    server.ended.clear();
    go();
    await refresh;
    assert.deepEqual([tv.session?.refreshToken, store.load()?.refreshToken], [now, now]);
  });
}

test("a browser that keeps nothing keeps it as long as the page", async () => {
  const server = new Server();
  const { tv } = server.client({ load: () => undefined, save: () => {} });
  await signIn(tv);
  server.lost = 4;
  await assert.rejects(tv.refresh());
  await tv.refresh();
  assert.equal(tv.session?.refreshToken, "1.1");
  server.ended.add("1");
  await assert.rejects(tv.refresh(), { reason: "REFRESH_TOKEN_INVALID" });
  assert.equal(tv.session, undefined);
});
