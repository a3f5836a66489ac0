import { expect, it } from "vitest";
import { pieces } from "./marked";

it("marks what was typed and shows the rest as it is written", () => {
  expect(pieces("The <em>Bat</em>tle &amp; Co")).toEqual([
    { text: "The ", hit: false },
    { text: "Bat", hit: true },
    { text: "tle & Co", hit: false },
  ]);
});

it("takes nothing for markup but the marks", () => {
  expect(pieces("&lt;script&gt;<em>a</em>&#39;")).toEqual([
    { text: "<script>", hit: false },
    { text: "a", hit: true },
    { text: "'", hit: false },
  ]);
});
