import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ChangeTiming } from "@gen/streamverse/rights/v1/billing_pb";
import type { Plan, Subscription } from "@gen/streamverse/rights/v1/rights_pb";
import { Button } from "@/design/button";
import { Dialog } from "@/design/dialog";
import { Failure, Loading, Skeleton } from "@/design/states";
import { toast } from "@/design/toast";
import { useT } from "@/i18n";
import { date, money } from "@/i18n/format";
import { Methods } from "@/titles/buy";
import { billing } from "@/wire/clients/billing";
import { Lines } from "./lines";
import { PaymentActions, PaymentBody, usePayment } from "./payment";
import css from "./plans.module.css";

/** Another plan: the invoice that would be written is shown first, today's and the next one. */
export function Change({ subscription, plan, onClose }: { subscription: Subscription; plan: Plan; onClose: () => void }) {
  const t = useT();
  const [method, setMethod] = useState("");
  const old = subscription.plan?.name ?? "";
  // Naming the present plan takes back what was planned.
  const keep = subscription.plan?.id === plan.id;
  const title = t(keep ? "plans.keep" : "plans.change", { plan: plan.name });
  const preview = useQuery({
    queryKey: ["plan-change", subscription.id, plan.id],
    queryFn: ({ signal }) => billing.previewPlanChange({ id: subscription.id, planId: plan.id }, { signal }),
    // It is said of this moment.
    gcTime: 0,
    staleTime: 0,
    retry: false,
  });
  const dry = preview.data;
  const later = dry?.timing === ChangeTiming.AT_PERIOD_END;
  const payment = usePayment(
    (key) => billing.changePlan({ id: subscription.id, planId: plan.id, timing: dry?.timing ?? ChangeTiming.UNSPECIFIED, paymentMethod: method }, { headers: { "idempotency-key": key } }),
    (changed) => keep || later || changed.plan?.id === plan.id,
    () => {
      toast(keep ? t("change.kept", { plan: plan.name }) : later ? t("change.planned", { plan: plan.name, date: date(dry?.effectiveTime) }) : t("change.done", { plan: plan.name }));
      onClose();
    },
  );
  if (!dry)
    return (
      <Dialog title={title} onClose={onClose} actions={<Button onClick={onClose}>{t("cancel")}</Button>}>
        {preview.isError ? (
          <Failure error={preview.error} onRetry={() => void preview.refetch()} />
        ) : (
          <Loading onRetry={() => void preview.refetch()}>
            <Skeleton height="12rem" />
          </Loading>
        )}
      </Dialog>
    );
  const due = dry.dueNowMinor;
  return (
    <Dialog title={title} onClose={onClose} actions={<PaymentActions payment={payment} onClose={onClose} verb={due > 0 ? t("buy.pay", { price: money(due, dry.currency) }) : title} />}>
      <PaymentBody payment={payment}>
        {!keep && <p className="second">{t(later ? "change.later" : "change.now", { plan: plan.name, old, date: date(dry.effectiveTime) })}</p>}
        <section className={css.dry}>
          <h3>{t("change.today")}</h3>
          {dry.lines.length === 0 ? <p className="second">{t("change.nothing")}</p> : <Lines lines={dry.lines} total={due} currency={dry.currency} sum={t("buy.total")} />}
        </section>
        {dry.nextTime && (
          <section className={css.dry}>
            <h3>{t("change.next", { date: date(dry.nextTime) })}</h3>
            <Lines lines={dry.nextLines} total={dry.nextMinor} currency={dry.currency} sum={t("buy.total")} />
          </section>
        )}
        {due > 0 && <Methods value={method} onChange={setMethod} before />}
      </PaymentBody>
    </Dialog>
  );
}
