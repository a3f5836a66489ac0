import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Archive, CircleCheck, Clock, PencilLine } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { timestampDate } from "@bufbuild/protobuf/wkt";
import { ContentStatus, ContentType, Monetization, type Content } from "@gen/streamverse/content/v1/content_pb";
import { useTitle } from "@/app/shell";
import { Poster } from "@/artwork";
import { Button } from "@/design/button";
import { SelectField, TextField } from "@/design/field";
import { Chip, Empty, Failure } from "@/design/states";
import { dateTime, length, relative } from "@/i18n/format";
import { contentAdmin, videoAdmin } from "../clients";
import { useCursor } from "../cursor";
import { Pager, Table, tableStyles as table, type Column } from "../table";
import { useAdminT } from "../texts";
import css from "./titles.module.css";

const route = getRouteApi("/admin/titles");
const KINDS = ["movies", "series", "episodes", "videos"] as const;
const STATUSES = { draft: ContentStatus.DRAFT, published: ContentStatus.PUBLISHED, archived: ContentStatus.ARCHIVED } as const;
const SIZE = 50;

interface Wanted {
  pageSize: number;
  pageToken: string;
  orderBy: string;
  status: ContentStatus[];
  titlePrefix: string;
  withTotal: boolean;
}

function ask(kind: string, wanted: Wanted, signal: AbortSignal): Promise<{ items: Content[]; nextPageToken: string; total?: number | undefined }> {
  if (kind === "series") return contentAdmin.adminListSeries(wanted, { signal });
  if (kind === "episodes") return contentAdmin.adminListEpisodes(wanted, { signal });
  if (kind === "videos") return videoAdmin.adminListVideos(wanted, { signal });
  return contentAdmin.adminListMovies(wanted, { signal });
}

/** Every title of a kind, whatever its status. */
export function Titles() {
  const t = useAdminT();
  useTitle(t("titles"));
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [starts, setStarts] = useState(search.starts ?? "");
  const prefix = useDeferredValue(starts);
  const kind = search.kind ?? "movies";
  const cursor = useCursor(search, (next) => void navigate({ search: ({ after: _a, page: _p, ...rest }) => ({ ...rest, ...next }) }));
  const narrow = (changes: Partial<typeof search>) => void navigate({ search: ({ after: _a, page: _p, ...rest }) => clean({ ...rest, ...changes }), replace: true });
  const wanted: Wanted = {
    pageSize: SIZE,
    pageToken: cursor.token,
    orderBy: search.sort ?? "",
    status: search.status && search.status in STATUSES ? [STATUSES[search.status as keyof typeof STATUSES]] : [],
    titlePrefix: prefix,
    withTotal: true,
  };
  const found = useQuery({ queryKey: ["admin", "titles", kind, wanted], queryFn: ({ signal }) => ask(kind, wanted, signal), placeholderData: keepPreviousData });
  const filtered = Boolean(search.status || prefix);
  const columns: Column<Content>[] = [
    {
      id: "title",
      label: t("titles.name"),
      sort: "title",
      cell: (row) => (
        <span className={css.name}>
          <span className={css.poster}>{row.posterUrl ? <img src={row.posterUrl} alt="" loading="lazy" decoding="async" /> : <Poster subject={subject(row)} />}</span>
          <span dir="auto">{row.title}</span>
        </span>
      ),
    },
    { id: "year", label: t("titles.year"), cell: (row) => row.releaseDate.slice(0, 4), end: true },
    { id: "status", label: t("titles.status"), cell: (row) => <Status row={row} /> },
    { id: "length", label: t("titles.length"), cell: (row) => (row.durationSeconds ? length(row.durationSeconds) : ""), end: true },
    { id: "rating", label: t("titles.rating"), cell: (row) => row.maturityRating },
    { id: "money", label: t("titles.money"), cell: (row) => money(row.monetization, t) },
    {
      id: "changed",
      label: t("titles.changed"),
      cell: (row) => row.updateTime && <time title={dateTime(row.updateTime)}>{relative(row.updateTime)}</time>,
    },
  ];
  return (
    <div className="stack">
      <h1>{t("titles")}</h1>
      <div className={table.tools}>
        <SelectField label={t("titles.kind")} value={kind} onChange={(event) => narrow({ kind: event.target.value })}>
          {KINDS.map((value) => (
            <option key={value} value={value}>
              {t(`titles.${value}`)}
            </option>
          ))}
        </SelectField>
        <SelectField label={t("titles.status")} value={search.status ?? ""} onChange={(event) => narrow({ status: event.target.value })}>
          <option value="">{t("titles.anyStatus")}</option>
          {Object.keys(STATUSES).map((value) => (
            <option key={value} value={value}>
              {t(`status.${value as keyof typeof STATUSES}`)}
            </option>
          ))}
        </SelectField>
        <TextField
          label={t("titles.starts")}
          value={starts}
          onChange={(event) => {
            setStarts(event.target.value);
            narrow({ starts: event.target.value });
          }}
        />
      </div>
      {found.isError ? (
        <Failure error={found.error} onRetry={() => void found.refetch()} />
      ) : found.data?.items.length === 0 ? (
        <Empty
          title={t(filtered ? "titles.noMatch" : "titles.none")}
          action={
            filtered && (
              <Button
                onClick={() => {
                  setStarts("");
                  narrow({ status: "", starts: "" });
                }}
              >
                {t("titles.clear")}
              </Button>
            )
          }
        >
          {filtered ? undefined : t("titles.noneText")}
        </Empty>
      ) : (
        <>
          <Table caption={t("titles")} columns={columns} rows={found.data?.items} idOf={(row) => row.id} nameOf={(row) => row.title} sort={search.sort ?? ""} onSort={(sort) => narrow({ sort })} />
          <Pager page={cursor.page} total={found.data?.total} hasNext={Boolean(found.data?.nextPageToken)} onFirst={cursor.first} onPrevious={cursor.previous} onNext={() => cursor.next(found.data?.nextPageToken ?? "")} />
        </>
      )}
    </div>
  );
}

function clean<T extends Record<string, string | undefined>>(search: T): T {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value)) as T;
}

function subject(row: Content) {
  return { id: row.id, title: row.title, year: Number(row.releaseDate.slice(0, 4)) || 0, type: ContentType[row.type].toLowerCase(), genres: row.genres, director: "" };
}

function money(value: Monetization, t: ReturnType<typeof useAdminT>): string {
  switch (value) {
    case Monetization.AVOD:
      return t("money.avod");
    case Monetization.SVOD:
      return t("money.svod");
    case Monetization.TVOD:
      return t("money.tvod");
    case Monetization.PPV:
      return t("money.ppv");
    default:
      return "";
  }
}

function Status({ row }: { row: Content }) {
  const t = useAdminT();
  if (row.status === ContentStatus.PUBLISHED)
    return (
      <Chip tone="ok" icon={<CircleCheck size={14} aria-hidden />}>
        {t("status.published")}
      </Chip>
    );
  if (row.status === ContentStatus.ARCHIVED) return <Chip icon={<Archive size={14} aria-hidden />}>{t("status.archived")}</Chip>;
  if (row.publishTime && timestampDate(row.publishTime) > new Date())
    return (
      <Chip tone="warn" icon={<Clock size={14} aria-hidden />}>
        {t("status.scheduled", { time: dateTime(row.publishTime) })}
      </Chip>
    );
  return <Chip icon={<PencilLine size={14} aria-hidden />}>{t("status.draft")}</Chip>;
}
