import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Check } from "lucide-react";
import { useRef, useState, type FormEvent } from "react";
import { Quality, SubscriptionStatus, type Plan, type Subscription } from "@gen/streamverse/rights/v1/rights_pb";
import { useTitle } from "@/app/shell";
import { Button, ButtonLink } from "@/design/button";
import { Confirm, Dialog } from "@/design/dialog";
import { TextField } from "@/design/field";
import { Chip, Empty, Failure, Loading, RequestId, Skeleton } from "@/design/states";
import { toast } from "@/design/toast";
import { reasonText, useT, type TextKey } from "@/i18n";
import { date, money } from "@/i18n/format";
import { Methods } from "@/titles/buy";
import { randomHex } from "@/wire/auth";
import { gifts } from "@/wire/clients/gifts";
import { rights } from "@/wire/clients/rights";
import { Refusal } from "@/wire/refusal";
import css from "./plans.module.css";

const QUALITIES: Partial<Record<Quality, TextKey>> = { [Quality.SD]: "quality.sd", [Quality.HD]: "quality.hd", [Quality.FULL_HD]: "quality.fullHd", [Quality.UHD]: "quality.uhd" };

export const subscriptionsQuery = { queryKey: ["subscriptions"], queryFn: ({ signal }: { signal: AbortSignal }) => rights.listSubscriptions({ pageSize: 50 }, { signal }) };

/** The subscription that runs, or is being paid. */
export function running(subscriptions: Subscription[] | undefined): Subscription | undefined {
  return (
    subscriptions?.find((one) => one.status === SubscriptionStatus.ACTIVE && !one.cancelAtPeriodEnd) ??
    subscriptions?.find((one) => one.status === SubscriptionStatus.ACTIVE) ??
    subscriptions?.find((one) => one.status === SubscriptionStatus.PENDING)
  );
}

