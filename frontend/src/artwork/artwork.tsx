import { memo } from "react";
import css from "./artwork.module.css";
import { fit, isLatin, widthOf } from "./fit";
import { archivo } from "./advances";
import { palette, type Palette } from "./palette";
import { draw, seedOf } from "./random";
import { motif, type Shape } from "./scene";

/** What a picture is drawn from. Ids differ between installations and posters must not, so they count only without a year. */
export interface Subject {
  title: string;
  year: number;
  type: string;
  genres: readonly string[];
  director?: string;
  id?: string;
}

export function seedFor({ title, year, type, id }: Subject): number {
  return seedOf(`${title.normalize("NFC").toLowerCase()}|${year || id || 0}|${type}`);
}

/** Lists make their subjects anew with every answer: what would be drawn alike is not drawn again. */
function alike(before: { subject: Subject }, after: { subject: Subject }): boolean {
  const { subject: a, ...rest } = before;
  const { subject: b, ...others } = after;
  const same = (one: object, two: object) => Object.entries(one).every(([key, value]) => (two as Record<string, unknown>)[key] === value);
  return (
    [a.title, a.year, a.type, a.id, a.director, a.genres.join()].every((value, index) => value === [b.title, b.year, b.type, b.id, b.director, b.genres.join()][index]) &&
    Object.keys(rest).length === Object.keys(others).length &&
    same(rest, others)
  );
}

