import { useSyncExternalStore } from "react";

export type Theme = "system" | "dark" | "light";
const KEY = "sv.theme";
const listeners = new Set<() => void>();
const prefersLight = matchMedia("(prefers-color-scheme: light)");

export function theme(): Theme {
  const kept = localStorage.getItem(KEY);
  return kept === "dark" || kept === "light" ? kept : "system";
}

export function applyTheme() {
  const chosen = theme();
  const shown = chosen === "system" ? (prefersLight.matches ? "light" : "dark") : chosen;
  document.documentElement.dataset.theme = shown;
  document.querySelector('meta[name="theme-color"]')?.setAttribute("content", shown === "light" ? "#fafbfc" : "#0a0d12");
}

export function chooseTheme(next: Theme) {
  localStorage.setItem(KEY, next);
  applyTheme();
  for (const listener of listeners) listener();
}

prefersLight.addEventListener("change", applyTheme);

export function useTheme(): Theme {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    theme,
  );
}
