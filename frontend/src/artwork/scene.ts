import type { Palette } from "./palette";
import type { Draw } from "./random";

/** A shape of a scene: the path or circle, and its colour. */
export type Shape = { d: string; fill: string } | { x: number; y: number; r: number; fill: string } | { x: number; y: number; size: number; text: string; fill: string };

const n = (value: number) => Math.round(value * 10) / 10;
const rect = (x: number, y: number, w: number, h: number) => `M${n(x)} ${n(y)}h${n(w)}v${n(h)}h${n(-w)}z`;

/** What a picture shows, in a box of `w` × `h`. Flat fills only, at most 110 shapes. */
export function motif(p: Palette, r: Draw, w: number, h: number, letter: string): Shape[] {
  switch (p.family) {
    case "bars":
      return bars(p, r, w, h);
    case "sun":
      return sun(p, r, w, h);
    case "rays":
      return rays(p, r, w, h);
    case "tiles":
      return tiles(p, r, w, h);
    case "contour":
      return contour(p, r, w, h);
    case "cut":
      return cut(p, r, w, h);
    case "arch":
      return arch(p, r, w, h);
    case "rings":
      return rings(p, r, w, h);
    case "numeral":
      return numeral(p, r, w, h, letter);
    case "dots":
      return dots(p, r, w, h);
    case "type":
      return [];
  }
}

function bars(p: Palette, r: Draw, w: number, h: number): Shape[] {
  const across = r.chance(0.45);
  const count = r.whole(5, 9);
  const sizes = Array.from({ length: count }, () => r.of([4, 8, 14, 22, 34]));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const span = across ? w : h;
  let at = 0;
  return sizes.flatMap((size, index) => {
    const length = (size / total) * span;
    const from = at;
    at += length;
    if (index % 2) return [];
    const fill = r.chance(0.6) ? p.a : p.b;
    return [{ d: across ? rect(from, 0, length, h) : rect(0, from, w, length), fill }];
  });
}

function sun(p: Palette, r: Draw, w: number, h: number): Shape[] {
  const radius = Math.min(w, h) * r.between(0.25, 0.38);
  const x = r.between(w * 0.3, w * 0.7);
  const y = r.between(h * 0.34, h * 0.5);
  const shapes: Shape[] = [{ x: n(x), y: n(y), r: n(radius), fill: p.b }];
  for (let band = 0; band < 4; band += 1) {
    const top = h * (0.56 + band * 0.12);
    const swing = r.between(4, 13);
    const step = w / 4;
    let d = `M0 ${n(top)}`;
    for (let i = 0; i < 4; i += 1) d += `q${n(step / 2)} ${n(i % 2 ? swing : -swing)} ${n(step)} 0`;
    shapes.push({ d: `${d}V${n(h)}H0z`, fill: band % 2 ? p.ground : p.a });
  }
  return shapes;
}

function rays(p: Palette, r: Draw, w: number, h: number): Shape[] {
  const count = r.whole(9, 15);
  const x = r.between(w * 0.2, w * 0.8);
  const y = h * r.between(0.8, 1);
  const far = w + h;
  const shapes: Shape[] = [];
  const turn = r.between(0, Math.PI / count);
  for (let i = 0; i < count; i += 1) {
    const from = turn + (i * 2 * Math.PI) / count;
    const to = from + Math.PI / count;
    const point = (angle: number) => `${n(x + Math.cos(angle) * far)} ${n(y + Math.sin(angle) * far)}`;
    shapes.push({ d: `M${n(x)} ${n(y)}L${point(from)}L${point(to)}z`, fill: i % 3 ? p.a : p.b });
  }
  shapes.push({ x: n(x), y: n(y), r: n(r.between(14, 30)), fill: p.ink });
  return shapes;
}

function tiles(p: Palette, r: Draw, w: number, h: number): Shape[] {
  const columns = r.of([4, 5]);
  const size = w / columns;
  const rows = Math.ceil(h / size);
  const shapes: Shape[] = [];
  for (let row = 0; row < rows && shapes.length < 100; row += 1)
    for (let column = 0; column < columns; column += 1) {
      const x = column * size;
      const y = row * size;
      const fill = r.of([p.a, p.b, p.a, p.ink]);
      const kind = r.whole(0, 4);
      const corner = r.whole(0, 3);
      if (kind === 0) continue;
      if (kind === 1) shapes.push({ d: rect(x, y, size, size), fill });
      else {
        const [cx, cy] = [x + (corner % 2 ? size : 0), y + (corner > 1 ? size : 0)];
        const [dx, dy] = [corner % 2 ? -size : size, corner > 1 ? -size : size];
        const sweep = dx * dy > 0 ? 1 : 0;
        shapes.push({ d: kind === 2 ? `M${n(cx)} ${n(cy)}h${n(dx)}L${n(cx)} ${n(cy + dy)}z` : `M${n(cx)} ${n(cy)}h${n(dx)}A${n(size)} ${n(size)} 0 0 ${sweep} ${n(cx)} ${n(cy + dy)}z`, fill });
      }
    }
  return shapes;
}

