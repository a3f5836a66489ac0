import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { isGone, noted, probe, reach, watchNetwork } from "./reach";

const answers = (status = 200, type = "application/grpc-web+proto") => () => Promise.resolve(new Response("", { status, headers: { "content-type": type } }));
const nobody = () => Promise.reject(new TypeError("Failed to fetch"));
const lost = (call: () => Promise<Response>) => noted(call).catch(() => undefined);

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("fetch", vi.fn(answers()));
});
afterEach(async () => {
  await noted(answers());
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe("whether the server is reached", () => {
  it("is what calls came to: without any network a server that answers is reached", async () => {
    vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);
    watchNetwork();
    dispatchEvent(new Event("offline"));
    await vi.advanceTimersByTimeAsync(10);
    expect(fetch).toHaveBeenCalledWith("/health", expect.anything());
    expect(reach().state).toBe("reached");
  });

  it("tells a machine without a network from a server that is away", async () => {
    await lost(nobody);
    expect(reach().state).toBe("away");
    vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);
    await lost(nobody);
    expect(reach().state).toBe("offline");
    await noted(answers());
    expect(reach().state).toBe("reached");
  });

  it("asks again by itself until it is reached", async () => {
    vi.stubGlobal("fetch", vi.fn(nobody));
    await lost(nobody);
    await vi.advanceTimersByTimeAsync(2000);
    expect(fetch).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(4000);
    expect(fetch).toHaveBeenCalledTimes(2);
    vi.stubGlobal("fetch", vi.fn(answers()));
    await vi.advanceTimersByTimeAsync(8000);
    expect(reach().state).toBe("reached");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(fetch).toHaveBeenCalledTimes(1);
  });

  it("takes a gateway's word for a server that is away, and a refusal of the server for an answer", async () => {
    await noted(answers(503, "text/html"));
    expect(isGone()).toBe(true);
    await noted(answers(503, "application/json"));
    expect(reach().state).toBe("reached");
    expect(await probe()).toBe(true);
  });

  it("calls slow what waits long, and no longer than that", async () => {
    let answer: (response: Response) => void = () => undefined;
    const call = noted(() => new Promise<Response>((resolve) => (answer = resolve)));
    await vi.advanceTimersByTimeAsync(6001);
    expect(reach().state).toBe("slow");
    answer(new Response(""));
    await call;
    expect(reach().state).toBe("reached");
  });

  it("learns nothing from what was called off", async () => {
    const off = new AbortController();
    off.abort();
    await noted(nobody, off.signal).catch(() => undefined);
    expect(reach().state).toBe("reached");
  });
});
