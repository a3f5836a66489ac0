import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import type { Content } from "@gen/streamverse/content/v1/content_pb";
import { useTitle } from "@/app/shell";
import { Button, ButtonLink } from "@/design/button";
import { SelectField } from "@/design/field";
import { Empty, Failure, Loading, Skeleton } from "@/design/states";
import { useT } from "@/i18n";
import { Grid, TitleCard } from "@/titles/card";
import { ofContent } from "@/titles/subject";
import { browse } from "@/wire/clients/browse";
import { collections } from "@/wire/clients/collections";
import css from "./browse.module.css";

const route = getRouteApi("/shell/browse");
const SORTS = ["-popularity", "-trending", "-score", "-create_time", "-release_date", "title"] as const;

/** All titles of a genre, or of a collection, page by page. */
export function Browse() {
  const t = useT();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const collection = useQuery({
    queryKey: ["collection", search.collection],
    queryFn: ({ signal }) => collections.getCollection({ id: search.collection ?? "" }, { signal }),
    enabled: Boolean(search.collection),
  });
  const genres = useQuery({ queryKey: ["genres"], queryFn: ({ signal }) => browse.listGenres({ pageSize: 100 }, { signal }), staleTime: 600_000, enabled: !search.collection });
  const sort = search.sort ?? "-score";
  const found = useInfiniteQuery({
    queryKey: ["browse", search],
    initialPageParam: "",
    queryFn: async ({ pageParam, signal }): Promise<{ items: Content[]; nextPageToken: string }> =>
      search.collection
        ? collections.listCollectionItems({ collectionId: search.collection, pageSize: 48, pageToken: pageParam }, { signal })
        : browse.listTitles(
            {
              pageSize: 48,
              pageToken: pageParam,
              orderBy: sort,
              genre: search.genre ? [search.genre] : [],
              ...(search.decade ? { yearFrom: Number(search.decade), yearTo: Number(search.decade) + 9 } : {}),
            },
            { signal },
          ),
    getNextPageParam: (page) => page.nextPageToken || undefined,
  });
  const heading = search.collection ? (collection.data?.collection?.title ?? "") : (search.genre ?? t("browse.title"));
  useTitle(heading || t("browse.title"));
  const items = found.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className="page stack">
      <div className={css.head}>
        <div>
          <h1>{heading || " "}</h1>
          {collection.data?.collection?.description && <p className="second">{collection.data.collection.description}</p>}
        </div>
        {!search.collection && (
          <div className={css.tools}>
            <SelectField label={t("genre")} value={search.genre ?? ""} onChange={(event) => void navigate({ search: ({ genre: _, ...rest }) => (event.target.value ? { ...rest, genre: event.target.value } : rest) })}>
              <option value="">{t("all")}</option>
              {genres.data?.items.map((genre) => (
                <option key={genre.name} value={genre.name}>
                  {genre.name} ({genre.titleCount})
                </option>
              ))}
            </SelectField>
            <SelectField label={t("browse.sort")} value={sort} onChange={(event) => void navigate({ search: (old) => ({ ...old, sort: event.target.value }) })}>
              {SORTS.map((order) => (
                <option key={order} value={order}>
                  {t(`sort.${order}`)}
                </option>
              ))}
            </SelectField>
          </div>
        )}
      </div>
      {found.isPending ? (
        <Loading onRetry={() => void found.refetch()}>
          <Grid>
            {Array.from({ length: 18 }, (_, index) => (
              <Skeleton key={index} ratio="2 / 3" />
            ))}
          </Grid>
        </Loading>
      ) : found.isError ? (
        <Failure error={found.error} onRetry={() => void found.refetch()} />
      ) : items.length === 0 ? (
        <Empty title={t("home.empty")} action={<ButtonLink to="/">{t("goHome")}</ButtonLink>} />
      ) : (
        <>
          <Grid>
            {items.map((item) => (
              <TitleCard key={item.id} info={ofContent(item)} />
            ))}
          </Grid>
          {found.hasNextPage && (
            <div className="row" style={{ justifyContent: "center", marginBlockStart: "1.5rem" }}>
              <Button busy={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
                {t("showMore")}
              </Button>
            </div>
          )}
        </>
      )}
    </div>
  );
}
