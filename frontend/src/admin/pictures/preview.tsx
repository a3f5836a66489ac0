import { ImageOff } from "lucide-react";
import { useState, type ReactNode } from "react";
import css from "./pictures.module.css";

/** A picture as it is, or what is said where it does not load. Another address is tried anew. */
export function Preview({ url, alt, missing, onLoad }: { url: string; alt: string; missing: ReactNode; onLoad?: (loads: boolean) => void }) {
  const [broken, setBroken] = useState("");
  if (broken === url)
    return (
      <span className={css.missing}>
        <ImageOff size={20} aria-hidden />
        <span>{missing}</span>
      </span>
    );
  return (
    <img
      src={url}
      alt={alt}
      decoding="async"
      onLoad={() => onLoad?.(true)}
      onError={() => {
        setBroken(url);
        onLoad?.(false);
      }}
    />
  );
}
