import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { EVENTS } from "./words";

it("offers every event that the server takes, and no other", () => {
  const proto = readFileSync("../proto/streamverse/webhooks/v1/webhooks.proto", "utf8");
  const words = /repeated string event_types = \d+ [^;]*words: \[([^\]]+)\]/.exec(proto)?.[1] ?? "";
  const taken = [...words.matchAll(/"([a-z.]+)"/g)].map(([, word]) => word);
  expect(taken.length).toBeGreaterThan(5);
  expect(EVENTS.map(([event]) => event as string).sort()).toEqual(taken.sort());
});
