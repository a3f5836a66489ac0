import { Refusal } from "@/wire/refusal";
import { createCatalogue, type Catalogue } from "./catalogue";
import { applyLanguage, currentLanguage, keepLanguage, type Language } from "./language";
import en from "./entry/en";
import type pages from "./pages/en";

export type TextKey = keyof typeof en | keyof typeof pages;

/** What viewers read: English of the shell and the home page is there from the start, the rest comes when it is needed. */
export const viewer: Catalogue<TextKey> = createCatalogue<TextKey>(
  en,
  { nb: () => import("./entry/nb"), de: () => import("./entry/de"), es: () => import("./entry/es"), ar: () => import("./entry/ar") },
  { en: () => import("./pages/en"), nb: () => import("./pages/nb"), de: () => import("./pages/de"), es: () => import("./pages/es"), ar: () => import("./pages/ar") },
);

const catalogues: Pick<Catalogue<string>, "load">[] = [viewer];

/** Lets a part that loads later (the administration) bring its own texts. */
export async function addCatalogue(catalogue: Pick<Catalogue<string>, "load">, language: Language) {
  if (!catalogues.includes(catalogue)) catalogues.push(catalogue);
  await catalogue.load(language);
}

export async function chooseLanguage(language: Language) {
  await Promise.all(catalogues.map((catalogue) => catalogue.load(language)));
  keepLanguage(language);
  applyLanguage(language);
}

export const useT = viewer.use;
export const text = viewer.text;

/** What a refusal says to people: our own words for what viewers meet, else the server's, which it has translated. */
export function reasonText(refusal: Refusal): string {
  const key = `reason.${refusal.reason}`;
  if (!viewer.has(key)) return refusal.message ? inWords(refusal.message) : viewer.text("reason.UNKNOWN");
  return viewer.text(key, { ...refusal.values, seconds: refusal.retrySeconds || 60 });
}

/** The server's sentences name moments as programs do. */
function inWords(message: string): string {
  return message.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:[\d.]+Z/g, (moment) => new Date(moment).toLocaleString(currentLanguage(), { dateStyle: "medium", timeStyle: "short" }));
}

/** Why a session ended, for the page that asks to sign in again. */
export function endText(reason: string): string {
  const key = `reason.${reason}`;
  return viewer.has(key) ? viewer.text(key) : viewer.text("signin.ended");
}
