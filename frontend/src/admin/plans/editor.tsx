import { create } from "@bufbuild/protobuf";
import { PlanSchema, PlanStatus } from "@gen/streamverse/rights/v1/rights_pb";
import { TextArea } from "@/design/field";
import { ifMatch } from "../clients/ifMatch";
import { rightsAdmin } from "../clients/rightsAdmin";
import { Entity, there } from "../entity";
import { formStyles, Pick, Text, Whole } from "../form";
import { Section } from "../frame";
import { Money } from "../money";
import { useAdminT } from "../texts";
import { QUALITIES } from "./page";

export function PlanPage() {
  const t = useAdminT();
  return (
    <Entity
      name="plans"
      schema={PlanSchema}
      prefix="plan"
      path="/admin/plans/$id"
      back={{ link: { to: "/admin/plans" }, label: t("plans") }}
      fresh={t("plans.new")}
      get={async (id, options) => there((await rightsAdmin.adminGetPlan({ id }, options)).plan)}
      make={() => create(PlanSchema, { currency: "EUR", maxStreams: 1, status: PlanStatus.ON_SALE })}
      create={async (plan, options) => there((await rightsAdmin.createPlan({ plan }, options)).plan)}
      update={async (plan) => there((await rightsAdmin.updatePlan({ id: plan.id, plan })).plan)}
      remove={({ id, version }) => rightsAdmin.deletePlan({ id }, ifMatch(version))}
      gone={t("plans.deleteText")}
      nameOf={(plan) => plan.name}
    >
      {(form, isNew) => (
        <Section title={t("title.basics")} text={isNew ? undefined : t("plans.priceStays")}>
          <div className={formStyles.grid}>
            <Text form={form} at="name" label={t("plans.name")} required />
            <Text form={form} at="code" label={t("plans.code")} hint={t("plans.codeHint")} required />
            <Money id="f-priceMinor" label={t("plans.price")} minor={form.value.priceMinor} currency={form.value.currency} error={form.problem("priceMinor")} currencyError={form.problem("currency")} onChange={(priceMinor, currency) => form.set({ priceMinor, currency })} />
            <Whole form={form} at="maxStreams" label={t("plans.streams")} min={1} />
            <Pick form={form} at="maxQuality" label={t("plans.quality")} options={QUALITIES.map(([value, text]) => [value, t(text)] as const)} />
            <Whole form={form} at="trialDays" label={t("plans.trialDays")} hint={t("plans.trialHint")} />
            <Pick
              form={form}
              at="status"
              label={t("titles.status")}
              options={[
                [PlanStatus.ON_SALE, t("plans.onSale")],
                [PlanStatus.RETIRED, t("plans.retired")],
              ]}
            />
            <div className={formStyles.whole}>
              <TextArea id="f-features" label={t("plans.features")} hint={t("plans.featuresHint")} rows={5} dir="auto" error={form.problem("features")} value={form.value.features.join("\n")} onChange={(event) => form.set({ features: event.target.value === "" ? [] : event.target.value.split("\n") })} />
            </div>
          </div>
        </Section>
      )}
    </Entity>
  );
}
