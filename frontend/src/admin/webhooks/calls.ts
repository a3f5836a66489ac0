import type { Webhook, WebhookStatus } from "@gen/streamverse/webhooks/v1/webhooks_pb";
import { randomHex } from "@/wire/auth";
import { webhookAdmin } from "../clients/webhookAdmin";
import { there } from "../entity";

export const loadWebhook = async (id: string, options?: { signal?: AbortSignal }) => there((await webhookAdmin.getWebhook({ id }, options)).webhook);

/** Enables or disables one, whatever else of it has changed meanwhile. */
export const setStatus = async (webhook: Webhook, status: WebhookStatus) => there((await webhookAdmin.updateWebhook({ id: webhook.id, webhook: { ...webhook, version: 0, status }, updateMask: { paths: ["status"] } })).webhook);

/** Sends a delivery once more; returns the new one. */
export const replay = async (webhookId: string, id: string) => there((await webhookAdmin.replayDelivery({ webhookId, id }, { headers: { "idempotency-key": randomHex(16) } })).delivery);
