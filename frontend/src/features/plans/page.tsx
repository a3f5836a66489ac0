import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Check } from "lucide-react";
import { useState, type FormEvent } from "react";
import { Quality, SubscriptionStatus, type Plan } from "@gen/streamverse/rights/v1/rights_pb";
import { useTitle } from "@/app/shell";
import { Button, ButtonLink } from "@/design/button";
import { TextField } from "@/design/field";
import { Chip, Empty, Failure, Loading, Skeleton } from "@/design/states";
import { toast } from "@/design/toast";
import { reasonText, useT, type TextKey } from "@/i18n";
import { date, money } from "@/i18n/format";
import { gifts } from "@/wire/clients/gifts";
import { rights } from "@/wire/clients/rights";
import { Refusal } from "@/wire/refusal";
import { Change } from "./change";
import { Checkout } from "./checkout";
import { Mine } from "./mine";
import css from "./plans.module.css";
import { isOverdue, running, subscriptionsQuery } from "./subscriptions";

const QUALITIES: Partial<Record<Quality, TextKey>> = { [Quality.SD]: "quality.sd", [Quality.HD]: "quality.hd", [Quality.FULL_HD]: "quality.fullHd", [Quality.UHD]: "quality.uhd" };

/** What is on sale, what one has, and the way from one to the other. */
export function Plans() {
  const t = useT();
  useTitle(t("plans.title"));
  const plans = useQuery({ queryKey: ["plans", "all"], queryFn: ({ signal }) => rights.listPlans({ pageSize: 50 }, { signal }) });
  const mine = useQuery(subscriptionsQuery);
  const [choosing, setChoosing] = useState<Plan>();
  const current = running(mine.data?.items);
  const overdue = isOverdue(current);
  // One that goes on is changed; beside one that was cancelled another is begun.
  const changes = current?.status === SubscriptionStatus.ACTIVE && !current.cancelAtPeriodEnd ? current : undefined;
  const planned = current?.nextPlanId ? plans.data?.items.find((plan) => plan.id === current.nextPlanId) : undefined;
  const error = plans.error ?? mine.error;
  return (
    <div className="page stack" style={{ gap: "1.5rem" }}>
      <div>
        <h1>{t("plans.title")}</h1>
        <p className="second">{t("plans.text")}</p>
      </div>
      {error ? (
        <Failure error={error} onRetry={() => void Promise.all([plans.refetch(), mine.refetch()])} />
      ) : plans.isPending || mine.isPending ? (
        <Loading>
          <div className={css.plans}>
            {[0, 1, 2].map((n) => (
              <Skeleton key={n} height="18rem" />
            ))}
          </div>
        </Loading>
      ) : (
        <>
          {current && <Mine subscription={current} next={planned} />}
          {overdue && <p className="second">{t("plans.payFirst")}</p>}
          {plans.data?.items.length === 0 ? (
            <Empty title={t("plans.none")} action={<ButtonLink to="/">{t("goHome")}</ButtonLink>}>
              {t("plans.noneText")}
            </Empty>
          ) : (
            <ul className={css.plans}>
              {plans.data?.items.map((plan) => {
                const own = current?.plan?.id === plan.id;
                const resume = own && current?.cancelAtPeriodEnd;
                const follows = planned?.id === plan.id;
                return (
                  <li key={plan.id} className={css.plan} data-current={own || undefined}>
                    <div className="row between">
                      <h2>{plan.name}</h2>
                      {own && <Chip tone="ok">{t("plans.current")}</Chip>}
                      {follows && <Chip>{t("plans.nextPlan", { plan: "", date: date(current?.periodEnd) }).trim()}</Chip>}
                      {!current && plan.trialDays > 0 && <Chip>{t("plans.trial", { count: plan.trialDays })}</Chip>}
                    </div>
                    <div className={css.price}>
                      {money(plan.priceMinor, plan.currency)} <small>{t("plans.price")}</small>
                    </div>
                    <ul className={css.facts}>
                      <Fact>{t("plans.streams", { count: plan.maxStreams })}</Fact>
                      <Fact>{QUALITIES[plan.maxQuality] ? t("plans.quality", { quality: t(QUALITIES[plan.maxQuality] as TextKey) }) : t("plans.qualityAny")}</Fact>
                      {plan.features
                        .filter((feature) => !/stream/i.test(feature))
                        .map((feature) => (
                          <Fact key={feature}>{feature}</Fact>
                        ))}
                    </ul>
                    {!overdue && !follows && (!own || resume || planned) && (
                      <Button tone={current ? "secondary" : "primary"} wide onClick={() => setChoosing(plan)}>
                        {t(resume ? "plans.resume" : own ? "plans.keep" : changes ? "plans.change" : "plans.choose", { plan: plan.name })}
                      </Button>
                    )}
                  </li>
                );
              })}
            </ul>
          )}
          <Gift />
        </>
      )}
      {choosing &&
        (changes ? (
          <Change subscription={changes} plan={choosing} onClose={() => setChoosing(undefined)} />
        ) : (
          <Checkout plan={choosing} trial={!mine.data?.items.length && choosing.trialDays > 0} resume={current?.plan?.id === choosing.id && current.cancelAtPeriodEnd} onClose={() => setChoosing(undefined)} />
        ))}
    </div>
  );
}

function Fact({ children }: { children: string }) {
  return (
    <li>
      <Check size={16} aria-hidden />
      {children}
    </li>
  );
}

function Gift() {
  const t = useT();
  const queries = useQueryClient();
  const [open, setOpen] = useState(false);
  const [code, setCode] = useState("");
  const redeem = useMutation({
    mutationFn: () => gifts.redeemGift({ code: code.trim() }),
    onSuccess: async ({ subscription }) => {
      toast(t("plans.redeemed", { plan: subscription?.plan?.name ?? "", date: date(subscription?.periodEnd) }));
      setOpen(false);
      await queries.invalidateQueries({ queryKey: ["subscriptions"] });
      await queries.invalidateQueries({ queryKey: ["entitlements"] });
    },
  });
  if (!open)
    return (
      <div>
        <Button tone="link" onClick={() => setOpen(true)}>
          {t("plans.gift")}
        </Button>
      </div>
    );
  return (
    <form
      className="row"
      style={{ alignItems: "end" }}
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        redeem.mutate();
      }}
    >
      <TextField label={t("plans.code")} autoFocus autoComplete="off" required value={code} error={redeem.isError ? reasonText(Refusal.of(redeem.error)) : undefined} onChange={(event) => setCode(event.target.value)} />
      <Button type="submit" tone="primary" busy={redeem.isPending}>
        {t("plans.redeem")}
      </Button>
    </form>
  );
}
