import { ContentStatus } from "@gen/streamverse/content/v1/content_pb";
import { ButtonLink } from "@/design/button";
import { collectionAdmin } from "../clients/collectionAdmin";
import { ifMatch } from "../clients/ifMatch";
import { Page } from "../frame";
import { List } from "../list";
import { useAdminT } from "../texts";
import { Changed, Status } from "../titles/chips";
import { STATUSES } from "../titles/kinds";

export function Collections() {
  const t = useAdminT();
  return (
    <Page
      title={t("collections")}
      actions={
        <ButtonLink to="/admin/collections/$id" params={{ id: "new" }} tone="primary" small>
          {t("collections.new")}
        </ButtonLink>
      }
    >
      <List
        name="collections"
        caption={t("collections")}
        ask={(asked, { status }, signal) => collectionAdmin.adminListCollections({ ...asked, status: STATUSES.filter(([, word]) => word === status).map(([value]) => value) }, { ...(signal ? { signal } : {}) })}
        idOf={(row) => row.id}
        nameOf={(row) => row.title}
        open={(row) => ({ to: "/admin/collections/$id", params: { id: row.id } })}
        filters={[{ id: "status", label: t("titles.status"), options: STATUSES.map(([, word, label]) => [word, t(label)] as const) }]}
        columns={[
          { id: "title", label: t("titles.name"), sort: "title", text: (row) => row.title, cell: (row) => <b dir="auto">{row.title}</b> },
          { id: "made", label: t("collections.made"), cell: (row) => t(row.rule ? "collections.byRule" : "collections.byHand") },
          { id: "rank", label: t("collections.rank"), end: true, text: (row) => String(row.featuredRank || ""), cell: (row) => row.featuredRank || "" },
          { id: "languages", label: t("collections.languages"), cell: (row) => row.translations.map((one) => one.language).join(", ") },
          { id: "status", label: t("titles.status"), cell: (row) => <Status row={row} /> },
          { id: "changed", label: t("titles.changed"), cell: (row) => <Changed time={row.updateTime} /> },
        ]}
        bulk={[
          { id: "publish", verb: (count) => t("lists.publish", { count }), effect: t("lists.publishText"), tone: "primary", run: (row) => collectionAdmin.updateCollection({ id: row.id, collection: { ...row, items: [], status: ContentStatus.PUBLISHED }, updateMask: { paths: ["status"] } }) },
          { id: "delete", verb: (count) => t("lists.delete", { count }), effect: t("lists.deleteText"), tone: "danger", final: true, run: ({ id, version }) => collectionAdmin.deleteCollection({ id }, ifMatch(version)) },
        ]}
        empty={{ title: t("collections.none"), text: t("collections.noneText") }}
      />
    </Page>
  );
}
