import { ArrowDown, ArrowUp, ChevronLeft, ChevronRight, ChevronsLeft } from "lucide-react";
import { Link, type LinkProps } from "@tanstack/react-router";
import type { MouseEvent, ReactNode } from "react";
import { IconButton } from "@/design/button";
import { Skeleton } from "@/design/states";
import css from "./table.module.css";
import { useAdminT } from "./texts";

export interface Column<Row> {
  /** Stays the same; also what `sort` says, where the server sorts by it. */
  id: string;
  label: string;
  cell: (row: Row) => ReactNode;
  /** The server's `order_by` for this column, without its sign. */
  sort?: string;
  /** The order that the server offers of this column, where it is only one. */
  only?: "ascending" | "descending";
  end?: boolean;
  /** As plain text, for files; a column without it is left out of them. */
  text?: (row: Row) => string;
}

interface TableProps<Row> {
  caption: string;
  columns: Column<Row>[];
  /** Absent while the first page is on its way. */
  rows: Row[] | undefined;
  idOf: (row: Row) => string;
  nameOf: (row: Row) => string;
  /** Where a row leads; its first cell is the link. */
  open?: ((row: Row) => LinkProps) | undefined;
  sort?: string;
  onSort?: (sort: string) => void;
  /** Other rows are on their way; these are still those from before. */
  busy?: boolean;
  selection?: { ids: ReadonlySet<string>; set: (ids: ReadonlySet<string>) => void } | undefined;
}

/** A table whose pages, order and filters the server knows. Rows open on press; boxes select. */
export function Table<Row>({ caption, columns, rows, idOf, nameOf, open, sort, onSort, busy, selection }: TableProps<Row>) {
  const t = useAdminT();
  const ids = rows?.map(idOf) ?? [];
  const every = ids.length > 0 && ids.every((id) => selection?.ids.has(id));
  const toggle = (changed: string[], on: boolean) => {
    const next = new Set(selection?.ids);
    for (const id of changed) {
      if (on) next.add(id);
      else next.delete(id);
    }
    selection?.set(next);
  };
  return (
    <div className={css.frame} tabIndex={0} role="region" aria-label={caption}>
      <table className={css.table} aria-busy={busy || undefined}>
        <caption className="sr">{caption}</caption>
        <thead>
          <tr>
            {selection && (
              <th className={css.box} scope="col">
                <input type="checkbox" aria-label={t("table.selectAll")} checked={every} onChange={(event) => toggle(ids, event.target.checked)} />
              </th>
            )}
            {columns.map((column) => {
              const descending = sort === `-${column.sort}`;
              const active = descending || sort === column.sort;
              const next = column.only ? (column.only === "descending" ? `-${column.sort}` : (column.sort ?? "")) : active && !descending ? `-${column.sort}` : (column.sort ?? "");
              return (
                <th key={column.id} scope="col" className={column.end ? css.end : undefined} aria-sort={!column.sort || !active ? undefined : descending ? "descending" : "ascending"}>
                  {column.sort && onSort ? (
                    <button type="button" className={css.sort} aria-label={t("table.sortBy", { name: column.label })} onClick={() => onSort(next)}>
                      {column.label}
                      {active && (descending ? <ArrowDown size={14} aria-hidden /> : <ArrowUp size={14} aria-hidden />)}
                    </button>
                  ) : (
                    column.label
                  )}
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {rows
            ? rows.map((row) => {
                const id = idOf(row);
                return (
                  <tr key={id} aria-selected={selection ? selection.ids.has(id) : undefined} className={open ? css.open : undefined} onClick={(event) => openRow(event)}>
                    {selection && (
                      <td className={css.box} data-label="" onClick={(event) => event.stopPropagation()}>
                        <input type="checkbox" aria-label={t("table.select", { name: nameOf(row) })} checked={selection.ids.has(id)} onChange={(event) => toggle([id], event.target.checked)} />
                      </td>
                    )}
                    {columns.map((column, index) => (
                      <td key={column.id} data-label={index === 0 ? "" : column.label} className={[column.end && css.end, index === 0 && css.first].filter(Boolean).join(" ") || undefined}>
                        {index === 0 && open ? (
                          <Link {...open(row)} className={css.link}>
                            {column.cell(row)}
                          </Link>
                        ) : (
                          column.cell(row)
                        )}
                      </td>
                    ))}
                  </tr>
                );
              })
            : Array.from({ length: 12 }, (_, index) => (
                <tr key={index} aria-hidden>
                  {selection && <td />}
                  {columns.map((column) => (
                    <td key={column.id}>
                      <Skeleton height="1rem" width="70%" />
                    </td>
                  ))}
                </tr>
              ))}
        </tbody>
      </table>
    </div>
  );
}

/** A press anywhere on a row is a press on its link, unless it meant something else there. */
function openRow(event: MouseEvent<HTMLTableRowElement>) {
  if ((event.target as HTMLElement).closest("a, button, input, select, label, dialog") || getSelection()?.toString()) return;
  event.currentTarget.querySelector<HTMLAnchorElement>("td a")?.click();
}

interface PagerProps {
  page: number;
  /** How many rows are on this page. */
  shown?: number | undefined;
  /** How many rows fit in all, where the server says so. */
  total: number | undefined;
  hasNext: boolean;
  onFirst: () => void;
  onPrevious?: (() => void) | undefined;
  onNext: () => void;
}

/** Leads through pages by cursor: on, back, and to the first. */
export function Pager({ page, total, shown, hasNext, onFirst, onPrevious, onNext }: PagerProps) {
  const t = useAdminT();
  if (page === 1 && !hasNext) return total === undefined && shown === undefined ? null : <p className="second num">{t("table.total", { count: total ?? shown ?? 0 })}</p>;
  return (
    <nav className={css.foot} aria-label={t("table.page", { n: page })}>
      <span className="second num">{total === undefined ? t("table.page", { n: page }) : `${t("table.total", { count: total })} · ${t("table.page", { n: page })}`}</span>
      <span className="row">
        <IconButton small label={t("table.first")} onClick={onFirst} aria-disabled={page === 1}>
          <ChevronsLeft size={18} className="mirror" aria-hidden />
        </IconButton>
        <IconButton small label={t("table.previous")} onClick={onPrevious ?? onFirst} aria-disabled={page === 1}>
          <ChevronLeft size={18} className="mirror" aria-hidden />
        </IconButton>
        <IconButton small label={t("table.next")} onClick={() => hasNext && onNext()} aria-disabled={!hasNext}>
          <ChevronRight size={18} className="mirror" aria-hidden />
        </IconButton>
      </span>
    </nav>
  );
}

export { css as tableStyles };
