import type { TitlePopularity } from "@gen/streamverse/content/v1/popularity_pb";
import { popularity } from "../clients/popularity";
import { Page } from "../frame";
import { List } from "../list";
import { useAdminT } from "../texts";
import { kindOf } from "../titles/kinds";
import { currentLanguage } from "@/i18n/language";
import { useMay } from "../navigation";

export function PopularityPage() {
  const t = useAdminT();
  const may = useMay();
  const whole = (value: bigint) => new Intl.NumberFormat(currentLanguage()).format(value);
  return (
    <Page title={t("popularity")} note={t("popularity.text")}>
      <List<TitlePopularity>
        name="popularity"
        caption={t("popularity")}
        sort="-trending"
        ask={(asked, _, signal) => popularity.listPopularity(asked, { ...(signal ? { signal } : {}) })}
        idOf={(row) => row.contentId}
        nameOf={(row) => row.title}
        {...(may("catalogue") ? { open: (row) => ({ to: "/admin/titles/$kind/$id", params: { kind: kindOf(row), id: row.contentId } }) } : {})}
        columns={[
          { id: "title", label: t("titles.name"), text: (row) => row.title, cell: (row) => <b dir="auto">{row.title}</b> },
          { id: "kind", label: t("titles.kind"), cell: (row) => t(`title.${kindOf(row)}`) },
          { id: "day", label: t("popularity.day"), end: true, text: (row) => String(row.playsDay), cell: (row) => whole(row.playsDay) },
          { id: "week", label: t("popularity.week"), sort: "trending", only: "descending", end: true, text: (row) => String(row.playsWeek), cell: (row) => whole(row.playsWeek) },
          { id: "month", label: t("popularity.month"), sort: "popularity", only: "descending", end: true, text: (row) => String(row.playsMonth), cell: (row) => whole(row.playsMonth) },
          { id: "end", label: t("popularity.completed"), end: true, text: (row) => String(row.completionRate), cell: (row) => new Intl.NumberFormat(currentLanguage(), { style: "percent" }).format(row.completionRate) },
          { id: "stars", label: t("popularity.stars"), end: true, text: (row) => String(row.ratingAverage), cell: (row) => (row.ratingCount ? `${new Intl.NumberFormat(currentLanguage(), { maximumFractionDigits: 1 }).format(row.ratingAverage)} (${whole(row.ratingCount)})` : "") },
        ]}
        empty={{ title: t("popularity.none"), text: t("popularity.noneText") }}
      />
    </Page>
  );
}
