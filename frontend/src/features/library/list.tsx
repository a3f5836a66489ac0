import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { EllipsisVertical, X } from "lucide-react";
import { useTitle } from "@/app/shell";
import { isTv } from "@/app/tv";
import { Button, ButtonLink, IconButton } from "@/design/button";
import { Menu, MenuItem } from "@/design/menu";
import { Empty, Failure, Loading, Skeleton } from "@/design/states";
import { toast } from "@/design/toast";
import { reasonText, useT } from "@/i18n";
import { Grid, Slot, TitleCard } from "@/titles/card";
import { ofContent } from "@/titles/subject";
import { library } from "@/wire/clients/library";
import { Refusal } from "@/wire/refusal";

/** What the profile wants to see later. */
export function List() {
  const t = useT();
  useTitle(t("list.title"));
  const queries = useQueryClient();
  const found = useInfiniteQuery({
    queryKey: ["watchlist"],
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) => library.listWatchlist({ pageSize: 48, pageToken: pageParam }, { signal }),
    getNextPageParam: (page) => page.nextPageToken || undefined,
  });
  const fresh = () => queries.invalidateQueries({ queryKey: ["watchlist"] });
  const remove = async (contentId: string) => {
    try {
      await library.removeFromWatchlist({ contentId });
      await fresh();
      toast(t("title.removedFromList"), () => void library.addToWatchlist({ contentId }).then(fresh));
    } catch (error) {
      toast(reasonText(Refusal.of(error)));
    }
  };
  const items = found.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className="page stack">
      <h1>{t("list.title")}</h1>
      {found.isPending ? (
        <Loading onRetry={() => void found.refetch()}>
          <Grid>
            {Array.from({ length: 8 }, (_, index) => (
              <Skeleton key={index} ratio="2 / 3" />
            ))}
          </Grid>
        </Loading>
      ) : found.isError ? (
        <Failure error={found.error} onRetry={() => void found.refetch()} />
      ) : items.length === 0 ? (
        <Empty
          title={t("list.empty")}
          action={
            <ButtonLink to="/" tone="primary">
              {t("purchases.browse")}
            </ButtonLink>
          }
        >
          {t("list.emptyText")}
        </Empty>
      ) : (
        <>
          <Grid>
            {items.map(
              ({ content }) =>
                content && (
                  <Slot
                    key={content.id}
                    menu={
                      <Menu
                        label={content.title}
                        up={isTv()}
                        trigger={(aria) => (
                          <IconButton small label={`${t("more")}: ${content.title}`} {...aria}>
                            <EllipsisVertical size={18} aria-hidden />
                          </IconButton>
                        )}
                      >
                        <MenuItem icon={<X size={18} aria-hidden />} onSelect={() => void remove(content.id)}>
                          {t("list.remove", { title: content.title })}
                        </MenuItem>
                      </Menu>
                    }
                  >
                    <TitleCard info={ofContent(content)} />
                  </Slot>
                ),
            )}
          </Grid>
          {found.hasNextPage && (
            <Button busy={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
              {t("showMore")}
            </Button>
          )}
        </>
      )}
    </div>
  );
}
