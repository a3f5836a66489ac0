import "@/wire/descriptors";
import { queryOptions, useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { EllipsisVertical, Info, Play, X } from "lucide-react";
import { startTransition, useEffect, useState } from "react";
import { preload } from "react-dom";
import { HomeRowKind, type HomeRow, type TitleCard as TitleCardMessage } from "@gen/streamverse/content/v1/browse_pb";
import { useTitle } from "@/app/shell";
import { turn } from "@/app/turn";
import { isTv } from "@/app/tv";
import { Backdrop, ChannelMark } from "@/artwork";
import { Button, ButtonLink, IconButton } from "@/design/button";
import { Menu, MenuItem } from "@/design/menu";
import { Bar, Chip, Empty, Failure, Loading, Skeleton } from "@/design/states";
import { toast } from "@/design/toast";
import { reasonText, useT, type TextKey } from "@/i18n";
import { asDate, clock, length, position } from "@/i18n/format";
import { ContinueCard, Picture, TitleCard } from "@/titles/card";
import { Rail, RailSkeleton } from "@/titles/rail";
import { titleQuery } from "@/titles/find";
import { hasMedia, ofCard, ofContent, subjectOf, type TitleInfo } from "@/titles/subject";
import { browse } from "@/wire/clients/browse";
import { Refusal } from "@/wire/refusal";
import { isAdmin, useSession } from "@/wire/session";
import { ContentType, Monetization } from "@gen/streamverse/content/v1/content_pb";
import css from "./home.module.css";

const HEADINGS: Partial<Record<HomeRowKind, TextKey>> = {
  [HomeRowKind.CONTINUE]: "home.continue",
  [HomeRowKind.WATCHLIST]: "home.watchlist",
  [HomeRowKind.NEW]: "home.new",
  [HomeRowKind.TOP]: "home.top",
  [HomeRowKind.TRENDING]: "home.trending",
  [HomeRowKind.POPULAR]: "home.popular",
};

const homeQuery = queryOptions({ queryKey: ["home"], queryFn: ({ signal }) => browse.getHome({ rowSize: 20 }, { signal }) });

/** Asks for the page before it is drawn, and for its large picture before that is. */
export async function begin(queries: QueryClient) {
  await queries.prefetchQuery(homeQuery);
  const picture = pickOf(queries.getQueryData(homeQuery.queryKey)?.rows ?? []).pick?.posterUrl;
  if (picture) preload(picture, { as: "image", fetchPriority: "high" });
}

/** What to watch: one thing large, the rest in rows, in the order that the server gives. */
export function Home() {
  const t = useT();
  useTitle(t("home"));
  const who = useSession();
  const found = useQuery(homeQuery);
  const rows = (found.data?.rows ?? []).filter((row) => row.items.length > 0);
  const count = useRowsDrawn(rows.length);
  if (found.isPending)
    return (
      <Loading onRetry={() => void found.refetch()}>
        <h1 className="sr">{t("home")}</h1>
        <Skeleton height="min(40rem, 74dvh)" style={{ borderRadius: 0 }} />
        <div className={css.rails}>
          <RailSkeleton wide />
          <RailSkeleton />
          <RailSkeleton />
        </div>
      </Loading>
    );
  if (found.isError)
    return (
      <div className="page">
        <h1 className="sr">{t("home")}</h1>
        <Failure page error={found.error} onRetry={() => void found.refetch()} />
      </div>
    );
  if (rows.length === 0)
    return (
      <div className="page">
        <h1 className="sr">{t("home")}</h1>
        <Empty
          page
          title={t("home.empty")}
          action={
            isAdmin(who) && (
              <ButtonLink to="/admin" tone="primary">
                {t("home.openAdmin")}
              </ButtonLink>
            )
          }
        >
          {t(isAdmin(who) ? "home.emptyAdmin" : "home.emptyText")}
        </Empty>
      </div>
    );
  return (
    <>
      <Hero rows={rows} />
      <div className={css.rails}>
        {found.data.degraded && <p className={`${css.note} quiet`}>{t("home.degraded")}</p>}
        {count === 0 && rows[0] && <RailSkeleton wide={rows[0].kind === HomeRowKind.CONTINUE} />}
        {rows.slice(0, count).map((row, index) => (
          <Row key={`${row.kind}.${row.genre}.${row.collectionId}`} row={row} after={index === 0} />
        ))}
      </div>
    </>
  );
}

/** Whether all rows were drawn once: who comes back finds the page as long as it was, and so where it was. */
let whole = false;

/** How many rows are drawn: none with the large picture, which is seen first; then a few at a time, so that nothing waits for them all. */
function useRowsDrawn(total: number): number {
  const [count, setCount] = useState(whole ? Infinity : 0);
  useEffect(() => {
    if (total > 0 && count >= total) whole = true;
    if (count >= total) return;
    const timer = setTimeout(() => startTransition(() => setCount((drawn) => drawn + 1)), 16);
    return () => clearTimeout(timer);
  }, [count, total]);
  return count;
}

/** What needs a plan or a payment is no promise to make at the largest size. */
const isOpen = (item: TitleCardMessage) => hasMedia(ofCard(item)) && [ContentType.MOVIE, ContentType.SERIES].includes(item.type) && item.monetization === Monetization.AVOD;

/** The one large thing: what was begun, else the newest that can be played. */
function pickOf(rows: HomeRow[]) {
  const begun = rows.find((row) => row.kind === HomeRowKind.CONTINUE)?.items.find((item) => item.posterUrl);
  return { begun, pick: begun ?? rows.flatMap((row) => row.items).find(isOpen) ?? rows[0]?.items[0] };
}

/** It does not rotate. */
function Hero({ rows }: { rows: HomeRow[] }) {
  const t = useT();
  const { begun, pick } = pickOf(rows);
  const info = pick ? ofCard(pick) : undefined;
  const page = info?.progress?.seriesId || info?.id || "";
  const about = useQuery({ ...titleQuery(page), retry: false });
  const series = info?.type === ContentType.SERIES && !begun;
  const first = useQuery({ queryKey: ["first", page], queryFn: async ({ signal }) => (await import("@/wire/clients/content")).content.listEpisodes({ seriesId: page, pageSize: 1 }, { signal }), enabled: series, staleTime: 300_000 });
  if (!info) return <h1 className="sr">{t("home")}</h1>;
  const playable = series ? first.data?.items[0]?.id : info.id;
  const progress = info.progress;
  const name = progress?.seriesTitle || info.title;
  const shown: TitleInfo = { ...info, title: name, id: page };
  // Rows of what was begun say little of it; its own page's answer has the rest.
  const told = about.data && ofContent(about.data);
  const year = info.year || told?.year;
  const lasts = info.durationSeconds || (progress?.episodeNumber ? 0 : told?.durationSeconds);
  const meta = [progress?.episodeNumber ? `S${progress.seasonNumber} E${progress.episodeNumber} · ${info.title}` : "", year || "", lasts ? length(lasts) : "", info.maturityRating].filter(Boolean);
  return (
    <section className={css.hero} aria-label={name} data-theme="dark">
      <div className={css.art}>
        <Picture first url={info.posterUrl} instead={<Backdrop subject={subjectOf({ ...shown, genres: about.data?.genres ?? info.genres })} />} />
      </div>
      <div className={css.scrim} />
      <div className={css.words}>
        <h1 dir="auto">{name}</h1>
        <div className={css.meta}>{meta.join(" · ")}</div>
        <p dir="auto">{about.data?.synopsis ?? " "}</p>
        <div className="row" data-rail>
          {series && first.isPending && pick && isOpen(pick) && (
            <Button tone="primary" busy>
              <Play size={20} fill="currentColor" aria-hidden />
              {t("title.play")}
            </Button>
          )}
          {playable && (begun || (pick && isOpen(pick))) ? (
            <ButtonLink to="/watch/$id" params={{ id: playable }} tone="primary">
              <Play size={20} fill="currentColor" aria-hidden />
              {progress && !progress.nextEpisode ? t("title.resume", { time: position(progress.positionSeconds) }) : t("title.play")}
            </ButtonLink>
          ) : null}
          <ButtonLink to="/title/$id" params={{ id: page }} tone="secondary">
            <Info size={20} aria-hidden />
            {t("home.details")}
          </ButtonLink>
        </div>
      </div>
    </section>
  );
}

function Row({ row, after }: { row: HomeRow; after: boolean }) {
  const t = useT();
  const heading = row.kind === HomeRowKind.GENRE ? row.genre : row.title || t(HEADINGS[row.kind] ?? "all");
  const infos = row.items.map(ofCard);
  return (
    <>
      {row.kind === HomeRowKind.CONTINUE ? (
        <Rail title={heading} shape="wide">
          {infos.map((info) => (
            <ContinueCard key={info.id} info={info} menu={<Forget info={info} />} />
          ))}
        </Rail>
      ) : (
        <Rail title={heading} shape={row.kind === HomeRowKind.TOP ? "numbers" : "poster"} more={<More row={row} />}>
          {(row.kind === HomeRowKind.TOP ? infos.slice(0, 10) : infos).map((info) => (
            <TitleCard key={info.id} info={info} />
          ))}
        </Rail>
      )}
      {after && <OnAir />}
    </>
  );
}

function More({ row }: { row: HomeRow }) {
  const t = useT();
  if (row.kind === HomeRowKind.WATCHLIST) return <Link to="/list">{t("all")}</Link>;
  if (row.kind === HomeRowKind.COLLECTION)
    return (
      <Link to="/collection/$id" params={{ id: row.collectionId }}>
        {t("all")}
      </Link>
    );
  const sort = /orderBy=([\w-]+)/.exec(row.more)?.[1];
  return (
    <Link to="/browse" search={{ ...(row.genre ? { genre: row.genre } : {}), ...(sort ? { sort } : {}) }}>
      {t("all")}
    </Link>
  );
}

function Forget({ info }: { info: TitleInfo }) {
  const t = useT();
  const queries = useQueryClient();
  const hide = async () => {
    try {
      const { history } = await import("@/wire/clients/history");
      await history.hideContinueWatching({ contentId: info.id });
      await queries.invalidateQueries({ queryKey: ["home"] });
      toast(t("home.removed"));
    } catch (error) {
      toast(reasonText(Refusal.of(error)));
    }
  };
  return (
    <Menu
      label={info.title}
      up={isTv()}
      trigger={(aria) => (
        <IconButton small label={`${t("more")}: ${info.title}`} {...aria}>
          <EllipsisVertical size={18} aria-hidden />
        </IconButton>
      )}
    >
      <MenuItem icon={<X size={18} aria-hidden />} onSelect={() => void hide()}>
        {t("home.remove")}
      </MenuItem>
    </Menu>
  );
}

async function askOnAir({ signal }: { signal: AbortSignal }) {
  const answer = await (await import("@/wire/clients/guide")).guide.getGuide({ pageSize: 20 }, { signal });
  // The first time of day that is written takes a browser longer than drawing the row does: each has a task of its own.
  await turn();
  clock(new Date());
  await turn();
  return answer;
}

/** What channels show now. A row that fails says nothing: the guide's page tells why. */
function OnAir() {
  const t = useT();
  const found = useQuery({ queryKey: ["onair"], queryFn: askOnAir, refetchInterval: 60_000 });
  const items = (found.data?.items ?? []).filter((item) => item.channel?.isLive);
  if (found.isPending) return <RailSkeleton wide />;
  if (items.length === 0) return null;
  return (
    <Rail title={t("home.liveNow")} shape="wide" more={<Link to="/live">{t("live.grid")}</Link>}>
      {items.map(({ channel, now }) => {
        const from = now?.startTime ? asDate(now.startTime).getTime() : 0;
        const to = now?.stopTime ? asDate(now.stopTime).getTime() : 0;
        return (
          <Link key={channel?.id} to="/live/$id" params={{ id: channel?.id ?? "" }} className={css.channel}>
            <span className={css.mark}>
              <ChannelMark name={channel?.name ?? ""} number={channel?.number ?? 0} />
              <Picture url={channel?.logoUrl ?? ""} />
              <span className={css.badge}>
                <Chip tone="live">{t("live.badge")}</Chip>
              </span>
              {to > from && (
                <span className={css.bar}>
                  <Bar value={(Date.now() - from) / (to - from)} label={now?.title ?? ""} />
                </span>
              )}
            </span>
            <span>
              <span className={css.name} dir="auto">
                {now?.title ?? channel?.name}
              </span>
              <span className={css.now}>{[channel?.name, now?.stopTime && t("live.until", { time: clock(now.stopTime) })].filter(Boolean).join(" · ")}</span>
            </span>
          </Link>
        );
      })}
    </Rail>
  );
}
