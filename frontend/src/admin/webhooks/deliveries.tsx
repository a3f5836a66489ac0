import { DeliveryStatus, type WebhookDelivery } from "@gen/streamverse/webhooks/v1/webhooks_pb";
import { dateTime, relative } from "@/i18n/format";
import { useAddress } from "../address";
import { webhookAdmin } from "../clients/webhookAdmin";
import { Section } from "../frame";
import { List } from "../list";
import { useAdminT } from "../texts";
import { Changed } from "../titles/chips";
import { replay } from "./calls";
import { Delivery } from "./delivery";
import { ReplayFailed } from "./replay";
import { DeliveryState } from "./state";
import { DELIVERED } from "./words";

/** When one is sent next, or since when it is settled. */
function Due({ delivery }: { delivery: WebhookDelivery }) {
  const time = delivery.nextAttemptTime ?? delivery.endTime;
  return time ? <time title={dateTime(time)}>{relative(time)}</time> : null;
}

/** What was or shall be sent to a webhook. */
export function Deliveries({ webhook }: { webhook: string }) {
  const t = useAdminT();
  const { search, show } = useAddress();
  const again = (row: WebhookDelivery) => (row.replayedBy ? t("deliveries.replayed") : row.replayOf ? t("deliveries.repeats") : "");
  return (
    <Section title={t("deliveries")} text={t("deliveries.text")} actions={<ReplayFailed webhook={webhook} />}>
      <List
        name="deliveries"
        caption={t("deliveries")}
        depends={webhook}
        everySeconds={10}
        ask={({ pageSize, pageToken }, { status }, signal) => webhookAdmin.listDeliveries({ webhookId: webhook, pageSize, pageToken, status: DELIVERED.find(([, word]) => word === status)?.[0] ?? DeliveryStatus.UNSPECIFIED }, { ...(signal ? { signal } : {}) })}
        idOf={(row) => row.id}
        nameOf={(row) => `${row.eventType}, ${dateTime(row.createTime)}`}
        open={(row) => ({ to: ".", search: { ...search, delivery: row.id }, resetScroll: false }) as never}
        filters={[{ id: "status", label: t("titles.status"), options: DELIVERED.map(([, word, label]) => [word, t(label)] as const) }]}
        columns={[
          { id: "event", label: t("deliveries.event"), text: (row) => row.eventType, cell: (row) => <b><bdi>{row.eventType}</bdi></b> },
          { id: "status", label: t("titles.status"), text: (row) => t(DELIVERED.find(([value]) => value === row.status)?.[2] ?? "delivery.pending"), cell: (row) => <DeliveryState status={row.status} /> },
          { id: "attempts", label: t("work.attempts"), end: true, text: (row) => String(row.attempts), cell: (row) => String(row.attempts) },
          { id: "due", label: t("deliveries.due"), text: (row) => dateTime(row.nextAttemptTime ?? row.endTime), cell: (row) => <Due delivery={row} /> },
          { id: "again", label: t("deliveries.again"), text: again, cell: again },
          { id: "made", label: t("deliveries.made"), text: (row) => dateTime(row.createTime), cell: (row) => <Changed time={row.createTime} /> },
        ]}
        bulk={[{ id: "replay", verb: (count) => t("deliveries.replay", { count }), effect: t("deliveries.replayText"), tone: "primary", run: ({ id }) => replay(webhook, id) }]}
        empty={{ title: t("deliveries.none"), text: t("deliveries.noneText") }}
      />
      {search.delivery && <Delivery key={search.delivery} webhook={webhook} id={search.delivery} onShow={(delivery) => show({ delivery })} />}
    </Section>
  );
}
