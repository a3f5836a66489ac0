import { ButtonLink } from "@/design/button";
import { languageName } from "@/i18n/format";
import { ifMatch } from "../clients/ifMatch";
import { tuning } from "../clients/tuning";
import { Page } from "../frame";
import { List } from "../list";
import { useAdminT } from "../texts";
import { Changed } from "../titles/chips";

export function Synonyms() {
  const t = useAdminT();
  return (
    <Page
      title={t("synonyms")}
      note={t("synonyms.text")}
      back={{ link: { to: "/admin/search" }, label: t("searching") }}
      actions={
        <ButtonLink to="/admin/search/synonyms/$id" params={{ id: "new" }} tone="primary" small>
          {t("synonyms.new")}
        </ButtonLink>
      }
    >
      <List
        name="synonyms"
        caption={t("synonyms")}
        ask={({ pageSize, pageToken }, _, signal) => tuning.listSynonyms({ pageSize, pageToken }, { ...(signal ? { signal } : {}) })}
        idOf={(row) => row.id}
        nameOf={(row) => row.words.join(", ")}
        open={(row) => ({ to: "/admin/search/synonyms/$id", params: { id: row.id } })}
        columns={[
          { id: "words", label: t("synonyms.words"), text: (row) => row.words.join(", "), cell: (row) => <b dir="auto">{row.words.join(", ")}</b> },
          { id: "ways", label: t("synonyms.ways"), text: (row) => t(row.oneWay ? "synonyms.first" : "synonyms.both"), cell: (row) => t(row.oneWay ? "synonyms.first" : "synonyms.both") },
          { id: "language", label: t("title.language"), text: (row) => row.language, cell: (row) => (row.language ? languageName(row.language) : t("synonyms.every")) },
          { id: "changed", label: t("titles.changed"), cell: (row) => <Changed time={row.updateTime} /> },
        ]}
        bulk={[{ id: "delete", verb: (count) => t("synonyms.delete", { count }), effect: t("synonyms.deleteText"), tone: "danger", final: true, run: ({ id, version }) => tuning.deleteSynonym({ id }, ifMatch(version)) }]}
        empty={{ title: t("synonyms.none"), text: t("synonyms.noneText"), action: <ButtonLink to="/admin/search/queries">{t("queries")}</ButtonLink> }}
      />
    </Page>
  );
}
