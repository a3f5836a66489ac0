import { useQueryClient } from "@tanstack/react-query";
import { Link, Outlet, useNavigate, useRouter, useRouterState, type ErrorComponentProps } from "@tanstack/react-router";
import { CreditCard, Hourglass, House, ListVideo, LogOut, MonitorSmartphone, Plug, ReceiptText, Search, Settings, Shield, Smile, Ticket, Tv, UserRound, WifiOff } from "lucide-react";
import { lazy, Suspense, useEffect, useRef, useState, type ReactNode } from "react";
import { Avatar } from "@/artwork";
import { ButtonLink, IconButton } from "@/design/button";
import { Menu, MenuItem, MenuLink, MenuRule } from "@/design/menu";
import { Empty, Failure } from "@/design/states";
import { Toasts } from "@/design/toast";
import { useKeptFocus } from "@/focus/kept";
import { useSpatial } from "@/focus/spatial";
import { useT } from "@/i18n";
import { clock } from "@/i18n/format";
import { isGone, probe, subscribeReach, useReach } from "@/wire/reach";
import { end, endReason, isAdmin, subscribe, session, useSession, viewerOf } from "@/wire/session";
import { brand, flag } from "./flags";
import { part, PartMissing } from "./parts";
import css from "./shell.module.css";
import { isTv } from "./tv";

const WireDrawer = lazy(() => part(() => import("@/wire/drawer")).then((module) => ({ default: module.WireDrawer })));

/** Whom the page began with: another tab may let somebody else in before anything is drawn. */
const first = viewerOf(session());

/** Around everything: what has to be there on every page, and what happens when a session ends. */
export function Root() {
  const [wire, setWire] = useState(false);
  const router = useRouter();
  const queries = useQueryClient();
  const viewer = useRef(first);
  useEffect(() => {
    const changed = (foreign: boolean) => {
      const now = session();
      const other = viewer.current !== viewerOf(now);
      viewer.current = viewerOf(now);
      // What one person has seen is nothing for the next one; where another tab let them in, the page begins anew.
      if (other && foreign) return now ? location.assign("/") : location.reload();
      if (other) queries.clear();
      const at = router.state.location;
      if (!now && endReason() && !/^\/(signin|signup|reset)/.test(at.pathname)) void router.navigate({ to: "/signin", search: { next: at.href } });
    };
    changed(session() !== undefined);
    return subscribe(changed);
  }, [queries, router]);
  useEffect(() => {
    const key = (event: KeyboardEvent) => {
      const inField = event.target instanceof HTMLElement && event.target.matches("input, textarea, select, [contenteditable]");
      if (event.key === "`" && event.ctrlKey && flag("wire") && !session()?.profile?.isKids) {
        event.preventDefault();
        setWire((open) => !open);
      } else if (event.key === "P" && event.shiftKey && !inField && !event.ctrlKey && !event.metaKey && !event.altKey && session() && !document.querySelector("dialog[open]")) {
        event.preventDefault();
        const at = router.state.location;
        if (at.pathname !== "/profiles") void router.navigate({ to: "/profiles", search: { next: at.href } });
      } else if (event.key === "/" && !inField && !event.ctrlKey && !event.metaKey && session() && !document.querySelector("dialog[open]")) {
        if (router.state.location.pathname.startsWith("/watch")) return;
        event.preventDefault();
        void router.navigate({ to: "/search" }).then(() => document.querySelector<HTMLElement>("input[type=search]")?.focus());
      }
    };
    const open = () => setWire(true);
    document.addEventListener("keydown", key);
    document.addEventListener("sv:wire", open);
    return () => {
      document.removeEventListener("keydown", key);
      document.removeEventListener("sv:wire", open);
    };
  }, [router]);
  useSpatial();
  useKeptFocus();
  useFocusOnRoute();
  return (
    <>
      <Progress />
      <Outlet />
      <Toasts />
      {wire && (
        <Suspense>
          <WireDrawer onClose={() => setWire(false)} />
        </Suspense>
      )}
    </>
  );
}

function Progress() {
  const busy = useRouterState({ select: (state) => state.isLoading });
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(busy), busy ? 200 : 0);
    return () => clearTimeout(timer);
  }, [busy]);
  return late ? <div className={css.progress} aria-hidden /> : null;
}

