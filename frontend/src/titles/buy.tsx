import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { OrderStatus } from "@gen/streamverse/rights/v1/orders_pb";
import type { Offer } from "@gen/streamverse/rights/v1/rights_pb";
import { Button, ButtonLink } from "@/design/button";
import { Dialog } from "@/design/dialog";
import { RequestId } from "@/design/states";
import { reasonText, useT, type TextKey } from "@/i18n";
import { length, money } from "@/i18n/format";
import { randomHex } from "@/wire/auth";
import { orders } from "@/wire/clients/orders";
import { Refusal } from "@/wire/refusal";
import css from "./buy.module.css";

/** What the built-in provider takes; it moves no money. */
export const METHODS: { value: string; label: TextKey }[] = [
  { value: "test_ok", label: "buy.ok" },
  { value: "test_action", label: "buy.action" },
  { value: "test_declined", label: "buy.declined" },
];

/** `before` also offers the means that was used before, which is the empty one. */
export function Methods({ value, onChange, before }: { value: string; onChange: (method: string) => void; before?: boolean }) {
  const t = useT();
  return (
    <fieldset className={css.methods}>
      <legend>{t("buy.method")}</legend>
      <p className="small quiet">{t("buy.test")}</p>
      {(before ? [{ value: "", label: "change.asBefore" as TextKey }, ...METHODS] : METHODS).map((method) => (
        <label key={method.value} className={css.method}>
          <input type="radio" name="method" checked={value === method.value} onChange={() => onChange(method.value)} />
          {t(method.label)}
        </label>
      ))}
    </fieldset>
  );
}

/** Rents or buys a title. What was begun is repeated with the same key, so nobody pays twice. */
export function Buy({ contentId, title, offer, onClose }: { contentId: string; title: string; offer: Offer; onClose: () => void }) {
  const t = useT();
  const queries = useQueryClient();
  const [method, setMethod] = useState("test_ok");
  const [secret, setSecret] = useState<{ id: string; secret: string }>();
  const key = useRef(randomHex(16));
  const rent = offer.kind === "rent";
  const price = money(offer.priceMinor, offer.currency);
  const settle = async (order: { id: string; status: OrderStatus } | undefined, clientSecret: string) => {
    if (order?.status === OrderStatus.ACTIVE) {
      await queries.invalidateQueries({ queryKey: ["entitlements"] });
      return "paid" as const;
    }
    if (clientSecret && order) setSecret({ id: order.id, secret: clientSecret });
    return "waiting" as const;
  };
  const pay = useMutation({
    mutationFn: async () => {
      const call = { headers: { "idempotency-key": key.current } };
      if (rent) {
        const answer = await orders.rentTitle({ contentId, durationHours: offer.durationHours, paymentMethod: method }, call);
        return settle(answer.rental, answer.clientSecret);
      }
      const answer = await orders.purchaseTitle({ contentId, paymentMethod: method }, call);
      return settle(answer.purchase, answer.clientSecret);
    },
    onError: () => {
      // What was refused is done with: the next try is another payment.
      key.current = randomHex(16);
    },
  });
  const confirm = useMutation({
    mutationFn: async () => {
      const asked = { id: secret?.id ?? "", clientSecret: secret?.secret ?? "" };
      const order = rent ? (await orders.confirmRental(asked)).rental : (await orders.confirmPurchase(asked)).purchase;
      return settle(order, "");
    },
  });
  const done = pay.data === "paid" || confirm.data === "paid";
  const error = confirm.error ?? pay.error;
  const refusal = error ? Refusal.of(error) : undefined;
  return (
    <Dialog
      title={t(rent ? "buy.rentTitle" : "buy.buyTitle", { title })}
      onClose={onClose}
      actions={
        done ? (
          <ButtonLink to="/watch/$id" params={{ id: contentId }} tone="primary" autoFocus>
            {t("buy.watch")}
          </ButtonLink>
        ) : secret ? (
          <Button tone="primary" busy={confirm.isPending} onClick={() => confirm.mutate()}>
            {t("buy.approve")}
          </Button>
        ) : (
          <>
            <Button onClick={onClose}>{t("cancel")}</Button>
            <Button tone="primary" busy={pay.isPending} onClick={() => pay.mutate()}>
              {t("buy.pay", { price })}
            </Button>
          </>
        )
      }
    >
      {done ? (
        <p role="status">{t("buy.done")}</p>
      ) : secret ? (
        <p role="status">{t("buy.confirmBank")}</p>
      ) : pay.data === "waiting" ? (
        <p role="status">{t("buy.waiting")}</p>
      ) : (
        <>
          <p className="second">{rent ? t("buy.rentText", { time: length(offer.durationHours * 3600) }) : t("buy.buyText")}</p>
          <Methods value={method} onChange={setMethod} />
          <div className={css.sum}>
            <span>{t("buy.total")}</span>
            <span className="num">{price}</span>
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