/** What is on sale, what one has, and the way from one to the other. */
export function Plans() {
  const t = useT();
  useTitle(t("plans.title"));
  const plans = useQuery({ queryKey: ["plans", "all"], queryFn: ({ signal }) => rights.listPlans({ pageSize: 50 }, { signal }) });
  const mine = useQuery(subscriptionsQuery);
  const [choosing, setChoosing] = useState<Plan>();
  const current = running(mine.data?.items);
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
          {current && <Mine subscription={current} />}
          {plans.data?.items.length === 0 ? (
            <Empty title={t("plans.none")} action={<ButtonLink to="/">{t("goHome")}</ButtonLink>}>
              {t("plans.noneText")}
            </Empty>
          ) : (
            <ul className={css.plans}>
              {plans.data?.items.map((plan) => {
                const own = current?.plan?.id === plan.id;
                const resume = own && current?.cancelAtPeriodEnd;
                return (
                  <li key={plan.id} className={css.plan} data-current={own || undefined}>
                    <div className="row between">
                      <h2>{plan.name}</h2>
                      {own && <Chip tone="ok">{t("plans.current")}</Chip>}
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
                    {(!own || resume) && (
                      <Button tone={current ? "secondary" : "primary"} wide onClick={() => setChoosing(plan)}>
                        {t(resume ? "plans.resume" : "plans.choose", { plan: plan.name })}
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
      {choosing && <Checkout plan={choosing} trial={!mine.data?.items.length && choosing.trialDays > 0} onClose={() => setChoosing(undefined)} />}
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

function Mine({ subscription }: { subscription: Subscription }) {
  const t = useT();
  const queries = useQueryClient();
  const [asking, setAsking] = useState(false);
  const plan = subscription.plan?.name ?? "";
  const end = date(subscription.periodEnd);
  const cancel = useMutation({
    mutationFn: () => rights.cancelSubscription({ id: subscription.id }),
    onSuccess: async () => {
      setAsking(false);
      toast(t("plans.cancelled", { date: end }));
      await queries.invalidateQueries({ queryKey: ["subscriptions"] });
    },
  });
  const state = subscription.status === SubscriptionStatus.PENDING ? t("plans.pending") : subscription.trialEndTime ? t("plans.trialEnds", { date: date(subscription.trialEndTime) }) : t(subscription.cancelAtPeriodEnd ? "plans.ends" : "plans.renews", { date: end });
  return (
    <section className={css.mine} aria-label={t("plans.current")}>
      <div className="row between">
        <div>
          <p className="quiet small">{t("plans.current")}</p>
          <h2>{plan}</h2>
          <p className="second">{state}</p>
        </div>
        {!subscription.cancelAtPeriodEnd && <Button onClick={() => setAsking(true)}>{t("plans.cancel")}</Button>}
      </div>
      {cancel.isError && <Failure error={cancel.error} onRetry={() => cancel.mutate()} />}
      {asking && <Confirm title={t("plans.cancel")} effect={t("plans.cancelText", { plan, date: end })} verb={t("plans.cancel")} busy={cancel.isPending} onConfirm={() => cancel.mutate()} onClose={() => setAsking(false)} />}
    </section>
  );
}

/** What is paid, when again, and how. A decline keeps the form. */
function Checkout({ plan, trial, onClose }: { plan: Plan; trial: boolean; onClose: () => void }) {
  const t = useT();
  const queries = useQueryClient();
  const [method, setMethod] = useState("test_ok");
  const [secret, setSecret] = useState<{ id: string; secret: string }>();
  const key = useRef(randomHex(16));
  const price = money(plan.priceMinor, plan.currency);
  const settle = async (subscription: Subscription | undefined, clientSecret: string) => {
    await queries.invalidateQueries({ queryKey: ["subscriptions"] });
    await queries.invalidateQueries({ queryKey: ["entitlements"] });
    if (subscription?.status === SubscriptionStatus.ACTIVE) {
      toast(t("plans.subscribed", { plan: plan.name }));
      onClose();
    } else if (clientSecret && subscription) setSecret({ id: subscription.id, secret: clientSecret });
    return subscription?.status;
  };
  const pay = useMutation({
    mutationFn: async () => {
      const answer = await rights.subscribe({ planId: plan.id, paymentMethod: method }, { headers: { "idempotency-key": key.current } });
      return settle(answer.subscription, answer.clientSecret);
    },
    onError: () => {
      key.current = randomHex(16);
    },
  });
  const confirm = useMutation({
    mutationFn: async () => settle((await rights.confirmPayment({ id: secret?.id ?? "", clientSecret: secret?.secret ?? "" })).subscription, ""),
  });
  const error = confirm.error ?? pay.error;
  const refusal = error ? Refusal.of(error) : undefined;
  const waiting = pay.isSuccess && !secret && pay.data !== SubscriptionStatus.ACTIVE;
  return (
    <Dialog
      title={t("plans.subscribe", { plan: plan.name })}
      onClose={onClose}
      actions={
        waiting ? (
          <Button onClick={onClose}>{t("close")}</Button>
        ) : secret ? (
          <Button tone="primary" busy={confirm.isPending} onClick={() => confirm.mutate()}>
            {t("buy.approve")}
          </Button>
        ) : (
          <>
            <Button onClick={onClose}>{t("cancel")}</Button>
            <Button tone="primary" busy={pay.isPending} onClick={() => pay.mutate()}>
              {trial ? t("plans.subscribe", { plan: plan.name }) : t("buy.pay", { price })}
            </Button>
          </>
        )
      }
    >
      {waiting ? (
        <p role="status">{t("buy.waiting")}</p>
      ) : secret ? (
        <p role="status">{t("buy.confirmBank")}</p>
      ) : (
        <>
          <p className="second">{trial ? t("plans.trialThen", { date: date(new Date(Date.now() + plan.trialDays * 86_400_000)), price }) : t("plans.first", { price })}</p>
          <Methods value={method} onChange={setMethod} />
          <div className={css.sum}>
            <span>{t("buy.total")}</span>
            <span className="num">{trial ? money(0, plan.currency) : price}</span>
          </div>
        </>
      )}
      {refusal && (
        <div role="alert">
          <p style={{ color: "var(--danger)" }}>{reasonText(refusal)}</p>
          <RequestId id={refusal.requestId} />
        </div>
      )}
    </Dialog>
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
