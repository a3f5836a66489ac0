import { pieces } from "@/titles/marked";

/** Text with what was typed in it set apart. */
export function Highlight({ text }: { text: string }) {
  return (
    <bdi>
      {pieces(text).map((piece, index) => (piece.hit ? <em key={index}>{piece.text}</em> : piece.text))}
    </bdi>
  );
}
