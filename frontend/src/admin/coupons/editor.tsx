import { create } from "@bufbuild/protobuf";
import { CouponDuration, CouponSchema, CouponStatus, type Coupon } from "@gen/streamverse/rights/v1/coupons_pb";
import { Check, SelectField } from "@/design/field";
import { couponAdmin } from "../clients/couponAdmin";
import { ifMatch } from "../clients/ifMatch";
import { Entity, there } from "../entity";
import { formStyles, Pick, Text, Whole, type Form } from "../form";
import { Section } from "../frame";
import { Money } from "../money";
import { usePlans } from "../rules/plans";
import { useAdminT } from "../texts";
import { When } from "../when";
import { useState } from "react";

export function CouponPage() {
  const t = useAdminT();
  return (
    <Entity
      name="coupons"
      schema={CouponSchema}
      prefix="coupon"
      path="/admin/coupons/$id"
      back={{ link: { to: "/admin/coupons" }, label: t("coupons") }}
      fresh={t("coupons.new")}
      get={async (id, options) => there((await couponAdmin.adminGetCoupon({ id }, options)).coupon)}
      make={() => create(CouponSchema, { duration: CouponDuration.ONCE, status: CouponStatus.ACTIVE })}
      create={async (coupon, options) => there((await couponAdmin.createCoupon({ coupon }, options)).coupon)}
      update={async (coupon) => there((await couponAdmin.updateCoupon({ id: coupon.id, coupon })).coupon)}
      remove={({ id, version }) => couponAdmin.deleteCoupon({ id }, ifMatch(version))}
      gone={t("coupons.deleteText")}
      nameOf={(coupon) => coupon.code}
    >
      {(form) => (
        <>
          <Section title={t("title.basics")} text={form.value.used > 0 ? t("coupons.inUse") : undefined}>
            <div className={formStyles.grid}>
              <Text form={form} at="code" label={t("coupons.code")} hint={t("coupons.codeHint")} required />
              <Text form={form} at="note" label={t("gifts.note")} hint={t("gifts.noteHint")} />
              <Pick
                form={form}
                at="status"
                label={t("titles.status")}
                options={[
                  [CouponStatus.ACTIVE, t("coupons.active")],
                  [CouponStatus.PAUSED, t("coupons.paused")],
                ]}
              />
            </div>
          </Section>
          <Gives form={form} />
          <Section title={t("coupons.plans")} text={t("coupons.allPlans")}>
            <For form={form} />
          </Section>
          <Section title={t("gifts.until")}>
            <div className={formStyles.grid}>
              <When id="f-startTime" label={t("coupons.start")} hint={t("coupons.startHint")} value={form.value.startTime} error={form.problem("startTime")} onChange={(startTime) => form.set({ startTime })} />
              <When id="f-endTime" label={t("gifts.until")} hint={t("gifts.endless")} value={form.value.endTime} error={form.problem("endTime")} onChange={(endTime) => form.set({ endTime })} />
              <Whole form={form} at="maxUses" label={t("coupons.most")} hint={t("coupons.mostHint")} />
              <Whole form={form} at="maxUsesPerAccount" label={t("coupons.mostEach")} hint={t("coupons.mostEachHint")} />
            </div>
          </Section>
        </>
      )}
    </Entity>
  );
}

function Gives({ form }: { form: Form<Coupon> }) {
  const t = useAdminT();
  const plans = usePlans().data ?? [];
  const coupon = form.value;
  const [sum, setSum] = useState(coupon.amountOffMinor > 0);
  return (
    <Section title={t("coupons.takes")}>
      <div className={formStyles.grid}>
        <SelectField
          label={t("coupons.kind")}
          value={sum ? "sum" : "part"}
          onChange={(event) => {
            const next = event.target.value === "sum";
            setSum(next);
            form.set(next ? { percentOff: 0, currency: plans[0]?.currency ?? "EUR" } : { amountOffMinor: 0, currency: "" });
          }}
        >
          <option value="part">{t("coupons.part")}</option>
          <option value="sum">{t("coupons.sum")}</option>
        </SelectField>
        {sum ? (
          <Money id="f-amountOffMinor" label={t("coupons.amount")} minor={coupon.amountOffMinor} currency={coupon.currency} error={form.problem("amountOffMinor")} currencyError={form.problem("currency")} onChange={(amountOffMinor, currency) => form.set({ amountOffMinor, currency })} />
        ) : (
          <Whole form={form} at="percentOff" label={t("coupons.percent")} />
        )}
        <SelectField
          id="f-duration"
          label={t("coupons.lasts")}
          error={form.problem("duration")}
          value={coupon.duration}
          onChange={(event) => {
            const duration = Number(event.target.value);
            form.set({ duration, periods: duration === CouponDuration.REPEATING ? Math.max(2, coupon.periods) : 0 });
          }}
        >
          <option value={CouponDuration.ONCE}>{t("coupons.once")}</option>
          <option value={CouponDuration.REPEATING}>{t("coupons.repeating")}</option>
          <option value={CouponDuration.FOREVER}>{t("coupons.forever")}</option>
        </SelectField>
        {coupon.duration === CouponDuration.REPEATING && <Whole form={form} at="periods" label={t("coupons.periods")} min={2} />}
      </div>
    </Section>
  );
}

function For({ form }: { form: Form<Coupon> }) {
  const plans = usePlans().data ?? [];
  return (
    <div id="f-planIds" tabIndex={-1}>
      {plans.map((plan) => (
        <Check key={plan.id} label={plan.name} checked={form.value.planIds.includes(plan.id)} onChange={(event) => form.set({ planIds: event.target.checked ? [...form.value.planIds, plan.id] : form.value.planIds.filter((id) => id !== plan.id) })} />
      ))}
    </div>
  );
}
