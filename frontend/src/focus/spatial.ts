import { useEffect } from "react";
import { isTv } from "@/app/tv";

export const FOCUSABLE = "a[href]:not([href='#main']), button:not([tabindex='-1']), input, select, textarea, [tabindex='0']";

export function visible(element: HTMLElement): boolean {
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

/** The page, or what stands around it. */
function isInPage(element: Element): boolean {
  return element.closest("main") !== null;
}

/** The last place in the page where one was. */
let left: HTMLElement | undefined;

/**
 * Where an arrow leads from a place. The page and the navigation beside it are two zones: up and down stay in one, unless
 * what is in the other lies straight ahead; sideways leads over where the one ends.
 */
function next(active: HTMLElement, all: readonly HTMLElement[], key: string): HTMLElement | undefined {
  const from = active.getBoundingClientRect();
  const inPage = isInPage(active);
  const zone = all.filter((element) => isInPage(element) === inPage);
  const pick = (some: readonly HTMLElement[]) => some[nearest(from, some.map((element) => element.getBoundingClientRect()), key)];
  const found = pick(zone);
  if (found) return found;
  const other = all.filter((element) => isInPage(element) !== inPage);
  if (key === "ArrowUp" || key === "ArrowDown")
    return pick(
      other.filter((element) => {
        const box = element.getBoundingClientRect();
        return box.right > from.left && box.left < from.right;
      }),
    );
  const back = key === (document.documentElement.dir === "rtl" ? "ArrowRight" : "ArrowLeft");
  if (inPage) return back ? (other.find((element) => element.ariaCurrent === "page") ?? other[0]) : undefined;
  return back ? undefined : left?.isConnected && visible(left) ? left : other[0];
}

/** Arrows in a list of choices move in the list once it was opened, and lead away from it before. */
let opened: Element | undefined;

function ownArrows(active: HTMLElement, key: string): boolean {
  if (active.matches("textarea")) return true;
  if (active.matches("select")) return opened === active;
  // A slider has two arrows of its own, and the others lead away from it.
  return active.matches("input:not([type=checkbox])") && (key === "ArrowLeft" || key === "ArrowRight");
}

/** OK opens a list of choices, as the space bar does elsewhere. */
function openList(active: HTMLElement): boolean {
  if (!(active instanceof HTMLSelectElement) || opened === active) return false;
  opened = active;
  const shut = () => (opened = undefined);
  for (const name of ["change", "blur"]) active.addEventListener(name, shut, { once: true });
  try {
    active.showPicker();
  } catch {
    // A browser without pickers changes the choice in its place.
  }
  return true;
}

let last = 0;

/**
 * Arrows move the focus, in TV mode. It is the browser's own focus that moves, so that pointer, Tab and arrows never
 * disagree about where one is; widgets that have arrows of their own stop the event before it comes here.
 */
export function arrows(event: KeyboardEvent) {
  if (!isTv() || event.defaultPrevented) return;
  const active = document.activeElement instanceof HTMLElement ? document.activeElement : document.body;
  if (event.key === "Enter" && openList(active)) return event.preventDefault();
  if (event.key === "Escape") opened = undefined;
  if (!event.key.startsWith("Arrow") || ownArrows(active, event.key)) return;
  const scope = [...document.querySelectorAll("dialog[open]")].at(-1) ?? document.body;
  event.preventDefault();
  // A held key must not outrun the picture.
  if (event.repeat && event.timeStamp - last < 90) return;
  last = event.timeStamp;
  const all = [...scope.querySelectorAll<HTMLElement>(FOCUSABLE)].filter((element) => element !== active && visible(element));
  if (active === document.body || !visible(active)) {
    (all.find(isInPage) ?? all[0])?.focus();
    return;
  }
  const found = next(active, all, event.key);
  // Where nothing more can be reached there may be something to read.
  if (!found) return scroll(active, event.key);
  if (isInPage(active)) left = active;
  const remembered = rowMemory(active, found);
  remembered.focus({ preventScroll: true });
  // What stays at the edge of its row is seen wherever the row stands: the row comes into sight, and is not moved along.
  const behavior = event.repeat ? "instant" : "smooth";
  if (getComputedStyle(remembered).position === "sticky") remembered.parentElement?.scrollIntoView({ block: "center", inline: "nearest", behavior });
  else remembered.scrollIntoView({ block: "center", inline: "center", behavior });
}

/** Arrows on pages, and the key that leads back. Sheets over pages hand theirs on by themselves. */
export function useSpatial() {
  useEffect(() => {
    const key = (event: KeyboardEvent) => {
      const inField = event.target instanceof HTMLElement && event.target.matches("input, textarea");
      if (event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey)) return openMenu(event);
      if (isTv() && event.key === "Backspace" && !event.defaultPrevented && !inField) {
        event.preventDefault();
        history.back();
      } else arrows(event);
    };
    document.addEventListener("keydown", key);
    return () => document.removeEventListener("keydown", key);
  }, []);
}

/** The key for menus opens the one of the card that one is at. */
function openMenu(event: KeyboardEvent) {
  const menu = document.activeElement?.closest("[data-slot]")?.querySelector<HTMLElement>("[aria-haspopup=menu]");
  if (!menu) return;
  event.preventDefault();
  menu.click();
}

/** Moves the page, or the sheet over it, by half of what is seen; but where one is comes into sight first. */
function scroll(active: HTMLElement, key: string) {
  const box = active.getBoundingClientRect();
  if (box.bottom < 0 || box.top > innerHeight) return active.scrollIntoView({ block: "center", behavior: "smooth" });
  const by = key === "ArrowUp" ? -0.5 : key === "ArrowDown" ? 0.5 : 0;
  const sheet = active.closest("dialog[open]");
  (sheet ?? window).scrollBy({ top: by * (sheet?.clientHeight ?? innerHeight), behavior: "smooth" });
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
