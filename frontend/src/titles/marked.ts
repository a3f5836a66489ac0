/** What the server marks: text that is escaped for HTML, with `<em>` around what was typed. Nothing of it is HTML to us. */
export function pieces(highlight: string): { text: string; hit: boolean }[] {
  return highlight
    .split(/(<em>.*?<\/em>)/g)
    .filter(Boolean)
    .map((part) => {
      const hit = part.startsWith("<em>") && part.endsWith("</em>");
      return { text: unescape(hit ? part.slice(4, -5) : part), hit };
    });
}

const NAMED: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function unescape(text: string): string {
  return text.replace(/&(#x?[\da-f]+|\w+);/gi, (whole, name: string) => {
    if (name.startsWith("#")) {
      const code = name[1]?.toLowerCase() === "x" ? parseInt(name.slice(2), 16) : parseInt(name.slice(1), 10);
      return Number.isFinite(code) && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    }
    return NAMED[name] ?? whole;
  });
}
