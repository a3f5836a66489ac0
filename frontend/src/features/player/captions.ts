import { useSyncExternalStore } from "react";
import { session } from "@/wire/session";

/** How captions look; kept for each profile on this browser. */
export interface CaptionStyle {
  /** Per cent of the default, 50 to 300. */
  size: number;
  colour: string;
  /** Opacity of the ground, 0 to 1. */
  ground: number;
}

export const CAPTION_DEFAULT: CaptionStyle = { size: 100, colour: "#ffffff", ground: 0.75 };
const listeners = new Set<() => void>();
const key = () => `sv.captions.${session()?.profile?.id ?? ""}`;
let kept: { key: string; style: CaptionStyle } | undefined;

export function captionStyle(): CaptionStyle {
  if (kept?.key === key()) return kept.style;
  let style = CAPTION_DEFAULT;
  try {
    style = { ...CAPTION_DEFAULT, ...(JSON.parse(localStorage.getItem(key()) ?? "{}") as Partial<CaptionStyle>) };
  } catch {
    // What cannot be read is as good as never chosen.
  }
  kept = { key: key(), style };
  return style;
}

export function setCaptionStyle(style: CaptionStyle) {
  localStorage.setItem(key(), JSON.stringify(style));
  kept = { key: key(), style };
  for (const listener of listeners) listener();
}

export function useCaptionStyle(): CaptionStyle {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, captionStyle);
}

const WANTED = () => `sv.captions.language.${session()?.profile?.id ?? ""}`;

/** Which captions were on last: a language, or nothing. */
export function wantedCaptions(): string | null {
  return localStorage.getItem(WANTED());
}

export function rememberCaptions(language: string | undefined) {
  localStorage.setItem(WANTED(), language ?? "off");
}
