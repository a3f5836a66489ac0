import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { getRouteApi, Link } from "@tanstack/react-router";
import { ChevronLeft, ChevronRight } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import type { ChannelGuide, Programme } from "@gen/streamverse/livetv/v1/guide_pb";
import { useTitle } from "@/app/shell";
import { ChannelMark } from "@/artwork";
import { Button, ButtonLink, IconButton } from "@/design/button";
import { Dialog } from "@/design/dialog";
import { Bar, Chip, Empty, Failure, Loading, Skeleton } from "@/design/states";
import { useT } from "@/i18n";
import { asDate, clock, dateTime, dayName } from "@/i18n/format";
import { Picture } from "@/titles/card";
import { guide } from "@/wire/clients/guide";
import css from "./live.module.css";

const route = getRouteApi("/shell/live");
const MINUTE = 60_000;
/** How much of the guide is fetched and shown at once. */
const SPAN = 6 * 60;
const STEP = 3 * 60;
/** How wide a minute is, in rem: what is written into the blocks grows with the type. */
const REM = 0.375;
const wide = (minutes: number) => `${minutes * REM}rem`;
const DAYS = 7;

const floorTo = (time: number, minutes: number) => Math.floor(time / (minutes * MINUTE)) * minutes * MINUTE;
const startOf = (programme: Programme) => (programme.startTime ? asDate(programme.startTime).getTime() : 0);
const stopOf = (programme: Programme) => (programme.stopTime ? asDate(programme.stopTime).getTime() : startOf(programme));

function useNow(): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 30_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

/** Channels, and what they show when. */
export function Live() {
  const t = useT();
  useTitle(t("live.title"));
  const now = useNow();
  const navigate = route.useNavigate();
  const asked = Number(route.useSearch().at) * MINUTE;
  const from = asked ? floorTo(asked, 30) : floorTo(now, 30) - 30 * MINUTE;
  const to = from + SPAN * MINUTE;
  const goTo = (time: number | undefined) => void navigate({ search: time === undefined ? {} : { at: String(Math.round(time / MINUTE)) }, replace: true, resetScroll: false });
  const onAir = useQuery({ queryKey: ["onair"], queryFn: ({ signal }) => guide.getGuide({ pageSize: 20 }, { signal }), refetchInterval: 60_000 });
  const found = useInfiniteQuery({
    queryKey: ["guide", from],
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) => guide.getGuide({ from: timestampFromDate(new Date(from)), to: timestampFromDate(new Date(to)), pageSize: 50, pageToken: pageParam }, { signal }),
    getNextPageParam: (page) => page.nextPageToken || undefined,
    placeholderData: keepPreviousData,
  });
  const items = found.data?.pages.flatMap((page) => page.items) ?? [];
  if (onAir.isError && found.isError)
    return (
      <div className="page">
        <h1>{t("live.title")}</h1>
        <Failure page error={found.error} onRetry={() => void Promise.all([onAir.refetch(), found.refetch()])} />
      </div>
    );
  if (onAir.data?.items.length === 0)
    return (
      <div className="page">
        <h1>{t("live.title")}</h1>
        <Empty page title={t("live.none")} action={<ButtonLink to="/">{t("goHome")}</ButtonLink>}>
          {t("live.noneText")}
        </Empty>
      </div>
    );
  const today = new Date(now);
  return (
    <div className="page stack" style={{ gap: "1.5rem" }}>
      <h1>{t("live.title")}</h1>
      <section className="stack" aria-label={t("live.channels")}>
        <div className={css.cards} aria-busy={onAir.isPending || undefined}>
          {onAir.isPending ? [0, 1, 2].map((n) => <Skeleton key={n} ratio="16 / 9" />) : onAir.data?.items.map((item) => <ChannelCard key={item.channel?.id} item={item} now={now} />)}
        </div>
      </section>
      <section className="stack" aria-label={t("live.grid")}>
        <div className={css.bar}>
          <h2>{t("live.grid")}</h2>
          <div className="row">
            <IconButton small label={t("live.earlier")} onClick={() => goTo(from - STEP * MINUTE)}>
              <ChevronLeft size={20} className="mirror" aria-hidden />
            </IconButton>
            <Button small onClick={() => goTo(undefined)} aria-pressed={!asked}>
              {t("live.nowButton")}
            </Button>
            <IconButton small label={t("live.later")} onClick={() => goTo(from + STEP * MINUTE)}>
              <ChevronRight size={20} className="mirror" aria-hidden />
            </IconButton>
          </div>
        </div>
        <div className={css.days} role="group" aria-label={t("live.grid")}>
          {Array.from({ length: DAYS }, (_, index) => {
            // By the calendar, not by 24 hours: a day that clocks change on has 23 or 25.
            const day = new Date(today.getFullYear(), today.getMonth(), today.getDate() + index, index === 0 ? today.getHours() : 18);
            const shown = new Date(from + 30 * MINUTE).toDateString() === day.toDateString();
            return (
              <button key={index} type="button" className={css.day} aria-pressed={shown} onClick={() => goTo(index === 0 ? undefined : day.getTime())}>
                {dayName(day)}
              </button>
            );
          })}
        </div>
        {found.isPending ? (
          <Loading onRetry={() => void found.refetch()}>
            <Skeleton height="14rem" />
          </Loading>
        ) : found.isError ? (
          <Failure error={found.error} onRetry={() => void found.refetch()} />
        ) : (
          <>
            <div className={css.desktop}>
              <Grid items={items} from={from} to={to} now={now} onMove={(by) => goTo(from + by * MINUTE)} onNow={() => goTo(undefined)} />
            </div>
            <div className={css.phone}>
              <Lists items={items} from={from} now={now} />
            </div>
            {found.hasNextPage && (
              <Button busy={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
                {t("showMore")}
              </Button>
            )}
          </>
        )}
      </section>
    </div>
  );
}

