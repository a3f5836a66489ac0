import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { admin, only, textOf } from "@/app/roots";

/**
 * Every page of the administration: one route here, one line in navigation.ts, one folder beside. What a list is
 * narrowed to lives in the address, so that Back and reloading keep it.
 */
const index = createRoute({
  getParentRoute: () => admin,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/admin/titles" });
  },
});

const titles = createRoute({
  getParentRoute: () => admin,
  path: "/titles",
  validateSearch: (search) =>
    only({ kind: textOf(search.kind), status: textOf(search.status), starts: textOf(search.starts), sort: textOf(search.sort), after: textOf(search.after), page: textOf(search.page) }),
  component: lazyRouteComponent(() => import("./titles/page"), "Titles"),
});

export const adminRoutes = [index, titles] as const;
