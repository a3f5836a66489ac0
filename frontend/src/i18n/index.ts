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

/** Where refusals are told in words of their own: on pages below a path, by a catalogue that came with them. */
const tellers: { path: string; catalogue: Catalogue<string> }[] = [];

/** Lets a part that loads later say what refusals mean on its pages. */
export async function addReasons(path: string, catalogue: Catalogue<string>, language: Language) {
  tellers.push({ path, catalogue });
  await addCatalogue(catalogue, language);
}

export async function chooseLanguage(language: Language) {
  await Promise.all(catalogues.map((catalogue) => catalogue.load(language)));
  keepLanguage(language);
  applyLanguage(language);
}

export const useT = viewer.use;
export const text = viewer.text;

/** What a refusal says to people: our own words for what they meet, else the server's, which it has translated. */
export function reasonText(refusal: Refusal): string {
  const key = `reason.${refusal.reason}`;
  const own = tellers.find(({ path, catalogue }) => location.pathname.startsWith(path) && catalogue.has(key));
  const values = { ...refusal.values, seconds: refusal.retrySeconds || 60 };
  if (own) return inWords(own.catalogue.text(key, values));
  if (!viewer.has(key)) return refusal.message ? inWords(refusal.message) : viewer.text("reason.UNKNOWN");
  return viewer.text(key, values);
}

/** The server names moments as programs do. */
function inWords(message: string): string {
  return message.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:[\d.]+Z/g, (moment) => new Date(moment).toLocaleString(currentLanguage(), { dateStyle: "medium", timeStyle: "short" }));
}

/** What a field must be, by the rule that its value breaks; the server says the number of a rule in its sentence alone. */
export function ruleText(rule: string, sentence: string): string {
  const key = `rule.${rule}`;
  if (currentLanguage() === "en" || !viewer.has(key)) return sentence;
  const n = /\d+/.exec(sentence)?.[0];
  const said = viewer.text(key, { n: n ?? "" });
  // A number that is not said cannot be told.
  return n === undefined && viewer.text(key, { n: "0" }) !== said ? sentence : said;
}

/** Why a session ended, for the page that asks to sign in again. */
export function endText(reason: string): string {
  const key = `reason.${reason}`;
  return viewer.has(key) ? viewer.text(key) : viewer.text("signin.ended");
}
