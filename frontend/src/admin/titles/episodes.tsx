import { useInfiniteQuery } from "@tanstack/react-query";
import type { Content } from "@gen/streamverse/content/v1/content_pb";
import { Button, ButtonLink } from "@/design/button";
import { Failure } from "@/design/states";
import { useT } from "@/i18n";
import { length } from "@/i18n/format";
import { Section } from "../frame";
import { Table } from "../table";
import { useAdminT } from "../texts";
import { Changed, Status } from "./chips";
import { listTitles } from "./kinds";

/** The episodes of a series, season by season. */
export function Episodes({ series }: { series: Content }) {
  const seasons = series.details.case === "series" ? [...series.details.value.seasons].sort((a, b) => a.number - b.number) : [];
  return (
    <>
      {seasons.map((season) => (
        <Season key={season.number} series={series} number={season.number} name={season.title} />
      ))}
    </>
  );
}

function Season({ series, number, name }: { series: Content; number: number; name: string }) {
  const t = useAdminT();
  const viewerT = useT();
  const found = useInfiniteQuery({
    queryKey: ["admin", "episodes", series.id, number],
    queryFn: ({ pageParam, signal }) => listTitles("episodes", { pageSize: 50, pageToken: pageParam, orderBy: "number", seriesId: series.id, season: number, withTotal: true }, signal),
    initialPageParam: "",
    getNextPageParam: (last) => last.nextPageToken || undefined,
  });
  const rows = found.data?.pages.flatMap((page) => page.items);
  const heading = name || t("title.season", { number: String(number) });
  return (
    <Section
      title={heading}
      actions={
        <ButtonLink small to="/admin/titles/$kind/$id" params={{ kind: "episodes", id: "new" }} search={{ series: series.id, season: String(number) }}>
          {t("titles.new.episodes")}
        </ButtonLink>
      }
    >
      {found.isError ? (
        <Failure error={found.error} onRetry={() => void found.refetch()} />
      ) : rows?.length === 0 ? (
        <p className="second">{t("title.noEpisodes")}</p>
      ) : (
        <Table
          caption={heading}
          rows={rows}
          idOf={(row) => row.id}
          nameOf={(row) => row.title}
          open={(row) => ({ to: "/admin/titles/$kind/$id", params: { kind: "episodes", id: row.id } })}
          columns={[
            { id: "title", label: t("titles.name"), cell: (row) => <span dir="auto">{row.details.case === "episode" ? `${row.details.value.episodeNumber}. ${row.title}` : row.title}</span> },
            { id: "status", label: t("titles.status"), cell: (row) => <Status row={row} /> },
            { id: "length", label: t("titles.length"), end: true, cell: (row) => (row.durationSeconds ? length(row.durationSeconds) : "") },
            { id: "changed", label: t("titles.changed"), cell: (row) => <Changed time={row.updateTime} /> },
          ]}
        />
      )}
      {found.hasNextPage && (
        <Button small busy={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
          {viewerT("showMore")}
        </Button>
      )}
    </Section>
  );
}
