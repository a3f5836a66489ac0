import { describe, expect, it } from "vitest";
import { Hold, stepOf } from "./scrub";

describe("the preview head under a held key", () => {
  it("moves ten seconds, and twice, four times, eight times as far", () => {
    expect([0, 599, 600, 1500, 3000, 9000].map(stepOf)).toEqual([10, 10, 20, 40, 80, 80]);
  });
  it("moves at most every 90 ms, begins anew with another key, and goes back by the left one", () => {
    const hold = new Hold();
    const press = (key: string, timeStamp: number, repeat: boolean) => hold.step({ key, timeStamp, repeat });
    expect(press("ArrowRight", 0, false)).toBe(10);
    expect(press("ArrowRight", 30, true)).toBe(0);
    expect(press("ArrowRight", 95, true)).toBe(10);
    expect(press("ArrowRight", 700, true)).toBe(20);
    expect(press("ArrowLeft", 720, false)).toBe(-10);
    expect(press("ArrowLeft", 3800, true)).toBe(-80);
  });
});
