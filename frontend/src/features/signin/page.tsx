import { useMutation, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";
import { Button } from "@/design/button";
import { TextField } from "@/design/field";
import { endText, reasonText, useT } from "@/i18n";
import { open } from "@/wire/auth";
import { auth } from "@/wire/clients/auth";
import { users } from "@/wire/clients/users";
import { Refusal } from "@/wire/refusal";
import { endReason, session, keep } from "@/wire/session";
import { Frame, Password, Problem } from "./frame";

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
    <Frame plans title={t("signin.title")} lead={ended ? endText(ended) : t("signin.text")}>
      <form
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          enter.mutate();
        }}
      >
        <Problem refusal={enter.isError ? Refusal.of(enter.error) : undefined} />
        <TextField label={t("signin.email")} type="email" name="email" autoComplete="username" required autoFocus value={email} onChange={(event) => setEmail(event.target.value)} />
        <Password value={password} onChange={setPassword} autoComplete="current-password" />
        <Link to="/reset" className="small" style={{ textDecoration: "underline", justifySelf: "start" }}>
          {t("reset.forgot")}
        </Link>
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
    <Frame plans title={t("signup.title")} lead={t("signup.text")}>
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
