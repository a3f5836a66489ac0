import { expect, test } from "vitest";
import { Pace } from "./pace";

test("the pace is that of the last seconds, and is not said too early", () => {
  const pace = new Pace();
  pace.add(0, 0);
  expect(pace.rate).toBe(0);
  pace.add(100, 100);
  expect(pace.rate).toBe(0);
  pace.add(1000, 1000);
  expect(pace.rate).toBe(1000);
  // What was fast at first is forgotten.
  for (let second = 2; second <= 12; second += 1) pace.add(1000 + second, second * 1000);
  expect(pace.rate).toBeCloseTo(1, 1);
  // Sent again from an earlier place: it begins anew.
  pace.add(500, 13_000);
  expect(pace.rate).toBe(0);
});
