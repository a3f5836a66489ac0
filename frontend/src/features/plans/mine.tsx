import { useMutation, useQueryClient } from "@tanstack/react-query";
import { CircleAlert } from "lucide-react";
import { useState } from "react";
import { SubscriptionStatus, type Plan, type Subscription } from "@gen/streamverse/rights/v1/rights_pb";
import { Button, ButtonLink } from "@/design/button";
import { Confirm, Dialog } from "@/design/dialog";
import { toast } from "@/design/toast";
import { useT } from "@/i18n";
import { asDate, date, dateTime, money, relative } from "@/i18n/format";
import { Methods } from "@/titles/buy";
import { billing } from "@/wire/clients/billing";
import { rights } from "@/wire/clients/rights";
import { PaymentActions, PaymentBody, usePayment } from "./payment";
import css from "./plans.module.css";
import { isOverdue } from "./subscriptions";

/** What one has, until when, what follows, and what it wants. */
export function Mine({ subscription, next }: { subscription: Subscription; next?: Plan | undefined }) {
  const t = useT();
  const queries = useQueryClient();
  const [asking, setAsking] = useState<"cancel" | "pay">();
  const plan = subscription.plan?.name ?? "";
  const end = date(subscription.periodEnd);
  const overdue = isOverdue(subscription);
  const cancel = useMutation({
    mutationFn: () => rights.cancelSubscription({ id: subscription.id }),
    onSuccess: async () => {
      setAsking(undefined);
      toast(t("plans.cancelled", { date: end }));
      await queries.invalidateQueries({ queryKey: ["subscriptions"] });
      await queries.invalidateQueries({ queryKey: ["entitlements"] });
    },
  });
  const trial = subscription.trialEndTime && asDate(subscription.trialEndTime) > new Date();
  const state =
    subscription.status === SubscriptionStatus.PENDING
      ? t("plans.pending")
      : next
        ? t("plans.nextPlan", { plan: next.name, date: end })
        : trial
          ? t("plans.trialEnds", { date: date(subscription.trialEndTime) })
          : t(subscription.cancelAtPeriodEnd ? "plans.ends" : "plans.renews", { date: end });
  return (
    <section className={css.mine} aria-label={t("plans.current")} data-due={overdue || undefined}>
      {overdue && <Due subscription={subscription} onPay={() => setAsking("pay")} />}
      <div className="row between">
        <div>
          <p className="quiet small">{t("plans.current")}</p>
          <h2>{plan}</h2>
          {!overdue && <p className="second">{state}</p>}
        </div>
        <div className="row">
          <ButtonLink to="/invoices" tone="quiet">
            {t("invoices.title")}
          </ButtonLink>
          {!subscription.cancelAtPeriodEnd && <Button onClick={() => setAsking("cancel")}>{t("plans.cancel")}</Button>}
        </div>
      </div>
      {asking === "cancel" && <Confirm title={t("plans.cancel")} effect={t("plans.cancelText", { plan, date: end })} verb={t("plans.cancel")} busy={cancel.isPending} error={cancel.error} onConfirm={() => cancel.mutate()} onClose={() => setAsking(undefined)} />}
      {asking === "pay" && <PayDue subscription={subscription} onClose={() => setAsking(undefined)} />}
    </section>
  );
}

/** A renewal was not paid: what that means, when it is tried again, and what helps. */
function Due({ subscription, onPay }: { subscription: Subscription; onPay: () => void }) {
  const t = useT();
  const due = subscription.pastDue;
  const held = subscription.status === SubscriptionStatus.ON_HOLD;
  return (
    <div className={css.due} role="status">
      <h2>
        <CircleAlert size={22} aria-hidden />
        {t("due.title")}
      </h2>
      <p>{held || !due?.graceEndTime ? t("due.hold", { plan: subscription.plan?.name ?? "" }) : t("due.grace", { date: dateTime(due.graceEndTime) })}</p>
      <p title={dateTime(due?.nextTryTime)}>{due?.nextTryTime ? t("due.next", { time: relative(due.nextTryTime) }) : t("due.last")}</p>
      <div>
        <Button tone="primary" onClick={onPay}>
          {t("due.pay")}
        </Button>
      </div>
    </div>
  );
}

function PayDue({ subscription, onClose }: { subscription: Subscription; onClose: () => void }) {
  const t = useT();
  const [method, setMethod] = useState("test_ok");
  const plan = subscription.plan;
  const payment = usePayment(
    (key) => billing.setPaymentMethod({ id: subscription.id, paymentMethod: method }, { headers: { "idempotency-key": key } }),
    (paid) => paid.status === SubscriptionStatus.ACTIVE,
    () => {
      toast(t("due.paid"));
      onClose();
    },
  );
  return (
    <Dialog title={t("due.pay")} onClose={onClose} actions={<PaymentActions payment={payment} onClose={onClose} verb={t("due.pay")} />}>
      <PaymentBody payment={payment}>
        <p className="second">{t("due.payText")}</p>
        <Methods value={method} onChange={setMethod} />
        {plan && (
          // What a coupon or credit takes off is on the invoice; the plan's price is what it is at most.
          <p className="quiet small">
            <bdi>{plan.name}</bdi>: {t("buy.perMonth", { price: money(plan.priceMinor, plan.currency) })}
          </p>
        )}
      </PaymentBody>
    </Dialog>
  );
}
