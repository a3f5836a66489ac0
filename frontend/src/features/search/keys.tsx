import { Delete, Languages, Space, X } from "lucide-react";
import { useState, type KeyboardEvent } from "react";
import { useT } from "@/i18n";
import { currentLanguage } from "@/i18n/language";
import css from "./keys.module.css";
import { boards, shorter } from "./letters";

/** A keyboard on the screen, for who has arrows and OK alone. Keys of a real one are taken as well. */
export function Keys({ text, onText }: { text: string; onText: (text: string) => void }) {
  const t = useT();
  const language = currentLanguage();
  const all = boards(language);
  const [board, setBoard] = useState(0);
  const other = all[(board + 1) % all.length] ?? [];
  const letters = all[board] ?? [];
  const typed = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    // Space and Enter press the key that has the focus; without a text, the key for back leads back.
    if (event.key.length === 1 && event.key !== " ") onText(text + event.key);
    else if (event.key === "Backspace" && text) onText(shorter(text));
    else return;
    event.preventDefault();
  };
  return (
    <div className={[css.keys, letters.length % 6 === 0 && css.six].filter(Boolean).join(" ")} role="group" aria-label={t("keys.label")} onKeyDown={typed}>
      {letters.map((letter, index) => (
        <button key={`${board} ${letter}`} type="button" id={index === 0 ? "main-action" : undefined} onClick={() => onText(text + letter)}>
          {letter}
        </button>
      ))}
      <div className={css.tools}>
        {all.length > 1 && (
          <button type="button" aria-label={t("keys.other")} title={t("keys.other")} onClick={() => setBoard((board + 1) % all.length)}>
            <Languages size={24} aria-hidden />
            <bdi>{other.slice(0, 3).join("")}</bdi>
          </button>
        )}
        <button type="button" className={css.space} aria-label={t("keys.space")} title={t("keys.space")} onClick={() => text && onText(`${text} `)}>
          <Space size={24} aria-hidden />
        </button>
        <button type="button" aria-label={t("keys.delete")} title={t("keys.delete")} onClick={() => onText(shorter(text))}>
          <Delete size={24} className="mirror" aria-hidden />
        </button>
        <button type="button" aria-label={t("search.clear")} title={t("search.clear")} onClick={() => onText("")}>
          <X size={24} aria-hidden />
        </button>
      </div>
    </div>
  );
}
