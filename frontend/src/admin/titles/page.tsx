import { Link } from "@tanstack/react-router";
import { ContentStatus, type Content } from "@gen/streamverse/content/v1/content_pb";
import { ButtonLink } from "@/design/button";
import { length } from "@/i18n/format";
import { timestampDate, type Timestamp } from "@bufbuild/protobuf/wkt";
import { useAddress } from "../address";
import type { Bulk } from "../bulk";
import { Page } from "../frame";
import { List } from "../list";
import { useMay } from "../navigation";
import type { Column } from "../table";
import { useAdminT } from "../texts";
import { When } from "../when";
import { Changed, SoldBy, Status, TitleName } from "./chips";
import { deleteTitle, isKind, kindOf, KINDS, listTitles, MONETIZATIONS, STATUSES, updateTitle, type Kind } from "./kinds";
import { useState } from "react";
import css from "./titles.module.css";

/** Every title of a kind, whatever its status. */
export function Titles() {
  const t = useAdminT();
  const may = useMay();
  const { search } = useAddress();
  const offered = KINDS.filter((one) => one === "videos" || may("catalogue"));
  const kind: Kind = isKind(search.kind) && offered.includes(search.kind) ? search.kind : (offered[0] ?? "videos");
  const columns: Column<Content>[] = [
    {
      id: "title",
      label: t("titles.name"),
      sort: "title",
      text: (row) => row.title,
      cell: (row) => <TitleName row={row} {...(row.details.case === "episode" ? { note: episodeOf(row) } : row.originalTitle && row.originalTitle !== row.title ? { note: row.originalTitle } : {})} />,
    },
    { id: "year", label: t("titles.year"), sort: "release_date", text: (row) => row.releaseDate, cell: (row) => row.releaseDate.slice(0, 4), end: true },
    { id: "status", label: t("titles.status"), text: (row) => t(STATUSES.find(([value]) => value === row.status)?.[2] ?? "status.draft"), cell: (row) => <Status row={row} /> },
    { id: "length", label: t("titles.length"), text: (row) => String(row.durationSeconds), cell: (row) => (row.durationSeconds ? length(row.durationSeconds) : ""), end: true },
    { id: "rating", label: t("titles.rating"), text: (row) => row.maturityRating, cell: (row) => row.maturityRating },
    { id: "money", label: t("titles.money"), text: (row) => t(MONETIZATIONS.find(([one]) => one === row.monetization)?.[1] ?? "money.svod"), cell: (row) => <SoldBy value={row.monetization} /> },
    { id: "changed", label: t("titles.changed"), cell: (row) => <Changed time={row.updateTime} /> },
  ];
  return (
    <Page
      title={t("titles")}
      actions={
        <ButtonLink to="/admin/titles/$kind/$id" params={{ kind, id: "new" }} tone="primary" small>
          {t(`titles.new.${kind}`)}
        </ButtonLink>
      }
    >
      <nav className={css.tabs} aria-label={t("titles.kind")}>
        {offered.map((one) => (
          <Link key={one} to="/admin/titles" search={{ kind: one }} aria-current={one === kind ? "page" : undefined} activeProps={{}}>
            {t(`titles.${one}`)}
          </Link>
        ))}
      </nav>
      <List
        key={kind}
        name={kind}
        depends={kind}
        caption={t(`titles.${kind}`)}
        ask={(asked, words, signal) =>
          listTitles(
            kind,
            {
              ...asked,
              status: STATUSES.filter(([, word]) => word === words.status).map(([value]) => value),
              titlePrefix: words.starts ?? "",
              withTotal: true,
              ...(words.series ? { seriesId: words.series } : {}),
              ...(words.category ? { category: [words.category] } : {}),
            },
            signal,
          )
        }
        columns={columns}
        idOf={(row) => row.id}
        nameOf={(row) => row.title}
        open={(row) => ({ to: "/admin/titles/$kind/$id", params: { kind: kindOf(row), id: row.id } })}
        filters={[
          { id: "starts", label: t("titles.starts") },
          { id: "status", label: t("titles.status"), options: STATUSES.map(([, word, label]) => [word, t(label)] as const) },
          ...(kind === "videos" ? [{ id: "category", label: t("titles.category") }] : []),
          ...(kind === "episodes" && search.series ? [{ id: "series", label: t("titles.seriesId") }] : []),
        ]}
        bulk={useTitleBulk(kind)}
        empty={{
          title: t("titles.none"),
          text: t("titles.noneText"),
          action: (
            <ButtonLink to="/admin/imports" tone="primary">
              {t("imports.title")}
            </ButtonLink>
          ),
        }}
      />
    </Page>
  );
}

function episodeOf(row: Content): string {
  if (row.details.case !== "episode") return "";
  const { series, seasonNumber, episodeNumber } = row.details.value;
  return `${series?.title ?? ""} · ${seasonNumber}×${episodeNumber}`;
}

export function useTitleBulk(kind: Kind): Bulk<Content>[] {
  const t = useAdminT();
  // Only the mask is written, so what others changed meanwhile stays; the version still has to be the one that was seen.
  const set = (status: ContentStatus) => (row: Content) => updateTitle(kind, { ...row, status }, ["status"]);
  return [
    { id: "publish", verb: (count) => t("titles.publish", { count }), effect: t("titles.publishText"), tone: "primary", run: set(ContentStatus.PUBLISHED) },
    {
      id: "schedule",
      verb: (count) => t("titles.schedule", { count }),
      effect: t("titles.scheduleText"),
      form: (ready) => <Later onChange={(time) => ready(Boolean(time), time)} />,
      run: (row, time) => updateTitle(kind, { ...row, status: ContentStatus.DRAFT, publishTime: time as Timestamp }, ["status", "publish_time"]),
    },
    { id: "archive", verb: (count) => t("titles.archive", { count }), effect: t("titles.archiveText"), run: set(ContentStatus.ARCHIVED) },
    { id: "delete", verb: (count) => t("titles.delete", { count }), effect: t("titles.deleteText"), tone: "danger", final: true, run: (row) => deleteTitle(kind, row) },
  ];
}

function Later({ onChange }: { onChange: (time: Timestamp | undefined) => void }) {
  const t = useAdminT();
  const [time, setTime] = useState<Timestamp>();
  return (
    <When
      id="schedule"
      label={t("titles.publishTime")}
      value={time}
      error={time && timestampDate(time) <= new Date() ? t("titles.inPast") : undefined}
      onChange={(next) => {
        setTime(next);
        onChange(next && timestampDate(next) > new Date() ? next : undefined);
      }}
    />
  );
}
