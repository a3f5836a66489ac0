import { useEffect, useRef, useSyncExternalStore } from "react";
import { createPortal } from "react-dom";
import { useT } from "@/i18n";
import { useTopDialog } from "./layers";
import css from "./toast.module.css";

interface Toast {
  id: number;
  text: string;
  /** Milliseconds since 1970. */
  made: number;
  undo?: () => void;
}

let toasts: readonly Toast[] = [];
let next = 1;
const listeners = new Set<() => void>();

function set(changed: readonly Toast[]) {
  toasts = changed;
  for (const listener of listeners) listener();
}

/** Says that something happened, for six seconds, with a way back where there is one. */
export function toast(text: string, undo?: () => void) {
  set([...toasts.slice(-2), { id: next++, text, made: Date.now(), ...(undo ? { undo } : {}) }]);
}

/** How long one is shown, in milliseconds, unless it is looked at. */
const SHOWN = 6000;

function drop(id: number) {
  set(toasts.filter((one) => one.id !== id));
}

/** Where toasts are shown: over the page, or in the dialog that lies over it. */
export function Toasts() {
  const dialog = useTopDialog();
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => toasts,
  );
  const shelf = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const key = (event: KeyboardEvent) => {
      if (event.key === "F6") shelf.current?.querySelector("button")?.focus();
    };
    // A dialog keeps its keys to itself.
    document.addEventListener("keydown", key, true);
    return () => document.removeEventListener("keydown", key, true);
  }, []);
  const all = (
    <div className={css.shelf} ref={shelf} role="status" aria-live="polite">
      {shown.map((one) => (
        <One key={one.id} toast={one} />
      ))}
    </div>
  );
  return dialog ? createPortal(all, dialog) : all;
}

function One({ toast: { id, text, made, undo } }: { toast: Toast }) {
  const t = useT();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const run = (millis: number) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => drop(id), millis);
  };
  const hold = () => clearTimeout(timer.current);
  useEffect(() => {
    // A dialog that opens or closes has it shown anew, not for longer.
    run(made + SHOWN - Date.now());
    return hold;
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once
  }, []);
  return (
    <div className={css.toast} onPointerEnter={hold} onPointerLeave={() => run(SHOWN)} onFocus={hold} onBlur={() => run(SHOWN)}>
      <span>{text}</span>
      {undo && (
        <button
          type="button"
          onClick={() => {
            undo();
            drop(id);
          }}
        >
          {t("undo")}
        </button>
      )}
    </div>
  );
}
