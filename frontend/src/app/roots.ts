import { createRootRoute, createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { isAdmin, session } from "@/wire/session";
import { part } from "./parts";
import { Broken, Missing, Root, Shell } from "./shell";

interface At {
  location: { href: string };
}

/** Leads to the sign-in page and back, where nobody is signed in. */
export function signedIn({ location }: At) {
  if (!session()) throw redirect({ to: "/signin", search: { next: location.href } });
}

/** Keeps what is for grown-ups from profiles for children: the server refuses it anyway. */
export function grownUp(at: At) {
  signedIn(at);
  if (session()?.profile?.isKids) throw redirect({ to: "/" });
}

export const root = createRootRoute({ component: Root, notFoundComponent: Missing, errorComponent: Broken });

/** What viewers see around every page but the player. */
export const shell = createRoute({ getParentRoute: () => root, id: "shell", component: Shell, beforeLoad: signedIn });

/** The administration; src/admin/routes.ts has its pages. */
export const admin = createRoute({
  getParentRoute: () => root,
  path: "/admin",
  beforeLoad: (at) => {
    signedIn(at);
    if (!isAdmin(session())) throw redirect({ to: "/" });
  },
  component: lazyRouteComponent(() => part(() => import("@/admin/layout")), "AdminLayout"),
});

export const textOf = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : typeof value === "number" ? String(value) : undefined);

/** Drops what is not there, so that addresses stay short. */
export function only<T extends Record<string, unknown>>(search: T): Partial<{ [Key in keyof T]: NonNullable<T[Key]> }> {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined)) as never;
}
