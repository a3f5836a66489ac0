import { useNavigate, useSearch } from "@tanstack/react-router";
import { textOf } from "@/app/roots";
import type { CursorSearch } from "./cursor";

export type Search = Record<string, string | undefined>;

/** Reads these words of an address and no others. */
export const words =
  <Name extends string>(...names: Name[]) =>
  (search: Record<string, unknown>): { [Key in Name | "after" | "page"]?: string } =>
    Object.fromEntries([...names, "after", "page"].flatMap((name) => (textOf(search[name]) ? [[name, textOf(search[name])]] : []))) as never;

/** What a list is narrowed to stands in the address, so that Back, reloading and a link keep it. */
export function useAddress() {
  const search = useSearch({ strict: false }) as Search & CursorSearch;
  const navigate = useNavigate();
  const put = (next: Search, replace: boolean) =>
    void navigate({ to: ".", search: Object.fromEntries(Object.entries(next).filter(([, value]) => value)), replace, resetScroll: false } as never);
  return {
    search,
    /** Changes filters: what follows is the first page again. */
    narrow: (changes: Search) => put({ ...search, ...changes, after: undefined, page: undefined }, true),
    /** Changes something beside the list, e.g. which row is open; Back takes it away. */
    show: (changes: Search) => put({ ...search, ...changes }, false),
    go: (next: CursorSearch) => put({ ...search, after: undefined, page: undefined, ...next }, false),
  };
}
