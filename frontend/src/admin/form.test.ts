import { expect, test } from "vitest";
import { changed } from "./form";

test("what was typed while it was saved is told from what was sent", () => {
  const sent = { title: "A", synopsis: "", tags: ["x"] };
  expect(changed(sent, sent)).toEqual({});
  expect(changed(sent, { ...sent, synopsis: "Not saved." })).toEqual({ synopsis: "Not saved." });
});
