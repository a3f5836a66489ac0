import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useTitle } from "@/app/shell";
import { Button, ButtonLink } from "@/design/button";
import { Empty, Failure, Loading, Skeleton } from "@/design/states";
import { useT } from "@/i18n";
import { Grid, TitleCard } from "@/titles/card";
import { ofContent } from "@/titles/subject";
import { people } from "@/wire/clients/people";
import { Refusal } from "@/wire/refusal";

const route = getRouteApi("/shell/person/$id");

/** Somebody who plays in titles or makes them, and which. */
export function Person() {
  const t = useT();
  const { id } = route.useParams();
  const found = useQuery({ queryKey: ["person", id], queryFn: ({ signal }) => people.getPerson({ id }, { signal }) });
  const titles = useInfiniteQuery({
    queryKey: ["person", id, "titles"],
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) => people.listPersonTitles({ personId: id, pageSize: 48, pageToken: pageParam }, { signal }),
    getNextPageParam: (page) => page.nextPageToken || undefined,
  });
  const person = found.data?.person;
  useTitle(person?.name);
  const error = found.error ?? titles.error;
  if (error)
    return (
      <div className="page">
        <h1 className="sr">{t("failed")}</h1>
        {Refusal.of(error).missing ? <Empty page title={t("notFound")} action={<ButtonLink to="/">{t("goHome")}</ButtonLink>} /> : <Failure page error={error} />}
      </div>
    );
  if (!person || titles.isPending)
    return (
      <div className="page">
        <Loading>
          <Skeleton width="16rem" height="2.5rem" />
        </Loading>
      </div>
    );
  return (
    <div className="page stack">
      <h1 dir="auto">{person.name}</h1>
      <p className="second">{t("person.titles", { count: person.titleCount })}</p>
      {person.biography && <p dir="auto">{person.biography}</p>}
      <Grid>
        {titles.data?.pages.flatMap((page) => page.items).map((item) => <TitleCard key={item.id} info={ofContent(item)} />)}
      </Grid>
      {titles.hasNextPage && (
        <Button busy={titles.isFetchingNextPage} onClick={() => void titles.fetchNextPage()}>
          {t("showMore")}
        </Button>
      )}
    </div>
  );
}
