import { useState } from "react";
import { CouponDuration, type ValidateCouponResponse } from "@gen/streamverse/rights/v1/coupons_pb";
import { SubscriptionStatus, type Plan } from "@gen/streamverse/rights/v1/rights_pb";
import { Dialog } from "@/design/dialog";
import { toast } from "@/design/toast";
import { useT } from "@/i18n";
import { date, money } from "@/i18n/format";
import { Methods } from "@/titles/buy";
import { rights } from "@/wire/clients/rights";
import { Coupon } from "./coupon";
import { PaymentActions, PaymentBody, usePayment } from "./payment";
import css from "./plans.module.css";

/** What is paid, when again, and how. A decline keeps the form. */
export function Checkout({ plan, trial, resume, onClose }: { plan: Plan; trial: boolean; resume: boolean; onClose: () => void }) {
  const t = useT();
  const [method, setMethod] = useState("test_ok");
  const [coupon, setCoupon] = useState<ValidateCouponResponse>();
  const payment = usePayment(
    (key) => rights.subscribe({ planId: plan.id, paymentMethod: method, coupon: coupon?.code ?? "" }, { headers: { "idempotency-key": key } }),
    (subscription) => subscription.status === SubscriptionStatus.ACTIVE,
    () => {
      toast(t("plans.subscribed", { plan: plan.name }));
      onClose();
    },
  );
  const price = money(plan.priceMinor, plan.currency);
  const today = money(resume || trial ? 0 : (coupon?.totalMinor ?? plan.priceMinor), plan.currency);
  const first = coupon ? money(coupon.totalMinor, coupon.currency) : price;
  return (
    <Dialog title={t(resume ? "plans.resume" : "plans.subscribe", { plan: plan.name })} onClose={onClose} actions={<PaymentActions payment={payment} onClose={onClose} verb={resume ? t("plans.resume", { plan: plan.name }) : trial ? t("plans.subscribe", { plan: plan.name }) : t("buy.pay", { price: today })} />}>
      <PaymentBody payment={payment}>
        <p className="second">
          {trial ? t("plans.trialThen", { date: date(new Date(Date.now() + plan.trialDays * 86_400_000)), price: first }) : coupon || resume ? t("coupon.then", { price: coupon?.duration === CouponDuration.FOREVER ? first : price }) : t("plans.first", { price })}
        </p>
        {/* What goes on needs neither a payment now nor a coupon, which it began without. */}
        {!resume && (
          <>
            <Methods value={method} onChange={setMethod} />
            <Coupon planId={plan.id} value={coupon} onChange={setCoupon} />
          </>
        )}
        {coupon && !trial && (
          <dl className={css.lines}>
            <div>
              <dt>{plan.name}</dt>
              <dd className="num">{money(coupon.priceMinor, coupon.currency)}</dd>
            </div>
            <div>
              <dt>{t("invoices.coupon", { name: coupon.code })}</dt>
              <dd className="num">{money(-coupon.discountMinor, coupon.currency)}</dd>
            </div>
          </dl>
        )}
        <div className={css.sum}>
          <span>{t("buy.total")}</span>
          <span className="num">{today}</span>
        </div>
      </PaymentBody>
    </Dialog>
  );
}
