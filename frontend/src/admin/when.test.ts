import { expect, test } from "vitest";
import { moment, wall } from "./when";

test("a wall clock and back, in summer and winter", () => {
  for (const [text, utc] of [
    ["2026-03-03T20:00", "2026-03-03T19:00:00.000Z"],
    ["2026-07-03T20:00", "2026-07-03T18:00:00.000Z"],
  ] as const) {
    expect(moment(text, "Europe/Oslo")?.toISOString()).toBe(utc);
    expect(wall(new Date(utc), "Europe/Oslo")).toBe(text);
  }
});

test("the day after a change of clocks", () => {
  expect(moment("2026-03-29T04:00", "Europe/Oslo")?.toISOString()).toBe("2026-03-29T02:00:00.000Z");
  expect(moment("nonsense", "UTC")).toBeUndefined();
});
