/**
 * Lets the browser paint and hear keys before what follows, which has a task of its own then. Where the browser can, what
 * follows comes before other work that waits.
 */
export function turn(): Promise<void> {
  const { scheduler } = globalThis as { scheduler?: { yield?: () => Promise<void> } };
  return scheduler?.yield?.() ?? new Promise((resolve) => setTimeout(resolve));
}
