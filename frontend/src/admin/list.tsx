import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { LinkProps } from "@tanstack/react-router";
import { Download } from "lucide-react";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { Button } from "@/design/button";
import { SelectField, TextField } from "@/design/field";
import { Empty, Failure } from "@/design/states";
import { toast } from "@/design/toast";
import { reasonText } from "@/i18n";
import { Refusal } from "@/wire/refusal";
import { useAddress, type Search } from "./address";
import { BulkBar, type Bulk } from "./bulk";
import { download, writeCsv } from "./csv";
import { useCursor } from "./cursor";
import { Pager, Table, tableStyles as css, type Column } from "./table";
import { useAdminT } from "./texts";

const SIZE = 50;
/** What is read at most for a file or for a selection of everything: more is a job for the interface of programs. */
const MOST = 2000;

export interface Asked {
  pageSize: number;
  pageToken: string;
  orderBy: string;
}

export interface Found<Row> {
  items: Row[];
  nextPageToken: string;
  total?: number | undefined;
  /** Services that did not answer. */
  unreachable?: string[];
}

export interface Filter {
  /** The word in the address. */
  id: string;
  label: string;
  /** A choice; without it, a text. */
  options?: readonly (readonly [value: string, label: string])[];
  type?: "search" | "datetime-local";
  /** Chosen where the address says nothing, so it cannot be taken away. */
  fixed?: boolean;
}

export interface ListProps<Row> {
  /** Names the list in the cache and in files. */
  name: string;
  caption: string;
  ask: (asked: Asked, search: Search, signal: AbortSignal | undefined) => Promise<Found<Row>>;
  columns: Column<Row>[];
  idOf: (row: Row) => string;
  nameOf: (row: Row) => string;
  open?: (row: Row) => LinkProps;
  filters?: Filter[];
  sort?: string;
  bulk?: Bulk<Row>[];
  empty: { title: string; text?: string; action?: ReactNode };
  /** Asked again this often, where what it shows moves by itself. */
  everySeconds?: number;
  /** Beside the address: what else the answer depends on. */
  depends?: unknown;
}

