import { languageName } from "@/i18n/format";

/** The language as it calls itself, e.g. "Deutsch", so that who speaks it finds it in a page that they cannot read. */
function ownName(tag: string): string {
  try {
    const name = new Intl.DisplayNames([tag], { type: "language" }).of(tag) ?? "";
    return name.charAt(0).toLocaleUpperCase(tag) + name.slice(1);
  } catch {
    return languageName(tag);
  }
}

/** What a track is called in menus: its own name, but where that is nothing but the language's tag. */
export function trackName(language: string, label: string | null): string {
  const known = language !== "" && language !== "und";
  if (label && label !== language) return label;
  return known ? ownName(language) : (label ?? "");
}
