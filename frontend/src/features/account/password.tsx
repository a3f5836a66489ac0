import { useMutation } from "@tanstack/react-query";
import { useId, useState, type FormEvent } from "react";
import { Button } from "@/design/button";
import { Dialog } from "@/design/dialog";
import { TextField } from "@/design/field";
import { Refused } from "@/design/states";
import { toast } from "@/design/toast";
import { reasonText, useT } from "@/i18n";
import { auth } from "@/wire/clients/auth";
import { Refusal } from "@/wire/refusal";
import css from "./account.module.css";

/** Changes the account's password; other devices have to sign in anew, this one goes on. */
export function ChangePassword() {
  const t = useT();
  const [open, setOpen] = useState(false);
  return (
    <section className={css.section}>
      <h2>{t("signin.password")}</h2>
      <div className="row between">
        <p className="second">{t("account.passwordText")}</p>
        <Button onClick={() => setOpen(true)}>{t("account.passwordChange")}</Button>
      </div>
      {open && <PasswordDialog onClose={() => setOpen(false)} />}
    </section>
  );
}

function PasswordDialog({ onClose }: { onClose: () => void }) {
  const t = useT();
  const form = useId();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const change = useMutation({
    mutationFn: () => auth.changePassword({ currentPassword: current, newPassword: next }),
    onSuccess: ({ endedSessions }) => {
      onClose();
      toast(t("account.passwordChanged", { count: endedSessions }));
    },
  });
  const refusal = change.isError ? Refusal.of(change.error) : undefined;
  const ofCurrent = refusal?.reason === "CREDENTIALS_WRONG" ? t("account.passwordWrong") : undefined;
  const ofNext = refusal?.reason.startsWith("PASSWORD_") ? reasonText(refusal) : refusal?.violations.find(({ field }) => field === "newPassword")?.text;
  return (
    <Dialog
      title={t("account.passwordChange")}
      onClose={() => !change.isPending && onClose()}
      actions={
        <>
          <Button onClick={() => !change.isPending && onClose()}>{t("cancel")}</Button>
          <Button type="submit" form={form} tone="primary" busy={change.isPending}>
            {t("account.passwordChange")}
          </Button>
        </>
      }
    >
      <form
        id={form}
        className="stack"
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          change.mutate();
        }}
      >
        <TextField label={t("account.passwordCurrent")} type="password" name="currentPassword" autoComplete="current-password" required value={current} error={ofCurrent} onChange={(event) => setCurrent(event.target.value)} />
        <TextField label={t("reset.new")} type="password" name="newPassword" autoComplete="new-password" required value={next} error={ofNext} hint={next.length < 8 ? t("signup.passwordHint") : t("signup.strength", { length: [...next].length })} onChange={(event) => setNext(event.target.value)} />
      </form>
      {refusal && !ofCurrent && !ofNext && <Refused error={change.error} />}
    </Dialog>
  );
}