/** A list that the server pages, sorts and filters, with all its states. */
export function List<Row>({ name, caption, ask, columns, idOf, nameOf, open, filters = [], bulk = [], empty, everySeconds, sort: initialSort = "", depends }: ListProps<Row>) {
  const t = useAdminT();
  const { search, narrow, go } = useAddress();
  const cursor = useCursor(search, go);
  const [chosen, setChosen] = useState<ReadonlyMap<string, Row>>(new Map());
  const [reading, setReading] = useState(false);
  const sort = search.sort ?? initialSort;
  const narrowing = filters.filter((filter) => !filter.fixed && search[filter.id]);
  const words = Object.fromEntries([...filters.map((filter) => filter.id), "sort"].map((id) => [id, search[id]]));
  const found = useQuery({
    queryKey: ["admin", name, words, cursor.token, depends],
    queryFn: ({ signal }) => ask({ pageSize: SIZE, pageToken: cursor.token, orderBy: sort }, search, signal),
    placeholderData: keepPreviousData,
    ...(everySeconds ? { refetchInterval: everySeconds * 1000 } : {}),
  });
  const key = JSON.stringify([words, depends]);
  useEffect(() => setChosen(new Map()), [key]);
  const clear = () => narrow(Object.fromEntries(narrowing.map((filter) => [filter.id, undefined])));
  const everything = async () => {
    const rows: Row[] = [];
    let pageToken = "";
    do {
      const part = await ask({ pageSize: 100, pageToken, orderBy: sort }, search, undefined);
      rows.push(...part.items);
      pageToken = part.nextPageToken;
    } while (pageToken && rows.length < MOST);
    return rows;
  };
  const whole = async (take: (rows: Row[]) => void) => {
    setReading(true);
    try {
      take(await everything());
    } catch (error) {
      toast(reasonText(Refusal.of(error)));
    } finally {
      setReading(false);
    }
  };
  const save = () =>
    whole((rows) => {
      const written = columns.filter((column) => column.text);
      download(`${name}.csv`, "text/csv;charset=utf-8", writeCsv([["id", ...written.map((column) => column.label)], ...rows.map((row) => [idOf(row), ...written.map((column) => column.text?.(row) ?? "")])]));
    });
  const rows = found.data?.items;
  const select = (ids: ReadonlySet<string>) => {
    const next = new Map<string, Row>();
    for (const [id, row] of chosen) if (ids.has(id)) next.set(id, row);
    for (const row of rows ?? []) if (ids.has(idOf(row))) next.set(idOf(row), row);
    setChosen(next);
  };
  const total = found.data?.total;
  return (
    <div className="stack">
      <div className={css.tools}>
        {filters.map((filter) => (
          <FilterField key={filter.id} filter={filter} value={search[filter.id] ?? ""} onChange={(value) => narrow({ [filter.id]: value })} />
        ))}
        {narrowing.length > 0 && (
          <Button tone="quiet" small onClick={clear}>
            {t("list.clear")}
          </Button>
        )}
        {columns.some((column) => column.text) && (rows?.length ?? 0) > 0 && (
          <Button tone="quiet" small busy={reading} onClick={() => void save()} className={css.csv ?? ""}>
            <Download size={16} aria-hidden />
            {t("list.csv")}
          </Button>
        )}
      </div>
      {bulk.length > 0 && chosen.size > 0 && (
        <BulkBar
          rows={[...chosen.values()]}
          nameOf={nameOf}
          bulk={bulk}
          filter={narrowing.map((filter) => `${filter.label}: ${labelOf(filter, search[filter.id] ?? "")}`).join(", ")}
          onClear={() => setChosen(new Map())}
          all={
            total !== undefined && total > chosen.size && total > SIZE ? (
              <Button tone="link" busy={reading} onClick={() => void whole((all) => setChosen(new Map(all.map((row) => [idOf(row), row]))))}>
                {t("list.selectMatching", { count: Math.min(total, MOST) })}
              </Button>
            ) : null
          }
        />
      )}
      {(found.data?.unreachable?.length ?? 0) > 0 && (
        <p className={css.warn} role="status">
          {t("list.unreachable", { names: found.data?.unreachable?.join(", ") ?? "" })}
        </p>
      )}
      {found.isError && !found.data ? (
        <Failure error={found.error} onRetry={() => void found.refetch()} />
      ) : rows?.length === 0 && cursor.page === 1 ? (
        narrowing.length > 0 ? (
          <Empty title={t("list.noMatch")} action={<Button onClick={clear}>{t("list.clear")}</Button>} />
        ) : (
          <Empty title={empty.title} action={empty.action}>
            {empty.text}
          </Empty>
        )
      ) : (
        <>
          <Table
            caption={caption}
            columns={columns}
            rows={rows}
            idOf={idOf}
            nameOf={nameOf}
            open={open}
            sort={sort}
            onSort={(next) => narrow({ sort: next })}
            busy={found.isPlaceholderData}
            selection={bulk.length > 0 ? { ids: new Set(chosen.keys()), set: select } : undefined}
          />
          <Pager page={cursor.page} total={total} shown={rows?.length} hasNext={Boolean(found.data?.nextPageToken)} onFirst={cursor.first} onPrevious={cursor.previous} onNext={() => cursor.next(found.data?.nextPageToken ?? "")} />
        </>
      )}
    </div>
  );
}

function labelOf(filter: Filter, value: string): string {
  return filter.options?.find(([one]) => one === value)?.[1] ?? value;
}

/** Text waits for a pause in typing; a choice counts at once. */
function FilterField({ filter, value, onChange }: { filter: Filter; value: string; onChange: (value: string) => void }) {
  const t = useAdminT();
  const [typed, setTyped] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const sent = useRef(value);
  useEffect(() => {
    // Back, or "remove the filters": what is typed follows the address.
    if (value !== sent.current) setTyped(value);
    sent.current = value;
  }, [value]);
  if (filter.options)
    return (
      <SelectField label={filter.label} value={value} onChange={(event) => onChange(event.target.value)}>
        {!filter.fixed && <option value="">{t("list.any")}</option>}
        {filter.options.map(([one, label]) => (
          <option key={one} value={one}>
            {label}
          </option>
        ))}
      </SelectField>
    );
  return (
    <TextField
      label={filter.label}
      type={filter.type ?? "search"}
      value={typed}
      onChange={(event) => {
        const next = event.target.value;
        setTyped(next);
        clearTimeout(timer.current);
        timer.current = setTimeout(() => {
          sent.current = next;
          onChange(next);
        }, 250);
      }}
    />
  );
}
