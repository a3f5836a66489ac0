/**
 * What of the product is switched on (FE-8), and where its parts are (FE-10). Operators set it by a file beside the
 * page, `/config.json`; a link (`?flags=wire,-analytics`) sets it for one browser.
 */
export interface Flags {
  wire: boolean;
  analytics: boolean;
  chat: boolean;
  drm: boolean;
  /** Recorded answers in the place of a server (FE-7). */
  mock: boolean;
  /** Keeps every answer, for the recording that mock mode plays. */
  record: boolean;
}

const DEFAULTS: Flags = { wire: true, analytics: false, chat: false, drm: false, mock: false, record: false };
const KEY = "sv.flags";

export interface Places {
  NEXT_PUBLIC_STREAMING_URL?: string;
  NEXT_PUBLIC_ANALYTICS_URL?: string;
  NEXT_PUBLIC_CHAT_URL?: string;
  NEXT_PUBLIC_DRM_URL?: string;
}

let flags: Flags = DEFAULTS;
let places: Places = {};
let name = "StreamVerse";

export function flag(name: keyof Flags): boolean {
  return flags[name];
}

/** What the product is called here. */
export function brand(): string {
  return name;
}

/** Where playlists and segments come from, which answers name by their paths alone: here, or where operators say. */
export function streamed(path: string): string {
  return new URL(path, places.NEXT_PUBLIC_STREAMING_URL ?? location.origin).href;
}

const PLACES = ["NEXT_PUBLIC_STREAMING_URL", "NEXT_PUBLIC_ANALYTICS_URL", "NEXT_PUBLIC_CHAT_URL", "NEXT_PUBLIC_DRM_URL"] as const;

/** The addresses among what operators have set; what is none is told, and left out. */
function addresses(set: Places): Places {
  const found: Places = {};
  for (const name of PLACES) {
    const value = set[name];
    if (!value) continue;
    if (typeof value === "string" && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)) found[name] = value;
    else console.warn(`/config.json: ${name} is no http or https address`);
  }
  return found;
}

function ofBrowser(): Partial<Flags> {
  const asked = new URLSearchParams(location.search).get("flags");
  if (asked !== null) localStorage.setItem(KEY, asked);
  const list = (localStorage.getItem(KEY) ?? "").split(",").filter(Boolean);
  return parse(list);
}

export function parse(list: readonly string[]): Partial<Flags> {
  const found: Partial<Flags> = {};
  for (const item of list) {
    const name = item.replace(/^-/, "");
    if (name in DEFAULTS) found[name as keyof Flags] = !item.startsWith("-");
  }
  return found;
}

/** The file of operators, which early.ts has asked for already. */
async function config(): Promise<Response> {
  const asked = window.early?.config;
  delete window.early?.config;
  return asked ?? fetch("/config.json", { headers: { accept: "application/json" } });
}

function late(millis: number): Promise<never> {
  return new Promise((_resolve, reject) => setTimeout(() => reject(new Error("late")), millis));
}

/** Reads what operators have set. An installation without the file runs on the defaults. */
export async function loadFlags() {
  let set: { flags?: Partial<Flags>; brand?: unknown } & Places = {};
  try {
    const response = await Promise.race([config(), late(2000)]);
    if (response.ok && response.headers.get("content-type")?.includes("json")) set = (await response.json()) as typeof set;
  } catch {
    // The defaults stand: the page must come up where the server does not.
  }
  places = addresses(set);
  if (typeof set.brand === "string" && set.brand.trim()) name = set.brand.trim();
  // What has an address is switched on, as with the TypeScript SDK, unless a flag says otherwise.
  const { NEXT_PUBLIC_ANALYTICS_URL: analytics, NEXT_PUBLIC_CHAT_URL: chat, NEXT_PUBLIC_DRM_URL: drm } = places;
  flags = { ...DEFAULTS, analytics: !!analytics, chat: !!chat, drm: !!drm, ...set.flags, ...ofBrowser() };
}
