import { create } from "@bufbuild/protobuf";
import { useState } from "react";
import { WebhookSchema, WebhookStatus, type Webhook } from "@gen/streamverse/webhooks/v1/webhooks_pb";
import { Check } from "@/design/field";
import { ifMatch } from "../clients/ifMatch";
import { webhookAdmin } from "../clients/webhookAdmin";
import { Entity, there } from "../entity";
import { formStyles, Text, type Form } from "../form";
import { Section } from "../frame";
import { useAdminT } from "../texts";
import { Acts } from "./acts";
import { loadWebhook } from "./calls";
import { Deliveries } from "./deliveries";
import { Secret } from "./secret";
import { EVENTS } from "./words";
import css from "./webhooks.module.css";

export function WebhookPage() {
  const t = useAdminT();
  const [secret, setSecret] = useState("");
  return (
    <>
      <Entity
        name="webhooks"
        schema={WebhookSchema}
        prefix="webhook"
        path="/admin/webhooks/$id"
        back={{ link: { to: "/admin/webhooks" }, label: t("webhooks") }}
        fresh={t("webhooks.new")}
        get={loadWebhook}
        make={() => create(WebhookSchema, { status: WebhookStatus.ENABLED })}
        create={async (webhook) => {
          const made = await webhookAdmin.createWebhook({ webhook });
          setSecret(made.secret);
          return there(made.webhook);
        }}
        update={async (webhook) => there((await webhookAdmin.updateWebhook({ id: webhook.id, webhook, updateMask: { paths: ["url", "description", "event_types"] } })).webhook)}
        remove={({ id, version }) => webhookAdmin.deleteWebhook({ id }, ifMatch(version))}
        gone={t("webhooks.deleteText")}
        nameOf={(webhook) => webhook.description || webhook.url}
        label={(field) => t(({ url: "webhooks.url", description: "webhooks.for", eventTypes: "webhooks.events" } as const)[field] ?? "titles.status")}
        given={["status", "disabledReason", "failingSince", "previousSecretEndTime"]}
        side={(form, isNew) => !isNew && <Acts form={form} onSecret={setSecret} />}
        more={(stored) => <Deliveries webhook={stored.id} />}
      >
        {(form) => (
          <>
            <Section title={t("title.basics")}>
              <div className={formStyles.grid}>
                <Text form={form} at="url" label={t("webhooks.url")} hint={t("webhooks.urlHint")} inputMode="url" type="url" required />
                <Text form={form} at="description" label={t("webhooks.for")} hint={t("webhooks.forHint")} />
              </div>
            </Section>
            <Section title={t("webhooks.events")} text={t("webhooks.allEvents")}>
              <Events form={form} />
            </Section>
          </>
        )}
      </Entity>
      {secret && <Secret secret={secret} onClose={() => setSecret("")} />}
    </>
  );
}

/** What it is told of: the events that are known here, and those that a later release has stored. */
function Events({ form }: { form: Form<Webhook> }) {
  const t = useAdminT();
  const chosen = form.value.eventTypes;
  const known = EVENTS.map(([event, label]) => ({ event: event as string, label: t(label) }));
  const others = chosen.filter((event) => !known.some((one) => one.event === event)).map((event) => ({ event, label: "" }));
  const problem = form.problem("eventTypes");
  return (
    <div id="f-eventTypes" tabIndex={-1}>
      <div className={css.events}>
        {[...known, ...others].map(({ event, label }) => (
          <Check
            key={event}
            label={
              <span className={css.event}>
                {label}
                <bdi>{event}</bdi>
              </span>
            }
            checked={chosen.includes(event)}
            onChange={({ target }) => form.set({ eventTypes: target.checked ? [...chosen, event].sort() : chosen.filter((one) => one !== event) })}
          />
        ))}
      </div>
      {problem && <p className={css.refused}>{problem}</p>}
    </div>
  );
}
