// What a viewer's app does, against a running program, whose address is in STREAMVERSE_URL: as a browser calls and as Node
// does. scripts/clients-check starts one.
import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { BrowseService } from "../src/api/streamverse/content/v1/browse_pb.js";
import { OffersSchema, RightsService } from "../src/api/streamverse/rights/v1/rights_pb.js";
import { SearchService } from "../src/api/streamverse/search/v1/search_pb.js";
import { WatchHistoryService } from "../src/api/streamverse/streaming/v1/history_pb.js";
import { PlaySessionService, StopReason } from "../src/api/streamverse/streaming/v1/sessions_pb.js";
import { UserService } from "../src/api/streamverse/users/v1/users_pb.js";
import type { Options, Session } from "../src/index.js";
import { Code, inMemory, StreamVerseError } from "../src/index.js";
import * as node from "../src/node.js";
import * as web from "../src/web.js";

const url = process.env["STREAMVERSE_URL"]!;
assert.ok(url, "STREAMVERSE_URL is not set");
const password = "a household that watches films";
const coast = "01936f00-0002-7000-8000-000000000002";

async function refusal(call: Promise<unknown>): Promise<StreamVerseError> {
  try {
    await call;
  } catch (error) {
    assert.ok(error instanceof StreamVerseError, String(error));
    return error;
  }
  assert.fail("it was not refused");
}

