import { createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { adminRoutes } from "@/admin/routes";
import { admin, grownUp, only, root, shell, signedIn, textOf as text } from "./roots";

const next = (search: Record<string, unknown>) => {
  const asked = text(search.next);
  // Only ways within the app: an address of another origin would make the page a springboard.
  return only({ next: asked?.startsWith("/") && !asked.startsWith("//") ? asked : undefined });
};

const signin = createRoute({ getParentRoute: () => root, path: "/signin", validateSearch: next, component: lazyRouteComponent(() => import("@/features/signin/page"), "SignIn") });
const signup = createRoute({ getParentRoute: () => root, path: "/signup", validateSearch: next, component: lazyRouteComponent(() => import("@/features/signin/page"), "SignUp") });
const profiles = createRoute({ getParentRoute: () => root, path: "/profiles", validateSearch: next, beforeLoad: signedIn, component: lazyRouteComponent(() => import("@/features/profiles/page"), "Profiles") });
const watch = createRoute({
  getParentRoute: () => root,
  path: "/watch/$id",
  beforeLoad: signedIn,
  validateSearch: (search) => only({ from: text(search.from) }),
  component: lazyRouteComponent(() => import("@/features/player/page"), "Watch"),
});
const watchLive = createRoute({ getParentRoute: () => root, path: "/live/$id", beforeLoad: signedIn, component: lazyRouteComponent(() => import("@/features/player/page"), "WatchLive") });

const home = createRoute({ getParentRoute: () => shell, path: "/", component: lazyRouteComponent(() => import("@/features/home/page"), "Home") });
const browse = createRoute({
  getParentRoute: () => shell,
  path: "/browse",
  validateSearch: (search) => only({ genre: text(search.genre), sort: text(search.sort), collection: text(search.collection), decade: text(search.decade) }),
  component: lazyRouteComponent(() => import("@/features/browse/page"), "Browse"),
});
const search = createRoute({
  getParentRoute: () => shell,
  path: "/search",
  validateSearch: (search) => only({ q: text(search.q), type: text(search.type), genre: text(search.genre), decade: text(search.decade) }),
  component: lazyRouteComponent(() => import("@/features/search/page"), "Search"),
});
const title = createRoute({
  getParentRoute: () => shell,
  path: "/title/$id",
  validateSearch: (search) => only({ season: text(search.season) }),
  component: lazyRouteComponent(() => import("@/features/title/page"), "Title"),
});
const person = createRoute({ getParentRoute: () => shell, path: "/person/$id", component: lazyRouteComponent(() => import("@/features/title/person"), "Person") });
const live = createRoute({
  getParentRoute: () => shell,
  path: "/live",
  validateSearch: (search) => only({ at: text(search.at) }),
  component: lazyRouteComponent(() => import("@/features/live/page"), "Live"),
});
const list = createRoute({ getParentRoute: () => shell, path: "/list", component: lazyRouteComponent(() => import("@/features/library/list"), "List") });
const plans = createRoute({ getParentRoute: () => shell, path: "/plans", beforeLoad: grownUp, component: lazyRouteComponent(() => import("@/features/plans/page"), "Plans") });
const purchases = createRoute({ getParentRoute: () => shell, path: "/purchases", beforeLoad: grownUp, component: lazyRouteComponent(() => import("@/features/plans/purchases"), "Purchases") });
const devices = createRoute({ getParentRoute: () => shell, path: "/devices", beforeLoad: grownUp, component: lazyRouteComponent(() => import("@/features/account/devices"), "Devices") });
const account = createRoute({ getParentRoute: () => shell, path: "/account", beforeLoad: grownUp, component: lazyRouteComponent(() => import("@/features/account/page"), "Account") });

const tree = root.addChildren([
  signin,
  signup,
  profiles,
  watch,
  watchLive,
  shell.addChildren([home, browse, search, title, person, live, list, plans, purchases, devices, account]),
  admin.addChildren(adminRoutes),
]);

export function createAppRouter() {
  return createRouter({ routeTree: tree, defaultPreload: "intent", defaultPreloadDelay: 65, scrollRestoration: true,
    // Plain words in addresses: no quotes around what looks like a number.
    parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
    stringifySearch: (search) => {
      const words = new URLSearchParams(Object.entries(search).flatMap(([name, value]) => (value === undefined || value === null ? [] : [[name, String(value)]]))).toString();
      return words && `?${words}`;
    }, defaultPendingMs: 150, defaultPendingComponent: Pending });
}

function Pending() {
  return <div aria-busy="true" style={{ minBlockSize: "60vh" }} />;
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
