import { useState } from "react";
import { TextField } from "@/design/field";
import { money } from "@/i18n/format";
import css from "./form.module.css";
import { useAdminT } from "./texts";

/** How many digits a currency has behind its point. */
export function digits(currency: string): number {
  try {
    return new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
  } catch {
    return 2;
  }
}

/** "7,99" or "7.99" as 799; anything else, and more digits than the currency has, is nothing. */
export function minorOf(text: string, currency: string): number | undefined {
  const places = digits(currency);
  const match = /^(\d{1,9})(?:[.,](\d*))?$/.exec(text.trim());
  if (!match || (match[2]?.length ?? 0) > places) return undefined;
  return Number(match[1]) * 10 ** places + Number((match[2] ?? "").padEnd(places, "0") || 0);
}

export function textOf(minor: number, currency: string): string {
  return minor ? (minor / 10 ** digits(currency)).toFixed(digits(currency)) : "";
}

/** A sum with its currency. Minor units are ours to count. */
export function Money({ id, label, hint, minor, currency, onChange, error, currencyError }: { id: string; label: string; hint?: string; minor: number; currency: string; onChange: (minor: number, currency: string) => void; error?: string | undefined; currencyError?: string | undefined }) {
  const t = useAdminT();
  const [typed, setTyped] = useState<string>();
  const wrong = typed !== undefined && typed !== "" && minorOf(typed, currency) === undefined;
  return (
    <div className={css.fields}>
      <TextField
        id={id}
        label={label}
        inputMode="decimal"
        hint={minor && /^[A-Z]{3}$/.test(currency) ? money(minor, currency) : hint}
        error={wrong ? t("money.wrong", { digits: String(digits(currency)) }) : error}
        value={typed ?? textOf(minor, currency)}
        onChange={(event) => {
          setTyped(event.target.value);
          onChange(minorOf(event.target.value, currency) ?? 0, currency);
        }}
        onBlur={() => !wrong && setTyped(undefined)}
      />
      <TextField
        label={t("money.currency")}
        value={currency}
        maxLength={3}
        list="currencies"
        error={currencyError}
        onChange={(event) => {
          const next = event.target.value.toUpperCase();
          onChange(minorOf(typed ?? textOf(minor, currency), next) ?? 0, next);
        }}
      />
      <datalist id="currencies">
        {["EUR", "USD", "GBP", "NOK", "SEK", "DKK", "CHF", "JPY", "SAR"].map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
    </div>
  );
}
