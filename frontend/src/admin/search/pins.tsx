import { timestampDate } from "@bufbuild/protobuf/wkt";
import type { Pin } from "@gen/streamverse/search/v1/tuning_pb";
import { ButtonLink } from "@/design/button";
import { Chip } from "@/design/states";
import { dateTime } from "@/i18n/format";
import { ifMatch } from "../clients/ifMatch";
import { tuning } from "../clients/tuning";
import { Page } from "../frame";
import { List } from "../list";
import { useAdminT } from "../texts";
import { Changed } from "../titles/chips";

export function Pins() {
  const t = useAdminT();
  return (
    <Page
      title={t("pins")}
      note={t("pins.text")}
      back={{ link: { to: "/admin/search" }, label: t("searching") }}
      actions={
        <ButtonLink to="/admin/search/pins/$id" params={{ id: "new" }} tone="primary" small>
          {t("pins.new")}
        </ButtonLink>
      }
    >
      <List
        name="pins"
        caption={t("pins")}
        ask={({ pageSize, pageToken }, _, signal) => tuning.listPins({ pageSize, pageToken }, { ...(signal ? { signal } : {}) })}
        idOf={(row) => row.id}
        nameOf={(row) => row.q}
        open={(row) => ({ to: "/admin/search/pins/$id", params: { id: row.id } })}
        columns={[
          { id: "q", label: t("pins.q"), text: (row) => row.q, cell: (row) => <b dir="auto">{row.q}</b> },
          { id: "what", label: t("pins.what"), text: (row) => String(row.contentIds.length), cell: (row) => t("pins.count", { count: row.contentIds.length }) },
          { id: "state", label: t("titles.status"), cell: (row) => <State pin={row} /> },
          { id: "until", label: t("pins.until"), text: (row) => (row.endTime ? dateTime(row.endTime) : ""), cell: (row) => (row.endTime ? dateTime(row.endTime) : "") },
          { id: "changed", label: t("titles.changed"), cell: (row) => <Changed time={row.updateTime} /> },
        ]}
        bulk={[{ id: "delete", verb: (count) => t("pins.delete", { count }), effect: t("pins.deleteText"), tone: "danger", final: true, run: ({ id, version }) => tuning.deletePin({ id }, ifMatch(version)) }]}
        empty={{ title: t("pins.none"), text: t("pins.noneText") }}
      />
    </Page>
  );
}

function State({ pin }: { pin: Pin }) {
  const t = useAdminT();
  const now = new Date();
  if (pin.endTime && timestampDate(pin.endTime) <= now) return <Chip>{t("pins.state.over")}</Chip>;
  if (pin.startTime && timestampDate(pin.startTime) > now) return <Chip tone="warn">{t("pins.state.later", { time: dateTime(pin.startTime) })}</Chip>;
  return <Chip tone="ok">{t("pins.state.now")}</Chip>;
}
