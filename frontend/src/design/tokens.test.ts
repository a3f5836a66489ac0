import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

type Lch = [number, number, number];

/** Relative luminance of an OKLCH colour, by OKLab's matrices and WCAG 2's weights. */
function luminance([l, c, h]: Lch): number {
  const a = c * Math.cos((h * Math.PI) / 180);
  const b = c * Math.sin((h * Math.PI) / 180);
  const l3 = (l + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m3 = (l - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s3 = (l - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const clamp = (value: number) => Math.min(1, Math.max(0, value));
  const red = clamp(4.0767416621 * l3 - 3.3077115913 * m3 + 0.2309699292 * s3);
  const green = clamp(-1.2684380046 * l3 + 2.6097574011 * m3 - 0.3413193965 * s3);
  const blue = clamp(-0.0041960863 * l3 - 0.7034186147 * m3 + 1.707614701 * s3);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a: Lch, b: Lch): number {
  const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p) as [number, number];
  return (x + 0.05) / (y + 0.05);
}

function themes(): Record<string, Record<string, Lch>> {
  const css = readFileSync(join(import.meta.dirname, "tokens.css"), "utf8");
  const found: Record<string, Record<string, Lch>> = {};
  for (const theme of ["dark", "light"]) {
    const block = new RegExp(`\\[data-theme="${theme}"\\] \\{([^}]*)\\}`).exec(css)?.[1] ?? "";
    found[theme] = Object.fromEntries(
      [...block.matchAll(/--([\w-]+): oklch\(([\d.]+) ([\d.]+) ?([\d.]*)\)/g)].map((m) => [
        m[1] ?? "",
        [Number(m[2]), Number(m[3]), Number(m[4] ?? 0)] as Lch,
      ]),
    );
  }
  return found;
}

const readable = ["t1", "t2", "t3", "accent", "danger", "warn", "ok"];

describe.each(Object.entries(themes()))("%s", (_name, colours) => {
  const of = (name: string): Lch => {
    const colour = colours[name];
    if (!colour) throw new Error(`no token ${name}`);
    return colour;
  };
  it.each(readable)("%s can be read on pages, cards and controls", (name) => {
    for (const ground of ["bg0", "bg1", "bg2"]) expect(contrast(of(name), of(ground))).toBeGreaterThanOrEqual(4.5);
  });
  it("shows the edges of controls", () => {
    for (const ground of ["bg0", "bg1", "bg2", "bg3"]) expect(contrast(of("edge"), of(ground))).toBeGreaterThanOrEqual(3);
  });
  it("writes on buttons and badges", () => {
    expect(contrast(of("action"), of("on-action"))).toBeGreaterThanOrEqual(4.5);
    expect(contrast([1, 0, 0], of("danger-fill"))).toBeGreaterThanOrEqual(4.5);
    expect(contrast([1, 0, 0], of("live"))).toBeGreaterThanOrEqual(4.5);
    expect(contrast(of("t1"), of("accent-soft"))).toBeGreaterThanOrEqual(4.5);
  });
});
