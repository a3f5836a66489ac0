import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Eye, EyeOff } from "lucide-react";
import { useEffect, useId, useRef, useState, type ReactNode } from "react";
import { Brand, useTitle } from "@/app/shell";
import { IconButton } from "@/design/button";
import { TextField } from "@/design/field";
import { RequestId } from "@/design/states";
import { reasonText, text, useT } from "@/i18n";
import { money } from "@/i18n/format";
import { rights } from "@/wire/clients/rights";
import type { Refusal } from "@/wire/refusal";
import css from "./signin.module.css";
import { Wall } from "./wall";

/** What stands around the forms of those who are not in yet. */
export function Frame({ title, lead, plans, children }: { title: string; lead: string; plans?: boolean; children: ReactNode }) {
  useTitle(title);
  return (
    <div className={css.page}>
      <main className={css.form} id="main">
        <Brand />
        <div className="stack" style={{ gap: "0.5rem" }}>
          <h1>{title}</h1>
          <p className="second">{lead}</p>
        </div>
        {children}
        {plans && <PlansInShort />}
      </main>
      <Wall />
    </div>
  );
}

/** What went wrong with the form as a whole; what is wrong with a field stands at the field. */
export function Problem({ refusal }: { refusal: Refusal | undefined }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (refusal) box.current?.focus();
  }, [refusal]);
  if (!refusal) return null;
  return (
    <div className={css.problem} role="alert" ref={box} tabIndex={-1}>
      <strong>{reasonText(refusal)}</strong>
      {refusal.reason === "EMAIL_TAKEN" && (
        <Link to="/signin" className="small" style={{ textDecoration: "underline" }}>
          {text("signIn")}
        </Link>
      )}
      <RequestId id={refusal.requestId} />
    </div>
  );
}

export function Password({ label, name = "password", value, onChange, autoComplete, hint, error }: { label?: string; name?: string; value: string; onChange: (next: string) => void; autoComplete: string; hint?: string; error?: string | undefined }) {
  const t = useT();
  const [shown, setShown] = useState(false);
  const id = useId();
  return (
    <TextField
      id={id}
      label={label ?? t("signin.password")}
      name={name}
      type={shown ? "text" : "password"}
      autoComplete={autoComplete}
      required
      value={value}
      hint={hint}
      error={error}
      onChange={(event) => onChange(event.target.value)}
      end={
        <IconButton label={t(shown ? "signin.hide" : "signin.show")} aria-pressed={shown} aria-controls={id} onClick={() => setShown(!shown)}>
          {shown ? <EyeOff size={20} aria-hidden /> : <Eye size={20} aria-hidden />}
        </IconButton>
      }
    />
  );
}

/** What it costs, said before anybody is asked for anything. */
function PlansInShort() {
  const t = useT();
  const plans = useQuery({ queryKey: ["plans"], queryFn: ({ signal }) => rights.listPlans({ pageSize: 5 }, { signal }) });
  if (!plans.data?.items.length) return null;
  return (
    <div className={css.plans}>
      <h2 className="small">{t("plans")}</h2>
      {plans.data.items.map((plan) => (
        <div key={plan.id} className={css.plan}>
          <span>
            <bdi>{plan.name}</bdi> <span className="quiet">· {t("plans.streams", { count: plan.maxStreams })}</span>
          </span>
          <span className="num">{t("buy.perMonth", { price: money(plan.priceMinor, plan.currency) })}</span>
        </div>
      ))}
    </div>
  );
}
