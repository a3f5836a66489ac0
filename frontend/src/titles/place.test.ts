import { expect, test } from "vitest";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { ContentType } from "@gen/streamverse/content/v1/content_pb";
import { placeOf } from "./place";

test.each([
  [ContentType.MOVIE, { to: "/title/$id", params: { id: "a" } }],
  [ContentType.SERIES, { to: "/title/$id", params: { id: "a" } }],
  [ContentType.COLLECTION, { to: "/collection/$id", params: { id: "a" } }],
  [ContentType.CHANNEL, { to: "/channel/$id", params: { id: "a" } }],
  [ContentType.FAST_CHANNEL, { to: "/channel/$id", params: { id: "a" } }],
])("type %s has a page of its own", (type, place) => {
  expect(placeOf({ id: "a", type })).toEqual(place);
});

test("a programme leads to its channel at its time", () => {
  const startTime = timestampFromDate(new Date("2026-03-01T20:00:30Z"));
  expect(placeOf({ id: "p", type: ContentType.PROGRAMME, channelId: "c", startTime })).toEqual({ to: "/channel/$id", params: { id: "c" }, search: { programme: "p", at: String(Date.UTC(2026, 2, 1, 20) / 60_000) } });
});
