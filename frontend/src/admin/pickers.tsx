import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDeferredValue, useState, type ReactNode } from "react";
import { X } from "lucide-react";
import { IconButton } from "@/design/button";
import { TextField } from "@/design/field";
import type { Content } from "@gen/streamverse/content/v1/content_pb";
import { videos } from "@/wire/clients/videos";
import { findPeople } from "./people/find";
import { Failed } from "./failed";
import css from "./form.module.css";
import { useAdminT } from "./texts";
import { getTitle, KINDS, listTitles, type Kind } from "./titles/kinds";

interface Option {
  id: string;
  name: string;
  note: string;
}

interface PickerProps {
  id: string;
  label: string;
  error?: string | undefined;
  hint?: string;
  /** Names the question in the cache. */
  name: string;
  find: (text: string, signal: AbortSignal) => Promise<Option[]>;
  onPick: (id: string, name: string) => void;
  /** What is picked; absent where picking adds to a list. */
  picked?: ReactNode;
  onClear?: () => void;
}

/** Finds something by the beginning of its name. */
export function Picker({ id, label, error, hint, name, find, onPick, picked, onClear }: PickerProps) {
  const t = useAdminT();
  const [text, setText] = useState("");
  const wanted = useDeferredValue(text.trim());
  const found = useQuery({ queryKey: ["admin", "pick", name, wanted], queryFn: ({ signal }) => find(wanted, signal), enabled: wanted !== "", placeholderData: keepPreviousData });
  if (picked)
    return (
      <div className={css.picker}>
        <span className="small">
          <b>{label}</b>
        </span>
        <span className={css.chosen} id={`f-${id}`} tabIndex={-1}>
          {picked}
          {onClear && (
            <IconButton small label={t("pick.clear")} onClick={onClear}>
              <X size={16} aria-hidden />
            </IconButton>
          )}
        </span>
        {error && <span className="danger">{error}</span>}
      </div>
    );
  return (
    <div className={css.picker}>
      <TextField id={`f-${id}`} label={label} hint={hint ?? t("pick.hint")} error={error} type="search" autoComplete="off" dir="auto" value={text} onChange={(event) => setText(event.target.value)} />
      {found.isError && <Failed error={found.error} />}
      {wanted !== "" && found.data && (
        <ul className={css.found} aria-label={t("pick.found")}>
          {found.data.map((one) => (
            <li key={one.id}>
              <button
                type="button"
                onClick={() => {
                  onPick(one.id, one.name);
                  setText("");
                }}
              >
                <span dir="auto">{one.name}</span>
                <span className="quiet">{one.note}</span>
              </button>
            </li>
          ))}
          {found.data.length === 0 && <li className={css.item}>{t("pick.none")}</li>}
        </ul>
      )}
    </div>
  );
}

const SEARCHED: readonly Kind[] = ["movies", "series", "videos"];

export function TitlePicker({ kinds = SEARCHED, value, ...rest }: Omit<PickerProps, "find" | "name" | "picked"> & { kinds?: readonly Kind[]; value?: string }) {
  const t = useAdminT();
  const find = async (text: string, signal: AbortSignal) => {
    const parts = await Promise.all(kinds.map((kind) => listTitles(kind, { pageSize: 8, pageToken: "", orderBy: "title", titlePrefix: text }, signal).then(({ items }) => items.map((row) => ({ id: row.id, name: row.title, note: `${t(`title.${kind}`)} ${row.releaseDate.slice(0, 4)}` })))));
    return parts.flat();
  };
  return <Picker {...rest} name={kinds.join()} find={find} picked={value ? <TitleLabel id={value} /> : undefined} />;
}

export function PersonPicker(props: Omit<PickerProps, "find" | "name">) {
  const t = useAdminT();
  const find = async (text: string, signal: AbortSignal) => {
    const { items } = await findPeople(text, { pageSize: 10, pageToken: "" }, signal);
    return items.map((row) => ({ id: row.id, name: row.name, note: t("people.count", { count: row.titleCount }) }));
  };
  return <Picker {...props} hint={props.hint ?? t("people.findHint")} name="people" find={find} />;
}

/** A title whose kind is not known, only its id. */
async function anyTitle(id: string): Promise<Content | undefined> {
  try {
    return (await videos.getVideo({ id })).content;
  } catch {
    // Viewers do not see it: one of the four lists of editors has it.
    const tried = await Promise.allSettled(KINDS.map((kind) => getTitle(kind, id)));
    return tried.find((one) => one.status === "fulfilled")?.value;
  }
}

export function useAnyTitle(id: string) {
  return useQuery({ queryKey: ["admin", "any-title", id], queryFn: async () => (await anyTitle(id)) ?? null, enabled: id !== "", staleTime: 300_000 });
}

export function TitleLabel({ id, known }: { id: string; known?: string | undefined }) {
  const t = useAdminT();
  const found = useAnyTitle(known ? "" : id);
  return (
    <span className={css.item} dir="auto">
      {known ?? found.data?.title ?? (found.isPending ? "…" : t("pick.unknown"))}
    </span>
  );
}
