import { create } from "@bufbuild/protobuf";
import { ContentType, Monetization } from "@gen/streamverse/content/v1/content_pb";
import { PriceSchema, RentalOfferSchema, RuleSchema, type Rule } from "@gen/streamverse/rights/v1/rules_pb";
import { Check, SelectField } from "@/design/field";
import { useAddress } from "../address";
import { ifMatch } from "../clients/ifMatch";
import { rightsAdmin } from "../clients/rightsAdmin";
import { Entity, there } from "../entity";
import { formStyles, NumberBox, type Form } from "../form";
import { Section } from "../frame";
import { Money } from "../money";
import { TitlePicker, useAnyTitle } from "../pickers";
import { Rows } from "../rows";
import { useAdminT } from "../texts";
import { KINDS, MONETIZATIONS } from "../titles/kinds";
import { usePlans } from "./plans";
import { ABOUT, about, sentence } from "./sentence";

export function RulePage() {
  const t = useAdminT();
  const { search } = useAddress();
  const plans = usePlans().data ?? [];
  return (
    <Entity
      name="rules"
      schema={RuleSchema}
      prefix="rule"
      path="/admin/rules/$id"
      back={{ link: { to: "/admin/rules" }, label: t("rules") }}
      fresh={t("rules.new")}
      get={async (id, options) => there((await rightsAdmin.adminGetRule({ id }, options)).rule)}
      make={() => create(RuleSchema, { anyPlan: true, ...(search.title ? { contentId: search.title } : { contentType: ContentType.MOVIE }) })}
      create={async (rule, options) => there((await rightsAdmin.createRule({ rule }, options)).rule)}
      update={async (rule) => there((await rightsAdmin.updateRule({ id: rule.id, rule })).rule)}
      remove={({ id, version }) => rightsAdmin.deleteRule({ id }, ifMatch(version))}
      gone={t("rules.deleteText")}
      nameOf={(rule) => (rule.id === "" ? "" : rule.contentId ? t("rules.ofTitle") : about(rule, t))}
      side={(form) => (
        <Section title={t("rules.says")}>
          <p>
            <Named rule={form.value} /> {sentence(form.value, plans, t)}
          </p>
        </Section>
      )}
    >
      {(form) => (
        <>
          <Section title={t("rules.about")} text={t("rules.aboutText")}>
            <About form={form} />
          </Section>
          <Section title={t("rules.opens")}>
            <Terms form={form} />
          </Section>
        </>
      )}
    </Entity>
  );
}

function Named({ rule }: { rule: Rule }) {
  const t = useAdminT();
  const title = useAnyTitle(rule.contentId);
  return <b dir="auto">{rule.contentId ? (title.data?.title ?? "…") : about(rule, t)}:</b>;
}

function About({ form }: { form: Form<Rule> }) {
  const t = useAdminT();
  const rule = form.value;
  const one = rule.contentType === ContentType.UNSPECIFIED;
  return (
    <div className={formStyles.grid}>
      <SelectField
        id="f-contentType"
        label={t("rules.about")}
        error={form.problem("contentType")}
        value={rule.contentType}
        onChange={(event) => {
          const contentType = Number(event.target.value);
          form.set(contentType ? { contentType, contentId: "" } : { contentType, monetization: Monetization.UNSPECIFIED });
        }}
      >
        <option value={ContentType.UNSPECIFIED}>{t("rules.oneTitle")}</option>
        {ABOUT.map(([value, label]) => (
          <option key={value} value={value}>
            {t("rules.all", { type: t(label) })}
          </option>
        ))}
      </SelectField>
      {one ? (
        <TitlePicker id="contentId" label={t("rules.oneTitle")} kinds={KINDS} value={rule.contentId} error={form.problem("contentId")} onPick={(contentId) => form.set({ contentId })} onClear={() => form.set({ contentId: "" })} />
      ) : (
        <SelectField id="f-monetization" label={t("rules.only")} value={rule.monetization} error={form.problem("monetization")} onChange={(event) => form.set({ monetization: Number(event.target.value) })}>
          <option value={Monetization.UNSPECIFIED}>{t("rules.anyMoney")}</option>
          {MONETIZATIONS.map(([value, label]) => (
            <option key={value} value={value}>
              {t(label)}
            </option>
          ))}
        </SelectField>
      )}
    </div>
  );
}

function Terms({ form }: { form: Form<Rule> }) {
  const t = useAdminT();
  const plans = usePlans().data ?? [];
  const rule = form.value;
  const currency = rule.purchase?.currency ?? rule.rentals[0]?.currency ?? plans[0]?.currency ?? "EUR";
  return (
    <>
      <div className={formStyles.ticks}>
      <Check id="f-free" label={t("rules.freeLabel")} checked={rule.free} onChange={(event) => form.set(event.target.checked ? { free: true, anyPlan: false, planIds: [], purchase: undefined, rentals: [] } : { free: false })} />
      {!rule.free && (
        <>
          <Check id="f-anyPlan" label={t("rules.anyPlanLabel")} checked={rule.anyPlan} onChange={(event) => form.set({ anyPlan: event.target.checked, ...(event.target.checked ? { planIds: [] } : {}) })} />
          {!rule.anyPlan && (
            <fieldset style={{ marginInlineStart: "2rem" }} id="f-planIds" tabIndex={-1}>
              <legend>{t("rules.plansLabel")}</legend>
              {plans.map((plan) => (
                <Check key={plan.id} label={plan.name} checked={rule.planIds.includes(plan.id)} onChange={(event) => form.set({ planIds: event.target.checked ? [...rule.planIds, plan.id] : rule.planIds.filter((id) => id !== plan.id) })} />
              ))}
            </fieldset>
          )}
          <Check label={t("rules.ownLabel")} checked={Boolean(rule.purchase)} onChange={(event) => form.set({ purchase: event.target.checked ? create(PriceSchema, { currency }) : undefined })} />
        </>
      )}
      </div>
      {!rule.free && (
        <>
          {rule.purchase && <Money id="f-purchase.priceMinor" label={t("rules.price")} minor={rule.purchase.priceMinor} currency={rule.purchase.currency} error={form.problem("purchase.priceMinor")} currencyError={form.problem("purchase.currency")} onChange={(priceMinor, next) => form.set({ purchase: create(PriceSchema, { priceMinor, currency: next }) })} />}
          <h3>{t("rules.rentals")}</h3>
          <Rows items={rule.rentals} onChange={(rentals) => form.set({ rentals })} nameOf={(one) => t("rules.hours", { count: one.durationHours })} make={() => create(RentalOfferSchema, { durationHours: 48, currency })} add={t("rules.addRental")}>
            {(one, change, index) => (
              <div className={formStyles.grid}>
                <NumberBox id={`f-rentals[${index}].durationHours`} label={t("rules.duration")} min={1} error={form.problem(`rentals[${index}].durationHours`)} value={one.durationHours} onChange={(durationHours) => change({ durationHours })} />
                <Money id={`f-rentals[${index}].priceMinor`} label={t("rules.price")} minor={one.priceMinor} currency={one.currency} error={form.problem(`rentals[${index}].priceMinor`)} currencyError={form.problem(`rentals[${index}].currency`)} onChange={(priceMinor, next) => change({ priceMinor, currency: next })} />
              </div>
            )}
          </Rows>
        </>
      )}
    </>
  );
}
