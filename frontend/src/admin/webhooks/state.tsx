import { WebhookStatus, type DeliveryStatus, type Webhook } from "@gen/streamverse/webhooks/v1/webhooks_pb";
import { Chip } from "@/design/states";
import { dateTime } from "@/i18n/format";
import { useAdminT } from "../texts";
import { DELIVERED, WHY } from "./words";
import css from "./webhooks.module.css";

/** Whether anything is sent, and what stands in its way. */
export function WebhookState({ webhook }: { webhook: Webhook }) {
  const t = useAdminT();
  const why = WHY[webhook.disabledReason];
  if (webhook.status === WebhookStatus.DISABLED)
    return (
      <span className={css.state}>
        <Chip {...(why ? { tone: "danger" as const } : {})}>{t("webhooks.disabled")}</Chip>
        {why && <span className="quiet small">{t(why)}</span>}
      </span>
    );
  return (
    <span className={css.state}>
      <Chip tone={webhook.failingSince ? "warn" : "ok"}>{t("webhooks.enabled")}</Chip>
      {webhook.failingSince && (
        <span className="quiet small">{t("webhooks.since", { time: dateTime(webhook.failingSince) })}</span>
      )}
    </span>
  );
}

export function DeliveryState({ status }: { status: DeliveryStatus }) {
  const t = useAdminT();
  const [, , label, tone] = DELIVERED.find(([value]) => value === status) ?? DELIVERED[0];
  return <Chip tone={tone}>{t(label)}</Chip>;
}
