import type { LinkProps } from "@tanstack/react-router";
import { BriefcaseBusiness, CalendarDays, Clapperboard, CreditCard, FileUp, Gauge, Gift, Layers, ListOrdered, ListVideo, MailWarning, ReceiptText, Scale, ScrollText, Search, TicketPercent, TrendingUp, Tv, Users, UsersRound, Webhook, type LucideIcon } from "lucide-react";
import { useSession, type Session } from "@/wire/session";
import type { AdminTextKey } from "./texts";

/** What a part of the administration needs; docs/authorization.md says which roles have it. */
export type Need = "catalogue" | "videos" | "money" | "sales" | "accounts" | "operations" | "figures";

const WHO: Record<Need, string[]> = {
  catalogue: ["admin"],
  videos: ["admin", "creator"],
  money: ["admin"],
  sales: ["admin", "support"],
  accounts: ["admin", "support"],
  operations: ["admin"],
  figures: ["admin", "analyst"],
};

export function mayOf(session: Session | undefined): (need: Need) => boolean {
  return (need) => session?.roles.some((role) => WHO[need].includes(role)) ?? false;
}

/** What the one who is signed in may do. It only hides what the server would refuse. */
export function useMay() {
  return mayOf(useSession());
}

export interface Place {
  to: NonNullable<LinkProps["to"]>;
  label: AdminTextKey;
  icon: LucideIcon;
  need?: Need;
}

/** Pages below the one about searches; the palette leads to them, too. */
export const tuningPlaces: Omit<Place, "icon">[] = [
  { to: "/admin/search/queries", label: "queries", need: "operations" },
  { to: "/admin/search/synonyms", label: "synonyms", need: "operations" },
  { to: "/admin/search/pins", label: "pins", need: "operations" },
];

/** The administration's navigation, in groups. A page that is not built is not listed. */
export const groups: { label: AdminTextKey; places: Place[] }[] = [
  { label: "nav.overview", places: [{ to: "/admin", label: "dashboard", icon: Gauge }] },
  {
    label: "nav.catalogue",
    places: [
      { to: "/admin/titles", label: "titles", icon: Clapperboard, need: "videos" },
      { to: "/admin/people", label: "people", icon: UsersRound, need: "catalogue" },
      { to: "/admin/collections", label: "collections", icon: Layers, need: "catalogue" },
      { to: "/admin/playlists", label: "playlists", icon: ListVideo, need: "catalogue" },
      { to: "/admin/imports", label: "imports.title", icon: FileUp, need: "catalogue" },
      { to: "/admin/popularity", label: "popularity", icon: TrendingUp, need: "figures" },
    ],
  },
  {
    label: "nav.live",
    places: [
      { to: "/admin/channels", label: "channels", icon: Tv, need: "catalogue" },
      { to: "/admin/guide", label: "guide", icon: CalendarDays, need: "catalogue" },
    ],
  },
  {
    label: "nav.money",
    places: [
      { to: "/admin/plans", label: "plans", icon: CreditCard, need: "money" },
      { to: "/admin/rules", label: "rules", icon: Scale, need: "money" },
      { to: "/admin/coupons", label: "coupons", icon: TicketPercent, need: "money" },
      { to: "/admin/gifts", label: "gifts", icon: Gift, need: "money" },
      { to: "/admin/payments", label: "payments", icon: ReceiptText, need: "sales" },
    ],
  },
  { label: "nav.accounts", places: [{ to: "/admin/accounts", label: "accounts", icon: Users, need: "accounts" }] },
  {
    label: "nav.system",
    places: [
      { to: "/admin/jobs", label: "jobs", icon: BriefcaseBusiness, need: "operations" },
      { to: "/admin/work", label: "work", icon: ListOrdered, need: "operations" },
      { to: "/admin/dead-letters", label: "letters", icon: MailWarning, need: "operations" },
      { to: "/admin/webhooks", label: "webhooks", icon: Webhook, need: "operations" },
      { to: "/admin/search", label: "searching", icon: Search, need: "operations" },
      { to: "/admin/audit", label: "audit", icon: ScrollText, need: "operations" },
    ],
  },
];

