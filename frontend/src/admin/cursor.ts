import { useRef } from "react";

/** The cursor of a list in the address: where the page begins, and the how-manieth it is. */
export interface CursorSearch {
  after?: string;
  page?: string;
}

/**
 * Moves through a list by the server's cursors. Those of earlier pages are remembered while the page is open; after a
 * reload, back leads to the first page, since a cursor knows no way back.
 */
export function useCursor(search: CursorSearch, go: (next: CursorSearch) => void) {
  const tokens = useRef(new Map<number, string>());
  const page = Math.max(1, Number(search.page) || 1);
  if (search.after) tokens.current.set(page, search.after);
  const previous = page === 2 ? "" : tokens.current.get(page - 1);
  return {
    page,
    token: search.after ?? "",
    first: () => go({}),
    next: (token: string) => go({ after: token, page: String(page + 1) }),
    previous: previous === undefined ? undefined : () => go(page === 2 ? {} : { after: previous, page: String(page - 1) }),
  };
}
