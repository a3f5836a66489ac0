import type { Language } from "@/i18n/language";

const LATIN = "abcdefghijklmnopqrstuvwxyz";
const DIGITS = "0123456789";

/** What a language writes beside the letters from a to z. */
const OWN: Partial<Record<Language, string>> = { nb: "æøå", de: "äöüß", es: "ñ" };
const ARABIC = "ابتثجحخدذرزسشصضطظعغفقكلمنهويءآأإؤئىة";

/** The keys of a keyboard on the screen, by the language of the page: one board, and Latin letters beside those of another script. */
export function boards(language: Language): string[][] {
  const latin = [...LATIN, ...(OWN[language] ?? ""), ...DIGITS];
  return language === "ar" ? [[...ARABIC, ...DIGITS], latin] : [latin];
}

/** Takes the last letter away, as people count them. */
export function shorter(text: string): string {
  return [...text].slice(0, -1).join("");
}
