import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import type { Content } from "@gen/streamverse/content/v1/content_pb";
import { useTitle } from "@/app/shell";
import { Button, ButtonLink } from "@/design/button";
import { Empty, Failure, Loading, Skeleton } from "@/design/states";
import { useT } from "@/i18n";
import { Grid, TitleCard } from "@/titles/card";
import { ofContent } from "@/titles/subject";
import { collections } from "@/wire/clients/collections";
import { playlists } from "@/wire/clients/playlists";
import { Refusal } from "@/wire/refusal";

const collectionRoute = getRouteApi("/shell/collection/$id");
const playlistRoute = getRouteApi("/shell/playlist/$id");

interface Asked {
  id: string;
  pageToken: string;
  signal: AbortSignal;
}

/** What a collection and a playlist are to viewers: a name, some words, and titles page by page. */
interface Source {
  name: "collection" | "playlist";
  get: (asked: Pick<Asked, "id" | "signal">) => Promise<{ title: string; description: string; itemCount: number } | undefined>;
  items: (asked: Asked) => Promise<{ items: Content[]; nextPageToken: string }>;
}

const COLLECTION: Source = {
  name: "collection",
  get: async ({ id, signal }) => (await collections.getCollection({ id }, { signal })).collection,
  items: ({ id, pageToken, signal }) => collections.listCollectionItems({ collectionId: id, pageSize: 48, pageToken }, { signal }),
};

const PLAYLIST: Source = {
  name: "playlist",
  get: async ({ id, signal }) => (await playlists.getPlaylist({ id }, { signal })).playlist,
  items: ({ id, pageToken, signal }) => playlists.listPlaylistItems({ playlistId: id, pageSize: 48, pageToken }, { signal }),
};

/** Titles that belong together. */
export function CollectionPage() {
  return <Together of={COLLECTION} id={collectionRoute.useParams().id} />;
}

/** Titles that editors have put into an order. */
export function PlaylistPage() {
  return <Together of={PLAYLIST} id={playlistRoute.useParams().id} />;
}

function Together({ of, id }: { of: Source; id: string }) {
  const t = useT();
  const about = useQuery({ queryKey: [of.name, id], queryFn: ({ signal }) => of.get({ id, signal }) });
  const titles = useInfiniteQuery({
    queryKey: [of.name, id, "titles"],
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) => of.items({ id, pageToken: pageParam, signal }),
    getNextPageParam: (page) => page.nextPageToken || undefined,
  });
  useTitle(about.data?.title);
  const error = about.error ?? titles.error;
  if (error)
    return (
      <div className="page">
        <h1 className="sr">{t("failed")}</h1>
        {Refusal.of(error).missing ? (
          <Empty page title={t("notFound")} action={<ButtonLink to="/collections">{t("sets.title")}</ButtonLink>}>
            {t("notFoundText")}
          </Empty>
        ) : (
          <Failure page error={error} onRetry={() => void Promise.all([about.refetch(), titles.refetch()])} />
        )}
      </div>
    );
  if (!about.data || titles.isPending)
    return (
      <div className="page stack">
        <Loading onRetry={() => void Promise.all([about.refetch(), titles.refetch()])}>
          <Skeleton width="16rem" height="2.5rem" />
          <Grid>
            {Array.from({ length: 12 }, (_, index) => (
              <Skeleton key={index} ratio="2 / 3" />
            ))}
          </Grid>
        </Loading>
      </div>
    );
  const items = titles.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className="page stack">
      <div>
        <h1 dir="auto">{about.data.title}</h1>
        <p className="quiet small">{t("person.titles", { count: about.data.itemCount })}</p>
      </div>
      {about.data.description && (
        <p className="second" dir="auto" style={{ maxInlineSize: "68ch" }}>
          {about.data.description}
        </p>
      )}
      {items.length === 0 ? (
        <Empty title={t("sets.empty")} action={<ButtonLink to="/browse">{t("browse.title")}</ButtonLink>} />
      ) : (
        <Grid>
          {items.map((item) => (
            <TitleCard key={item.id} info={ofContent(item)} />
          ))}
        </Grid>
      )}
      {titles.hasNextPage && (
        <div className="row" style={{ justifyContent: "center" }}>
          <Button busy={titles.isFetchingNextPage} onClick={() => void titles.fetchNextPage()}>
            {t("showMore")}
          </Button>
        </div>
      )}
    </div>
  );
}
