const KEY = "sv.tv";

/** Three metres away is a mode, not a width: by the address (`?tv=1`), by choice, or where no pointer is there. */
export function applyTv() {
  const asked = new URLSearchParams(location.search).get("tv");
  if (asked === "1" || asked === "0") localStorage.setItem(KEY, asked);
  document.documentElement.toggleAttribute("data-tv", isTv());
}

export function isTv(): boolean {
  const kept = localStorage.getItem(KEY);
  return kept ? kept === "1" : matchMedia("(pointer: none)").matches && innerWidth >= 1200;
}

export function chooseTv(on: boolean) {
  localStorage.setItem(KEY, on ? "1" : "0");
  applyTv();
}
