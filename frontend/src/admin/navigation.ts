import { Clapperboard, type LucideIcon } from "lucide-react";
import type { LinkProps } from "@tanstack/react-router";
import type { AdminTextKey } from "./texts";

interface Place {
  to: NonNullable<LinkProps["to"]>;
  label: AdminTextKey;
  icon: LucideIcon;
}

/** The administration's navigation, in groups. A page that is not built is not listed. */
export const groups: { label: AdminTextKey; places: Place[] }[] = [
  { label: "nav.catalogue", places: [{ to: "/admin/titles", label: "titles", icon: Clapperboard }] },
];
