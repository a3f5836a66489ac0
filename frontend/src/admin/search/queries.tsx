import { ButtonLink } from "@/design/button";
import { dateTime } from "@/i18n/format";
import { tuning } from "../clients/tuning";
import { Page } from "../frame";
import { List } from "../list";
import { useAdminT } from "../texts";

/** What viewers look for, and what of it is not found: the place where tuning begins. */
export function Queries() {
  const t = useAdminT();
  return (
    <Page title={t("queries")} note={t("queries.text")} back={{ link: { to: "/admin/search" }, label: t("searching") }}>
      <List
        name="queries"
        caption={t("queries")}
        ask={({ pageSize, pageToken }, { show, days }, signal) => {
          const asked = { pageSize, pageToken, days: Number(days) || 7 };
          const options = { ...(signal ? { signal } : {}) };
          return show === "all" ? tuning.listTopQueries(asked, options) : tuning.listZeroResults(asked, options);
        }}
        idOf={(row) => row.q}
        nameOf={(row) => row.q}
        filters={[
          {
            id: "show",
            label: t("queries.show"),
            fixed: true,
            options: [
              ["", t("queries.vain")],
              ["all", t("queries.all")],
            ],
          },
          { id: "days", label: t("queries.days"), fixed: true, options: [["", 7], ["1", 1], ["30", 30]].map(([value, count]) => [String(value), t("queries.daysOf", { count: Number(count) })] as const) },
        ]}
        columns={[
          { id: "q", label: t("queries.q"), text: (row) => row.q, cell: (row) => <b dir="auto">{row.q}</b> },
          { id: "searches", label: t("queries.searches"), end: true, text: (row) => String(row.searches), cell: (row) => String(row.searches) },
          { id: "zero", label: t("queries.zero"), end: true, text: (row) => String(row.zeroResults), cell: (row) => String(row.zeroResults) },
          { id: "last", label: t("queries.last"), text: (row) => dateTime(row.lastTime), cell: (row) => dateTime(row.lastTime) },
          {
            id: "do",
            label: t("actions"),
            cell: (row) => (
              <span className="row">
                <ButtonLink to="/admin/search/synonyms/$id" params={{ id: "new" }} search={{ word: row.q }} small>
                  {t("queries.synonym")}
                </ButtonLink>
                <ButtonLink to="/admin/search/pins/$id" params={{ id: "new" }} search={{ word: row.q }} small>
                  {t("queries.pin")}
                </ButtonLink>
              </span>
            ),
          },
        ]}
        empty={{ title: t("queries.none"), text: t("queries.noneText") }}
      />
    </Page>
  );
}
