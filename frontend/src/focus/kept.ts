import { useEffect } from "react";
import { FOCUSABLE, visible } from "./spatial";

/** What lies around an element, from itself to the page. */
function trailOf(element: Element): Element[] {
  const trail: Element[] = [];
  for (let one: Element | null = element; one && one !== document.body; one = one.parentElement) trail.push(one);
  return trail;
}

/** What can be focused in a part of the page, and lies nearest to a place. */
function nearestIn(part: Element, place: DOMRect): HTMLElement | undefined {
  const away = (element: Element) => {
    const box = element.getBoundingClientRect();
    return Math.hypot(box.x - place.x, box.y - place.y);
  };
  return [...part.querySelectorAll<HTMLElement>(FOCUSABLE)].filter(visible).sort((a, b) => away(a) - away(b))[0];
}

/**
 * The focus is never on nothing: where what had it is taken away (a row that was deleted, a button that has done its
 * work), it goes to what stands nearest, else to the heading. A change of page has rules of its own.
 */
export function useKeptFocus() {
  useEffect(() => {
    let trail: Element[] = [];
    let place = new DOMRect();
    let path = "";
    const note = ({ target }: FocusEvent) => {
      // A sheet gives the focus back to what opened it.
      if (!(target instanceof HTMLElement) || target.closest("dialog")) return;
      trail = trailOf(target);
      place = target.getBoundingClientRect();
      path = location.pathname;
    };
    const look = () => {
      const had = trail[0];
      if (!had || had.isConnected || document.activeElement !== document.body || path !== location.pathname) return;
      const parts = trail.filter((part) => part.isConnected && part.closest("main"));
      trail = [];
      // A heading with which a page begins, before it knows its name, gives way to the next one.
      for (const part of had.matches("h1") ? [] : parts) {
        const near = nearestIn(part, place);
        if (near) return near.focus({ preventScroll: true });
      }
      const heading = document.querySelector<HTMLElement>("main h1");
      if (!heading) return;
      heading.tabIndex = -1;
      heading.focus({ preventScroll: true });
    };
    const watch = new MutationObserver(look);
    watch.observe(document.body, { childList: true, subtree: true });
    document.addEventListener("focusin", note);
    return () => {
      watch.disconnect();
      document.removeEventListener("focusin", note);
    };
  }, []);
}
