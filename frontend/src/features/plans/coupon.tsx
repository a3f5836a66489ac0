import { useMutation } from "@tanstack/react-query";
import { useState, type KeyboardEvent } from "react";
import { CouponDuration, type ValidateCouponResponse } from "@gen/streamverse/rights/v1/coupons_pb";
import { Button } from "@/design/button";
import { TextField } from "@/design/field";
import { RequestId } from "@/design/states";
import { reasonText, useT } from "@/i18n";
import { money } from "@/i18n/format";
import { coupons } from "@/wire/clients/coupons";
import { Refusal } from "@/wire/refusal";

/** A coupon for a plan: what it saves is said before anything is paid, and it counts only once one subscribes. */
export function Coupon({ planId, value, onChange }: { planId: string; value: ValidateCouponResponse | undefined; onChange: (coupon: ValidateCouponResponse | undefined) => void }) {
  const t = useT();
  const [open, setOpen] = useState(false);
  const [code, setCode] = useState("");
  const check = useMutation({ mutationFn: () => coupons.validateCoupon({ code: code.trim(), planId }), onSuccess: onChange });
  if (value) {
    const key = value.duration === CouponDuration.FOREVER ? "coupon.forever" : value.duration === CouponDuration.REPEATING ? "coupon.repeating" : "coupon.once";
    return (
      <div className="row between">
        <p role="status" style={{ color: "var(--ok)" }}>
          {t(key, { code: value.code, sum: money(value.discountMinor, value.currency), count: value.periods })}
        </p>
        <Button
          tone="link"
          onClick={() => {
            onChange(undefined);
            setCode("");
          }}
        >
          {t("coupon.remove")}
        </Button>
      </div>
    );
  }
  if (!open)
    return (
      <div>
        <Button tone="link" onClick={() => setOpen(true)}>
          {t("coupon.have")}
        </Button>
      </div>
    );
  const refusal = check.isError ? Refusal.of(check.error) : undefined;
  const ask = () => {
    if (code.trim() && !check.isPending) check.mutate();
  };
  return (
    <div>
      <div className="row" style={{ alignItems: "end" }}>
        <TextField
          label={t("coupon.code")}
          autoFocus
          autoComplete="off"
          autoCapitalize="characters"
          maxLength={40}
          value={code}
          onChange={(event) => {
            setCode(event.target.value);
            check.reset();
          }}
          onKeyDown={(event: KeyboardEvent) => {
            if (event.key === "Enter") ask();
          }}
        />
        <Button busy={check.isPending} onClick={ask}>
          {t("coupon.check")}
        </Button>
      </div>
      {refusal && (
        <div role="alert">
          <p style={{ color: "var(--danger)" }}>{reasonText(refusal)}</p>
          <RequestId id={refusal.requestId} />
        </div>
      )}
    </div>
  );
}
