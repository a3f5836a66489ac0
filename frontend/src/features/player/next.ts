import { useQuery } from "@tanstack/react-query";
import type { Content } from "@gen/streamverse/content/v1/content_pb";
import { titleQuery } from "@/titles/find";
import { content } from "@/wire/clients/content";

/** The episode after one: in its season, else the first of the next. */
async function after(episode: Content, signal: AbortSignal): Promise<Content | null> {
  if (episode.details.case !== "episode") return null;
  const { seriesId, seasonNumber, episodeNumber } = episode.details.value;
  let pageToken = "";
  do {
    const page = await content.listEpisodes({ seriesId, season: seasonNumber, pageSize: 100, pageToken }, { signal });
    const next = page.items.find((item) => item.details.case === "episode" && item.details.value.episodeNumber > episodeNumber);
    if (next) return next;
    pageToken = page.nextPageToken;
  } while (pageToken);
  const series = (await content.getSeries({ id: seriesId }, { signal })).content;
  const seasons = series?.details.case === "series" ? series.details.value.seasons : [];
  const season = seasons.find((one) => one.number > seasonNumber);
  if (!season) return null;
  return (await content.listEpisodes({ seriesId, season: season.number, pageSize: 1 }, { signal })).items[0] ?? null;
}

export function useTitleAndNext(id: string) {
  const title = useQuery(titleQuery(id));
  const next = useQuery({ queryKey: ["next", id], queryFn: ({ signal }) => after(title.data as Content, signal), enabled: title.data?.details.case === "episode", staleTime: 300_000 });
  return { title: title.data, next: next.data ?? undefined };
}