function ellipse(x: number, y: number, rx: number, ry: number, turn: number): string {
  const dx = Math.cos(turn) * rx;
  const dy = Math.sin(turn) * rx;
  const angle = n((turn * 180) / Math.PI);
  return `M${n(x - dx)} ${n(y - dy)}A${n(rx)} ${n(ry)} ${angle} 1 1 ${n(x + dx)} ${n(y + dy)}A${n(rx)} ${n(ry)} ${angle} 1 1 ${n(x - dx)} ${n(y - dy)}z`;
}

function contour(p: Palette, r: Draw, w: number, h: number): Shape[] {
  const x = r.between(w * 0.25, w * 0.75);
  const y = r.between(h * 0.3, h * 0.75);
  const flat = r.between(0.55, 0.85);
  const filled = r.whole(0, 4);
  const shapes: Shape[] = [];
  for (let i = 10; i >= 0; i -= 1) {
    const radius = (14 + i * 16) * (w / 200);
    const turn = (i * 3 * Math.PI) / 180;
    const fill = i % 5 === filled ? p.b : p.a;
    shapes.push({ d: ellipse(x, y, radius, radius * flat, turn), fill });
    shapes.push({ d: ellipse(x, y, radius - 3.4, (radius - 3.4) * flat, turn), fill: i % 5 === filled ? p.b : p.ground });
  }
  return shapes;
}

function cut(p: Palette, r: Draw, w: number, h: number): Shape[] {
  const left = h * r.between(0.25, 0.75);
  const right = h * r.between(0.25, 0.75);
  const shapes: Shape[] = [{ d: `M0 ${n(left)}L${w} ${n(right)}V${h}H0z`, fill: p.a }];
  const x = r.between(w * 0.3, w * 0.7);
  const seam = left + ((right - left) * x) / w;
  if (r.chance(0.55)) shapes.push({ x: n(x), y: n(seam), r: n(Math.min(w, h) * r.between(0.14, 0.24)), fill: p.b });
  else shapes.push({ d: rect(x - 11, seam - h * 0.4, 22, h * 0.65), fill: p.b });
  return shapes;
}

function arch(p: Palette, r: Draw, w: number, h: number): Shape[] {
  const count = r.whole(2, 5);
  const step = r.between(12, 20) * (w / 200);
  const x = w / 2;
  const half = w * r.between(0.36, 0.46);
  const top = h * r.between(0.08, 0.2);
  return Array.from({ length: count + 1 }, (_, i) => {
    const radius = half - i * step;
    const fill = i === count ? p.ink : i % 2 ? p.ground : r.chance(0.7) ? p.a : p.b;
    return { d: `M${n(x - radius)} ${n(h)}V${n(top + i * step + radius)}a${n(radius)} ${n(radius)} 0 0 1 ${n(radius * 2)} 0V${n(h)}z`, fill };
  });
}

function rings(p: Palette, r: Draw, w: number, h: number): Shape[] {
  const x = r.between(w * 0.2, w * 0.8);
  const y = r.between(h * 0.2, h * 0.7);
  const step = 21 * (Math.max(w, h) / 220);
  return Array.from({ length: 7 }, (_, i) => ({ x: n(x), y: n(y), r: n((7 - i) * step), fill: i % 2 ? p.ground : i === 6 ? p.ink : i % 4 ? p.b : p.a }));
}

function numeral(p: Palette, r: Draw, w: number, h: number, letter: string): Shape[] {
  const size = Math.min(h * 1.15, w) * r.between(1, 1.18);
  const y = h * 0.86;
  return [
    { x: n(w * r.between(0.4, 0.6)), y: n(y), size: n(size), text: letter, fill: p.a },
    { d: rect(0, h * r.between(0.35, 0.7), w, r.between(8, 26)), fill: p.b },
  ];
}

function dots(p: Palette, r: Draw, w: number, h: number): Shape[] {
  const columns = w > h ? 13 : 10;
  const rows = w > h ? 7 : 9;
  const [cx, cy] = [r.between(0, w), r.between(0, h)];
  const shapes: Shape[] = [];
  const reach = Math.hypot(w, h) * 0.75;
  for (let row = 0; row < rows; row += 1)
    for (let column = 0; column < columns; column += 1) {
      const x = ((column + 0.5) * w) / columns;
      const y = ((row + 0.5) * h) / rows;
      const radius = 9.6 * (1 - Math.hypot(x - cx, y - cy) / reach);
      if (radius > 1.2) shapes.push({ x: n(x), y: n(y), r: n(radius * (w / columns / 20)), fill: (row + column) % 4 ? p.a : p.b });
    }
  return shapes;
}
