import { useQuery } from "@tanstack/react-query";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Play } from "lucide-react";
import type { Programme } from "@gen/streamverse/livetv/v1/guide_pb";
import { useTitle } from "@/app/shell";
import { ChannelMark } from "@/artwork";
import { ButtonLink } from "@/design/button";
import { Bar, Chip, Empty, Failure, Loading, Skeleton } from "@/design/states";
import { useT } from "@/i18n";
import { asDate, clock, dateTime } from "@/i18n/format";
import { Picture } from "@/titles/card";
import { guide } from "@/wire/clients/guide";
import css from "./channel.module.css";

const route = getRouteApi("/shell/channel/$id");
const HOUR = 3_600_000;

const startOf = (one: Programme) => (one.startTime ? asDate(one.startTime).getTime() : 0);
const stopOf = (one: Programme) => (one.stopTime ? asDate(one.stopTime).getTime() : startOf(one));

/** A channel with what it shows; `programme` and `at` in the address put one programme first, as a search found it. */
export function ChannelPage() {
  const t = useT();
  const { id } = route.useParams();
  const { programme: wanted, at } = route.useSearch();
  // To the minute, so that drawing anew asks nothing anew.
  const now = Math.floor(Date.now() / 60_000) * 60_000;
  const asked = Number(at) * 60_000 || now;
  const from = Math.min(asked, now);
  // A day from now on, or until a little after the programme that was asked for; the server allows 14 days.
  const to = Math.min(Math.max(now + 24 * HOUR, asked + 6 * HOUR), from + 14 * 24 * HOUR);
  const found = useQuery({
    queryKey: ["channel", id, from, to],
    queryFn: async ({ signal }) => (await guide.getGuide({ channelId: [id], from: timestampFromDate(new Date(from)), to: timestampFromDate(new Date(to)) }, { signal })).items[0] ?? null,
    placeholderData: (before) => before,
  });
  const channel = found.data?.channel;
  const programmes = found.data?.programmes ?? [];
  const chosen = wanted ? programmes.find((one) => one.id === wanted) : undefined;
  const onAir = programmes.find((one) => startOf(one) <= Date.now() && stopOf(one) > Date.now());
  const first = chosen ?? onAir;
  const later = programmes.filter((one) => one !== first && startOf(one) > Date.now()).slice(0, 40);
  useTitle(chosen?.title ?? channel?.name);
  if (found.isError)
    return (
      <div className="page">
        <h1 className="sr">{t("failed")}</h1>
        <Failure page error={found.error} onRetry={() => void found.refetch()} />
      </div>
    );
  if (found.isPending)
    return (
      <div className="page">
        <Loading onRetry={() => void found.refetch()}>
          <Skeleton height="14rem" />
        </Loading>
      </div>
    );
  if (!channel)
    return (
      <div className="page">
        <h1 className="sr">{t("notFound")}</h1>
        <Empty page title={t("notFound")} action={<ButtonLink to="/live">{t("live.grid")}</ButtonLink>}>
          {t("notFoundText")}
        </Empty>
      </div>
    );
  const runs = first !== undefined && first === onAir;
  return (
    <div className="page stack" style={{ gap: "1.5rem" }}>
      <div className={css.head}>
        <span className={css.mark}>
          <ChannelMark name={channel.name} number={channel.number} />
          <Picture url={channel.logoUrl} />
        </span>
        <div className="stack" style={{ gap: "0.75rem" }}>
          <div className="row">
            <h1 dir="auto">{chosen?.title ?? channel.name}</h1>
            {!channel.isLive ? <Chip>{t("live.offAir")}</Chip> : (!chosen || runs) && <Chip tone="live">{t("live.badge")}</Chip>}
          </div>
          {wanted && !chosen && <p role="status">{t("channel.over")}</p>}
          {first && (
            <div>
              <p className="second">
                {chosen ? <Link to="/channel/$id" params={{ id }} className={css.name}>{channel.name}</Link> : <strong><bdi>{first.title}</bdi></strong>}
                {" · "}
                {runs ? `${t("channel.now")}, ${t("live.until", { time: clock(first.stopTime) })}` : `${dateTime(first.startTime)} – ${clock(first.stopTime)}`}
              </p>
              {runs && (
                <div className={css.bar}>
                  <Bar value={(Date.now() - startOf(first)) / (stopOf(first) - startOf(first))} label={first.title} />
                </div>
              )}
            </div>
          )}
          {first?.subtitle && <p><bdi>{first.subtitle}</bdi></p>}
          {first?.description && (
            <p className="second" style={{ maxInlineSize: "68ch" }}>
              <bdi>{first.description}</bdi>
            </p>
          )}
          <div className="row">
            {channel.isLive && (
              <ButtonLink to="/live/$id" params={{ id }} tone={runs || !chosen ? "primary" : "secondary"}>
                <Play size={20} fill="currentColor" aria-hidden />
                {t("live.watch", { channel: channel.name })}
              </ButtonLink>
            )}
            <ButtonLink to="/live" search={chosen && !runs ? { at: String(Math.floor(startOf(chosen) / 60_000)) } : {}}>
              {t("live.grid")}
            </ButtonLink>
          </div>
        </div>
      </div>
      <section className="stack">
        <h2>{t("channel.comes")}</h2>
        {later.length === 0 ? (
          <p className="quiet">{t("live.noInfo")}</p>
        ) : (
          <ol className={css.shows}>
            {later.map((one) => (
              <li key={one.id}>
                <Link to="/channel/$id" params={{ id }} search={{ programme: one.id, at: String(Math.floor(startOf(one) / 60_000)) }} className={css.show}>
                  <time title={dateTime(one.startTime)}>{clock(one.startTime)}</time>
                  <span>
                    <strong><bdi>{one.title}</bdi></strong>
                    {one.subtitle && <span className="quiet small"><bdi>{one.subtitle}</bdi></span>}
                  </span>
                </Link>
              </li>
            ))}
          </ol>
        )}
      </section>
    </div>
  );
}
