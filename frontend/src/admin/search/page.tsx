import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { RefreshCw } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { MatchKind, type Hit } from "@gen/streamverse/search/v1/search_pb";
import { ContentType } from "@gen/streamverse/content/v1/content_pb";
import { Chip, Failure, Skeleton } from "@/design/states";
import { TextField } from "@/design/field";
import { dateTime } from "@/i18n/format";
import { search as searching } from "@/wire/clients/search";
import { useAddress } from "../address";
import { Ask } from "../ask";
import { searchAdmin } from "../clients";
import { Facts, Page, Section } from "../frame";
import { Table } from "../table";
import { useAdminT, type AdminTextKey } from "../texts";

const MATCHES: Record<MatchKind, AdminTextKey> = {
  [MatchKind.UNSPECIFIED]: "match.partial",
  [MatchKind.EXACT]: "match.exact",
  [MatchKind.PREFIX]: "match.prefix",
  [MatchKind.TYPO]: "match.typo",
  [MatchKind.PARTIAL]: "match.partial",
};

/** The index, and what a search finds and why. Each way of tuning it is a section of its own. */
export function Searching() {
  const t = useAdminT();
  return (
    <Page title={t("searching")}>
      <Index />
      <Try />
    </Page>
  );
}

function Index() {
  const t = useAdminT();
  const found = useQuery({ queryKey: ["admin", "index"], queryFn: ({ signal }) => searchAdmin.getIndexStatus({}, { signal }), refetchInterval: 10_000 });
  const status = found.data;
  return (
    <Section
      title={t("index")}
      actions={
        <Ask
          verb={t("index.rebuild")}
          tone="primary"
          small
          icon={<RefreshCw size={16} aria-hidden />}
          title={t("index.rebuildTitle")}
          effect={t("index.rebuildText")}
          done={t("index.rebuilt")}
          run={() => searchAdmin.rebuildIndex({}, { timeoutMs: 600_000 })}
        />
      }
    >
      {found.isError ? (
        <Failure error={found.error} onRetry={() => void found.refetch()} />
      ) : !status ? (
        <Skeleton height="4rem" />
      ) : (
        <Facts
          facts={[
            [t("titles.status"), status.degraded ? <Chip tone="danger">{t("index.degraded")}</Chip> : status.rebuilding ? <Chip tone="warn">{t("index.rebuilding")}</Chip> : <Chip tone="ok">{t("index.ok")}</Chip>],
            [t("index.documents"), String(status.documents)],
            [t("index.lag"), String(status.lagEvents)],
            [t("index.time"), dateTime(status.indexedTime)],
            [t("index.backend"), status.backend],
          ]}
        />
      )}
    </Section>
  );
}

function Try() {
  const t = useAdminT();
  const { search, narrow } = useAddress();
  const [text, setText] = useState(search.q ?? "");
  const q = useDeferredValue(text.trim());
  const found = useQuery({ queryKey: ["admin", "try-search", q], queryFn: ({ signal }) => searching.searchGlobal({ q, limit: 20 }, { signal }), enabled: q !== "", placeholderData: keepPreviousData });
  return (
    <Section title={t("try")} text={t("try.text")}>
      <div style={{ maxInlineSize: "30rem" }}>
        <TextField label={t("try.query")} type="search" dir="auto" value={text} onChange={(event) => setText(event.target.value)} onBlur={() => narrow({ q: text.trim() })} />
      </div>
      {found.isError ? (
        <Failure error={found.error} onRetry={() => void found.refetch()} />
      ) : q === "" ? null : found.data?.items.length === 0 ? (
        <p role="status">{t("try.none", { query: q })}</p>
      ) : (
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
              { id: "match", label: t("match"), cell: (row) => t(MATCHES[row.match]) },
              { id: "field", label: t("match.field"), cell: (row) => <bdi>{row.matched}</bdi> },
              { id: "score", label: t("match.score"), end: true, cell: (row) => row.score.toFixed(2) },
            ]}
          />
        </>
      )}
    </Section>
  );
}

const KIND_OF: Partial<Record<ContentType, AdminTextKey>> = {
  [ContentType.MOVIE]: "title.movies",
  [ContentType.SERIES]: "title.series",
  [ContentType.EPISODE]: "title.episodes",
  [ContentType.VIDEO]: "title.videos",
  [ContentType.CHANNEL]: "title.channel",
  [ContentType.FAST_CHANNEL]: "title.channel",
  [ContentType.PROGRAMME]: "title.programme",
};
