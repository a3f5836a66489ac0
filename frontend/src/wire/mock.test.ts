import { expect, it } from "vitest";
import { answer, type Recording } from "./mock";

const recording: Recording = {
  time: Date.parse("2026-01-01T12:00:00Z"),
  calls: [
    { method: "streamverse.search.v1.SearchService/SearchGlobal", request: { q: "a" }, response: { total: 1 } },
    { method: "streamverse.search.v1.SearchService/SearchGlobal", request: { q: "b" }, response: { total: 2 } },
    { method: "streamverse.livetv.v1.GuideService/GetGuide", request: {}, response: { items: [{ now: { startTime: "2026-01-01T11:30:00Z" } }] } },
  ],
};

it("answers what was asked, else what the method answered first", () => {
  expect(answer(recording, "streamverse.search.v1.SearchService/SearchGlobal", { q: "b" })).toEqual({ total: 2 });
  expect(answer(recording, "streamverse.search.v1.SearchService/SearchGlobal", { q: "z" })).toEqual({ total: 1 });
  expect(answer(recording, "streamverse.users.v1.UserService/GetMe", {})).toBeUndefined();
});

it("moves what is on the air to now", () => {
  const now = Date.parse("2026-03-01T12:00:00Z");
  expect(answer(recording, "streamverse.livetv.v1.GuideService/GetGuide", {}, now)).toEqual({ items: [{ now: { startTime: "2026-03-01T11:30:00.000Z" } }] });
});