function ChannelCard({ item, now }: { item: ChannelGuide; now: number }) {
  const t = useT();
  const channel = item.channel;
  if (!channel) return null;
  const [begin, end] = item.now ? [startOf(item.now), stopOf(item.now)] : [0, 0];
  const inside = (
    <>
      <span className={css.mark}>
        <ChannelMark name={channel.name} number={channel.number} />
        <Picture url={channel.logoUrl} />
        <span className={css.badge}>{channel.isLive ? <Chip tone="live">{t("live.badge")}</Chip> : <Chip>{t("live.offAir")}</Chip>}</span>
        {end > begin && (
          <span className={css.progress}>
            <Bar value={(now - begin) / (end - begin)} label={item.now?.title ?? ""} />
          </span>
        )}
      </span>
      <span>
        <strong dir="auto">{item.now?.title ?? channel.name}</strong>
        <span className={css.sub} style={{ display: "block" }}>
          {[channel.name, item.now && t("live.until", { time: clock(item.now.stopTime) })].filter(Boolean).join(" · ")}
        </span>
        {item.next && (
          <span className={css.sub} style={{ display: "block" }}>
            {t("live.next")}: {clock(item.next.startTime)} <bdi>{item.next.title}</bdi>
          </span>
        )}
      </span>
    </>
  );
  return channel.isLive ? (
    <Link to="/live/$id" params={{ id: channel.id }} className={css.card}>
      {inside}
    </Link>
  ) : (
    <div className={css.card}>{inside}</div>
  );
}

interface GridProps {
  items: ChannelGuide[];
  from: number;
  to: number;
  now: number;
  onMove: (minutes: number) => void;
  onNow: () => void;
}

