import { expect, test } from "vitest";
import { fill } from "@/i18n/catalogue";
import en from "./en";

/** Names stand before a comma or a brace; what is inside of `one {…}` is text, which may have one word. */
const names = (text: string) => [...new Set([...text.matchAll(/(?<!(?:one|few|many|two|zero|other|=\d) ?)\{(\w+)[,}]/g)].map((match) => match[1] ?? ""))];

test.each(["nb", "de", "es", "ar"] as const)("every text of %s can be filled and has the values of the English one", async (language) => {
  const files = import.meta.glob<{ default: Record<string, string> }>("./{nb,de,es,ar}.ts");
  const texts = (await files[`./${language}.ts`]?.())?.default;
  if (!texts) return;
  for (const [key, english] of Object.entries(en)) {
    const text = texts[key];
    expect(text, key).toBeDefined();
    const values = names(english).filter((name) => /^[a-z]/.test(name));
    // A language may say a number without bending to it, and then needs it only once.
    const needed = values.includes("shown") ? values.filter((name) => name !== "count") : values;
    expect(names(text ?? ""), key).toEqual(expect.arrayContaining(needed));
    expect(fill(text ?? "", Object.fromEntries(values.map((name) => [name ?? "", 3])), language), key).not.toContain("{");
  }
  expect(Object.keys(texts).filter((key) => !(key in en))).toEqual([]);
});
