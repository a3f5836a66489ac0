import { useEffect } from "react";
import { isTv } from "@/app/tv";

const FOCUSABLE = "a[href], button:not([tabindex='-1']), input, select, textarea, [tabindex='0']";

function visible(element: HTMLElement): boolean {
  const box = element.getBoundingClientRect();
  return box.width > 0 && box.height > 0 && getComputedStyle(element).visibility !== "hidden";
}

/** Where an arrow leads: the nearest thing in its direction, what lies straight ahead before what lies aslant. */
export function nearest(from: DOMRect, boxes: readonly DOMRect[], key: string): number {
  const [x, y] = [from.left + from.width / 2, from.top + from.height / 2];
  let best = -1;
  let least = Infinity;
  boxes.forEach((box, index) => {
    const across = key === "ArrowLeft" || key === "ArrowRight";
    const ahead = key === "ArrowLeft" ? from.left - box.right : key === "ArrowRight" ? box.left - from.right : key === "ArrowUp" ? from.top - box.bottom : box.top - from.bottom;
    if (ahead < -4) return;
    const aside = across
      ? Math.max(0, box.top - from.bottom, from.top - box.bottom)
      : Math.max(0, box.left - from.right, from.left - box.right);
    const middle = across ? Math.abs(box.top + box.height / 2 - y) : Math.abs(box.left + box.width / 2 - x);
    // In a row only what is in the row: the next row's first card is not to the right of the last card of this one.
    if (across && aside > 0) return;
    const cost = Math.max(0, ahead) + aside * 3 + middle * 0.3;
    if (cost < least) [best, least] = [index, cost];
  });
  return best;
}

/**
 * Arrows move the focus, in TV mode. It is the browser's own focus that moves, so that pointer, Tab and arrows never
 * disagree about where one is; widgets that have arrows of their own stop the event before it comes here.
 */
export function useSpatial() {
  useEffect(() => {
    let last = 0;
    const key = (event: KeyboardEvent) => {
      if (!isTv() || event.defaultPrevented) return;
      const active = document.activeElement instanceof HTMLElement ? document.activeElement : document.body;
      if (event.key === "Backspace" && !active.matches("input, textarea")) {
        event.preventDefault();
        history.back();
        return;
      }
      if (!event.key.startsWith("Arrow")) return;
      // A slider has two arrows of its own, and the others lead away from it.
      if (active.matches("textarea, select") || (active.matches("input") && (event.key === "ArrowLeft" || event.key === "ArrowRight"))) return;
      const scope = document.querySelector("dialog[open]") ?? document.body;
      event.preventDefault();
      // A held key must not outrun the picture.
      if (event.repeat && event.timeStamp - last < 90) return;
      last = event.timeStamp;
      const all = [...scope.querySelectorAll<HTMLElement>(FOCUSABLE)].filter((element) => element !== active && visible(element));
      if (active === document.body || !visible(active)) {
        (all.find((element) => element.closest("main")) ?? all[0])?.focus();
        return;
      }
      const found = all[nearest(active.getBoundingClientRect(), all.map((element) => element.getBoundingClientRect()), event.key)];
      if (!found) return;
      const remembered = rowMemory(active, found);
      remembered.focus({ preventScroll: true });
      remembered.scrollIntoView({ block: "center", inline: "center", behavior: event.repeat ? "instant" : "smooth" });
    };
    document.addEventListener("keydown", key);
    return () => document.removeEventListener("keydown", key);
  }, []);
}

const memory = new WeakMap<Element, HTMLElement>();

/** A rail remembers where one was; a new one begins with its first. */
function rowMemory(from: HTMLElement, to: HTMLElement): HTMLElement {
  const left = from.closest("[data-rail]");
  if (left) memory.set(left, from);
  const entered = to.closest("[data-rail]");
  if (!entered || entered === left) return to;
  const kept = memory.get(entered);
  return kept?.isConnected ? kept : (entered.querySelector<HTMLElement>(FOCUSABLE) ?? to);
}
