import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useState, type FormEvent } from "react";
import { Button, ButtonLink } from "@/design/button";
import { TextField } from "@/design/field";
import { reasonText, useT } from "@/i18n";
import { auth } from "@/wire/clients/auth";
import { Refusal } from "@/wire/refusal";
import { end, session } from "@/wire/session";
import { Frame, Password, Problem } from "./frame";

/** The token of the link in a mail: behind `#`, so that no server and no log hears of it. */
function tokenOfAddress(): string {
  return new URLSearchParams(location.hash.slice(1)).get("token") ?? "";
}

/** A password that was forgotten: asks for a link, and where one is followed, for a new password (AUTH-16). */
export function Reset() {
  const [token, setToken] = useState(tokenOfAddress);
  useEffect(() => {
    const take = () => {
      const found = tokenOfAddress();
      if (!found) return;
      setToken(found);
      // It stays in no history, and is shown to nobody who looks over a shoulder.
      history.replaceState(history.state, "", location.pathname);
    };
    take();
    // The link may be followed where this page is open already.
    addEventListener("hashchange", take);
    return () => removeEventListener("hashchange", take);
  }, []);
  return token ? <Choose key={token} token={token} onAnother={() => setToken("")} /> : <AskForLink />;
}

function AskForLink() {
  const t = useT();
  const [email, setEmail] = useState("");
  const ask = useMutation({ mutationFn: () => auth.requestPasswordReset({ email: email.trim() }) });
  if (ask.isSuccess)
    return (
      <Frame title={t("reset.sent")} lead={t("reset.sentText", { email: email.trim() })}>
        <div className="row">
          <ButtonLink to="/signin" tone="primary">
            {t("signIn")}
          </ButtonLink>
          <Button onClick={() => ask.reset()}>{t("reset.again")}</Button>
        </div>
      </Frame>
    );
  const refusal = ask.isError ? Refusal.of(ask.error) : undefined;
  const wrong = refusal?.violations.find(({ field }) => field === "email")?.text;
  return (
    <Frame title={t("reset.forgot")} lead={t("reset.text")}>
      <form
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          ask.mutate();
        }}
      >
        <Problem refusal={wrong ? undefined : refusal} />
        <TextField label={t("signin.email")} type="email" name="email" autoComplete="username" required autoFocus value={email} error={wrong} onChange={(event) => setEmail(event.target.value)} />
        <Button type="submit" tone="primary" wide busy={ask.isPending}>
          {t("reset.send")}
        </Button>
      </form>
      <p>
        <Link to="/signin" style={{ textDecoration: "underline", fontWeight: 600 }}>
          {t("reset.back")}
        </Link>
      </p>
    </Frame>
  );
}

function Choose({ token, onAnother }: { token: string; onAnother: () => void }) {
  const t = useT();
  const [password, setPassword] = useState("");
  const choose = useMutation({
    mutationFn: async () => {
      await auth.resetPassword({ token, newPassword: password });
      // Every session of the account has ended, this browser's among them.
      if (session()) end();
    },
  });
  if (choose.isSuccess)
    return (
      <Frame title={t("reset.done")} lead={t("reset.doneText")}>
        <div className="row">
          <ButtonLink to="/signin" tone="primary">
            {t("signIn")}
          </ButtonLink>
        </div>
      </Frame>
    );
  const refusal = choose.isError ? Refusal.of(choose.error) : undefined;
  const ofPassword = refusal?.reason.startsWith("PASSWORD_") ? reasonText(refusal) : refusal?.violations.find(({ field }) => field === "newPassword")?.text;
  return (
    <Frame title={t("reset.choose")} lead={t("reset.chooseText")}>
      <form
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          choose.mutate();
        }}
      >
        <Problem refusal={ofPassword ? undefined : refusal} />
        {refusal?.reason === "RESET_LINK_INVALID" ? (
          <Button tone="primary" wide onClick={onAnother}>
            {t("reset.another")}
          </Button>
        ) : (
          <>
            <Password label={t("reset.new")} name="newPassword" value={password} onChange={setPassword} autoComplete="new-password" error={ofPassword} hint={password.length < 8 ? t("signup.passwordHint") : t("signup.strength", { length: [...password].length })} />
            <Button type="submit" tone="primary" wide busy={choose.isPending}>
              {t("reset.save")}
            </Button>
          </>
        )}
      </form>
    </Frame>
  );
}
