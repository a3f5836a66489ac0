import { useQueries, useQuery } from "@tanstack/react-query";
import { Link, type LinkProps } from "@tanstack/react-router";
import { ArrowRight, CircleAlert, CircleCheck } from "lucide-react";
import type { ReactNode } from "react";
import { ContentStatus } from "@gen/streamverse/content/v1/content_pb";
import { JobState, WorkState } from "@gen/streamverse/jobs/v1/jobs_pb";
import { PaymentStatus } from "@gen/streamverse/payments/v1/payments_pb";
import { ButtonLink } from "@/design/button";
import { Failure, Skeleton } from "@/design/states";
import { currentLanguage } from "@/i18n/language";
import { channelAdmin } from "../clients/channelAdmin";
import { jobAdmin } from "../clients/jobAdmin";
import { paymentAdmin } from "../clients/paymentAdmin";
import { personAdmin } from "../clients/personAdmin";
import { popularity } from "../clients/popularity";
import { rightsAdmin } from "../clients/rightsAdmin";
import { searchAdmin } from "../clients/searchAdmin";
import { userAdmin } from "../clients/userAdmin";
import { webhookAdmin } from "../clients/webhookAdmin";
import { Page, Section } from "../frame";
import { isSilent } from "../jobs/page";
import { deadLetters } from "../letters/client";
import { useMay } from "../navigation";
import { useAdminT } from "../texts";
import { listTitles } from "../titles/kinds";
import { takesNothing } from "../webhooks/words";
import css from "./dashboard.module.css";

const FIRST = { pageSize: 1, pageToken: "", orderBy: "", withTotal: true };

/** What needs somebody, then what there is. */
export function Dashboard() {
  const t = useAdminT();
  const may = useMay();
  return (
    <Page title={t("dashboard")}>
      {may("operations") && <Attention />}
      {may("catalogue") && <Counts />}
      {may("figures") && <Watched />}
      {!may("operations") && <Ways />}
    </Page>
  );
}

/** Where somebody with fewer rights finds their work. */
function Ways() {
  const t = useAdminT();
  const may = useMay();
  return (
    <Section title={t("dashboard.ways")}>
      <div className="row">
        {may("videos") && <ButtonLink to="/admin/titles">{t("titles")}</ButtonLink>}
        {may("accounts") && <ButtonLink to="/admin/accounts">{t("accounts")}</ButtonLink>}
        {may("sales") && <ButtonLink to="/admin/payments">{t("payments")}</ButtonLink>}
        {may("figures") && <ButtonLink to="/admin/popularity">{t("popularity")}</ButtonLink>}
      </div>
    </Section>
  );
}

interface Item {
  text: string;
  link: LinkProps;
}

