import type { Timestamp } from "@bufbuild/protobuf/wkt";
import { viewer } from ".";
import { currentLanguage } from "./language";

const cache = new Map<string, unknown>();

/** The language with the person's own region, where the browser says one: clocks and dates differ within a language. */
function tag(): string {
  const language = currentLanguage();
  return navigator.languages.find((one) => one.split("-")[0] === language) ?? language;
}

function kept<T>(key: string, make: (tag: string) => T): T {
  const language = tag();
  const id = `${language} ${key}`;
  if (!cache.has(id)) cache.set(id, make(language));
  return cache.get(id) as T;
}

/** A sum from minor units, e.g. 799 EUR as 7.99 €. Currencies know how many digits they have. */
export function money(minor: number, currency: string): string {
  const format = kept(`money ${currency}`, (language) => new Intl.NumberFormat(language, { style: "currency", currency: currency || "EUR" }));
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(minor / 10 ** digits);
}

export function date(value: Timestamp | Date | undefined): string {
  if (!value) return "";
  return kept("date", (l) => new Intl.DateTimeFormat(l, { dateStyle: "medium" })).format(asDate(value));
}

export function dateTime(value: Timestamp | Date | undefined): string {
  if (!value) return "";
  return kept("dateTime", (l) => new Intl.DateTimeFormat(l, { dateStyle: "medium", timeStyle: "short" })).format(asDate(value));
}

export function clock(value: Timestamp | Date | undefined): string {
  if (!value) return "";
  return kept("clock", (l) => new Intl.DateTimeFormat(l, { hour: "numeric", minute: "2-digit" })).format(asDate(value));
}

export function dayName(value: Date): string {
  return kept("day", (l) => new Intl.DateTimeFormat(l, { weekday: "short", day: "numeric" })).format(value);
}

/** "in 3 days", "2 hours ago"; beyond a week the date. */
export function relative(value: Timestamp | Date | undefined, now = Date.now()): string {
  if (!value) return "";
  const seconds = (asDate(value).getTime() - now) / 1000;
  const size = Math.abs(seconds);
  const format = kept("relative", (l) => new Intl.RelativeTimeFormat(l, { numeric: "auto" }));
  if (size < 60) return format.format(Math.trunc(seconds), "second");
  if (size < 3600) return format.format(Math.trunc(seconds / 60), "minute");
  if (size < 86_400 * 2) return format.format(Math.trunc(seconds / 3600), "hour");
  if (size < 86_400 * 7) return format.format(Math.trunc(seconds / 86_400), "day");
  return date(value);
}

/** 1:04:09, always from left to right. */
export function position(seconds: number): string {
  const whole = Math.max(0, Math.floor(Number.isFinite(seconds) ? seconds : 0));
  const two = (n: number) => String(n).padStart(2, "0");
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** "1 hr 32 min" as the language writes it. */
export function length(seconds: number): string {
  // Texts of ours: a browser takes longer to make its first formatter of units than to draw a row.
  const unit = (name: "hours" | "minutes" | "seconds", n: number) => viewer.text(`length.${name}`, { n });
  if (seconds < 60) return unit("seconds", Math.round(seconds));
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return unit("minutes", minutes);
  return minutes % 60 ? `${unit("hours", Math.floor(minutes / 60))} ${unit("minutes", minutes % 60)}` : unit("hours", minutes / 60);
}

export function list(items: string[]): string {
  return kept("list", (l) => new Intl.ListFormat(l, { type: "conjunction" })).format(items);
}

export function languageName(tag: string): string {
  try {
    return kept("language", (l) => new Intl.DisplayNames(l, { type: "language" })).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

/** A moment. The message is read here: Protobuf's own function for it brings all its descriptors into the first load. */
export function asDate(value: Timestamp | Date): Date {
  return value instanceof Date ? value : new Date(Number(value.seconds) * 1000 + Math.round(value.nanos / 1e6));
}
