import { timestampDate } from "@bufbuild/protobuf/wkt";
import { DeliveryStatus, WebhookDisabledReason, WebhookStatus, type Webhook } from "@gen/streamverse/webhooks/v1/webhooks_pb";
import type { AdminTextKey } from "../texts";

export const STATES = [
  [WebhookStatus.ENABLED, "enabled", "webhooks.enabled"],
  [WebhookStatus.DISABLED, "disabled", "webhooks.disabled"],
] as const satisfies readonly (readonly [WebhookStatus, string, AdminTextKey])[];

/** Why the server has disabled one; somebody's own doing needs no reason. */
export const WHY: Record<WebhookDisabledReason, AdminTextKey | undefined> = {
  [WebhookDisabledReason.UNSPECIFIED]: undefined,
  [WebhookDisabledReason.GONE]: "webhooks.gone",
  [WebhookDisabledReason.FAILING]: "webhooks.failed",
  [WebhookDisabledReason.BACKLOG]: "webhooks.backlog",
};

/** Whether somebody should look after one: the server has disabled it, or no request was taken for an hour. */
export function takesNothing({ disabledReason, failingSince }: Webhook): boolean {
  return disabledReason !== WebhookDisabledReason.UNSPECIFIED || (failingSince !== undefined && timestampDate(failingSince).getTime() < Date.now() - 3_600_000);
}

export const DELIVERED = [
  [DeliveryStatus.PENDING, "pending", "delivery.pending", "warn"],
  [DeliveryStatus.SUCCEEDED, "succeeded", "delivery.succeeded", "ok"],
  [DeliveryStatus.FAILED, "failed", "delivery.failed", "danger"],
] as const satisfies readonly (readonly [DeliveryStatus, string, AdminTextKey, "ok" | "warn" | "danger"])[];

/** The events that a webhook may ask for, and when each happens. */
export const EVENTS = [
  ["subscription.activated", "event.subscriptionActivated"],
  ["subscription.plan.changed", "event.subscriptionPlanChanged"],
  ["subscription.past.due", "event.subscriptionPastDue"],
  ["subscription.cancelled", "event.subscriptionCancelled"],
  ["subscription.ended", "event.subscriptionEnded"],
  ["order.changed", "event.orderChanged"],
  ["payment.changed", "event.paymentChanged"],
  ["coupon.redeemed", "event.couponRedeemed"],
  ["user.registered", "event.userRegistered"],
  ["user.changed", "event.userChanged"],
  ["content.changed", "event.contentChanged"],
] as const satisfies readonly (readonly [string, AdminTextKey])[];
