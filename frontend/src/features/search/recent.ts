import { session } from "@/wire/session";

const MOST = 8;
const key = () => `sv.recent.${session()?.profile?.id ?? session()?.userId ?? ""}`;

/** What this profile searched for on this browser; it is kept nowhere else. */
export const recent = {
  all(): string[] {
    try {
      const kept: unknown = JSON.parse(localStorage.getItem(key()) ?? "[]");
      return Array.isArray(kept) ? kept.filter((item): item is string => typeof item === "string").slice(0, MOST) : [];
    } catch {
      return [];
    }
  },
  add(q: string) {
    localStorage.setItem(key(), JSON.stringify([q, ...this.all().filter((one) => one !== q)].slice(0, MOST)));
  },
  clear() {
    localStorage.removeItem(key());
  },
};
