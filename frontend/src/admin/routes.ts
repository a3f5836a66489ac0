import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { admin } from "@/app/roots";
import { words } from "./address";

/**
 * Every page of the administration: one route here, one line in navigation.ts, one folder beside. What a list is
 * narrowed to lives in the address, so that Back and reloading keep it.
 */
const at = <Path extends string, Name extends string = never>(path: Path, component: ReturnType<typeof lazyRouteComponent>, ...search: Name[]) => createRoute({ getParentRoute: () => admin, path, validateSearch: words(...search), component });

const index = at("/", lazyRouteComponent(() => import("./dashboard/page"), "Dashboard"));
const titles = at("/titles", lazyRouteComponent(() => import("./titles/page"), "Titles"), "kind", "status", "starts", "sort", "series", "category");
const title = at("/titles/$kind/$id", lazyRouteComponent(() => import("./titles/editor"), "TitlePage"), "series", "season");
const people = at("/people", lazyRouteComponent(() => import("./people/page"), "People"), "starts");
const person = at("/people/$id", lazyRouteComponent(() => import("./people/editor"), "PersonPage"));
const collections = at("/collections", lazyRouteComponent(() => import("./collections/page"), "Collections"), "status", "sort");
const collection = at("/collections/$id", lazyRouteComponent(() => import("./collections/editor"), "CollectionPage"));
const playlists = at("/playlists", lazyRouteComponent(() => import("./playlists/page"), "Playlists"), "status", "sort");
const playlist = at("/playlists/$id", lazyRouteComponent(() => import("./playlists/editor"), "PlaylistPage"));
const imports = at("/imports", lazyRouteComponent(() => import("./imports/page"), "Imports"));
const popularity = at("/popularity", lazyRouteComponent(() => import("./popularity/page"), "PopularityPage"), "sort");
const channels = at("/channels", lazyRouteComponent(() => import("./channels/page"), "Channels"), "status", "sort");
const channel = at("/channels/$id", lazyRouteComponent(() => import("./channels/editor"), "ChannelPage"), "guide");
const guide = at("/guide", lazyRouteComponent(() => import("./guide/page"), "GuidePage"));
const plans = at("/plans", lazyRouteComponent(() => import("./plans/page"), "Plans"));
const plan = at("/plans/$id", lazyRouteComponent(() => import("./plans/editor"), "PlanPage"));
const rules = at("/rules", lazyRouteComponent(() => import("./rules/page"), "Rules"), "title");
const rule = at("/rules/$id", lazyRouteComponent(() => import("./rules/editor"), "RulePage"), "title");
const gifts = at("/gifts", lazyRouteComponent(() => import("./gifts/page"), "Gifts"));
const coupons = at("/coupons", lazyRouteComponent(() => import("./coupons/page"), "Coupons"));
const coupon = at("/coupons/$id", lazyRouteComponent(() => import("./coupons/editor"), "CouponPage"));
const payments = at("/payments", lazyRouteComponent(() => import("./payments/page"), "Payments"), "status", "account", "from", "to");
const payment = at("/payments/$id", lazyRouteComponent(() => import("./payments/detail"), "PaymentPage"));
const accounts = at("/accounts", lazyRouteComponent(() => import("./users/page"), "Accounts"), "q", "status", "sort");
const account = at("/accounts/$id", lazyRouteComponent(() => import("./users/detail"), "AccountPage"));
const jobs = at("/jobs", lazyRouteComponent(() => import("./jobs/page"), "Jobs"), "service");
const work = at("/work", lazyRouteComponent(() => import("./work/page"), "Work"), "service", "state");
const letters = at("/dead-letters", lazyRouteComponent(() => import("./letters/page"), "Letters"), "source", "topic", "group", "service", "letter");
const search = at("/search", lazyRouteComponent(() => import("./search/page"), "Searching"), "q");
const queries = at("/search/queries", lazyRouteComponent(() => import("./search/queries"), "Queries"), "show", "days");
const synonyms = at("/search/synonyms", lazyRouteComponent(() => import("./search/synonyms"), "Synonyms"));
const synonym = at("/search/synonyms/$id", lazyRouteComponent(() => import("./search/synonym"), "SynonymPage"), "word");
const pins = at("/search/pins", lazyRouteComponent(() => import("./search/pins"), "Pins"));
const pin = at("/search/pins/$id", lazyRouteComponent(() => import("./search/pin"), "PinPage"), "word");
const webhooks = at("/webhooks", lazyRouteComponent(() => import("./webhooks/page"), "Webhooks"), "status");
const webhook = at("/webhooks/$id", lazyRouteComponent(() => import("./webhooks/editor"), "WebhookPage"), "status", "delivery");
const audit = at("/audit", lazyRouteComponent(() => import("./audit/page"), "Audit"), "actor", "kind", "subject", "action", "outcome", "from", "to", "record");

export const adminRoutes = [index, titles, title, people, person, collections, collection, playlists, playlist, imports, popularity, channels, channel, guide, plans, plan, rules, rule, coupons, coupon, gifts, payments, payment, accounts, account, jobs, work, letters, search, queries, synonyms, synonym, pins, pin, webhooks, webhook, audit] as const;
