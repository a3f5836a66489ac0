import { useCallback } from "react";
import { currentLanguage, useLanguage, type Language } from "./language";

export type Values = Record<string, string | number>;
export type Texts<Key extends string> = Record<Key, string>;

/**
 * Fills a text: `{name}` is a value, `{count, plural, one {# film} other {# films}}` chooses by the language's rules.
 * That much of ICU MessageFormat is what the catalogues use; a test reads every text of every language.
 */
export function fill(text: string, values: Values, language: Language): string {
  let out = "";
  let at = 0;
  while (at < text.length) {
    const brace = text.indexOf("{", at);
    if (brace < 0) return out + text.slice(at);
    out += text.slice(at, brace);
    const close = closing(text, brace);
    out += argument(text.slice(brace + 1, close), values, language);
    at = close + 1;
  }
  return out;
}

const numbers = new Map<Language, Intl.NumberFormat>();
const rules = new Map<Language, Intl.PluralRules>();

/** What has been made for a language once: to make it is what takes time. */
function kept<T>(made: Map<Language, T>, language: Language, make: () => T): T {
  const known = made.get(language);
  if (known) return known;
  const fresh = make();
  made.set(language, fresh);
  return fresh;
}

function number(value: number, language: Language): string {
  // Small whole numbers are their digits, and the page is drawn without asking the browser how languages write them.
  if (language !== "ar" && Number.isInteger(value) && value >= 0 && value < 1000) return String(value);
  return kept(numbers, language, () => new Intl.NumberFormat(language)).format(value);
}

function closing(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === "{") depth += 1;
    if (text[at] === "}" && --depth === 0) return at;
  }
  throw new Error(`unbalanced text: ${text}`);
}

function argument(inner: string, values: Values, language: Language): string {
  const [name = "", kind] = inner.split(",", 2).map((part) => part.trim());
  const value = values[name];
  if (kind !== "plural") return typeof value === "number" ? number(value, language) : (value ?? "");
  const count = Number(value ?? 0);
  const choices = inner.slice(inner.indexOf(",", inner.indexOf(",") + 1) + 1);
  const rule = kept(rules, language, () => new Intl.PluralRules(language)).select(count);
  const text = choice(choices, `=${count}`) ?? choice(choices, rule) ?? choice(choices, "other") ?? "";
  return fill(text.replaceAll("#", number(count, language)), values, language);
}

function choice(choices: string, name: string): string | undefined {
  const found = new RegExp(`(?:^|\\s|\\})${name}\\s*\\{`).exec(choices);
  if (!found) return undefined;
  const open = found.index + found[0].length - 1;
  return choices.slice(open + 1, closing(choices, open));
}

export interface Catalogue<Key extends string> {
  /** Fetches a language's texts: of the parts so far wanted, or of all. */
  load(language: Language, all?: boolean): Promise<void>;
  text(key: Key, values?: Values): string;
  use(): (key: Key, values?: Values) => string;
  has(key: string): key is Key;
}

/** A part of a catalogue by language, each a file of its own. */
export type Part<Key extends string> = Partial<Record<Language, () => Promise<{ default: Partial<Texts<Key>> }>>>;

/**
 * A catalogue of parts, of which the first is fetched before anything is shown, and the others once something needs
 * them. English may be there from the start; where it is among the files, too, every language has every text.
 */
export function createCatalogue<Key extends string>(english: Partial<Texts<Key>>, ...parts: Part<Key>[]): Catalogue<Key> {
  const loaded: Partial<Record<Language, Partial<Texts<Key>>>> = { en: { ...english } };
  const fetched = new Map<string, Promise<void>>();
  let wanted = 1;
  const fetchPart = (language: Language, index: number) => {
    const key = `${language}/${index}`;
    const known = fetched.get(key);
    if (known) return known;
    const fetching = (async () => {
      const texts = (await parts[index]?.[language]?.())?.default;
      if (texts) loaded[language] = { ...loaded[language], ...texts } as Partial<Texts<Key>>;
    })();
    fetched.set(key, fetching);
    // What did not come is asked for again by whoever needs it next.
    fetching.catch(() => fetched.delete(key));
    return fetching;
  };
  const text = (key: Key, values: Values = {}) => {
    const language = currentLanguage();
    const own = loaded[language]?.[key];
    return fill(own ?? loaded.en?.[key] ?? "", values, own === undefined ? "en" : language);
  };
  return {
    async load(language, all = false) {
      if (all) wanted = parts.length;
      await Promise.all(parts.slice(0, wanted).map((_part, index) => fetchPart(language, index)));
    },
    text,
    use() {
      const language = useLanguage();
      // eslint-disable-next-line react-hooks/exhaustive-deps -- a new function for each language makes readers render anew
      return useCallback((key: Key, values?: Values) => text(key, values), [language]);
    },
    has: (key): key is Key => key in (loaded[currentLanguage()] ?? {}) || key in (loaded.en ?? {}),
  };
}
