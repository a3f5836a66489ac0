import { X } from "lucide-react";
import { useEffect, useId, useRef, type ReactNode } from "react";
import { createPortal } from "react-dom";
import { arrows } from "@/focus/spatial";
import { useT } from "@/i18n";
import { Button, IconButton, type Tone } from "./button";
import { lay } from "./layers";
import { Refused } from "./states";
import css from "./dialog.module.css";

/** A sheet over the page. The browser keeps the focus in it and gives it back to who opened it. */
export function Dialog({ title, onClose, wide, dark, children, actions }: { title: string; onClose: () => void; wide?: boolean; dark?: boolean; children: ReactNode; actions?: ReactNode }) {
  const box = useRef<HTMLDialogElement>(null);
  const id = useId();
  const t = useT();
  useEffect(() => {
    const dialog = box.current;
    const opener = document.activeElement;
    if (dialog && !dialog.open) {
      dialog.showModal();
      // What should be answered first, or the first field; else the browser's choice.
      dialog.querySelector<HTMLElement>("[data-focus], input:not([type=radio], [type=checkbox]), select")?.focus();
    }
    const lift = dialog && lay(dialog);
    return () => {
      lift?.();
      dialog?.close();
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
  // At the end of the page: what stands on a dark picture is no reason for a dark sheet.
  return createPortal(
    <dialog
      ref={box}
      data-theme={dark ? "dark" : undefined}
      aria-labelledby={id}
      className={[css.dialog, wide && css.wide].filter(Boolean).join(" ")}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === box.current) onClose();
      }}
      onKeyDown={(event) => {
        arrows(event.nativeEvent);
        event.stopPropagation();
      }}
    >
      <div className={css.body}>
        <div className={css.head}>
          <h2 id={id}>{title}</h2>
          <IconButton label={t("close")} small onClick={onClose}>
            <X size={20} aria-hidden />
          </IconButton>
        </div>
        {children}
        {actions && <div className={css.actions}>{actions}</div>}
      </div>
    </dialog>,
    document.body,
  );
}

interface ConfirmProps {
  title: string;
  /** What it does, in words. */
  effect: ReactNode;
  /** Repeats the verb, e.g. "Delete 12 titles". */
  verb: string;
  tone?: Tone;
  busy?: boolean;
  /** Why it did not work. */
  error?: unknown;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks before something that cannot be taken back. The way out has the focus. */
export function Confirm({ title, effect, verb, tone = "danger", busy, error, onConfirm, onClose }: ConfirmProps) {
  const t = useT();
  return (
    <Dialog
      title={title}
      onClose={onClose}
      actions={
        <>
          <Button data-focus onClick={onClose}>
            {t("cancel")}
          </Button>
          <Button tone={tone} busy={busy ?? false} onClick={onConfirm}>
            {verb}
          </Button>
        </>
      }
    >
      <div className="second">{effect}</div>
      {error ? <Refused error={error} /> : null}
    </Dialog>
  );
}