/** The guide as a grid: one tab stop; up and down keep the time, so that long shows do not throw the view. */
function Grid({ items, from, to, now, onMove, onNow }: GridProps) {
  const t = useT();
  const frame = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState<{ programme: Programme; item: ChannelGuide }>();
  const anchor = useRef(now);
  const [active, setActive] = useState<string>();
  /** Minutes from the beginning of what is shown. */
  const at = (time: number) => (Math.min(Math.max(time, from), to) - from) / MINUTE;
  useEffect(() => {
    // From the half hour that runs on, as guides are divided: what runs is mostly seen from its beginning, and nothing is cut.
    const { dir } = document.documentElement;
    const pixels = REM * parseFloat(getComputedStyle(document.documentElement).fontSize);
    if (now > from && now < to) frame.current?.scrollTo({ left: (dir === "rtl" ? -1 : 1) * pixels * at(floorTo(now - 5 * MINUTE, 30)) });
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once for each part of the guide
  }, [from]);
  const first = useMemo(() => {
    const row = items.find((item) => item.programmes.length > 0);
    return (row?.programmes.find((programme) => startOf(programme) <= now && stopOf(programme) > now) ?? row?.programmes[0])?.id;
  }, [items, now]);
  const stop = active && items.some((item) => item.programmes.some((one) => one.id === active)) ? active : first;
  const key = (event: React.KeyboardEvent) => {
    const cell = (event.target as HTMLElement).closest<HTMLElement>("[data-programme]");
    if (!cell) return;
    const row = Number(cell.dataset.row);
    const id = cell.dataset.programme;
    const shows = items[row]?.programmes ?? [];
    const index = shows.findIndex((programme) => programme.id === id);
    const rtl = document.documentElement.dir === "rtl";
    // At its edges the guide is left, as anything else is.
    const go = (programme: Programme | undefined) => {
      if (!programme) return false;
      setActive(programme.id);
      requestAnimationFrame(() => frame.current?.querySelector<HTMLElement>(`[data-programme="${CSS.escape(programme.id)}"]`)?.focus());
      return true;
    };
    const beside = (by: number) => {
      const programme = shows[index + by];
      if (programme) anchor.current = Math.max(startOf(programme), from);
      return go(programme);
    };
    const upright = (by: number) => {
      for (let other = row + by; items[other]; other += by) {
        const found = items[other]?.programmes.find((programme) => startOf(programme) <= anchor.current && stopOf(programme) > anchor.current) ?? items[other]?.programmes[0];
        if (found) return go(found);
      }
      return false;
    };
    const act: Record<string, () => unknown> = {
      ArrowLeft: () => beside(rtl ? 1 : -1),
      ArrowRight: () => beside(rtl ? -1 : 1),
      ArrowUp: () => upright(-1),
      ArrowDown: () => upright(1),
      PageUp: () => onMove(-120),
      PageDown: () => onMove(120),
      Home: onNow,
    };
    const chosen = act[event.key];
    if (!chosen || chosen() === false) return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div ref={frame} className={css.frame} style={{ ["--minute" as string]: wide(1) }} role="region" aria-label={t("live.grid")} onKeyDown={key}>
      <div className={css.grid}>
        <div className={css.times} aria-hidden>
          {Array.from({ length: (to - from) / (30 * MINUTE) }, (_, index) => {
            const tick = from + index * 30 * MINUTE;
            // The present stands where it would.
            const behind = tick > now - 12 * MINUTE && tick < now + 4 * MINUTE;
            return <span key={index}>{!behind && clock(new Date(tick))}</span>;
          })}
          {now > from && now < to && (
            <span className={css.chip} style={{ insetInlineStart: `calc(11.5rem + ${wide(at(now))})` }}>
              {clock(new Date(now))}
            </span>
          )}
        </div>
        {items.map((item, row) => (
          <div key={item.channel?.id} className={css.row}>
            <Link to="/live/$id" params={{ id: item.channel?.id ?? "" }} className={css.channel}>
              <span className={css.little}>
                <ChannelMark name={item.channel?.name ?? ""} number={item.channel?.number ?? 0} />
                <Picture url={item.channel?.logoUrl ?? ""} />
              </span>
              <span dir="auto">{item.channel?.name}</span>
            </Link>
            <div className={css.cells} style={{ inlineSize: wide(at(to)) }}>
              {now > from && now < to && <span className={css.line} style={{ insetInlineStart: wide(at(now)) }} />}
              {item.programmes.length === 0 && (
                <span className={css.gap} style={{ insetInlineStart: 0 }}>
                  {t("live.noInfo")}
                </span>
              )}
              {item.programmes.map((programme, index) => {
                const [begin, end] = [startOf(programme), stopOf(programme)];
                if (end <= from || begin >= to) return null;
                const left = at(begin);
                const size = at(end) - left;
                const before = item.programmes[index - 1];
                const gap = before && begin - stopOf(before) > 5 * MINUTE ? { left: at(stopOf(before)), size: left - at(stopOf(before)) } : undefined;
                return (
                  <span key={programme.id}>
                    {gap && (
                      <span className={css.gap} style={{ insetInlineStart: wide(gap.left), inlineSize: wide(gap.size) }}>
                        {t("live.noInfo")}
                      </span>
                    )}
                    <button
                      type="button"
                      className={css.cell}
                      style={{ insetInlineStart: wide(left), inlineSize: `max(6px, ${wide(size)} - 3px)` }}
                      tabIndex={programme.id === stop ? 0 : -1}
                      data-programme={programme.id}
                      data-row={row}
                      data-past={end <= now || undefined}
                      data-now={(begin <= now && end > now) || undefined}
                      onFocus={() => {
                        setActive(programme.id);
                      }}
                      onClick={() => setOpen({ programme, item })}
                    >
                      {size < 5 ? (
                        <>
                          <span aria-hidden>·</span>
                          <span className="sr">
                            {programme.title} {clock(programme.startTime)}
                          </span>
                        </>
                      ) : (
                        <span>
                          <strong dir="auto">{programme.title}</strong>
                          {size > 13 && (
                            <small>
                              {clock(programme.startTime)} – {clock(programme.stopTime)}
                            </small>
                          )}
                        </span>
                      )}
                    </button>
                  </span>
                );
              })}
            </div>
          </div>
        ))}
      </div>
      {open && <Details programme={open.programme} item={open.item} now={now} onClose={() => setOpen(undefined)} />}
    </div>
  );
}