/**
 * After a change of page the focus is at its heading, where reading begins; never on nothing. On a TV, where it has to
 * be on something that OK does something with, it is on the page's first control.
 */
function useFocusOnRoute() {
  const path = useRouterState({ select: (state) => state.resolvedLocation?.pathname });
  const last = useRef<string>(undefined);
  useEffect(() => {
    if (!path || last.current === path) return;
    last.current = path;
    let tries = 0;
    const timer = setInterval(() => {
      const active = document.activeElement;
      const heading = document.querySelector<HTMLElement>("main h1, h1");
      if ((active && active !== document.body && document.querySelector("main")?.contains(active)) || ++tries > 20) return clearInterval(timer);
      if (!heading) return;
      const control = isTv() ? (document.getElementById("main-action") ?? document.querySelector<HTMLElement>("main :is(a[href], button, input, select):not([tabindex='-1'])")) : undefined;
      // What is there to choose may still come; else there is something to read.
      if (isTv() && tries < 20 && (!control || document.querySelector("main [aria-busy=true]"))) return;
      clearInterval(timer);
      if (control) return control.focus();
      heading.tabIndex = -1;
      heading.focus({ preventScroll: true });
    }, 60);
    return () => clearInterval(timer);
  }, [path]);
}

/** The title of the browser's tab. */
export function useTitle(title: string | undefined) {
  useEffect(() => {
    document.title = title ? `${title} · ${brand()}` : brand();
  }, [title]);
}

export function Shell({ children }: { children?: ReactNode }) {
  const t = useT();
  const who = useSession();
  const kids = who?.profile?.isKids ?? false;
  const links = [
    { to: "/", label: t("home"), icon: House },
    { to: "/search", label: t("search"), icon: Search },
    { to: "/live", label: t("live"), icon: Tv },
    { to: "/list", label: t("list"), icon: ListVideo },
  ] as const;
  return (
    <div className={[css.app, kids && css.kids].filter(Boolean).join(" ")}>
      <a className={css.skip} href="#main">
        {t("skip")}
      </a>
      <header className={css.top}>
        <Brand />
        <nav className={css.links} aria-label={t("mainNav")}>
          {links.map(({ to, label, icon: Icon }) => (
            <Link key={to} to={to} activeOptions={{ exact: to === "/", includeSearch: false }}>
              <Icon size={22} aria-hidden />
              {label}
            </Link>
          ))}
        </nav>
        <div className={css.end}>
          {kids && (
            <span className={css.kidsMark}>
              <Smile size={16} aria-hidden /> {t("kids")}
            </span>
          )}
          {flag("wire") && !kids && !isTv() && (
            <IconButton label={t("wire.open")} small onClick={() => document.dispatchEvent(new Event("sv:wire"))}>
              <Plug size={18} aria-hidden />
            </IconButton>
          )}
          <Me />
        </div>
      </header>
      {flag("mock") && <p className={css.strip}>{t("mock")}</p>}
      <Connection />
      <main id="main" className={css.main} tabIndex={-1}>
        {children ?? <Outlet />}
      </main>
      <nav className={css.bottom} aria-label={t("mainNav")}>
        {links.map(({ to, label, icon: Icon }) => (
          <Link key={to} to={to} activeOptions={{ exact: to === "/", includeSearch: false }}>
            <Icon size={22} aria-hidden />
            {label}
          </Link>
        ))}
      </nav>
    </div>
  );
}

export function Brand() {
  return (
    <Link to="/" className={css.brand} aria-label={brand()}>
      <svg viewBox="0 0 32 32" aria-hidden>
        <rect width="32" height="32" rx="7" fill="var(--bg2)" />
        <path d="M7 22c4 0 5-12 9-12s5 12 9 12" fill="none" stroke="var(--accent)" strokeWidth="3.4" strokeLinecap="round" />
        <circle cx="16" cy="10" r="3.2" fill="var(--t1)" />
      </svg>
      <span>{brand()}</span>
    </Link>
  );
}

