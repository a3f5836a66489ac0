import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { SubscriptionSchema, SubscriptionStatus } from "@gen/streamverse/rights/v1/rights_pb";
import { isOverdue, running } from "./subscriptions";

const of = (status: SubscriptionStatus, cancelAtPeriodEnd = false) => create(SubscriptionSchema, { id: `${status}`, status, cancelAtPeriodEnd });

test("what is overdue is shown before what runs, and what is over is not shown", () => {
  const due = of(SubscriptionStatus.ON_HOLD);
  expect(running([of(SubscriptionStatus.ENDED), of(SubscriptionStatus.ACTIVE), due])).toBe(due);
  expect(running([of(SubscriptionStatus.ENDED), of(SubscriptionStatus.DECLINED)])).toBeUndefined();
});

test("of two that run the one that goes on is shown", () => {
  const on = of(SubscriptionStatus.ACTIVE);
  expect(running([of(SubscriptionStatus.ACTIVE, true), on])).toBe(on);
});

test("past due and on hold want a payment", () => {
  expect([SubscriptionStatus.PAST_DUE, SubscriptionStatus.ON_HOLD, SubscriptionStatus.ACTIVE, SubscriptionStatus.PENDING].map((status) => isOverdue(of(status)))).toEqual([true, true, false, false]);
});
