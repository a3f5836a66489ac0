import type { Draw } from "./random";

export type Family = "bars" | "sun" | "rays" | "tiles" | "contour" | "cut" | "arch" | "rings" | "numeral" | "dots" | "type";

/** The rarest genre of a title is what it is known by: or most of a catalogue would look alike. */
const GENRES: [string, number, Family[]][] = [
  ["Film Noir", 255, ["bars", "cut"]],
  ["Experimental", 320, ["tiles", "dots"]],
  ["Western", 45, ["sun", "bars"]],
  ["Musical", 345, ["rays", "tiles"]],
  ["Music", 330, ["bars", "dots"]],
  ["Documentary", 160, ["contour", "numeral"]],
  ["Horror", 15, ["arch", "cut"]],
  ["Animation", 195, ["tiles", "sun"]],
  ["Science Fiction", 265, ["rings", "tiles"]],
  ["War", 110, ["contour", "bars"]],
  ["Fantasy", 295, ["arch", "rings"]],
  ["Mystery", 235, ["cut", "rings"]],
  ["Crime", 25, ["type", "cut"]],
  ["History", 75, ["contour", "numeral"]],
  ["Family", 130, ["sun", "tiles"]],
  ["Action", 35, ["rays", "type"]],
  ["Adventure", 95, ["sun", "contour"]],
  ["Thriller", 220, ["rings", "cut", "rays"]],
  ["Romance", 5, ["dots", "sun"]],
  ["Comedy", 85, ["type", "tiles", "rays"]],
  ["Short", 180, ["tiles", "dots"]],
];
const DRAMA: Family[] = ["numeral", "dots", "type", "contour", "arch", "bars", "rings"];

export interface Palette {
  family: Family;
  ground: string;
  ink: string;
  a: string;
  b: string;
  light: boolean;
}

const lch = (l: number, c: number, h: number) => `oklch(${l} ${c} ${Math.round(h)})`;

/** Era sets how loud colours are and whether the ground is light; genre sets the hue and the family of shapes. */
export function palette(genres: readonly string[], year: number, r: Draw): Palette {
  const known = GENRES.find(([name]) => genres.includes(name));
  const base = known ? known[1] : 15 * Math.floor(24 * r.next());
  const family = r.of(known ? known[2] : DRAMA);
  const h = (base + r.between(-18, 18) + 360) % 360;
  const a = h + r.of([150, 180, 210, 30, -30]);
  const muddy = h >= 55 && h <= 128 && year < 2000;
  const light = (part: number) => r.chance(part) || muddy;
  if (year > 0 && year < 1935) {
    const on = light(0.62);
    return { family, light: on, ground: on ? lch(0.9, 0.028, 80) : lch(0.2, 0.012, 60), ink: on ? lch(0.22, 0.02, 60) : lch(0.93, 0.03, 85), a: on ? lch(0.5, 0.1, h) : lch(0.66, 0.09, h), b: lch(0.75, 0.05, h) };
  }
  if (year > 0 && year < 1960) {
    const on = light(0.5);
    return { family, light: on, ground: on ? lch(0.88, 0.05, h) : lch(0.3, 0.06, h), ink: on ? lch(0.24, 0.045, h) : lch(0.94, 0.03, 85), a: lch(0.6, 0.125, h), b: lch(0.75, 0.105, a) };
  }
  if (year > 0 && year < 1980) {
    const on = light(0.62);
    return { family, light: on, ground: on ? lch(0.81, 0.115, h) : lch(0.28, 0.065, h), ink: on ? lch(0.21, 0.04, h) : lch(0.95, 0.03, 90), a: lch(0.57, 0.16, a), b: on ? lch(0.93, 0.05, a) : lch(0.82, 0.11, a) };
  }
  if (year > 0 && year < 2000) {
    const on = light(0.12);
    return { family, light: on, ground: on ? lch(0.86, 0.06, h) : lch(0.21, 0.045, h), ink: on ? lch(0.21, 0.05, h) : lch(0.95, 0.02, h), a: lch(0.64, 0.19, h), b: lch(0.72, 0.16, a) };
  }
  const on = light(0.3);
  return { family, light: on, ground: on ? lch(0.92, 0.03, h) : lch(0.27, 0.065, h), ink: on ? lch(0.22, 0.05, h) : lch(0.96, 0.012, h), a: lch(0.55, 0.135, h), b: on ? lch(0.68, 0.13, a) : lch(0.8, 0.12, a) };
}
