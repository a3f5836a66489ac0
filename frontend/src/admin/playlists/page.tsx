import { ContentStatus } from "@gen/streamverse/content/v1/content_pb";
import { ButtonLink } from "@/design/button";
import { ifMatch } from "../clients/ifMatch";
import { playlistAdmin } from "../clients/playlistAdmin";
import { Page } from "../frame";
import { List } from "../list";
import { useAdminT } from "../texts";
import { Changed, Status } from "../titles/chips";
import { STATUSES } from "../titles/kinds";

export function Playlists() {
  const t = useAdminT();
  return (
    <Page
      title={t("playlists")}
      actions={
        <ButtonLink to="/admin/playlists/$id" params={{ id: "new" }} tone="primary" small>
          {t("playlists.new")}
        </ButtonLink>
      }
    >
      <List
        name="playlists"
        caption={t("playlists")}
        ask={(asked, { status }, signal) => playlistAdmin.adminListPlaylists({ ...asked, withTotal: true, status: STATUSES.filter(([, word]) => word === status).map(([value]) => value) }, { ...(signal ? { signal } : {}) })}
        idOf={(row) => row.id}
        nameOf={(row) => row.title}
        open={(row) => ({ to: "/admin/playlists/$id", params: { id: row.id } })}
        filters={[{ id: "status", label: t("titles.status"), options: STATUSES.map(([, word, label]) => [word, t(label)] as const) }]}
        columns={[
          { id: "title", label: t("titles.name"), sort: "title", text: (row) => row.title, cell: (row) => <b dir="auto">{row.title}</b> },
          { id: "items", label: t("titles"), end: true, text: (row) => String(row.itemCount), cell: (row) => row.itemCount },
          { id: "status", label: t("titles.status"), cell: (row) => <Status row={row} /> },
          { id: "changed", label: t("titles.changed"), cell: (row) => <Changed time={row.updateTime} /> },
        ]}
        bulk={[
          { id: "publish", verb: (count) => t("lists.publish", { count }), effect: t("lists.publishText"), tone: "primary", run: (row) => playlistAdmin.updatePlaylist({ id: row.id, playlist: { ...row, items: [], status: ContentStatus.PUBLISHED }, updateMask: { paths: ["status"] } }) },
          { id: "delete", verb: (count) => t("lists.delete", { count }), effect: t("lists.deleteText"), tone: "danger", final: true, run: ({ id, version }) => playlistAdmin.deletePlaylist({ id }, ifMatch(version)) },
        ]}
        empty={{ title: t("playlists.none"), text: t("playlists.noneText") }}
      />
    </Page>
  );
}
