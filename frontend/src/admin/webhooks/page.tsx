import { WebhookStatus, type Webhook } from "@gen/streamverse/webhooks/v1/webhooks_pb";
import { ButtonLink } from "@/design/button";
import type { Search } from "../address";
import { ifMatch } from "../clients/ifMatch";
import { webhookAdmin } from "../clients/webhookAdmin";
import { Page } from "../frame";
import { List, type Asked, type Found } from "../list";
import { useAdminT } from "../texts";
import { Changed } from "../titles/chips";
import { setStatus } from "./calls";
import { WebhookState } from "./state";
import { EVENTS, STATES } from "./words";
import css from "./webhooks.module.css";

/** The server lists all of them, of which there are few (`webhooks.limit`): those of one state are picked here. */
async function listWebhooks({ pageSize, pageToken }: Asked, { status }: Search, signal: AbortSignal | undefined): Promise<Found<Webhook>> {
  const wanted = STATES.find(([, word]) => word === status)?.[0];
  const options = { ...(signal ? { signal } : {}) };
  if (wanted === undefined) return webhookAdmin.listWebhooks({ pageSize, pageToken }, options);
  const items: Webhook[] = [];
  for (let token = "", more = true; more; more = token !== "") {
    const part = await webhookAdmin.listWebhooks({ pageSize: 100, pageToken: token }, options);
    items.push(...part.items.filter((one) => one.status === wanted));
    token = part.nextPageToken;
  }
  return { items, nextPageToken: "", total: items.length };
}

/** What programs of others are told of (X-WH-1). */
export function Webhooks() {
  const t = useAdminT();
  const events = (row: Webhook) => (row.eventTypes.length === 0 ? t("webhooks.everything") : t("webhooks.some", { count: row.eventTypes.length, all: EVENTS.length }));
  return (
    <Page
      title={t("webhooks")}
      note={t("webhooks.text")}
      actions={
        <ButtonLink to="/admin/webhooks/$id" params={{ id: "new" }} tone="primary" small>
          {t("webhooks.new")}
        </ButtonLink>
      }
    >
      <List
        name="webhooks"
        caption={t("webhooks")}
        everySeconds={15}
        ask={listWebhooks}
        idOf={(row) => row.id}
        nameOf={(row) => row.description || row.url}
        open={(row) => ({ to: "/admin/webhooks/$id", params: { id: row.id } })}
        filters={[{ id: "status", label: t("titles.status"), options: STATES.map(([, word, label]) => [word, t(label)] as const) }]}
        columns={[
          { id: "url", label: t("webhooks.url"), text: (row) => row.url, cell: (row) => <b className={css.url}><bdi>{row.url}</bdi></b> },
          { id: "description", label: t("webhooks.for"), text: (row) => row.description, cell: (row) => <span className={css.for} dir="auto">{row.description}</span> },
          { id: "events", label: t("webhooks.events"), text: (row) => row.eventTypes.join(" "), cell: (row) => <span title={row.eventTypes.join(", ") || undefined}>{events(row)}</span> },
          { id: "status", label: t("titles.status"), text: (row) => t(row.status === WebhookStatus.DISABLED ? "webhooks.disabled" : "webhooks.enabled"), cell: (row) => <WebhookState webhook={row} /> },
          { id: "changed", label: t("titles.changed"), cell: (row) => <Changed time={row.updateTime} /> },
        ]}
        bulk={[
          { id: "enable", verb: (count) => t("webhooks.enable", { count }), effect: t("webhooks.enableText"), tone: "primary", run: (row) => setStatus(row, WebhookStatus.ENABLED) },
          { id: "disable", verb: (count) => t("webhooks.disable", { count }), effect: t("webhooks.disableText"), tone: "danger", run: (row) => setStatus(row, WebhookStatus.DISABLED) },
          { id: "delete", verb: (count) => t("webhooks.delete", { count }), effect: t("webhooks.deleteText"), tone: "danger", final: true, run: ({ id, version }) => webhookAdmin.deleteWebhook({ id }, ifMatch(version)) },
        ]}
        empty={{ title: t("webhooks.none"), text: t("webhooks.noneText") }}
      />
    </Page>
  );
}
