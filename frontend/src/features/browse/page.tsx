import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useTitle } from "@/app/shell";
import { Button, ButtonLink } from "@/design/button";
import { SelectField } from "@/design/field";
import { Empty, Failure, Loading, Skeleton } from "@/design/states";
import { useT } from "@/i18n";
import { Grid, TitleCard } from "@/titles/card";
import { ofContent } from "@/titles/subject";
import { browse } from "@/wire/clients/browse";
import css from "./browse.module.css";

const route = getRouteApi("/shell/browse");
const SORTS = ["-popularity", "-trending", "-score", "-create_time", "-release_date", "title"] as const;

/** All titles, or those of a genre, page by page. */
export function Browse() {
  const t = useT();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const genres = useQuery({ queryKey: ["genres"], queryFn: ({ signal }) => browse.listGenres({ pageSize: 100 }, { signal }), staleTime: 600_000 });
  const sort = search.sort ?? "-score";
  const found = useInfiniteQuery({
    queryKey: ["browse", search],
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) =>
      browse.listTitles(
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
  const heading = search.genre ?? t("browse.title");
  useTitle(heading);
  const items = found.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className="page stack">
      <div className={css.head}>
        <h1>{heading}</h1>
        <div className={css.tools}>
          <ButtonLink to="/collections" tone="quiet">
            {t("sets.title")}
          </ButtonLink>
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
