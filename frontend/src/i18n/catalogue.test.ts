import { beforeEach, describe, expect, it } from "vitest";
import { createCatalogue, fill } from "./catalogue";
import type { Language } from "./language";

const files = import.meta.glob<{ default: Record<string, string> }>("./{entry,pages}/*.ts", { eager: true });
const all = (language: string): Record<string, string> => ({ ...files[`./entry/${language}.ts`]?.default, ...files[`./pages/${language}.ts`]?.default });
const en = all("en");
const languages: Record<Language, Record<string, string>> = { en, nb: all("nb"), de: all("de"), es: all("es"), ar: all("ar") };
const names = (text: string) => new Set([...text.matchAll(/\{(\w+)(?:, plural|\})/g)].map((match) => match[1]));

describe.each(Object.entries(languages))("%s", (language, texts) => {
  it("has every text", () => {
    expect(Object.keys(texts).sort()).toEqual(Object.keys(en).sort());
  });
  it("uses the values that English uses, and fills every text", () => {
    for (const [key, text] of Object.entries(texts)) {
      expect([key, names(text)]).toEqual([key, names(en[key] ?? "")]);
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
    expect(fill(en["plans.streams"] ?? "", { count: 1 }, "en")).toBe("1 screen at a time");
    expect(fill(languages.ar["title.seasons"] ?? "", { count: 2 }, "ar")).toBe("موسمان");
    expect(fill(en["search.count"] ?? "", { count: 0 }, "en")).toBe("No results");
  });
});

describe("a catalogue of parts", () => {
  const asked: string[] = [];
  const part = (name: string, texts: Record<string, string>) => () => {
    asked.push(name);
    return Promise.resolve({ default: texts });
  };
  it("fetches the later parts once they are wanted, each once, and then of every language", async () => {
    const catalogue = createCatalogue<string>({ home: "Home" }, { nb: part("entry nb", { home: "Hjem" }) }, { en: part("pages en", { live: "Live" }), nb: part("pages nb", { live: "Direkte" }) });
    await catalogue.load("en");
    expect(asked).toEqual([]);
    expect(catalogue.has("live")).toBe(false);
    await Promise.all([catalogue.load("en", true), catalogue.load("en", true)]);
    expect(catalogue.text("live")).toBe("Live");
    await catalogue.load("nb");
    expect(asked).toEqual(["pages en", "entry nb", "pages nb"]);
  });
  it("asks again for what did not come", async () => {
    let tries = 0;
    const catalogue = createCatalogue<string>({}, { en: () => (++tries === 1 ? Promise.reject(new Error("offline")) : Promise.resolve({ default: { home: "Home" } })) });
    await expect(catalogue.load("en")).rejects.toThrow("offline");
    await catalogue.load("en");
    expect(catalogue.text("home")).toBe("Home");
  });
});

describe("the entry", () => {
  /** Modules that are there before the texts of pages are: what main.tsx and the home page import, and what these do. */
  const sources = import.meta.glob<string>("../**/*.{ts,tsx}", { eager: true, query: "?raw", import: "default" });
  const resolve = (from: string, to: string) => {
    const path = to.startsWith("@/") ? `/${to.slice(2)}` : new URL(to, `file://${from}`).pathname;
    return [path, `${path}.ts`, `${path}.tsx`, `${path}/index.ts`].find((one) => one in texts);
  };
  const texts = Object.fromEntries(Object.entries(sources).map(([path, source]) => [new URL(path, "file:///i18n/").pathname, source]));
  const reached = new Set<string>();
  const walk = (path: string) => {
    if (reached.has(path)) return;
    reached.add(path);
    for (const [, to = ""] of (texts[path] ?? "").matchAll(/^(?:import|export) (?!type)[^;]*?from "([^"]+)"/gm)) {
      const found = resolve(path, to);
      if (found) walk(found);
    }
  };
  for (const root of ["/app/main.tsx", "/features/home/page.tsx"]) walk(root);

  it("says nothing that its texts lack", () => {
    const entry = new Set(Object.keys(files["./entry/en.ts"]?.default ?? {}));
    const pages = Object.keys(files["./pages/en.ts"]?.default ?? {});
    expect(reached).toContain("/app/shell.tsx");
    expect(reached).toContain("/titles/card.tsx");
    for (const path of [...reached].filter((one) => !one.startsWith("/i18n/"))) for (const key of pages) expect([path, key, (texts[path] ?? "").includes(`t("${key}"`)]).toEqual([path, key, false]);
    expect(entry.size).toBeLessThan(100);
  });
});
