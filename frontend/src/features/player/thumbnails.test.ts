import { describe, expect, it } from "vitest";
import { readTrack, tileAt } from "./thumbnails";

const TRACK = `WEBVTT

00:00:00.000 --> 00:00:10.000
sheet-0.jpg?token=a.b&v=1#xywh=0,0,240,136

00:00:10.000 --> 00:00:20.000
sheet-0.jpg?token=a.b&v=1#xywh=240,0,240,136

01:00:20.000 --> 01:00:24.500
sheet-1.jpg?token=a.b&v=2#xywh=pixel:0,136,240,136
`;
const ADDRESS = "http://films.example/stream/thumbnails/f/track.vtt?token=a.b";

describe("the track of thumbnails", () => {
  it("names parts of sheets, beside itself", () => {
    expect(readTrack(TRACK, ADDRESS)).toEqual([
      { start: 0, end: 10, sheet: "http://films.example/stream/thumbnails/f/sheet-0.jpg?token=a.b&v=1", x: 0, y: 0, width: 240, height: 136 },
      { start: 10, end: 20, sheet: "http://films.example/stream/thumbnails/f/sheet-0.jpg?token=a.b&v=1", x: 240, y: 0, width: 240, height: 136 },
      { start: 3620, end: 3624.5, sheet: "http://films.example/stream/thumbnails/f/sheet-1.jpg?token=a.b&v=2", x: 0, y: 136, width: 240, height: 136 },
    ]);
  });
  it("is read with identifiers, other line ends and short times, and without what names no part", () => {
    const text = "WEBVTT\r\n\r\nNOTE none\r\n\r\nfirst\r\n00:00.000 --> 00:05.000\r\na.jpg#xywh=0,0,8,6\r\n\r\n00:05.000 --> 00:09.000\r\nwords\r\n\r\n00:09.000 --> 00:10.000\r\na.jpg#xywh=0,0,0,6";
    expect(readTrack(text, ADDRESS).map(({ start, end, sheet }) => [start, end, sheet])).toEqual([[0, 5, "http://films.example/stream/thumbnails/f/a.jpg"]]);
    expect(readTrack("<html>", ADDRESS)).toEqual([]);
  });
  it("has one picture for a moment, the last one for what comes after it, and none in a gap", () => {
    const tiles = readTrack(TRACK, ADDRESS);
    expect([0, 9.99, 10, 500, 3621, 4000].map((at) => tileAt(tiles, at)?.start)).toEqual([0, 0, 10, undefined, 3620, 3620]);
    expect(tileAt([], 3)).toBeUndefined();
  });
});
