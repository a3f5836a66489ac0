import { expect, test } from "vitest";
import { LANGUAGES, type Language } from "@/i18n/language";
import { boards, shorter } from "./letters";

test("every language can be written, and Latin titles in each of them", () => {
  const words: Record<Language, string[]> = { en: ["the last ferry"], nb: ["blåbærsnø"], de: ["größe", "über", "änderung"], es: ["mañana"], ar: ["الميناء", "رؤية", "شاطئ", "قصة"] };
  for (const language of Object.keys(LANGUAGES) as Language[]) {
    const all = boards(language);
    for (const word of [...words[language], "blade runner 2049"]) expect(all.some((keys) => [...word].every((letter) => letter === " " || keys.includes(letter))), `${language}: ${word}`).toBe(true);
    for (const keys of all) expect(new Set(keys).size).toBe(keys.length);
  }
  expect(boards("ar")).toHaveLength(2);
});

test("a letter is taken away whole", () => {
  expect(shorter("blå")).toBe("bl");
  expect(shorter("a🎬")).toBe("a");
  expect(shorter("")).toBe("");
});
