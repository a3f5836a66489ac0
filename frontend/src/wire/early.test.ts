import { create, toBinary } from "@bufbuild/protobuf";
import { afterEach, expect, it, vi } from "vitest";
import { BrowseService, GetHomeRequestSchema } from "@gen/streamverse/content/v1/browse_pb";
import { earlyTrace, fetchOrTake } from "./early";

const url = `${location.origin}/${BrowseService.typeName}/${BrowseService.method.getHome.name}`;
const answered = (text: string) => vi.fn((..._call: Parameters<typeof fetch>) => Promise.resolve(new Response(text)));

/** Opens the page anew, as somebody who is signed in. */
async function openPage(session: object) {
  localStorage.setItem("sv.session", JSON.stringify(session));
  localStorage.setItem("sv.language", "de");
  localStorage.setItem("sv.device", "Firefox on Linux 0AB");
  const asked = answered("early");
  vi.stubGlobal("fetch", asked);
  vi.resetModules();
  await import("@/app/early");
  return asked.mock.calls.filter(([to]) => to === url);
}

const viewer = { accessToken: "a.b.c", expires: Date.now() + 3_600_000, profile: { id: "p" } };
const headers = { authorization: "Bearer a.b.c", "accept-language": "de", "x-device-id": "Firefox on Linux 0AB" };

afterEach(() => {
  vi.unstubAllGlobals();
  localStorage.clear();
  delete window.early;
});

it("asks for the home page as the app would, and hands the answer to the first that asks the same", async () => {
  const [call] = await openPage(viewer);
  const message = toBinary(GetHomeRequestSchema, create(GetHomeRequestSchema, { rowSize: 20 }));
  expect(call?.[1]?.body).toEqual(new Uint8Array([0, 0, 0, 0, message.length, ...message]));
  expect((call?.[1]?.headers as Record<string, string>).traceparent).toContain(earlyTrace(url));
  vi.stubGlobal("fetch", answered("later"));
  expect(await (await fetchOrTake(url, { headers })).text()).toBe("early");
  expect(await (await fetchOrTake(url, { headers })).text()).toBe("later");
});

it("takes no answer for somebody else, in another language, or of a while ago", async () => {
  for (const other of [{ authorization: "Bearer x.y.z" }, { "accept-language": "nb" }]) {
    await openPage(viewer);
    vi.stubGlobal("fetch", answered("later"));
    expect(await (await fetchOrTake(url, { headers: { ...headers, ...other } })).text()).toBe("later");
  }
  await openPage(viewer);
  vi.stubGlobal("fetch", answered("later"));
  if (window.early?.call) window.early.call.began -= 11_000;
  expect(await (await fetchOrTake(url, { headers })).text()).toBe("later");
});

it("asks for nothing in the name of nobody, of no profile, or with a token that ends", async () => {
  for (const session of [{}, { ...viewer, accessToken: "" }, { ...viewer, profile: undefined }, { ...viewer, expires: Date.now() + 10_000 }]) expect(await openPage(session)).toEqual([]);
});
