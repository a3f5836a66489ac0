import { useQuery } from "@tanstack/react-query";

/** A small picture, for the stretch of a title from `start` to `end` in seconds: a part of a sheet, in its pixels. */
export interface Tile {
  start: number;
  end: number;
  sheet: string;
  x: number;
  y: number;
  width: number;
  height: number;
}

const TIMES = /^((?:\d+:)?\d+:\d+\.\d+)[ \t]+-->[ \t]+((?:\d+:)?\d+:\d+\.\d+)/;
const PART = /^(\S+)#xywh=(?:pixel:)?(\d+),(\d+),(\d+),(\d+)$/;

const seconds = (time: string) => time.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);

/** Reads a WebVTT track whose cues name parts of pictures, relative to its address; what is none of them is left out. */
export function readTrack(text: string, address: string): Tile[] {
  return text.split(/\r?\n(?:\r?\n)+/).flatMap((block) => {
    const lines = block.split(/\r?\n/);
    const at = lines.findIndex((line) => TIMES.test(line));
    const times = TIMES.exec(lines[at] ?? "");
    const part = PART.exec(lines[at + 1]?.trim() ?? "");
    if (!times || !part) return [];
    const [, start = "", end = ""] = times;
    const [, file = "", ...numbers] = part;
    const [x = 0, y = 0, width = 0, height = 0] = numbers.map(Number);
    return width && height ? [{ start: seconds(start), end: seconds(end), sheet: new URL(file, address).href, x, y, width, height }] : [];
  });
}

/** The picture of a moment; the last one goes on to the end, whose second may not be whole. */
export function tileAt(tiles: Tile[], at: number): Tile | undefined {
  const last = tiles.at(-1);
  return last && at >= last.end ? last : tiles.find((tile) => tile.start <= at && at < tile.end);
}

/** The small pictures of a title, once somebody looks for a place; none where it has none, or they do not come. */
export function useThumbnails(address: string, wanted: boolean): Tile[] {
  const found = useQuery({
    queryKey: ["thumbnails", address],
    queryFn: async ({ signal }) => {
      const from = new URL(address, location.href).href;
      const answer = await fetch(from, { signal });
      if (!answer.ok) throw new Error(`thumbnails: ${answer.status}`);
      return readTrack(await answer.text(), from);
    },
    enabled: wanted && address !== "",
    staleTime: Infinity,
    retry: false,
  });
  return found.data ?? [];
}
