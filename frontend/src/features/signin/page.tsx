import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Eye, EyeOff } from "lucide-react";
import { useEffect, useId, useRef, useState, type FormEvent, type ReactNode } from "react";
import { Brand, useTitle } from "@/app/shell";
import { Button, IconButton } from "@/design/button";
import { TextField } from "@/design/field";
import { RequestId } from "@/design/states";
import { endText, reasonText, text, useT } from "@/i18n";
import { money } from "@/i18n/format";
import { open } from "@/wire/auth";
import { auth } from "@/wire/clients/auth";
import { rights } from "@/wire/clients/rights";
import { users } from "@/wire/clients/users";
import { Refusal } from "@/wire/refusal";
import { endReason, session, keep } from "@/wire/session";
import css from "./signin.module.css";
import { Wall } from "./wall";

const signup = getRouteApi("/signup");

/** Where to go once one is in: who is alone and has no PIN is not asked who watches. */
function useGoOn() {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { next } = useSearch({ strict: false }) as { next?: string };
  return async () => {
    queries.clear();
    const { items } = await users.listProfiles({ pageSize: 100 });
    const only = items[0];
    const held = session();
    if (items.length === 1 && only && !only.hasPin && held) {
      keep({ ...held, profile: { id: only.id, name: only.name, isKids: only.isKids, hasPin: false, language: only.language, avatar: only.avatarUrl } });
      await navigate({ href: next ?? "/" });
    } else await navigate({ to: "/profiles", search: next ? { next } : {} });
  };
}

function Frame({ title, lead, children }: { title: string; lead: string; children: ReactNode }) {
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
        <PlansInShort />
      </main>
      <Wall />
    </div>
  );
}

/** What went wrong with the form as a whole; what is wrong with a field stands at the field. */
function Problem({ refusal }: { refusal: Refusal | undefined }) {
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

export function SignIn() {
  const t = useT();
  const goOn = useGoOn();
  const search = getRouteApi("/signin").useSearch();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const enter = useMutation({
    mutationFn: async () => {
      open(await auth.login({ email, password }));
      await goOn();
    },
  });
  const ended = endReason();
  return (
    <Frame title={t("signin.title")} lead={ended ? endText(ended) : t("signin.text")}>
      <form
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          enter.mutate();
        }}
      >
        <Problem refusal={enter.isError ? Refusal.of(enter.error) : undefined} />
        <TextField label={t("signin.email")} type="email" name="email" autoComplete="username" required autoFocus value={email} onChange={(event) => setEmail(event.target.value)} />
        <Password value={password} onChange={setPassword} autoComplete="current-password" />
        <Button type="submit" tone="primary" wide busy={enter.isPending}>
          {t("signIn")}
        </Button>
      </form>
      <p>
        {t("signin.new")}{" "}
        <Link to="/signup" search={search} style={{ textDecoration: "underline", fontWeight: 600 }}>
          {t("signUp")}
        </Link>
      </p>
    </Frame>
  );
}

export function SignUp() {
  const t = useT();
  const goOn = useGoOn();
  const search = signup.useSearch();
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const enter = useMutation({
    mutationFn: async () => {
      open(await auth.register({ email, password, name }));
      await goOn();
    },
  });
  const refusal = enter.isError ? Refusal.of(enter.error) : undefined;
  const wrong = (field: string) => refusal?.violations.find((violation) => violation.field === field)?.text;
  const ofPassword = refusal?.reason.startsWith("PASSWORD_") ? reasonText(refusal) : wrong("password");
  const whole = refusal && !ofPassword && refusal.violations.length === 0 ? refusal : undefined;
  return (
    <Frame title={t("signup.title")} lead={t("signup.text")}>
      <form
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          enter.mutate();
        }}
      >
        <Problem refusal={whole} />
        <TextField label={t("signup.name")} name="name" autoComplete="name" required autoFocus maxLength={100} value={name} error={wrong("name")} onChange={(event) => setName(event.target.value)} />
        <TextField label={t("signin.email")} type="email" name="email" autoComplete="username" required value={email} error={wrong("email")} onChange={(event) => setEmail(event.target.value)} />
        <Password value={password} onChange={setPassword} autoComplete="new-password" error={ofPassword} hint={password.length < 8 ? t("signup.passwordHint") : t("signup.strength", { length: [...password].length })} />
        <Button type="submit" tone="primary" wide busy={enter.isPending}>
          {t("signUp")}
        </Button>
      </form>
      <p>
        {t("signin.have")}{" "}
        <Link to="/signin" search={search} style={{ textDecoration: "underline", fontWeight: 600 }}>
          {t("signIn")}
        </Link>
      </p>
    </Frame>
  );
}

function Password({ value, onChange, autoComplete, hint, error }: { value: string; onChange: (next: string) => void; autoComplete: string; hint?: string; error?: string | undefined }) {
  const t = useT();
  const [shown, setShown] = useState(false);
  const id = useId();
  return (
    <TextField
      id={id}
      label={t("signin.password")}
      name="password"
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
            {plan.name} <span className="quiet">· {t("plans.streams", { count: plan.maxStreams })}</span>
          </span>
          <span className="num">{t("buy.perMonth", { price: money(plan.priceMinor, plan.currency) })}</span>
        </div>
      ))}
    </div>
  );
}
