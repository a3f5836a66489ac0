import { ArrowDown, ArrowUp, Plus, X } from "lucide-react";
import type { ReactNode } from "react";
import { Button, IconButton } from "@/design/button";
import css from "./form.module.css";
import { useAdminT } from "./texts";

interface RowsProps<Item> {
  items: readonly Item[];
  onChange: (items: Item[]) => void;
  /** The fields of one. `change` replaces parts of it. */
  children: (item: Item, change: (patch: Partial<Item>) => void, index: number) => ReactNode;
  nameOf: (item: Item, index: number) => string;
  /** Makes another; without it none is added here. */
  make?: () => Item;
  add?: string;
  /** Whether their order says something. */
  ordered?: boolean;
}

/** Things in a list that are added, taken away and put into order, by keys as well. */
export function Rows<Item>({ items, onChange, children, nameOf, make, add, ordered }: RowsProps<Item>) {
  const t = useAdminT();
  const move = (from: number, to: number) => {
    const next = [...items];
    next.splice(to, 0, ...next.splice(from, 1));
    onChange(next);
  };
  return (
    <div className={css.rows}>
      {items.map((item, index) => (
        <div key={index} className={css.one} role="group" aria-label={nameOf(item, index)}>
          {children(item, (patch) => onChange(items.map((other, at) => (at === index ? { ...other, ...patch } : other))), index)}
          <span className={css.tools}>
            {ordered && (
              <>
                <IconButton small label={t("rows.up", { name: nameOf(item, index) })} aria-disabled={index === 0} onClick={() => index > 0 && move(index, index - 1)}>
                  <ArrowUp size={16} aria-hidden />
                </IconButton>
                <IconButton small label={t("rows.down", { name: nameOf(item, index) })} aria-disabled={index === items.length - 1} onClick={() => index < items.length - 1 && move(index, index + 1)}>
                  <ArrowDown size={16} aria-hidden />
                </IconButton>
              </>
            )}
            <IconButton
              small
              label={t("rows.remove", { name: nameOf(item, index) })}
              onClick={(event) => {
                const list = event.currentTarget.closest<HTMLElement>(`.${css.rows}`);
                onChange(items.filter((_, at) => at !== index));
                // The focus goes to the next one, or to the button that adds.
                requestAnimationFrame(() => (list?.querySelectorAll<HTMLElement>(`.${css.one} input, .${css.one} button`)[0] ?? list?.querySelector<HTMLElement>("button"))?.focus());
              }}
            >
              <X size={16} aria-hidden />
            </IconButton>
          </span>
        </div>
      ))}
      {make && (
        <div>
          <Button small onClick={() => onChange([...items, make()])}>
            <Plus size={16} aria-hidden />
            {add}
          </Button>
        </div>
      )}
    </div>
  );
}
