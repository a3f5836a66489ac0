import { expect, test } from "vitest";
import { fill } from "@/i18n/catalogue";
import en from "./en";

const names = (text: string) => [...new Set([...text.matchAll(/\{(\w+)[,}]/g)].map((match) => match[1]))].sort();

test.each(["nb", "de", "es", "ar"] as const)("every text of %s can be filled and has the values of the English one", async (language) => {
  const files = import.meta.glob<{ default: Record<string, string> }>("./{nb,de,es,ar}.ts");
  const texts = (await files[`./${language}.ts`]?.())?.default;
  if (!texts) return;
  for (const [key, english] of Object.entries(en)) {
    const text = texts[key];
    expect(text, key).toBeDefined();
    const values = names(english);
    expect(names(text ?? "").filter((name) => values.includes(name)), key).toEqual(values);
    expect(fill(text ?? "", Object.fromEntries(values.map((name) => [name ?? "", 3])), language), key).not.toContain("{");
  }
  expect(Object.keys(texts).filter((key) => !(key in en))).toEqual([]);
});
