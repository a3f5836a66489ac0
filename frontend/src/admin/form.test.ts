import { expect, test } from "vitest";
import { typed } from "./form";

test("what was typed while it was saved is told from what was sent", () => {
  const before = { title: "A", synopsis: "", status: "draft" };
  const sent = { ...before, status: "published" };
  expect(typed(before, before, sent)).toEqual({});
  expect(typed(sent, before, sent)).toEqual({});
  expect(typed({ ...before, synopsis: "Not saved." }, before, sent)).toEqual({ synopsis: "Not saved." });
});
