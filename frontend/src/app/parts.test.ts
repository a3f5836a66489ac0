import { beforeEach, describe, expect, it, vi } from "vitest";
import { part, PartMissing } from "./parts";

const lost = () => Promise.reject(new TypeError("Failed to fetch dynamically imported module"));

describe("a part of the app", () => {
  beforeEach(() => vi.stubGlobal("fetch", () => Promise.resolve(new Response())));
  it("is asked for again where it was lost on its way", async () => {
    const load = vi.fn(() => Promise.resolve("page")).mockImplementationOnce(lost);
    expect(await part(load)).toBe("page");
    expect(load).toHaveBeenCalledTimes(2);
  });
  it("that a server does not have is left to the router, which loads the page anew", async () => {
    await expect(part(vi.fn(lost))).rejects.toThrow("Failed to fetch");
  });
  it("is missing where nothing answers, and not asked for in vain", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("no network")));
    const load = vi.fn(lost);
    await expect(part(load)).rejects.toBeInstanceOf(PartMissing);
    expect(load).toHaveBeenCalledTimes(1);
  });
});
