import { useSyncExternalStore } from "react";

let open: readonly HTMLElement[] = [];
const listeners = new Set<() => void>();

function set(changed: readonly HTMLElement[]) {
  open = changed;
  for (const listener of listeners) listener();
}

/** A dialog lies over the page until what is returned is called. */
export function lay(dialog: HTMLElement): () => void {
  set([...open, dialog]);
  return () => set(open.filter((one) => one !== dialog));
}

/** The dialog that lies over everything else: what is outside of it can be neither seen well nor used nor heard. */
export function useTopDialog(): HTMLElement | undefined {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => open.at(-1),
  );
}
