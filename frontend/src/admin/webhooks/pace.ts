import { timestampDate } from "@bufbuild/protobuf/wkt";
import { DeliveryStatus, type WebhookDelivery } from "@gen/streamverse/webhooks/v1/webhooks_pb";

/**
 * How soon what is shown is asked for again, in milliseconds: never where it is settled, else within a second of the time
 * a try is due, and the less often the longer it is overdue, e.g. because no process sends.
 */
export function pause(delivery: Pick<WebhookDelivery, "status" | "nextAttemptTime"> | undefined, now = Date.now()): number | false {
  if (delivery?.status !== DeliveryStatus.PENDING) return false;
  const off = delivery.nextAttemptTime ? Math.abs(timestampDate(delivery.nextAttemptTime).getTime() - now) : 0;
  return Math.min(15_000, Math.max(1000, off / 2));
}
