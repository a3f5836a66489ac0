import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTitle } from "@/app/shell";
import { Poster } from "@/artwork";
import { Button, ButtonLink } from "@/design/button";
import { Empty, Failure, Loading, Skeleton } from "@/design/states";
import { useT } from "@/i18n";
import { Picture } from "@/titles/card";
import { collections } from "@/wire/clients/collections";
import { playlists } from "@/wire/clients/playlists";
import css from "./sets.module.css";

interface Together {
  id: string;
  title: string;
  description: string;
  posterUrl: string;
  itemCount: number;
}

const next = (page: { nextPageToken: string }) => page.nextPageToken || undefined;

/** Every collection and playlist that the viewer sees something of. */
export function Sets() {
  const t = useT();
  useTitle(t("sets.title"));
  const grouped = useInfiniteQuery({ queryKey: ["collections"], initialPageParam: "", queryFn: ({ pageParam, signal }) => collections.listCollections({ pageSize: 48, pageToken: pageParam }, { signal }), getNextPageParam: next });
  const listed = useInfiniteQuery({ queryKey: ["playlists"], initialPageParam: "", queryFn: ({ pageParam, signal }) => playlists.listPlaylists({ pageSize: 48, pageToken: pageParam }, { signal }), getNextPageParam: next });
  const error = grouped.error ?? listed.error;
  const retry = () => void Promise.all([grouped.refetch(), listed.refetch()]);
  const some = (query: typeof grouped | typeof listed): Together[] => query.data?.pages.flatMap((page): Together[] => page.items) ?? [];
  const parts = [
    { to: "/collection/$id", name: t("types.collection"), items: some(grouped), query: grouped },
    { to: "/playlist/$id", name: t("sets.playlists"), items: some(listed), query: listed },
  ] as const;
  return (
    <div className="page stack" style={{ gap: "2rem" }}>
      <h1>{t("sets.title")}</h1>
      {error ? (
        <Failure error={error} onRetry={retry} />
      ) : grouped.isPending || listed.isPending ? (
        <Loading onRetry={retry}>
          <div className={css.sets}>
            {[0, 1, 2, 3].map((n) => (
              <Skeleton key={n} height="8rem" />
            ))}
          </div>
        </Loading>
      ) : parts.every(({ items }) => items.length === 0) ? (
        <Empty title={t("sets.none")} action={<ButtonLink to="/browse">{t("browse.title")}</ButtonLink>}>
          {t("sets.noneText")}
        </Empty>
      ) : (
        parts
          .filter(({ items }) => items.length > 0)
          .map(({ to, name, items, query }) => (
            <section key={to} className="stack">
              <h2>{name}</h2>
              <ul className={css.sets}>
                {items.map((one) => (
                  <li key={one.id}>
                    <Link to={to} params={{ id: one.id }} className={css.set}>
                      <span className={css.art}>
                        <Poster subject={{ id: one.id, title: one.title, year: 0, type: "collection", genres: [] }} />
                        <Picture url={one.posterUrl} />
                      </span>
                      <span>
                        <strong><bdi>{one.title}</bdi></strong>
                        <span className={css.count}>{t("person.titles", { count: one.itemCount })}</span>
                        {one.description && (
                          <span className={css.words}>
                            <bdi>{one.description}</bdi>
                          </span>
                        )}
                      </span>
                    </Link>
                  </li>
                ))}
              </ul>
              {query.hasNextPage && (
                <div>
                  <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                    {t("showMore")}
                  </Button>
                </div>
              )}
            </section>
          ))
      )}
    </div>
  );
}
