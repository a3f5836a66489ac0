import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { ContentType } from "@gen/streamverse/content/v1/content_pb";
import { MatchKind, type Hit } from "@gen/streamverse/search/v1/search_pb";
import { Chip, Failure } from "@/design/states";
import { search as searching } from "@/wire/clients/search";
import { Table } from "../table";
import { useAdminT, type AdminTextKey } from "../texts";

const MATCHES: Record<MatchKind, AdminTextKey> = {
  [MatchKind.UNSPECIFIED]: "match.partial",
  [MatchKind.EXACT]: "match.exact",
  [MatchKind.PREFIX]: "match.prefix",
  [MatchKind.TYPO]: "match.typo",
  [MatchKind.PARTIAL]: "match.partial",
};

export const KIND_OF: Partial<Record<ContentType, AdminTextKey>> = {
  [ContentType.MOVIE]: "title.movies",
  [ContentType.SERIES]: "title.series",
  [ContentType.EPISODE]: "title.episodes",
  [ContentType.VIDEO]: "title.videos",
  [ContentType.CHANNEL]: "title.channel",
  [ContentType.FAST_CHANNEL]: "title.channel",
  [ContentType.PROGRAMME]: "title.programme",
  [ContentType.COLLECTION]: "title.collection",
};

/** What viewers find, and why. */
export function Found({ q }: { q: string }) {
  const t = useAdminT();
  const found = useQuery({ queryKey: ["admin", "try-search", q], queryFn: ({ signal }) => searching.searchGlobal({ q, limit: 20 }, { signal }), enabled: q !== "", placeholderData: keepPreviousData });
  if (q === "") return null;
  if (found.isError) return <Failure error={found.error} onRetry={() => void found.refetch()} />;
  if (found.data?.items.length === 0) return <p role="status">{t("try.none", { query: q })}</p>;
  return (
    <>
      <p className="second" role="status">
        {found.data ? t("try.count", { count: found.data.total }) : ""}
      </p>
      <Table<Hit>
        caption={t("try")}
        rows={found.data?.items}
        idOf={(row) => row.id}
        nameOf={(row) => row.title}
        columns={[
          { id: "title", label: t("titles.name"), cell: (row) => <b dir="auto">{row.title}</b> },
          { id: "type", label: t("titles.kind"), cell: (row) => t(KIND_OF[row.type] ?? "titles") },
          { id: "year", label: t("titles.year"), end: true, cell: (row) => row.year || "" },
          { id: "match", label: t("match"), cell: (row) => (row.pinned ? <Chip tone="ok">{t("match.pinned")}</Chip> : t(MATCHES[row.match])) },
          { id: "field", label: t("match.field"), cell: (row) => <bdi>{row.matched}</bdi> },
          { id: "score", label: t("match.score"), end: true, cell: (row) => row.score.toFixed(2) },
        ]}
      />
    </>
  );
}
