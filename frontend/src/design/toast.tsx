import { useEffect, useRef, useSyncExternalStore } from "react";
import { useT } from "@/i18n";
import css from "./toast.module.css";

interface Toast {
  id: number;
  text: string;
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
  set([...toasts.slice(-2), { id: next++, text, ...(undo ? { undo } : {}) }]);
}

function drop(id: number) {
  set(toasts.filter((one) => one.id !== id));
}

export function Toasts() {
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
    document.addEventListener("keydown", key);
    return () => document.removeEventListener("keydown", key);
  }, []);
  return (
    <div className={css.shelf} ref={shelf} role="status" aria-live="polite">
      {shown.map((one) => (
        <One key={one.id} toast={one} />
      ))}
    </div>
  );
}

function One({ toast: { id, text, undo } }: { toast: Toast }) {
  const t = useT();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const run = () => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => drop(id), 6000);
  };
  const hold = () => clearTimeout(timer.current);
  useEffect(() => {
    run();
    return hold;
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once
  }, []);
  return (
    <div className={css.toast} onPointerEnter={hold} onPointerLeave={run} onFocus={hold} onBlur={run}>
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
