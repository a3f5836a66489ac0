/**
 * Shows what a text does unseen: other programs choose it, and marks of direction would turn round what stands beside
 * them. Characters without a shape are written as developers write them, and many empty lines take the room of one.
 */
export function visible(text: string): string {
  return text
    .replace(/\r\n?/g, "\n")
    .trim()
    .replace(/\n{3,}/g, "\n\n")
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (one) => {
      const code = one.codePointAt(0) ?? 0;
      if (one === "\n" || one === "\t") return one;
      const digits = code.toString(16);
      return code < 0x100 ? `\\x${digits.padStart(2, "0")}` : code < 0x10000 ? `\\u${digits.padStart(4, "0")}` : `\\u{${digits}}`;
    });
}