function Attention() {
  const t = useAdminT();
  const jobs = useQuery({
    queryKey: ["admin", "dashboard", "jobs"],
    queryFn: ({ signal }) => jobAdmin.listJobs({ pageSize: 100 }, { signal }),
    refetchInterval: 30_000,
  });
  const dead = useQuery({ queryKey: ["admin", "dashboard", "work"], queryFn: ({ signal }) => jobAdmin.listWork({ pageSize: 100, state: WorkState.DEAD }, { signal }), refetchInterval: 30_000 });
  const letters = useQuery({ queryKey: ["admin", "dashboard", "letters"], queryFn: ({ signal }) => deadLetters.listDeadLetters({ pageSize: 100 }, { signal }), refetchInterval: 30_000 });
  const index = useQuery({ queryKey: ["admin", "index"], queryFn: ({ signal }) => searchAdmin.getIndexStatus({}, { signal }), refetchInterval: 30_000 });
  const back = useQuery({ queryKey: ["admin", "dashboard", "charged-back"], queryFn: ({ signal }) => paymentAdmin.adminListPayments({ pageSize: 100, status: PaymentStatus.CHARGED_BACK }, { signal }) });
  const plans = useQuery({ queryKey: ["admin", "plans", "all"], queryFn: async ({ signal }) => (await rightsAdmin.adminListPlans({ pageSize: 100 }, { signal })).items });
  const hooks = useQuery({ queryKey: ["admin", "dashboard", "webhooks"], queryFn: ({ signal }) => webhookAdmin.listWebhooks({ pageSize: 100 }, { signal }), refetchInterval: 30_000 });
  const all = [jobs, dead, letters, index, back, plans, hooks];
  const failed = all.find((one) => one.isError);
  const items: Item[] = [];
  const say = (count: number, more: boolean, text: (shown: string, count: number) => string, link: LinkProps) => {
    if (count > 0) items.push({ text: text(more ? `${count}+` : String(count), count), link });
  };
  const failing = jobs.data?.items.filter((job) => job.state === JobState.FAILING) ?? [];
  const silent = jobs.data?.items.filter((job) => job.state !== JobState.FAILING && isSilent(job)) ?? [];
  say(failing.length, false, (shown, count) => t("attention.failing", { shown, count, names: failing.slice(0, 3).map((job) => job.id).join(", ") }), { to: "/admin/jobs" });
  say(silent.length, false, (shown, count) => t("attention.silent", { shown, count, names: silent.slice(0, 3).map((job) => job.id).join(", ") }), { to: "/admin/jobs" });
  const gone = [...new Set([...(jobs.data?.unreachable ?? []), ...(dead.data?.unreachable ?? []), ...(letters.data?.unreachable ?? [])])];
  if (gone.length > 0) items.push({ text: t("attention.unreachable", { names: gone.join(", ") }), link: { to: "/admin/jobs" } });
  say(dead.data?.items.length ?? 0, Boolean(dead.data?.nextPageToken), (shown, count) => t("attention.dead", { shown, count }), { to: "/admin/work", search: { state: "dead" } } as LinkProps);
  say(letters.data?.items.length ?? 0, Boolean(letters.data?.nextPageToken), (shown, count) => t("attention.letters", { shown, count }), { to: "/admin/dead-letters" });
  if (index.data?.degraded) items.push({ text: t("attention.degraded"), link: { to: "/admin/search" } });
  if ((index.data?.lagEvents ?? 0) > 1000) items.push({ text: t("attention.lag", { count: index.data?.lagEvents ?? 0 }), link: { to: "/admin/search" } });
  say(back.data?.items.length ?? 0, Boolean(back.data?.nextPageToken), (shown, count) => t("attention.chargedBack", { shown, count }), { to: "/admin/payments", search: { status: "charged-back" } } as LinkProps);
  const stuck = hooks.data?.items.filter(takesNothing) ?? [];
  say(stuck.length, Boolean(hooks.data?.nextPageToken), (shown, count) => t("attention.webhooks", { shown, count }), { to: "/admin/webhooks" });
  if (plans.data?.length === 0) items.push({ text: t("attention.noPlans"), link: { to: "/admin/plans/$id", params: { id: "new" } } as LinkProps });
  return (
    <Section title={t("attention")}>
      {failed && <Failure error={failed.error} title={t("attention.unknown")} onRetry={() => all.forEach((one) => one.isError && void one.refetch())} />}
      {all.some((one) => one.isPending && !one.isError) && items.length === 0 ? (
        <Skeleton height="3rem" />
      ) : items.length === 0 && !failed ? (
        <p className={css.fine} role="status">
          <CircleCheck size={20} aria-hidden />
          {t("attention.none")}
        </p>
      ) : (
        <ul className={css.attention}>
          {items.map(({ text, link }) => (
            <li key={text}>
              <Link {...link}>
                <CircleAlert size={20} aria-hidden />
                <span>{text}</span>
                <ArrowRight size={16} className="mirror" aria-hidden />
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

interface Count {
  label: ReactNode;
  name: string;
  ask: (signal: AbortSignal) => Promise<number | undefined>;
  link: LinkProps;
}

function Counts() {
  const t = useAdminT();
  const drafts = { ...FIRST, status: [ContentStatus.DRAFT] };
  const counts: Count[] = [
    { name: "movies", label: t("titles.movies"), ask: async (signal) => (await listTitles("movies", FIRST, signal)).total, link: { to: "/admin/titles", search: { kind: "movies" } } as LinkProps },
    { name: "drafts", label: t("dashboard.drafts"), ask: async (signal) => (await listTitles("movies", drafts, signal)).total, link: { to: "/admin/titles", search: { kind: "movies", status: "draft" } } as LinkProps },
    { name: "series", label: t("titles.series"), ask: async (signal) => (await listTitles("series", FIRST, signal)).total, link: { to: "/admin/titles", search: { kind: "series" } } as LinkProps },
    { name: "episodes", label: t("titles.episodes"), ask: async (signal) => (await listTitles("episodes", FIRST, signal)).total, link: { to: "/admin/titles", search: { kind: "episodes" } } as LinkProps },
    { name: "videos", label: t("titles.videos"), ask: async (signal) => (await listTitles("videos", FIRST, signal)).total, link: { to: "/admin/titles", search: { kind: "videos" } } as LinkProps },
    { name: "people", label: t("people"), ask: async (signal) => (await personAdmin.adminListPeople({ pageSize: 1, withTotal: true }, { signal })).total, link: { to: "/admin/people" } },
    { name: "channels", label: t("channels"), ask: async (signal) => (await channelAdmin.adminListChannels({ pageSize: 1, withTotal: true }, { signal })).total, link: { to: "/admin/channels" } },
    { name: "accounts", label: t("accounts"), ask: async (signal) => (await userAdmin.adminListUsers({ pageSize: 1, withTotal: true }, { signal })).total, link: { to: "/admin/accounts" } },
  ];
  const found = useQueries({ queries: counts.map(({ name, ask }) => ({ queryKey: ["admin", "dashboard", "count", name], queryFn: ({ signal }: { signal: AbortSignal }) => ask(signal).then((count) => count ?? 0) })) });
  const empty = found.slice(0, 5).every((one) => one.data === 0);
  return (
    <>
      {empty && (
        <Section title={t("begin")} text={t("begin.text")}>
          <ol className={css.steps}>
            <li>
              <ButtonLink to="/admin/imports" tone="primary">
                {t("begin.import")}
              </ButtonLink>
              <span className="second">{t("begin.importText")}</span>
            </li>
            <li>
              <ButtonLink to="/admin/titles">{t("begin.media")}</ButtonLink>
              <span className="second">{t("begin.mediaText")}</span>
            </li>
            <li>
              <ButtonLink to="/admin/plans">{t("begin.plans")}</ButtonLink>
              <span className="second">{t("begin.plansText")}</span>
            </li>
          </ol>
        </Section>
      )}
      <Section title={t("dashboard.counts")}>
        <ul className={css.counts}>
          {counts.map(({ name, label, link }, index) => (
            <li key={name}>
              <Link {...link}>
                <b>{found[index]?.isError ? "–" : found[index]?.data === undefined ? "…" : new Intl.NumberFormat(currentLanguage()).format(found[index].data)}</b>
                <span>{label}</span>
              </Link>
            </li>
          ))}
        </ul>
        {found.some((one) => one.isError) && <Failure error={found.find((one) => one.isError)?.error} onRetry={() => found.forEach((one) => one.isError && void one.refetch())} />}
      </Section>
    </>
  );
}

/** What is watched most, as bars with their numbers beside them. */
function Watched() {
  const t = useAdminT();
  const found = useQuery({ queryKey: ["admin", "dashboard", "watched"], queryFn: ({ signal }) => popularity.listPopularity({ pageSize: 8, orderBy: "-trending" }, { signal }) });
  const rows = found.data?.items.filter((row) => row.playsWeek > 0n);
  const most = Number(rows?.reduce((most, row) => (row.playsWeek > most ? row.playsWeek : most), 1n) ?? 1n);
  return (
    <Section
      title={t("dashboard.watched")}
      text={t("dashboard.watchedText")}
      actions={
        <ButtonLink to="/admin/popularity" small>
          {t("dashboard.all")}
        </ButtonLink>
      }
    >
      {found.isError ? (
        <Failure error={found.error} onRetry={() => void found.refetch()} />
      ) : !rows ? (
        <Skeleton height="8rem" />
      ) : rows.length === 0 ? (
        <p className="second">{t("popularity.noneText")}</p>
      ) : (
        <ol className={css.watched}>
          {rows.map((row) => (
            <li key={row.contentId}>
              <span dir="auto">{row.title}</span>
              <span className={css.meter} aria-hidden>
                <span style={{ inlineSize: `${(Number(row.playsWeek) / most) * 100}%` }} />
              </span>
              <b>{String(row.playsWeek)}</b>
            </li>
          ))}
        </ol>
      )}
    </Section>
  );
}
