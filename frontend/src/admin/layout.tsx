import { Link, Outlet, useRouterState } from "@tanstack/react-router";
import { lazy, Suspense, use, useEffect, useRef } from "react";
import { Brand, Connection, Me } from "@/app/shell";
import { ButtonLink } from "@/design/button";
import { addCatalogue, addReasons, useT } from "@/i18n";
import { currentLanguage } from "@/i18n/language";
import css from "./layout.module.css";
import { groups, useMay } from "./navigation";
import { Palette } from "./palette";
import { adminReasons } from "./reasons";
import { adminTexts, useAdminT } from "./texts";
import { useAllTransfers } from "./uploads/transfers";

const Dock = lazy(() => import("./uploads/dock").then((module) => ({ default: module.Dock })));
const loaded = Promise.all([addCatalogue(adminTexts, currentLanguage()), addReasons("/admin", adminReasons, currentLanguage())]);

/** Around every page of the administration: navigation at the start side, the page beside it. */
export function AdminLayout() {
  use(loaded);
  const t = useAdminT();
  const viewerT = useT();
  const may = useMay();
  const sends = useAllTransfers().length > 0;
  const nav = useRef<HTMLElement>(null);
  const path = useRouterState({ select: (state) => state.resolvedLocation?.pathname });
  // Where one is stands in sight, however long the list of pages, and also once its letters have their widths.
  useEffect(() => {
    const show = () => {
      const box = nav.current;
      const link = box?.querySelector<HTMLElement>("[aria-current=page]");
      if (!box || !link) return;
      const [outer, inner] = [box.getBoundingClientRect(), link.getBoundingClientRect()];
      if (inner.left < outer.left || inner.right > outer.right) box.scrollLeft += inner.left - outer.left - (outer.width - inner.width) / 2;
      if (inner.top < outer.top || inner.bottom > outer.bottom) box.scrollTop += inner.top - outer.top - (outer.height - inner.height) / 2;
    };
    show();
    document.fonts.addEventListener("loadingdone", show);
    return () => document.fonts.removeEventListener("loadingdone", show);
  }, [path]);
  return (
    <div className={css.admin}>
      <a className={css.skip} href="#main">
        {viewerT("skip")}
      </a>
      <header className={css.top}>
        <Brand />
        <h2>{t("title")}</h2>
        <div className={css.end}>
          <Palette />
          <ButtonLink to="/" tone="quiet" small>
            {t("back")}
          </ButtonLink>
          <Me />
        </div>
      </header>
      <Connection />
      <div className={css.body}>
        <nav ref={nav} className={css.nav} aria-label={t("nav.label")}>
          {groups.map((group) => ({ ...group, places: group.places.filter(({ need }) => !need || may(need)) })).filter((group) => group.places.length > 0).map((group) => (
            <div key={group.label}>
              <h3>{t(group.label)}</h3>
              <ul>
                {group.places.map(({ to, label, icon: Icon }) => (
                  <li key={to}>
                    <Link to={to} activeOptions={{ includeSearch: false, exact: to === "/admin" }}>
                      <Icon size={18} aria-hidden />
                      {t(label)}
                    </Link>
                  </li>
                ))}
              </ul>
            </div>
          ))}
        </nav>
        <main className={css.main} id="main" tabIndex={-1} aria-label={viewerT("admin")}>
          <Outlet />
        </main>
      </div>
      {sends && (
        <Suspense>
          <Dock />
        </Suspense>
      )}
    </div>
  );
}
