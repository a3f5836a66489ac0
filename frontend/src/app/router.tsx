import { createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { adminRoutes } from "@/admin/routes";
import { part } from "./parts";
import { admin, grownUp, only, root, shell, signedIn, textOf as text } from "./roots";
import { Broken } from "./shell";

const next = (search: Record<string, unknown>) => {
  const asked = text(search.next);
  // Only ways within the app: an address of another origin would make the page a springboard.
  return only({ next: asked?.startsWith("/") && !asked.startsWith("//") ? asked : undefined });
};

const signin = createRoute({ getParentRoute: () => root, path: "/signin", validateSearch: next, component: lazyRouteComponent(() => part(() => import("@/features/signin/page")), "SignIn") });
const signup = createRoute({ getParentRoute: () => root, path: "/signup", validateSearch: next, component: lazyRouteComponent(() => part(() => import("@/features/signin/page")), "SignUp") });
const reset = createRoute({ getParentRoute: () => root, path: "/reset", component: lazyRouteComponent(() => part(() => import("@/features/signin/reset")), "Reset") });
const profiles = createRoute({ getParentRoute: () => root, path: "/profiles", validateSearch: next, beforeLoad: signedIn, component: lazyRouteComponent(() => part(() => import("@/features/profiles/page")), "Profiles") });
const watch = createRoute({
  getParentRoute: () => root,
  path: "/watch/$id",
  beforeLoad: signedIn,
  validateSearch: (search) => only({ from: text(search.from) }),
  component: lazyRouteComponent(() => part(() => import("@/features/player/page")), "Watch"),
});
const watchLive = createRoute({ getParentRoute: () => root, path: "/live/$id", beforeLoad: signedIn, component: lazyRouteComponent(() => part(() => import("@/features/player/page")), "WatchLive") });

const home = createRoute({ getParentRoute: () => shell, path: "/", component: lazyRouteComponent(() => import("@/features/home/page"), "Home") });
const browse = createRoute({
  getParentRoute: () => shell,
  path: "/browse",
  validateSearch: (search) => only({ genre: text(search.genre), sort: text(search.sort), collection: text(search.collection), decade: text(search.decade) }),
  // Where collections were before they had a page of their own.
  beforeLoad: ({ search }) => {
    if (search.collection) throw redirect({ to: "/collection/$id", params: { id: search.collection } });
  },
  component: lazyRouteComponent(() => part(() => import("@/features/browse/page")), "Browse"),
});
const search = createRoute({
  getParentRoute: () => shell,
  path: "/search",
  validateSearch: (search) => only({ q: text(search.q), type: text(search.type), genre: text(search.genre), decade: text(search.decade) }),
  component: lazyRouteComponent(() => part(() => import("@/features/search/page")), "Search"),
});
const title = createRoute({
  getParentRoute: () => shell,
  path: "/title/$id",
  validateSearch: (search) => only({ season: text(search.season) }),
  component: lazyRouteComponent(() => part(() => import("@/features/title/page")), "Title"),
});
const person = createRoute({ getParentRoute: () => shell, path: "/person/$id", component: lazyRouteComponent(() => part(() => import("@/features/title/person")), "Person") });
const sets = createRoute({ getParentRoute: () => shell, path: "/collections", component: lazyRouteComponent(() => part(() => import("@/features/sets/list")), "Sets") });
const collection = createRoute({ getParentRoute: () => shell, path: "/collection/$id", component: lazyRouteComponent(() => part(() => import("@/features/sets/page")), "CollectionPage") });
const playlist = createRoute({ getParentRoute: () => shell, path: "/playlist/$id", component: lazyRouteComponent(() => part(() => import("@/features/sets/page")), "PlaylistPage") });
const channel = createRoute({
  getParentRoute: () => shell,
  path: "/channel/$id",
  validateSearch: (search) => only({ programme: text(search.programme), at: text(search.at) }),
  component: lazyRouteComponent(() => part(() => import("@/features/live/channel")), "ChannelPage"),
});
const live = createRoute({
  getParentRoute: () => shell,
  path: "/live",
  validateSearch: (search) => only({ at: text(search.at) }),
  component: lazyRouteComponent(() => part(() => import("@/features/live/page")), "Live"),
});
const list = createRoute({ getParentRoute: () => shell, path: "/list", component: lazyRouteComponent(() => part(() => import("@/features/library/list")), "List") });
const plans = createRoute({ getParentRoute: () => shell, path: "/plans", beforeLoad: grownUp, component: lazyRouteComponent(() => part(() => import("@/features/plans/page")), "Plans") });
const purchases = createRoute({ getParentRoute: () => shell, path: "/purchases", beforeLoad: grownUp, component: lazyRouteComponent(() => part(() => import("@/features/plans/purchases")), "Purchases") });
const invoices = createRoute({ getParentRoute: () => shell, path: "/invoices", beforeLoad: grownUp, component: lazyRouteComponent(() => part(() => import("@/features/plans/invoices")), "Invoices") });
const devices = createRoute({ getParentRoute: () => shell, path: "/devices", beforeLoad: grownUp, component: lazyRouteComponent(() => part(() => import("@/features/account/devices")), "Devices") });
const account = createRoute({ getParentRoute: () => shell, path: "/account", beforeLoad: grownUp, component: lazyRouteComponent(() => part(() => import("@/features/account/page")), "Account") });

const tree = root.addChildren([
  signin,
  signup,
  reset,
  profiles,
  watch,
  watchLive,
  shell.addChildren([home, browse, search, title, person, sets, collection, playlist, channel, live, list, plans, purchases, invoices, devices, account]),
  admin.addChildren(adminRoutes),
]);

export function createAppRouter() {
  return createRouter({ routeTree: tree, defaultPreload: "intent", defaultPreloadDelay: 65, scrollRestoration: true,
    // Plain words in addresses: no quotes around what looks like a number.
    parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
    stringifySearch: (search) => {
      const words = new URLSearchParams(Object.entries(search).flatMap(([name, value]) => (value === undefined || value === null ? [] : [[name, String(value)]]))).toString();
      return words && `?${words}`;
    }, defaultPendingMs: 150, defaultPendingComponent: Pending, defaultErrorComponent: Broken });
}

function Pending() {
  return <div aria-busy="true" style={{ minBlockSize: "60vh" }} />;
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
