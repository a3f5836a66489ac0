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
  if (kind !== "plural") return typeof value === "number" ? new Intl.NumberFormat(language).format(value) : (value ?? "");
  const count = Number(value ?? 0);
  const choices = inner.slice(inner.indexOf(",", inner.indexOf(",") + 1) + 1);
  const rule = new Intl.PluralRules(language).select(count);
  const text = choice(choices, `=${count}`) ?? choice(choices, rule) ?? choice(choices, "other") ?? "";
  return fill(text.replaceAll("#", new Intl.NumberFormat(language).format(count)), values, language);
}

function choice(choices: string, name: string): string | undefined {
  const found = new RegExp(`(?:^|\\s|\\})${name}\\s*\\{`).exec(choices);
  if (!found) return undefined;
  const open = found.index + found[0].length - 1;
  return choices.slice(open + 1, closing(choices, open));
}

export interface Catalogue<Key extends string> {
  load(language: Language): Promise<void>;
  text(key: Key, values?: Values): string;
  use(): (key: Key, values?: Values) => string;
  has(key: string): key is Key;
}

/**
 * A catalogue whose English is always there, and whose other languages are fetched when they are wanted. Where English
 * is among these, too, every language has every text, and nothing is shown before one of them was fetched.
 */
export function createCatalogue<Key extends string>(
  english: Partial<Texts<Key>>,
  others: Partial<Record<Language, () => Promise<{ default: Partial<Texts<Key>> }>>>,
): Catalogue<Key> {
  const loaded: Partial<Record<Language, Partial<Texts<Key>>>> = others.en ? {} : { en: english };
  const text = (key: Key, values: Values = {}) => {
    const language = currentLanguage();
    const own = loaded[language]?.[key];
    return fill(own ?? loaded.en?.[key] ?? "", values, own === undefined ? "en" : language);
  };
  return {
    async load(language) {
      const fetch = others[language];
      if (!loaded[language] && fetch) loaded[language] = (await fetch()).default;
    },
    text,
    use() {
      const language = useLanguage();
      // eslint-disable-next-line react-hooks/exhaustive-deps -- a new function for each language makes readers render anew
      return useCallback((key: Key, values?: Values) => text(key, values), [language]);
    },
    has: (key): key is Key => key in (loaded.en ?? loaded[currentLanguage()] ?? {}),
  };
}
