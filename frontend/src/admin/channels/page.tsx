import { ContentStatus } from "@gen/streamverse/content/v1/content_pb";
import { ChannelMark } from "@/artwork";
import { ButtonLink } from "@/design/button";
import { Chip } from "@/design/states";
import { channelAdmin } from "../clients/channelAdmin";
import { ifMatch } from "../clients/ifMatch";
import { Page } from "../frame";
import { List } from "../list";
import { useAdminT } from "../texts";
import { Changed, SoldBy, Status } from "../titles/chips";
import { STATUSES } from "../titles/kinds";
import css from "./channels.module.css";

export function Channels() {
  const t = useAdminT();
  const set = (status: ContentStatus) => (row: Parameters<typeof channelAdmin.updateChannel>[0]["channel"] & { id: string }) => channelAdmin.updateChannel({ id: row.id, channel: { ...row, status } as never, updateMask: { paths: ["status"] } });
  return (
    <Page
      title={t("channels")}
      actions={
        <ButtonLink to="/admin/channels/$id" params={{ id: "new" }} tone="primary" small>
          {t("channels.new")}
        </ButtonLink>
      }
    >
      <List
        name="channels"
        caption={t("channels")}
        ask={(asked, { status }, signal) => channelAdmin.adminListChannels({ ...asked, withTotal: true, status: STATUSES.filter(([, word]) => word === status).map(([value]) => value) }, { ...(signal ? { signal } : {}) })}
        idOf={(row) => row.id}
        nameOf={(row) => row.name}
        open={(row) => ({ to: "/admin/channels/$id", params: { id: row.id } })}
        filters={[{ id: "status", label: t("titles.status"), options: STATUSES.map(([, word, label]) => [word, t(label)] as const) }]}
        columns={[
          {
            id: "name",
            label: t("channels.name"),
            sort: "name",
            only: "ascending",
            text: (row) => row.name,
            cell: (row) => (
              <span className={css.name}>
                <span className={css.mark}>{row.logoUrl ? <img src={row.logoUrl} alt="" loading="lazy" /> : <ChannelMark name={row.name} number={row.number} />}</span>
                <span dir="auto">{row.name}</span>
              </span>
            ),
          },
          { id: "number", label: t("channels.number"), sort: "number", only: "ascending", end: true, text: (row) => String(row.number || ""), cell: (row) => row.number || "" },
          { id: "live", label: t("channels.onAir"), text: (row) => String(row.isLive), cell: (row) => (row.isLive ? <Chip tone="ok">{t("channels.live")}</Chip> : <Chip>{t("channels.off")}</Chip>) },
          { id: "source", label: t("channels.source"), cell: (row) => t(row.loopContentId ? "channels.loop" : row.streamUrl ? "channels.stream" : "channels.noSource") },
          { id: "guide", label: t("channels.guideId"), text: (row) => row.guideId, cell: (row) => <bdi>{row.guideId}</bdi> },
          { id: "money", label: t("titles.money"), cell: (row) => <SoldBy value={row.monetization} /> },
          { id: "status", label: t("titles.status"), cell: (row) => <Status row={row} /> },
          { id: "changed", label: t("titles.changed"), cell: (row) => <Changed time={row.updateTime} /> },
        ]}
        bulk={[
          { id: "publish", verb: (count) => t("channels.publish", { count }), effect: t("channels.publishText"), tone: "primary", run: set(ContentStatus.PUBLISHED) },
          { id: "archive", verb: (count) => t("channels.archive", { count }), effect: t("channels.archiveText"), run: set(ContentStatus.ARCHIVED) },
          { id: "delete", verb: (count) => t("channels.delete", { count }), effect: t("channels.deleteText"), tone: "danger", final: true, run: ({ id, version }) => channelAdmin.deleteChannel({ id }, ifMatch(version)) },
        ]}
        empty={{ title: t("channels.none"), text: t("channels.noneText") }}
      />
    </Page>
  );
}
