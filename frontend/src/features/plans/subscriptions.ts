import { SubscriptionStatus, type Subscription } from "@gen/streamverse/rights/v1/rights_pb";
import { rights } from "@/wire/clients/rights";

export const subscriptionsQuery = { queryKey: ["subscriptions"], queryFn: ({ signal }: { signal: AbortSignal }) => rights.listSubscriptions({ pageSize: 50 }, { signal }) };

/** Whether a renewal was not paid: it is asked for again, and no other plan can be chosen before. */
export function isOverdue(one: Subscription | undefined): boolean {
  return one?.status === SubscriptionStatus.PAST_DUE || one?.status === SubscriptionStatus.ON_HOLD;
}

/** The subscription that runs, or is being paid; what is overdue comes first, since it wants something. */
export function running(subscriptions: Subscription[] | undefined): Subscription | undefined {
  return (
    subscriptions?.find(isOverdue) ??
    subscriptions?.find((one) => one.status === SubscriptionStatus.ACTIVE && !one.cancelAtPeriodEnd) ??
    subscriptions?.find((one) => one.status === SubscriptionStatus.ACTIVE) ??
    subscriptions?.find((one) => one.status === SubscriptionStatus.PENDING)
  );
}