function Details({ programme, item, now, onClose }: { programme: Programme; item: ChannelGuide; now: number; onClose: () => void }) {
  const t = useT();
  const runs = startOf(programme) <= now && stopOf(programme) > now;
  return (
    <Dialog
      title={programme.title}
      onClose={onClose}
      actions={
        runs && item.channel?.isLive ? (
          <ButtonLink to="/live/$id" params={{ id: item.channel.id }} tone="primary" autoFocus>
            {t("live.watch", { channel: item.channel.name })}
          </ButtonLink>
        ) : (
          <Button onClick={onClose}>{t("close")}</Button>
        )
      }
    >
      <p className="second">
        {item.channel?.name} · {dateTime(programme.startTime)} – {clock(programme.stopTime)}
      </p>
      {programme.subtitle && <p dir="auto">{programme.subtitle}</p>}
      {programme.description && (
        <p dir="auto" className="second">
          {programme.description}
        </p>
      )}
    </Dialog>
  );
}

/** On phones: for each channel what runs and what comes. */
function Lists({ items, from, now }: { items: ChannelGuide[]; from: number; now: number }) {
  const t = useT();
  const [open, setOpen] = useState<{ programme: Programme; item: ChannelGuide }>();
  return (
    <div className={css.list}>
      {items.map((item) => {
        const shows = item.programmes.filter((programme) => stopOf(programme) > Math.max(from, Math.min(now, from + 30 * MINUTE))).slice(0, 5);
        return (
          <div key={item.channel?.id} className={css.entry}>
            <Link to="/live/$id" params={{ id: item.channel?.id ?? "" }} className={css.mark} aria-label={t("live.watch", { channel: item.channel?.name ?? "" })}>
              <ChannelMark name={item.channel?.name ?? ""} number={item.channel?.number ?? 0} />
              <Picture url={item.channel?.logoUrl ?? ""} />
            </Link>
            <ul className={css.shows}>
              {shows.length === 0 && <li className="quiet">{t("live.noInfo")}</li>}
              {shows.map((programme) => (
                <li key={programme.id} data-now={(startOf(programme) <= now && stopOf(programme) > now) || undefined}>
                  <time>{clock(programme.startTime)}</time>
                  <button type="button" onClick={() => setOpen({ programme, item })} style={{ minBlockSize: "1.5rem", fontWeight: "inherit" }}>
                    <bdi>{programme.title}</bdi>
                  </button>
                </li>
              ))}
            </ul>
          </div>
        );
      })}
      {open && <Details programme={open.programme} item={open.item} now={now} onClose={() => setOpen(undefined)} />}
    </div>
  );
}
