import { Link, type LinkProps } from "@tanstack/react-router";
import { createContext, use, useEffect, useId, useRef, useState, type KeyboardEvent, type ReactElement, type ReactNode } from "react";
import css from "./menu.module.css";

const Close = createContext<() => void>(() => {});

interface MenuProps {
  label: string;
  /** The button that opens it. */
  trigger: (aria: { "aria-haspopup": "menu"; "aria-expanded": boolean; "aria-controls": string; onClick: () => void }) => ReactElement;
  children: ReactNode;
  up?: boolean;
  onOpen?: (open: boolean) => void;
}

/** A menu below its button: arrows move, letters jump, Escape and a click elsewhere close it. */
export function Menu({ label, trigger, children, up, onOpen }: MenuProps) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const id = useId();
  const set = (next: boolean) => {
    setOpen(next);
    onOpen?.(next);
  };
  const close = () => {
    set(false);
    root.current?.querySelector<HTMLElement>("[aria-haspopup]")?.focus();
  };
  useEffect(() => {
    if (!open) return;
    const items = root.current?.querySelectorAll<HTMLElement>("[role^=menuitem]");
    const checked = [...(items ?? [])].find((item) => item.getAttribute("aria-checked") === "true");
    (checked ?? items?.[0])?.focus();
    const outside = (event: Event) => {
      if (!root.current?.contains(event.target as Node)) {
        setOpen(false);
        onOpen?.(false);
      }
    };
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- only when it opens
  }, [open]);
  const key = (event: KeyboardEvent) => {
    if (!open) return;
    event.stopPropagation();
    const items = [...(root.current?.querySelectorAll<HTMLElement>("[role^=menuitem]") ?? [])];
    const at = items.indexOf(document.activeElement as HTMLElement);
    const go = (to: number) => {
      event.preventDefault();
      items[(to + items.length) % items.length]?.focus();
    };
    if (event.key === "ArrowDown") go(at + 1);
    else if (event.key === "ArrowUp") go(at - 1);
    else if (event.key === "Home") go(0);
    else if (event.key === "End") go(-1);
    else if (event.key === "Escape") {
      event.preventDefault();
      close();
    } else if (event.key === "Tab") set(false);
    else if (event.key.length === 1 && event.key !== " ") {
      const letter = event.key.toLowerCase();
      const found = [...items.slice(at + 1), ...items].find((item) => item.textContent?.trim().toLowerCase().startsWith(letter));
      found?.focus();
    }
  };
  return (
    <div ref={root} className={css.root} onKeyDown={key}>
      {trigger({ "aria-haspopup": "menu", "aria-expanded": open, "aria-controls": id, onClick: () => set(!open) })}
      {open && (
        <Close value={close}>
          <div role="menu" id={id} aria-label={label} className={[css.list, up && css.up].filter(Boolean).join(" ")}>
            {children}
          </div>
        </Close>
      )}
    </div>
  );
}

export function MenuItem({ children, icon, onSelect, checked }: { children: ReactNode; icon?: ReactNode; onSelect: () => void; checked?: boolean }) {
  const close = use(Close);
  const choice = checked === undefined ? { role: "menuitem" } : { role: "menuitemradio", "aria-checked": checked };
  return (
    <button
      type="button"
      tabIndex={-1}
      {...choice}
      className={css.item}
      onClick={() => {
        close();
        onSelect();
      }}
    >
      {icon}
      <span>{children}</span>
    </button>
  );
}

export function MenuLink({ children, icon, ...rest }: LinkProps & { children: ReactNode; icon?: ReactNode }) {
  const close = use(Close);
  return (
    <Link {...rest} role="menuitem" tabIndex={-1} className={css.item} onClick={close}>
      {icon}
      <span>{children}</span>
    </Link>
  );
}

export function MenuRule() {
  return <div className={css.rule} role="separator" />;
}
