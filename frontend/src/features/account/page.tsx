import { useInfiniteQuery, useMutation, useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { X } from "lucide-react";
import { useState } from "react";
import { EntitlementKind } from "@gen/streamverse/rights/v1/orders_pb";
import { useTitle } from "@/app/shell";
import { chooseTheme, useTheme, type Theme } from "@/app/theme";
import { chooseTv, isTv } from "@/app/tv";
import { Avatar } from "@/artwork";
import { Button, ButtonLink, IconButton } from "@/design/button";
import { Confirm } from "@/design/dialog";
import { Check, SelectField } from "@/design/field";
import { Empty, Failure, Loading, Skeleton } from "@/design/states";
import { toast } from "@/design/toast";
import { chooseLanguage, reasonText, useT } from "@/i18n";
import { date, dateTime, relative } from "@/i18n/format";
import { LANGUAGES, useLanguage, type Language } from "@/i18n/language";
import { entitlementsQuery } from "@/titles/access";
import { titleQuery } from "@/titles/find";
import { history } from "@/wire/clients/history";
import { library } from "@/wire/clients/library";
import { Refusal } from "@/wire/refusal";
import { useSession } from "@/wire/session";
import css from "./account.module.css";
import { ChangePassword } from "./password";

/** Who one is here, how it looks, what one may watch, and what is remembered. */
export function Account() {
  const t = useT();
  useTitle(t("account.title"));
  const who = useSession();
  return (
    <div className="page stack">
      <h1>{t("account.title")}</h1>
      <div className={css.sections}>
        <section className={css.section}>
          <div className={css.who}>
            <span className={css.face}>
              <Avatar name={who?.profile?.name ?? who?.name ?? ""} id={who?.profile?.id ?? who?.userId ?? ""} />
            </span>
            <div>
              <h2 dir="auto">{who?.profile?.name ?? who?.name}</h2>
              <p className="quiet small">{t("account.signedInAs", { email: who?.email ?? "" })}</p>
            </div>
          </div>
          <div className="row">
            <ButtonLink to="/profiles">{t("switchProfile")}</ButtonLink>
            <ButtonLink to="/devices">{t("devices")}</ButtonLink>
            <ButtonLink to="/purchases">{t("purchases")}</ButtonLink>
          </div>
        </section>
        <Appearance />
        <ChangePassword />
        <Entitlements />
        <Ratings />
        <Watched />
      </div>
    </div>
  );
}

function Appearance() {
  const t = useT();
  const theme = useTheme();
  const language = useLanguage();
  const [tv, setTv] = useState(isTv());
  return (
    <section className={css.section}>
      <h2>{t("account.appearance")}</h2>
      <div className={css.pair}>
        <SelectField label={t("language")} value={language} onChange={(event) => void chooseLanguage(event.target.value as Language)}>
          {Object.entries(LANGUAGES).map(([tag, name]) => (
            <option key={tag} value={tag} lang={tag}>
              {name}
            </option>
          ))}
        </SelectField>
        <SelectField label={t("theme")} value={theme} onChange={(event) => chooseTheme(event.target.value as Theme)}>
          {(["system", "dark", "light"] as const).map((value) => (
            <option key={value} value={value}>
              {t(`theme.${value}`)}
            </option>
          ))}
        </SelectField>
      </div>
      <Check
        label={t("tv")}
        checked={tv}
        onChange={(event) => {
          chooseTv(event.target.checked);
          setTv(event.target.checked);
        }}
      />
    </section>
  );
}

function Entitlements() {
  const t = useT();
  const found = useQuery(entitlementsQuery);
  const items = found.data?.items ?? [];
  return (
    <section className={css.section}>
      <h2>{t("account.entitlements")}</h2>
      {found.isPending ? (
        <Loading>
          <Skeleton height="4rem" />
        </Loading>
      ) : found.isError ? (
        <Failure error={found.error} onRetry={() => void found.refetch()} />
      ) : (
        <>
          {!items.some((item) => item.kind === EntitlementKind.PLAN) && (
            <div className="row between">
              <p className="second">{t("account.noSubscription")}</p>
              <ButtonLink to="/plans" tone="primary">
                {t("account.seePlans")}
              </ButtonLink>
            </div>
          )}
          <ul className={css.rows}>
            {items.map((item) => (
              <li key={item.sourceId} className={css.row}>
                <span>
                  <strong dir="auto">{item.plan?.name || item.title}</strong>
                  <span className="quiet small" title={dateTime(item.expireTime)}>
                    {item.kind === EntitlementKind.PLAN ? item.expireTime && t(item.renews ? "plans.renews" : "plans.ends", { date: date(item.expireTime) }) : item.expireTime ? t("purchases.ends", { time: relative(item.expireTime) }) : t("title.owned")}
                  </span>
                </span>
                {item.kind === EntitlementKind.PLAN ? (
                  <ButtonLink to="/plans" small>
                    {t("plans")}
                  </ButtonLink>
                ) : (
                  <ButtonLink to="/title/$id" params={{ id: item.contentId }} small>
                    {t("home.details")}
                  </ButtonLink>
                )}
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function Ratings() {
  const t = useT();
  const found = useInfiniteQuery({
    queryKey: ["ratings"],
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) => library.listRatings({ pageSize: 10, pageToken: pageParam }, { signal }),
    getNextPageParam: (page) => page.nextPageToken || undefined,
  });
  const items = found.data?.pages.flatMap((page) => page.items) ?? [];
  // A rating names its title by its id alone.
  const titles = useQueries({ queries: items.map((item) => ({ ...titleQuery(item.contentId), retry: false, staleTime: Infinity })) });
  return (
    <section className={css.section}>
      <h2>{t("account.ratings")}</h2>
      {found.isPending ? (
        <Loading>
          <Skeleton height="4rem" />
        </Loading>
      ) : found.isError ? (
        <Failure error={found.error} onRetry={() => void found.refetch()} />
      ) : items.length === 0 ? (
        <Empty title={t("account.noRatings")}>{t("account.noRatingsText")}</Empty>
      ) : (
        <ul className={css.rows}>
          {items.map((item, index) => (
            <li key={item.contentId}>
              <Link to="/title/$id" params={{ id: item.contentId }} className={css.row}>
                <strong dir="auto">{titles[index]?.data?.title ?? "…"}</strong>
                <span className={css.stars} aria-label={t("title.stars", { count: item.stars })} role="img">
                  {"★".repeat(item.stars)}
                </span>
              </Link>
            </li>
          ))}
        </ul>
      )}
      {found.hasNextPage && (
        <Button busy={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
          {t("showMore")}
        </Button>
      )}
    </section>
  );
}

function Watched() {
  const t = useT();
  const who = useSession();
  const queries = useQueryClient();
  const [asking, setAsking] = useState(false);
  const found = useInfiniteQuery({
    queryKey: ["history", "pages"],
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) => history.listWatchHistory({ pageSize: 20, pageToken: pageParam }, { signal }),
    getNextPageParam: (page) => page.nextPageToken || undefined,
  });
  const fresh = () => Promise.all(["history", "home", "continue"].map((key) => queries.invalidateQueries({ queryKey: [key] })));
  const forget = useMutation({
    mutationFn: (contentId: string) => history.deleteWatched({ contentId }),
    onSuccess: async () => {
      toast(t("account.forgotten"));
      await fresh();
    },
    onError: (error) => toast(reasonText(Refusal.of(error))),
  });
  const clear = useMutation({
    mutationFn: () => history.clearWatchHistory({}),
    onSuccess: async () => {
      setAsking(false);
      toast(t("account.cleared"));
      await fresh();
    },
  });
  const items = found.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section className={css.section}>
      <div className="row between">
        <h2>{t("account.history")}</h2>
        {items.length > 0 && (
          <Button small onClick={() => setAsking(true)}>
            {t("account.clearHistory")}
          </Button>
        )}
      </div>
      {found.isPending ? (
        <Loading>
          <Skeleton height="4rem" />
        </Loading>
      ) : found.isError ? (
        <Failure error={found.error} onRetry={() => void found.refetch()} />
      ) : items.length === 0 ? (
        <Empty title={t("account.noHistory")} />
      ) : (
        <ul className={css.rows}>
          {items.map((item) => (
            <li key={item.contentId} className={css.row}>
              <Link to="/title/$id" params={{ id: item.contentId }}>
                <strong dir="auto">{item.title}</strong>
                <span className="quiet small">
                  {[item.seriesTitle && `${item.seriesTitle} · S${item.seasonNumber} E${item.episodeNumber}`, relative(item.watchTime)].filter(Boolean).join(" · ")}
                </span>
              </Link>
              <IconButton small label={t("account.forget", { title: item.title })} onClick={() => forget.mutate(item.contentId)}>
                <X size={18} aria-hidden />
              </IconButton>
            </li>
          ))}
        </ul>
      )}
      {found.hasNextPage && (
        <Button busy={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
          {t("showMore")}
        </Button>
      )}
      {asking && (
        <Confirm title={t("account.clearHistory")} effect={t("account.clearHistoryText", { name: who?.profile?.name ?? who?.name ?? "" })} verb={t("account.clearHistoryVerb")} busy={clear.isPending} error={clear.error} onConfirm={() => clear.mutate()} onClose={() => setAsking(false)} />
      )}
    </section>
  );
}
