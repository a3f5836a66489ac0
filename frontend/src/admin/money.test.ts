import { expect, test } from "vitest";
import { minorOf, textOf } from "./money";

test("sums are read in their currency's digits", () => {
  expect(minorOf("7,99", "EUR")).toBe(799);
  expect(minorOf("7.9", "EUR")).toBe(790);
  expect(minorOf("7", "EUR")).toBe(700);
  expect(minorOf("1200", "JPY")).toBe(1200);
  expect(minorOf("12.5", "JPY")).toBeUndefined();
  expect(minorOf("7.999", "EUR")).toBeUndefined();
  expect(minorOf("-1", "EUR")).toBeUndefined();
  expect(textOf(799, "EUR")).toBe("7.99");
});
