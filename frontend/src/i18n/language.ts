import { useSyncExternalStore } from "react";

export const LANGUAGES = { en: "English", nb: "Norsk", de: "Deutsch", es: "Español", ar: "العربية" } as const;
export type Language = keyof typeof LANGUAGES;

const KEY = "sv.language";
const listeners = new Set<() => void>();
let language: Language = initial();

function isLanguage(value: string | null | undefined): value is Language {
  return !!value && value in LANGUAGES;
}

function initial(): Language {
  const kept = localStorage.getItem(KEY);
  if (isLanguage(kept)) return kept;
  for (const wanted of navigator.languages) {
    const base = wanted.split("-")[0]?.toLowerCase();
    if (base === "no" || base === "nn") return "nb";
    if (isLanguage(base)) return base;
  }
  return "en";
}

export function currentLanguage(): Language {
  return language;
}

/** Shows the app in another language; catalogues load before this is called, so that nothing flickers. */
export function applyLanguage(next: Language) {
  language = next;
  document.documentElement.lang = next;
  document.documentElement.dir = next === "ar" ? "rtl" : "ltr";
  for (const listener of listeners) listener();
}

export function keepLanguage(next: Language) {
  localStorage.setItem(KEY, next);
}

export function languageOf(tag: string): Language | undefined {
  const base = tag.split("-")[0]?.toLowerCase();
  return isLanguage(base) ? base : undefined;
}

export function useLanguage(): Language {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => language,
  );
}
