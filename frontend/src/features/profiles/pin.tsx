import { Delete } from "lucide-react";
import { useEffect, useState, type FormEvent } from "react";
import { Button } from "@/design/button";
import { Dialog } from "@/design/dialog";
import { TextField } from "@/design/field";
import { RequestId } from "@/design/states";
import { reasonText, useT } from "@/i18n";
import type { Refusal } from "@/wire/refusal";
import css from "./profiles.module.css";

interface Proof {
  pin?: string;
  password?: string;
}

interface AskProps {
  title: string;
  lead: string;
  /** Where no PIN can be right, only the password is asked for. */
  pin: boolean;
  busy: boolean;
  refusal: Refusal | undefined;
  onProof: (proof: Proof) => void;
  onClose: () => void;
}

/** Asks for four digits, or for the account's password. The fourth digit sends. */
export function AskProof({ title, lead, pin, busy, refusal, onProof, onClose }: AskProps) {
  const t = useT();
  const [byPin, setByPin] = useState(pin);
  const [digits, setDigits] = useState("");
  const [password, setPassword] = useState("");
  const type = (digit: string) => {
    if (busy) return;
    const next = (digits.length >= 4 ? "" : digits) + digit;
    setDigits(next);
    if (next.length === 4) onProof({ pin: next });
  };
  useEffect(() => {
    if (refusal) setDigits("");
  }, [refusal]);
  const problem = refusal && (
    <div role="alert" className="stack" style={{ gap: "0.25rem", justifyItems: "center" }}>
      <p>{refusal.reason === "PIN_WRONG" ? t("pin.wrong") : reasonText(refusal)}</p>
      <RequestId id={refusal.requestId} />
    </div>
  );
  return (
    <Dialog title={title} onClose={onClose}>
      <p className="second">{lead}</p>
      {byPin ? (
        <div
          className={css.pin}
          onKeyDown={(event) => {
            if (/^\d$/.test(event.key)) type(event.key);
            if (event.key === "Backspace") setDigits(digits.slice(0, -1));
          }}
        >
          <div className={css.digits} role="img" aria-label={t("pin.digit", { n: Math.min(4, digits.length + 1) })}>
            {[0, 1, 2, 3].map((n) => (
              <span key={n} className={css.digit} data-on={digits.length === n || undefined}>
                {digits.length > n ? "•" : ""}
              </span>
            ))}
          </div>
          {problem}
          <div className={css.pad}>
            {["1", "2", "3", "4", "5", "6", "7", "8", "9", "", "0"].map((digit, index) =>
              digit ? (
                <button key={digit} type="button" data-focus={digit === "1" || undefined} onClick={() => type(digit)}>
                  {digit}
                </button>
              ) : (
                <span key={index} />
              ),
            )}
            <button type="button" aria-label={t("pin.delete")} onClick={() => setDigits(digits.slice(0, -1))}>
              <Delete size={22} aria-hidden />
            </button>
          </div>
          <Button tone="link" onClick={() => setByPin(false)}>
            {t("pin.usePassword")}
          </Button>
        </div>
      ) : (
        <form
          className="stack"
          onSubmit={(event: FormEvent) => {
            event.preventDefault();
            onProof({ password });
          }}
        >
          <TextField label={t("signin.password")} type="password" autoComplete="current-password" autoFocus value={password} onChange={(event) => setPassword(event.target.value)} />
          {problem}
          <Button type="submit" tone="primary" busy={busy}>
            {t("pin.enter")}
          </Button>
          {pin && (
            <Button tone="link" onClick={() => setByPin(true)}>
              {t("pin.usePin")}
            </Button>
          )}
        </form>
      )}
    </Dialog>
  );
}