for (const [name, { connect }] of Object.entries({ web, node })) {
  describe(name, { concurrency: true }, () => {
    async function signedUp(options: Options = {}) {
      const tv = connect(url, { deviceId: "TypeScript tests", ...options });
      const email = `ts-${crypto.randomUUID()}@example.org`;
      const user = await tv.register({ email, password, name: "Ana" });
      assert.equal(user.email, email);
      return { tv, email };
    }

    test("from signing up to going on", async () => {
      const { tv, email } = await signedUp();
      assert.equal((await tv.service(UserService).getMe({})).user?.email, email);
      const found = await tv.service(SearchService).searchGlobal({ q: "endles coast", limit: 1 });
      assert.equal(found.items[0]?.title, "The Endless Coast");

      const refused = await refusal(tv.play(coast));
      assert.equal(refused.reason, "ACCESS_DENIED");
      assert.equal(refused.domain, "streaming.streamverse");
      assert.equal(refused.code, Code.PermissionDenied);
      assert.ok(refused.values["basis"]);
      assert.equal(refused.detail(OffersSchema)?.offers[0]?.plan?.code, "basic");

      await tv.service(RightsService).subscribe({ planId: "basic" });
      const playback = await tv.play(coast);
      assert.equal(playback.started.title, "The Endless Coast");
      const playlist = await fetch(playback.playbackUrl);
      assert.match(await playlist.text(), /^#EXTM3U/);
      playback.position = 7;
      await playback.heartbeat();
      await playback.close();
      assert.deepEqual((await tv.service(PlaySessionService).listPlaySessions({})).items, []);
      const goingOn = await tv.service(WatchHistoryService).listContinueWatching({});
      assert.equal(goingOn.items[0]?.title?.title, "The Endless Coast");
      const again = await tv.play(coast);
      assert.equal(again.resumePosition, 7);
      await again.close();
      tv.close();
    });

    test("heartbeats go out by themselves and hear a stop", async () => {
      const { tv } = await signedUp();
      await tv.service(RightsService).subscribe({ planId: "basic" });
      const why = await new Promise<StopReason>((resolve, reject) => {
        void tv.play(coast, { onStop: resolve }).then(async (playback) => {
          await tv.service(PlaySessionService).stopPlaySession({ sessionId: playback.sessionId });
        }, reject);
      });
      assert.equal(why, StopReason.STOPPED);
      tv.close();
    });

    test("lists are read page by page", async () => {
      const { tv } = await signedUp();
      const seen = new Set<string>();
      for await (const title of tv.pages(tv.service(BrowseService).listTitles, { pageSize: 100 })) {
        seen.add(title.id);
        if (seen.size === 250) break;
      }
      assert.equal(seen.size, 250);
      tv.close();
    });

    test("a token that has ended is refreshed once for all calls", async () => {
      const { tv, email } = await signedUp();
      const told: (Session | undefined)[] = [];
      const store = inMemory({ ...tv.session!, expiresAt: 0 });
      const again = connect(url, { store, onSession: (session) => told.push(session) });
      const answers = await Promise.all(Array.from({ length: 8 }, () => again.service(UserService).getMe({})));
      assert.ok(answers.every((answer) => answer.user?.email === email));
      assert.equal(told.length, 1);
      assert.equal(store.load(), again.session);
      tv.close();
      again.close();
    });

    test("a tab takes over the login that another one has refreshed", async () => {
      const { tv } = await signedUp();
      const old = { ...tv.session!, expiresAt: 0 };
      const store = inMemory(old);
      const one = connect(url, { store });
      const other = connect(url, { store });
      await one.service(UserService).getMe({});
      await other.service(UserService).getMe({});
      assert.equal(other.session, one.session);
      for (const client of [tv, one, other]) client.close();
    });

    test("a token that is refused is refreshed", async () => {
      const { tv } = await signedUp();
      const broken = { ...tv.session!, accessToken: tv.session!.accessToken.slice(0, -4) + "AAAA" };
      const again = connect(url, { store: inMemory(broken) });
      await again.service(UserService).getMe({});
      assert.notEqual(again.session, broken);
      tv.close();
      again.close();
    });

    test("a refresh whose answer was lost is made again", async () => {
      const { tv, email } = await signedUp();
      const store = inMemory(JSON.parse(JSON.stringify(tv.session)) as Session);
      await tv.refresh();
      // Another start, which knows nothing of that answer.
      const again = connect(url, { store });
      await again.refresh();
      assert.equal(again.session!.refreshToken, tv.session!.refreshToken);
      await again.refresh();
      assert.equal((await again.service(UserService).getMe({})).user?.email, email);
      tv.close();
      again.close();
    });

    test("a session that is over says so", async () => {
      const { tv } = await signedUp();
      const store = inMemory(tv.session);
      await tv.signOut();
      assert.equal(tv.session, undefined);
      const again = connect(url, { store });
      assert.equal((await refusal(again.refresh())).reason, "REFRESH_TOKEN_INVALID");
      assert.equal(store.load(), undefined);
      tv.close();
      again.close();
    });

    test("broken rules, languages and children", async () => {
      const stranger = connect(url, { language: "nb" });
      const unknown = await refusal(stranger.service(UserService).getMe({}));
      assert.equal(unknown.reason, "UNAUTHENTICATED");
      assert.match(unknown.message, /Logg/);
      const { tv, email } = await signedUp();
      assert.equal((await refusal(tv.signIn(email, "another password"))).reason, "CREDENTIALS_WRONG");
      const users = tv.service(UserService);
      const broken = await refusal(users.createProfile({ profile: { name: "x".repeat(51) } }));
      assert.equal(broken.violations[0]?.field, "profile.name");
      assert.ok(broken.requestId);
      const kid = await users.createProfile({ profile: { name: "Ida", isKids: true } });
      assert.ok((await tv.selectProfile(kid.profile!.id)).isKids);
      const locked = await refusal(tv.service(RightsService).subscribe({ planId: "basic" }));
      assert.equal(locked.reason, "PROFILE_LOCKED");
      tv.close();
      stranger.close();
    });
  });
}

test("nobody listens", async () => {
  for (const { connect } of [web, node]) {
    const tv = connect("http://127.0.0.1:9", { retry: { attempts: 2, firstPause: 1 } });
    const error = await refusal(tv.service(BrowseService).listGenres({}));
    assert.equal(error.code, Code.Unavailable, String(error));
    assert.equal(error.domain, "");
    tv.close();
  }
});
