import { create, fromJson, type JsonValue } from "@bufbuild/protobuf";
import { ImportRowSchema, type ImportRow } from "@gen/streamverse/content/v1/catalogue_pb";
import { ContentSchema, ContentStatus, ContentType, CreditRole, Monetization } from "@gen/streamverse/content/v1/content_pb";
import { parseCsv } from "../csv";

export interface Read {
  rows: { line: number; row: ImportRow }[];
  /** What cannot be read at all. */
  problems: Problem[];
  /** Columns of a CSV that mean nothing here. */
  unknown: string[];
  /** Where a JSON file says where it comes from. */
  source: string;
}

export interface Problem {
  line: number;
  key: string;
  field: string;
  text: string;
}

const words = (text: string) =>
  text
    .split(/[;|]/)
    .map((word) => word.trim())
    .filter(Boolean);

const credits = (role: CreditRole) => (text: string) => ({ credits: words(text).map((name) => ({ name, role })) });

type Patch = Record<string, unknown>;

class Unreadable extends Error {}

function number(text: string): number {
  const value = Number(text.replace(",", "."));
  if (!Number.isFinite(value)) throw new Unreadable("number");
  return Math.round(value);
}

function choice(values: Record<string, number>) {
  return (text: string): number => {
    const found = values[text.trim().toLowerCase()];
    if (found === undefined) throw new Unreadable(Object.keys(values).join(", "));
    return found;
  };
}

const status = choice({ draft: ContentStatus.DRAFT, published: ContentStatus.PUBLISHED, archived: ContentStatus.ARCHIVED });
const monetization = choice({ avod: Monetization.AVOD, svod: Monetization.SVOD, tvod: Monetization.TVOD, ppv: Monetization.PPV });

/** The columns of a CSV, and what they become. Several things in one cell have semicolons or bars between them. */
export const COLUMNS: Record<string, (text: string) => Patch> = {
  key: () => ({}),
  title: (title) => ({ title }),
  original_title: (originalTitle) => ({ originalTitle }),
  synopsis: (synopsis) => ({ synopsis }),
  genres: (text) => ({ genres: words(text) }),
  tags: (text) => ({ tags: words(text) }),
  countries: (text) => ({ countries: words(text.toUpperCase()) }),
  release_date: (releaseDate) => ({ releaseDate }),
  duration_minutes: (text) => ({ durationSeconds: number(text) * 60 }),
  duration_seconds: (text) => ({ durationSeconds: number(text) }),
  maturity_rating: (maturityRating) => ({ maturityRating }),
  language: (language) => ({ language }),
  poster_url: (posterUrl) => ({ posterUrl }),
  status: (text) => ({ status: status(text) }),
  monetization: (text) => ({ monetization: monetization(text) }),
  director: credits(CreditRole.DIRECTOR),
  cast: credits(CreditRole.ACTOR),
  writers: credits(CreditRole.WRITER),
  distributor: (distributor) => ({ distributor }),
};

export function readCsv(text: string): Read {
  const [head, ...lines] = parseCsv(text);
  const names = (head?.cells ?? []).map((name) => name.trim().toLowerCase().replaceAll(" ", "_"));
  const read: Read = { rows: [], problems: [], unknown: names.filter((name) => name && !(name in COLUMNS)), source: "" };
  const keyAt = names.indexOf("key");
  if (keyAt < 0) {
    read.problems.push({ line: head?.line ?? 1, key: "", field: "key", text: "column" });
    return read;
  }
  for (const { line, cells } of lines) {
    const key = cells[keyAt]?.trim() ?? "";
    const content: Patch & { credits: unknown[] } = { credits: [] };
    let distributor = "";
    let good = true;
    names.forEach((name, at) => {
      const cell = cells[at]?.trim() ?? "";
      const column = COLUMNS[name];
      if (!column || cell === "") return;
      try {
        const patch = column(cell);
        if (patch.credits) content.credits.push(...(patch.credits as unknown[]));
        else if (typeof patch.distributor === "string") distributor = patch.distributor;
        else Object.assign(content, patch);
      } catch (error) {
        good = false;
        read.problems.push({ line, key, field: name, text: error instanceof Unreadable ? error.message : String(error) });
      }
    });
    if (good) read.rows.push({ line, row: create(ImportRowSchema, { key, content: create(ContentSchema, { ...content, type: ContentType.MOVIE, ...(distributor ? { details: { case: "movie", value: { distributor } } } : {}) } as never) }) });
  }
  return read;
}

/** JSON as the interface of programs takes it: a list of rows, or an object with its source and its rows. */
export function readJson(text: string): Read {
  const read: Read = { rows: [], problems: [], unknown: [], source: "" };
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    read.problems.push({ line: lineOf(text, error), key: "", field: "", text: error instanceof Error ? error.message : String(error) });
    return read;
  }
  const whole = data as { source?: unknown; rows?: unknown };
  const rows = Array.isArray(data) ? (data as unknown[]) : Array.isArray(whole?.rows) ? (whole.rows as unknown[]) : undefined;
  if (!Array.isArray(data) && typeof whole?.source === "string") read.source = whole.source;
  if (!rows) {
    read.problems.push({ line: 1, key: "", field: "rows", text: "list" });
    return read;
  }
  rows.forEach((one, index) => {
    const key = String((one as { key?: unknown } | null)?.key ?? "");
    try {
      read.rows.push({ line: index + 1, row: fromJson(ImportRowSchema, spelled(one) as JsonValue) });
    } catch (error) {
      read.problems.push({ line: index + 1, key, field: "", text: error instanceof Error ? error.message : String(error) });
    }
  });
  return read;
}

const ENUMS: Record<string, string> = { type: "CONTENT_TYPE_", status: "CONTENT_STATUS_", monetization: "MONETIZATION_", role: "CREDIT_ROLE_" };

/** REST spells values of enums short and lower case (`draft`); the messages' own JSON does not. */
function spelled(value: unknown, name = ""): unknown {
  if (Array.isArray(value)) return value.map((one) => spelled(one, name));
  if (typeof value === "string" && ENUMS[name] && !value.startsWith(ENUMS[name])) return ENUMS[name] + value.toUpperCase();
  if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, key === "metadata" ? inner : spelled(inner, key)]));
  return value;
}

function lineOf(text: string, error: unknown): number {
  const at = /position (\d+)/.exec(String(error))?.[1];
  return at ? text.slice(0, Number(at)).split("\n").length : 1;
}
