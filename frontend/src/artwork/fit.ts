import { archivo, fraunces, narrow } from "./advances";

/** How wide a text is at one pixel of size; what the table lacks counts as a wide letter. */
export function widthOf(text: string, face: readonly number[]): number {
  let sum = 0;
  for (const character of text) sum += face[(character.codePointAt(0) ?? 0) - 0x20] || 620;
  return sum / 1000;
}

export interface Setting {
  lines: string[];
  size: number;
  narrow: boolean;
}

/** Whether the fonts that are delivered have the letters; others are set by the system, in a box. */
export function isLatin(text: string): boolean {
  return ![...text].some((character) => (character.codePointAt(0) ?? 0) > 0x17f && !/[‘’“”–—…•·]/.test(character));
}

/** Breaks a title into at most four lines whose longest is shortest, as large as the box allows. */
export function fit(title: string, face: "archivo" | "fraunces", box: { width: number; height: number }, largest = 40): Setting {
  const table = face === "archivo" ? archivo : fraunces;
  const words = title.split(/\s+/).filter(Boolean);
  let best: Setting | undefined;
  for (let count = 1; count <= Math.min(4, words.length); count += 1) {
    const lines = balance(words, count, table);
    const widest = Math.max(...lines.map((line) => widthOf(line, table)));
    const size = Math.min(largest, box.width / widest, box.height / (lines.length * 1.06));
    if (!best || size > best.size * 1.04) best = { lines, size, narrow: false };
  }
  const found = best ?? { lines: [title], size: largest, narrow: false };
  if (found.size >= 22 || face !== "archivo") return found;
  const widest = Math.max(...found.lines.map((line) => widthOf(line, narrow)));
  return { ...found, narrow: true, size: Math.min(largest, box.width / widest, box.height / (found.lines.length * 1.06)) };
}

function balance(words: string[], count: number, table: readonly number[]): string[] {
  if (count === 1) return [words.join(" ")];
  let best: string[] = [];
  let bestWidth = Infinity;
  for (let cut = 1; cut <= words.length - count + 1; cut += 1) {
    const lines = [words.slice(0, cut).join(" "), ...balance(words.slice(cut), count - 1, table)];
    const width = Math.max(...lines.map((line) => widthOf(line, table)));
    if (width < bestWidth) [best, bestWidth] = [lines, width];
  }
  return best;
}