/** Who watches, and what belongs to them. */
export function Me() {
  const t = useT();
  const who = useSession();
  const navigate = useNavigate();
  if (!who) return null;
  const profile = who.profile;
  const kids = profile?.isKids ?? false;
  const leave = async () => {
    const { auth } = await import("@/wire/clients/auth");
    await auth.logout({}).catch(() => undefined);
    end();
    await navigate({ to: "/signin" });
  };
  return (
    <Menu
      label={t("menu")}
      trigger={(aria) => (
        <button type="button" {...aria} className={css.me} aria-label={`${t("menu")}: ${profile?.name ?? who.name}`}>
          <span className={css.avatar}>
            <Avatar name={profile?.name ?? who.name} id={profile?.id ?? who.userId} />
          </span>
        </button>
      )}
    >
      <MenuLink to="/profiles" icon={<UserRound size={18} aria-hidden />} aria-keyshortcuts="Shift+P">
        {t("switchProfile")} <kbd>⇧P</kbd>
      </MenuLink>
      {!kids && (
        <>
          <MenuRule />
          <MenuLink to="/account" icon={<Settings size={18} aria-hidden />}>
            {t("account")}
          </MenuLink>
          <MenuLink to="/plans" icon={<CreditCard size={18} aria-hidden />}>
            {t("plans")}
          </MenuLink>
          <MenuLink to="/purchases" icon={<Ticket size={18} aria-hidden />}>
            {t("purchases")}
          </MenuLink>
          <MenuLink to="/invoices" icon={<ReceiptText size={18} aria-hidden />}>
            {t("invoices.title")}
          </MenuLink>
          <MenuLink to="/devices" icon={<MonitorSmartphone size={18} aria-hidden />}>
            {t("devices")}
          </MenuLink>
          {isAdmin(who) && (
            <MenuLink to="/admin" icon={<Shield size={18} aria-hidden />}>
              {t("admin")}
            </MenuLink>
          )}
        </>
      )}
      <MenuRule />
      <MenuItem icon={<LogOut size={18} aria-hidden />} onSelect={() => void leave()}>
        {t("signOut")}
      </MenuItem>
    </Menu>
  );
}

/** Says that nothing reaches the server, since when what is shown is old, and why as far as one can know; or that it is slow. */
export function Connection() {
  const t = useT();
  const queries = useQueryClient();
  const reach = useReach();
  const gone = isGone(reach);
  const was = useRef(gone);
  useEffect(() => {
    if (was.current && !gone) void queries.invalidateQueries();
    was.current = gone;
  }, [gone, queries]);
  return (
    <div role="status">
      {reach.state !== "reached" && (
        <div className={css.strip}>
          {isGone(reach) ? <WifiOff size={16} aria-hidden /> : <Hourglass size={16} aria-hidden />}
          {isGone(reach) ? t(reach.state, { time: clock(reach.since) }) : t("slow")}
        </div>
      )}
    </div>
  );
}

export function Missing() {
  const t = useT();
  const who = useSession();
  useTitle(t("notFound"));
  const said = (
    <div className="page">
      <h1 className="sr">{t("notFound")}</h1>
      <Empty
        page
        title={t("notFound")}
        action={
          <ButtonLink to="/" tone="primary">
            {t("goHome")}
          </ButtonLink>
        }
      >
        {t("notFoundText")}
      </Empty>
    </div>
  );
  // An address that leads nowhere leads on from there, as every other page does.
  if (who?.profile) return <Shell>{said}</Shell>;
  return (
    <main id="main">
      <div className="page">
        <Brand />
      </div>
      {said}
    </main>
  );
}

/** A page that could not be shown, in its place: what is around it goes on. */
export function Broken({ error, reset }: ErrorComponentProps) {
  const t = useT();
  const router = useRouter();
  const missing = error instanceof PartMissing;
  useEffect(() => {
    if (!missing) return;
    return subscribeReach(() => {
      if (!isGone()) location.reload();
    });
  }, [missing]);
  const retry = () => {
    if (!missing) return void router.invalidate().then(reset);
    // Without a server there would be no page to load; where it answers, what waits for that loads it.
    void probe();
  };
  return (
    <div className="page">
      <h1 className="sr">{t("failed")}</h1>
      <Failure page error={error} onRetry={retry} />
    </div>
  );
}
