import { beforeEach, describe, expect, it } from "vitest";
import ar from "./ar";
import { fill } from "./catalogue";
import de from "./de";
import en from "./en";
import es from "./es";
import nb from "./nb";
import type { Language } from "./language";

const languages: Record<Language, Record<string, string>> = { en, nb, de, es, ar };
const names = (text: string) => new Set([...text.matchAll(/\{(\w+)(?:, plural|\})/g)].map((match) => match[1]));

describe.each(Object.entries(languages))("%s", (language, texts) => {
  it("has every text", () => {
    expect(Object.keys(texts).sort()).toEqual(Object.keys(en).sort());
  });
  it("uses the values that English uses, and fills every text", () => {
    for (const [key, text] of Object.entries(texts)) {
      expect([key, names(text)]).toEqual([key, names((en as Record<string, string>)[key] ?? "")]);
      for (const count of [0, 1, 2, 3, 11, 100]) {
        const values = Object.fromEntries([...names(text)].map((name) => [name as string, count]));
        expect(fill(text, values, language as Language)).not.toMatch(/[{}#]|undefined|plural/);
      }
    }
  });
});

describe("plurals", () => {
  beforeEach(() => localStorage.clear());
  it("follow the rules of the language", () => {
    expect(fill(en["plans.streams"], { count: 1 }, "en")).toBe("1 screen at a time");
    expect(fill(ar["title.seasons"], { count: 2 }, "ar")).toBe("موسمان");
    expect(fill(en["search.count"], { count: 0 }, "en")).toBe("No results");
  });
});
