import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { KeyRound, Pause, Play, Send } from "lucide-react";
import { WebhookStatus, type Webhook } from "@gen/streamverse/webhooks/v1/webhooks_pb";
import { Button } from "@/design/button";
import { dateTime } from "@/i18n/format";
import { randomHex } from "@/wire/auth";
import { useAddress } from "../address";
import { Ask } from "../ask";
import { webhookAdmin } from "../clients/webhookAdmin";
import { there } from "../entity";
import { Failed } from "../failed";
import type { Form } from "../form";
import { Section } from "../frame";
import { useAdminT } from "../texts";
import { loadWebhook, setStatus } from "./calls";
import { WebhookState } from "./state";
import css from "./webhooks.module.css";

/** How a webhook does, and what is done with it beside its form. */
export function Acts({ form, onSecret }: { form: Form<Webhook>; onSecret: (secret: string) => void }) {
  const t = useAdminT();
  const queries = useQueryClient();
  const { show } = useAddress();
  const { id, version } = form.value;
  // The server disables one by itself, and says since when nothing is taken: it is asked again.
  const found = useQuery({ queryKey: ["admin", "webhooks", "one", id], queryFn: ({ signal }) => loadWebhook(id, { signal }), refetchInterval: 15_000, refetchOnWindowFocus: false });
  const webhook = found.data ?? form.value;
  const taken = (next: Webhook) => {
    queries.setQueryData(["admin", "webhooks", "one", id], next);
    const { status, disabledReason, updateTime } = next;
    // Somebody else's change in between is not taken for seen: the form finds it when it is saved.
    form.merge({ status, disabledReason, ...(next.version === version + 1 ? { version: next.version, updateTime } : {}) });
  };
  const test = useMutation({
    mutationFn: async () => there((await webhookAdmin.sendTestEvent({ webhookId: id }, { headers: { "idempotency-key": randomHex(16) } })).delivery),
    onSuccess: (delivery) => {
      show({ delivery: delivery.id });
      void queries.invalidateQueries({ queryKey: ["admin", "deliveries"] });
    },
  });
  const enabled = webhook.status !== WebhookStatus.DISABLED;
  return (
    <Section title={t("titles.status")}>
      <WebhookState webhook={webhook} />
      {webhook.previousSecretEndTime && <p className="second">{t("webhooks.oldSecret", { time: dateTime(webhook.previousSecretEndTime) })}</p>}
      <div className={css.acts}>
        {enabled && (
          <Button small busy={test.isPending} onClick={() => test.mutate()}>
            <Send size={16} className="mirror" aria-hidden />
            {t("webhooks.test")}
          </Button>
        )}
        <Ask
          small
          tone="secondary"
          icon={<KeyRound size={16} aria-hidden />}
          verb={t("webhooks.rotate")}
          title={t("webhooks.rotateTitle")}
          effect={t("webhooks.rotateText")}
          choice={{ label: t("webhooks.retire"), initially: false }}
          done={t("webhooks.rotated")}
          run={async (retirePrevious) => {
            const answer = await webhookAdmin.rotateWebhookSecret({ id, retirePrevious });
            taken(there(answer.webhook));
            onSecret(answer.secret);
          }}
        />
        {enabled ? (
          <Ask small icon={<Pause size={16} aria-hidden />} verb={t("webhooks.disableOne")} title={t("webhooks.disableTitle")} effect={t("webhooks.disableText")} done={t("webhooks.wasDisabled")} run={async () => taken(await setStatus(webhook, WebhookStatus.DISABLED))} />
        ) : (
          <Ask small tone="primary" icon={<Play size={16} className="mirror" aria-hidden />} verb={t("webhooks.enableOne")} title={t("webhooks.enableTitle")} effect={t("webhooks.enableText")} done={t("webhooks.wasEnabled")} run={async () => taken(await setStatus(webhook, WebhookStatus.ENABLED))} />
        )}
      </div>
      <Failed error={test.error} />
    </Section>
  );
}
