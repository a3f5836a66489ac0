import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import type { Subscription } from "@gen/streamverse/rights/v1/rights_pb";
import { Button } from "@/design/button";
import { RequestId } from "@/design/states";
import { reasonText, useT } from "@/i18n";
import { randomHex } from "@/wire/auth";
import { rights } from "@/wire/clients/rights";
import { Refusal } from "@/wire/refusal";

interface Answer {
  subscription?: Subscription | undefined;
  clientSecret: string;
}

/** A payment for a subscription: what was begun keeps its key, a bank that asks is asked, and what is paid is paid. */
export function usePayment(ask: (key: string) => Promise<Answer>, isDone: (subscription: Subscription) => boolean, onDone: (subscription: Subscription) => void) {
  const queries = useQueryClient();
  const [secret, setSecret] = useState<{ id: string; secret: string }>();
  const key = useRef(randomHex(16));
  const settle = async ({ subscription, clientSecret }: Answer) => {
    await Promise.all(["subscriptions", "entitlements", "invoices"].map((name) => queries.invalidateQueries({ queryKey: [name] })));
    if (clientSecret && subscription) setSecret({ id: subscription.id, secret: clientSecret });
    else if (subscription && isDone(subscription)) {
      onDone(subscription);
      return true;
    }
    return false;
  };
  const pay = useMutation({
    mutationFn: async () => settle(await ask(key.current)),
    onError: () => {
      // What was refused is done with: the next try is another payment.
      key.current = randomHex(16);
    },
  });
  const confirm = useMutation({
    mutationFn: async () => settle(await rights.confirmPayment({ id: secret?.id ?? "", clientSecret: secret?.secret ?? "" })),
    // What the bank refused is over: what follows is asked for anew.
    onError: () => {
      setSecret(undefined);
      key.current = randomHex(16);
      pay.reset();
    },
  });
  return {
    state: secret ? ("bank" as const) : pay.isSuccess && !pay.data ? ("waiting" as const) : ("form" as const),
    pay,
    confirm,
    error: confirm.error ?? pay.error,
  };
}

type Payment = ReturnType<typeof usePayment>;

/** The buttons of a payment's dialog. */
export function PaymentActions({ payment, verb, onClose }: { payment: Payment; verb: string; onClose: () => void }) {
  const t = useT();
  if (payment.state === "waiting") return <Button onClick={onClose}>{t("close")}</Button>;
  if (payment.state === "bank")
    return (
      <Button tone="primary" busy={payment.confirm.isPending} onClick={() => payment.confirm.mutate()}>
        {t("buy.approve")}
      </Button>
    );
  return (
    <>
      <Button onClick={onClose}>{t("cancel")}</Button>
      <Button tone="primary" busy={payment.pay.isPending} onClick={() => payment.pay.mutate()}>
        {verb}
      </Button>
    </>
  );
}

/** What is paid, or what goes on about it, and why it was refused. */
export function PaymentBody({ payment, children }: { payment: Payment; children: React.ReactNode }) {
  const t = useT();
  return (
    <>
      {payment.state === "form" ? children : <p role="status">{t(payment.state === "bank" ? "buy.confirmBank" : "buy.waiting")}</p>}
      <Refused error={payment.error} />
    </>
  );
}

/** Why not, in place, with the request's number. */
export function Refused({ error }: { error: unknown }) {
  if (!error) return null;
  const refusal = Refusal.of(error);
  return (
    <div role="alert">
      <p style={{ color: "var(--danger)" }}>{reasonText(refusal)}</p>
      <RequestId id={refusal.requestId} />
    </div>
  );
}
