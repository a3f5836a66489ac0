import { expect, it } from "vitest";
import { visible } from "./visible";

it("shows what a text does unseen, and leaves what is read", () => {
  expect(visible("no room\n\tleft, عربي 🎬")).toBe("no room\n\tleft, عربي 🎬");
  expect(visible("\u202Egnp.exe\u2066\u200B\u0000\u001B[31m\u0085\u{E0001}")).toBe(String.raw`\u202egnp.exe\u2066\u200b\x00\x1b[31m\x85\u{e0001}`);
  expect(visible(`${"\r\n".repeat(900)}last\n\n\n\nline\n`)).toBe("last\n\nline");
});
