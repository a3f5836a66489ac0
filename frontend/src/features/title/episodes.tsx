import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Check } from "lucide-react";
import { ArtworkRole, type Content, type SeriesDetails } from "@gen/streamverse/content/v1/content_pb";
import type { WatchedTitle } from "@gen/streamverse/streaming/v1/history_pb";
import { Still } from "@/artwork";
import { Button } from "@/design/button";
import { SelectField } from "@/design/field";
import { Bar, Chip, Empty, Failure, Loading, Skeleton } from "@/design/states";
import { useT } from "@/i18n";
import { length } from "@/i18n/format";
import { Picture } from "@/titles/card";
import { pictureOf } from "@/titles/pictures";
import { ofContent, subjectOf } from "@/titles/subject";
import { content } from "@/wire/clients/content";
import css from "./title.module.css";

const route = getRouteApi("/shell/title/$id");

export const episodesQuery = (seriesId: string, season: number) => ({
  queryKey: ["episodes", seriesId, season],
  initialPageParam: "",
  queryFn: ({ pageParam, signal }: { pageParam: string; signal: AbortSignal }) => content.listEpisodes({ seriesId, season, pageSize: 50, pageToken: pageParam }, { signal }),
  getNextPageParam: (page: { nextPageToken: string }) => page.nextPageToken || undefined,
});

interface Props {
  series: Content;
  details: SeriesDetails;
  season: number;
  next: string | undefined;
  watched: Map<string, WatchedTitle>;
}

/** The episodes of a season, and which of them comes next. */
export function Episodes({ series, details, season, next, watched }: Props) {
  const t = useT();
  const navigate = route.useNavigate();
  const found = useInfiniteQuery(episodesQuery(series.id, season));
  const items = found.data?.pages.flatMap((page) => page.items) ?? [];
  const nameOf = (number: number, title: string) => (title ? `${number}. ${title}` : t("title.season", { n: number }));
  return (
    <section className="stack" aria-label={t("title.episodes")}>
      <div className={css.seasons}>
        <h2>{t("title.episodes")}</h2>
        {details.seasons.length > 1 && (
          <SelectField label={t("title.seasons", { count: details.seasons.length })} value={season} onChange={(event) => void navigate({ search: { season: event.target.value }, replace: true, resetScroll: false })}>
            {details.seasons.map((one) => (
              <option key={one.number} value={one.number}>
                {nameOf(one.number, one.title)}
              </option>
            ))}
          </SelectField>
        )}
      </div>
      {found.isPending ? (
        <Loading>
          <div className={css.episodes}>
            {[0, 1, 2].map((n) => (
              <div key={n} className={css.episode}>
                <Skeleton ratio="16 / 9" />
                <Skeleton height="3rem" />
              </div>
            ))}
          </div>
        </Loading>
      ) : found.isError ? (
        <Failure error={found.error} onRetry={() => void found.refetch()} />
      ) : items.length === 0 ? (
        <Empty title={t("title.noEpisodes")} />
      ) : (
        <ul className={css.episodes}>
          {items.map((episode) => {
            const number = episode.details.case === "episode" ? episode.details.value.episodeNumber : 0;
            const seen = watched.get(episode.id);
            return (
              <li key={episode.id}>
                <Link to="/watch/$id" params={{ id: episode.id }} className={css.episode} data-next={episode.id === next || undefined}>
                  <span className={css.still}>
                    <Still subject={subjectOf(ofContent(series))} season={season} episode={number} />
                    <Picture url={pictureOf(episode, ArtworkRole.STILL, 420)?.url || episode.posterUrl} />
                    {seen && !seen.watched && seen.durationSeconds > 0 && (
                      <span>
                        <Bar value={seen.positionSeconds / seen.durationSeconds} label={t("home.left", { time: length(seen.durationSeconds - seen.positionSeconds) })} />
                      </span>
                    )}
                  </span>
                  <span className="stack" style={{ gap: "0.25rem" }}>
                    <h3>
                      <span>
                        {number}. <bdi>{episode.title}</bdi>
                      </span>
                      {episode.id === next && <Chip>{t("title.upNext")}</Chip>}
                      {seen?.watched && (
                        <Chip tone="ok" icon={<Check size={14} aria-hidden />}>
                          {t("title.watched")}
                        </Chip>
                      )}
                    </h3>
                    {episode.durationSeconds > 0 && <span className="quiet small">{length(episode.durationSeconds)}</span>}
                    <p dir="auto">{episode.synopsis}</p>
                  </span>
                </Link>
              </li>
            );
          })}
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
