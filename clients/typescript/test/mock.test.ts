// Repeating, mocks and recordings, without a program.
import assert from "node:assert/strict";
import { test } from "node:test";

import { create } from "@bufbuild/protobuf";
import { Code, ConnectError, createRouterTransport } from "@connectrpc/connect";
import type { HandlerContext } from "@connectrpc/connect";

import { ErrorInfoSchema, RetryInfoSchema } from "../src/api/google/rpc/error_details_pb.js";
import { AuthService } from "../src/api/streamverse/auth/v1/auth_pb.js";
import { BrowseService } from "../src/api/streamverse/content/v1/browse_pb.js";
import { ContentAdminService } from "../src/api/streamverse/content/v1/catalogue_pb.js";
import { RightsService } from "../src/api/streamverse/rights/v1/rights_pb.js";
import { readSettings, StreamVerse } from "../src/index.js";
import type { Recorded } from "../src/mock.js";
import { mock, recording, replay } from "../src/mock.js";

const because = (reason: string) => ({ desc: ErrorInfoSchema, value: { reason, domain: "common.streamverse" } });
const info = because("UNAVAILABLE");
const wait = (seconds: number) => ({
  desc: RetryInfoSchema,
  value: create(RetryInfoSchema, { retryDelay: { seconds: BigInt(Math.floor(seconds)), nanos: (seconds % 1) * 1e9 } }),
});
const told = (...details: ConstructorParameters<typeof ConnectError>[3] & object) =>
  new ConnectError("no", Code.Unavailable, undefined, [info, ...details]);
const broken = () => new ConnectError("no", Code.Unavailable);

function failing(...failures: ConnectError[]) {
  const keys: (string | null)[] = [];
  const called = (context: HandlerContext): void => {
    keys.push(context.requestHeader.get("idempotency-key"));
    const next = failures.shift();
    if (next) throw next;
  };
  const tv = mock(
    (router) => {
      router.service(AuthService, {
        login(_, context) {
          called(context);
          return { accessToken: "a", refreshToken: "b", expiresIn: 3600, user: { name: "Ana" } };
        },
      });
      router.service(BrowseService, {
        listTitles(_, context) {
          called(context);
          return { items: [{ id: "1" }] };
        },
      });
      router.service(ContentAdminService, {
        async *watchContent(_, context) {
          called(context);
          yield { position: "1" };
          yield { position: "2" };
          throw broken();
        },
      });
      router.service(RightsService, {
        subscribe(_, context) {
          called(context);
          return {};
        },
      });
    },
    { retry: { firstPause: 5, longestPause: 1000 } },
  );
  return { tv, keys };
}

test("what reads is repeated", async () => {
  const { tv, keys } = failing(broken(), told());
  await tv.service(BrowseService).listTitles({});
  assert.deepEqual(keys, [null, null, null]);
});

test("the pause is the one that the server asks for", async () => {
  const { tv } = failing(told(wait(0.3)));
  const began = performance.now();
  await tv.service(BrowseService).listTitles({});
  assert.ok(performance.now() - began >= 299);
});

test("what the server has no room for is repeated when it says", async () => {
  const full = new ConnectError("no", Code.ResourceExhausted, undefined, [because("OVERLOADED"), wait(0.3)]);
  const { tv, keys } = failing(full);
  const began = performance.now();
  await tv.signIn("ana@example.org", "a password");
  assert.ok(performance.now() - began >= 299);
  assert.equal(keys.length, 2);
});

test("what shall not be repeated is not", async () => {
  const pushed = told();
  pushed.metadata.set("grpc-retry-pushback-ms", "-1");
  const rated = new ConnectError("no", Code.ResourceExhausted, undefined, [because("RATE_LIMITED"), wait(0.01)]);
  for (const failure of [told(wait(30)), pushed, rated, new ConnectError("no", Code.Internal, undefined, [info])]) {
    const { tv, keys } = failing(failure);
    await assert.rejects(tv.service(BrowseService).listTitles({}));
    assert.equal(keys.length, 1);
  }
  const { tv, keys } = failing(told(), told(), told(), told(), told());
  await assert.rejects(tv.service(BrowseService).listTitles({}), { reason: "UNAVAILABLE" });
  assert.equal(keys.length, 4);
});

test("a call that is given up waits no longer", async () => {
  const { tv, keys } = failing(told(wait(0.9)));
  const began = performance.now();
  await assert.rejects(tv.service(BrowseService).listTitles({}, { signal: AbortSignal.timeout(50) }));
  assert.ok(performance.now() - began < 800);
  assert.equal(keys.length, 1);
});

test("what writes once goes by its key", async () => {
  const { tv, keys } = failing(broken());
  await tv.service(RightsService).subscribe({});
  assert.ok(keys[0]);
  assert.equal(keys[0], keys[1]);
  await tv.service(RightsService).subscribe({}, { headers: { "idempotency-key": "mine" } });
  assert.equal(keys[2], "mine");
});

test("what has no key is repeated only where nothing was done", async () => {
  const { tv, keys } = failing(told());
  assert.equal((await tv.signIn("ana@example.org", "a password")).name, "Ana");
  assert.equal(keys.length, 2);
  await assert.rejects(failing(broken()).tv.signIn("ana@example.org", "a password"));
});

test("a stream begins anew until it has begun", async () => {
  const { tv, keys } = failing(broken(), told());
  const seen: string[] = [];
  await assert.rejects(async () => {
    for await (const change of tv.service(ContentAdminService).watchContent({})) seen.push(change.position);
  }, { name: "StreamVerseError", reason: "UNAVAILABLE" });
  assert.deepEqual(seen, ["1", "2"]);
  assert.equal(keys.length, 3);
});

test("what was recorded is given again", async () => {
  const recorded: Recorded[] = [];
  const real = createRouterTransport(({ service }) => {
    service(BrowseService, { listTitles: ({ genre }) => ({ items: [{ id: genre[0] ?? "all" }] }) });
    service(ContentAdminService, {
      async *watchContent() {
        yield { position: "1" };
      },
    });
  });
  const tv = new StreamVerse("http://real.example", recording(real, recorded));
  await tv.service(BrowseService).listTitles({});
  await tv.service(BrowseService).listTitles({ genre: ["Drama"] });
  for await (const _ of tv.service(ContentAdminService).watchContent({}));

  const again = replay(JSON.parse(JSON.stringify(recorded)) as Recorded[]);
  assert.equal((await again.service(BrowseService).listTitles({ genre: ["Drama"] })).items[0]?.id, "Drama");
  assert.equal((await again.service(BrowseService).listTitles({ genre: ["Other"] })).items[0]?.id, "all");
  for await (const change of again.service(ContentAdminService).watchContent({})) assert.equal(change.position, "1");
  await assert.rejects(again.service(BrowseService).listGenres({}), { reason: "UNIMPLEMENTED" });
});

test("settings of players keep their names", () => {
  const settings = readSettings({
    NEXT_PUBLIC_STREAMING_URL: "https://media.example.org",
    NEXT_PUBLIC_CHAT_URL: "",
    NEXT_PUBLIC_DRM_URL: "https://drm.example.org",
  });
  assert.equal(settings.streamingUrl, "https://media.example.org");
  assert.deepEqual(settings.flags, { analytics: false, chat: false, drm: true });
  assert.throws(() => readSettings({ NEXT_PUBLIC_CHAT_URL: "javascript:alert(1)" }));
});
