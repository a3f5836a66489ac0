import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { brand, flag, loadFlags, streamed } from "./flags";

const told = (config: unknown) => vi.stubGlobal("fetch", () => Promise.resolve(new Response(JSON.stringify(config), { headers: { "content-type": "application/json" } })));

beforeEach(() => localStorage.clear());
afterEach(() => vi.unstubAllGlobals());

describe("what operators set (FE-8, FE-10)", () => {
  it("says where streams come from; answers that name a place themselves keep it", async () => {
    told({ NEXT_PUBLIC_STREAMING_URL: "https://media.example.org" });
    await loadFlags();
    expect(streamed("/stream/hls/a/master.m3u8?token=t")).toBe("https://media.example.org/stream/hls/a/master.m3u8?token=t");
    expect(streamed("https://cdn.example.org/a.m3u8")).toBe("https://cdn.example.org/a.m3u8");
    told({});
    await loadFlags();
    expect(streamed("/stream/a")).toBe(`${location.origin}/stream/a`);
  });

  it("switches on what has an address, unless a flag or the browser says otherwise", async () => {
    told({ NEXT_PUBLIC_CHAT_URL: "https://chat.example.org", NEXT_PUBLIC_DRM_URL: "https://drm.example.org", flags: { drm: false } });
    await loadFlags();
    expect([flag("chat"), flag("drm"), flag("analytics"), flag("wire")]).toEqual([true, false, false, true]);
    localStorage.setItem("sv.flags", "-chat,analytics");
    await loadFlags();
    expect([flag("chat"), flag("analytics")]).toEqual([false, true]);
  });

  it("is called what they say", async () => {
    expect(brand()).toBe("StreamVerse");
    told({ brand: " Nordlys TV " });
    await loadFlags();
    expect(brand()).toBe("Nordlys TV");
  });

  it("takes nothing that is no address of the web", async () => {
    const warned = vi.spyOn(console, "warn").mockReturnValue();
    told({ NEXT_PUBLIC_STREAMING_URL: "javascript:alert(1)", NEXT_PUBLIC_CHAT_URL: "chat.example.org" });
    await loadFlags();
    expect(streamed("/a")).toBe(`${location.origin}/a`);
    expect(flag("chat")).toBe(false);
    expect(warned).toHaveBeenCalledTimes(2);
  });
});