const ARTICLE = /^(the|a|an|der|die|das|le|la|les|l'|el|los|las|il|en|et) ?/i;

function Shapes({ shapes }: { shapes: Shape[] }) {
  return shapes.map((shape, index) =>
    "d" in shape ? (
      <path key={index} d={shape.d} fill={shape.fill} />
    ) : "r" in shape ? (
      <circle key={index} cx={shape.x} cy={shape.y} r={shape.r} fill={shape.fill} />
    ) : (
      <text key={index} x={shape.x} y={shape.y} fontSize={shape.size} textAnchor="middle" className={css.archivo} fill={shape.fill}>
        {shape.text}
      </text>
    ),
  );
}

function letterOf(title: string): string {
  const rest = title.replace(ARTICLE, "") || title;
  return ([...rest][0] ?? "•").toUpperCase();
}

/** A poster, 200 × 300: a motif above, the title below it, who made it and when at the foot. */
export const Poster = memo(function Poster({ subject, plain }: { subject: Subject; plain?: boolean }) {
  const r = draw(seedFor(subject));
  const p = palette(subject.genres, subject.year, r);
  const voice = r.next();
  const shapes = motif(p, r, 200, 188, letterOf(subject.title));
  const latin = isLatin(subject.title);
  return (
    <svg viewBox="0 0 200 300" className={css.art} aria-hidden preserveAspectRatio="xMidYMid slice">
      <rect width="200" height="300" fill={p.ground} />
      {p.family === "type" && latin ? (
        <TypePoster title={subject.title} palette={p} upper={voice < 0.6} />
      ) : (
        <>
          <svg width="200" height="188">
            <Shapes shapes={shapes} />
          </svg>
          <rect y="187" width="200" height="113" fill={p.ground} />
          <Title title={subject.title} palette={p} voice={voice} latin={latin} />
        </>
      )}
      <text x="14" y="290" className={css.credit} fill={p.ink} fillOpacity="0.82">
        {surname(subject.director ?? "")}
      </text>
      {subject.year > 0 && !plain && (
        <text x="186" y="290" textAnchor="end" className={css.credit} fill={p.ink} fillOpacity="0.82">
          {subject.year}
        </text>
      )}
    </svg>
  );
}, alike);

function surname(name: string): string {
  const last = name.trim().split(" ").pop() ?? "";
  return isLatin(last) ? last : "";
}

function Title({ title, palette: p, voice, latin }: { title: string; palette: Palette; voice: number; latin: boolean }) {
  if (!latin)
    return (
      <foreignObject x="14" y="196" width="172" height="80">
        <div className={css.other} dir="auto" style={{ color: p.ink }}>
          {title}
        </div>
      </foreignObject>
    );
  const serif = voice > (p.family === "arch" ? 0.3 : 0.64);
  const words = !serif && voice < 0.38 ? title.toUpperCase() : title;
  const set = fit(words, serif ? "fraunces" : "archivo", { width: 172, height: 78 });
  const lead = set.size * 1.06;
  return set.lines.map((line, index) => (
    <text key={index} x="14" y={274 - set.size * 0.2 - (set.lines.length - 1 - index) * lead} fontSize={Math.round(set.size * 10) / 10} className={[serif ? css.fraunces : css.archivo, set.narrow && css.narrow].filter(Boolean).join(" ")} fill={p.ink}>
      {line}
    </text>
  ));
}

/** The title is the picture: each line as wide as the poster, the block up to three times. */
function TypePoster({ title, palette: p, upper }: { title: string; palette: Palette; upper: boolean }) {
  const text = upper ? title.toUpperCase() : title;
  const words = text.split(/\s+/);
  if (words.length === 1 && text.length >= 5) {
    const size = Math.min(150, 262 / widthOf(text, archivo));
    return (
      <text transform={`translate(${100 + size * 0.36} 276) rotate(-90)`} fontSize={size} className={css.archivo} fill={p.ink}>
        {text}
      </text>
    );
  }
  const set = fit(text, "archivo", { width: 172, height: 250 }, 64);
  const sizes = set.lines.map((line) => Math.min(92, 172 / widthOf(line, archivo)));
  const height = sizes.reduce((sum, size) => sum + size * 0.92, 0);
  const repeats = Math.max(1, Math.min(3, Math.floor(256 / height)));
  let y = 272 - height * repeats;
  return Array.from({ length: repeats }, (_, block) =>
    set.lines.map((line, index) => {
      const size = sizes[index] ?? 20;
      y += size * 0.92;
      return (
        <text key={`${block}.${index}`} x="14" y={y - size * 0.1} fontSize={Math.round(size * 10) / 10} className={css.archivo} fill={block === repeats - 1 ? p.ink : p.a}>
          {line}
        </text>
      );
    }),
  );
}

/** A still of an episode, 320 × 180: its series' colours, its own shapes, its number. */
export const Still = memo(function Still({ subject, season = 0, episode = 0 }: { subject: Subject; season?: number; episode?: number }) {
  const seed = seedFor(subject);
  const p = palette(subject.genres, subject.year, draw(seed));
  const r = draw((seed ^ (season * 100 + episode)) >>> 0);
  const family = p.family === "type" ? ({ ...p, family: "cut" } as Palette) : p;
  return (
    <svg viewBox="0 0 320 180" className={css.art} aria-hidden preserveAspectRatio="xMidYMid slice">
      <rect width="320" height="180" fill={p.ground} />
      <Shapes shapes={motif(family, r, 320, 180, letterOf(subject.title))} />
      {episode > 0 && (
        <>
          <rect x="0" y="122" width={episode > 9 ? 78 : 54} height="58" fill={p.ground} />
          <text x="14" y="166" fontSize="44" className={css.archivo} fill={p.ink}>
            {episode}
          </text>
        </>
      )}
    </svg>
  );
}, alike);

/** A wide picture, 21:9: the motif at the end, plain ground where the words stand. */
export const Backdrop = memo(function Backdrop({ subject }: { subject: Subject }) {
  const r = draw(seedFor(subject));
  const p = palette(subject.genres, subject.year, r);
  r.next();
  const shown = p.family === "type" ? ({ ...p, family: "rings" } as Palette) : p;
  return (
    <svg viewBox="0 0 840 360" className={css.art} aria-hidden preserveAspectRatio="xMaxYMid slice">
      <rect width="840" height="360" fill={p.ground} />
      <svg x="378" width="462" height="360">
        <Shapes shapes={motif(shown, r, 462, 360, letterOf(subject.title))} />
      </svg>
    </svg>
  );
}, alike);

const HUES = [5, 35, 65, 95, 125, 155, 185, 215, 245, 275, 305, 335];

/** A person of a household, 96 × 96: two shapes and an initial, in one of twelve hues. */
export const Avatar = memo(function Avatar({ name, id, hue }: { name: string; id: string; hue?: number }) {
  const r = draw(seedOf(id || name));
  const h = hue === undefined ? r.of(HUES) : (HUES[hue % HUES.length] ?? 5);
  const corner = r.whole(0, 3);
  const [x, y] = [corner % 2 ? 96 : 0, corner > 1 ? 96 : 0];
  return (
    <svg viewBox="0 0 96 96" className={css.art} aria-hidden>
      <rect width="96" height="96" fill={`oklch(0.36 0.085 ${h})`} />
      <circle cx={x} cy={y} r={62} fill={`oklch(0.55 0.13 ${h + 20})`} />
      <circle cx={96 - x} cy={96 - y} r={26} fill={`oklch(0.45 0.11 ${h - 30})`} />
      <text x="48" y="63" fontSize="42" textAnchor="middle" className={css.archivo} fill="oklch(0.98 0.01 90)">
        {([...name.trim()][0] ?? "•").toUpperCase()}
      </text>
    </svg>
  );
});

/** A channel's mark, also behind logos that were uploaded. */
export const ChannelMark = memo(function ChannelMark({ name, number }: { name: string; number: number }) {
  const r = draw(seedOf(`${name}|${number}`));
  const h = r.of(HUES);
  const words = name.split(/\s+/);
  const mark = (words.length > 1 ? words.map((word) => [...word][0] ?? "").join("") : name).slice(0, words.length > 1 ? 3 : 8);
  const size = Math.min(46, 84 / Math.max(0.6, widthOf(mark.toUpperCase(), archivo)));
  return (
    <svg viewBox="0 0 128 72" className={css.art} aria-hidden>
      <rect width="128" height="72" fill={`oklch(0.3 0.075 ${h})`} />
      <path d={r.chance(0.5) ? "M128 0v72H84z" : "M128 72V0A72 72 0 0 0 72 72z"} fill={`oklch(0.5 0.13 ${h + 25})`} />
      <text x="14" y={36 + size * 0.35} fontSize={size} className={css.archivo} fill="oklch(0.98 0.01 90)">
        {mark.toUpperCase()}
      </text>
    </svg>
  );
});
