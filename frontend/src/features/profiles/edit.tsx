import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import type { Profile } from "@gen/streamverse/users/v1/users_pb";
import { Button } from "@/design/button";
import { Confirm, Dialog } from "@/design/dialog";
import { Check, SelectField, TextField } from "@/design/field";
import { RequestId } from "@/design/states";
import { toast } from "@/design/toast";
import { reasonText, useT } from "@/i18n";
import { LANGUAGES } from "@/i18n/language";
import { users } from "@/wire/clients/users";
import { Refusal } from "@/wire/refusal";
import { AskProof } from "./pin";

/** Makes or changes a profile. What protects children asks for a proof, so it is sent on its own. */
export function EditProfile({ profile, only, onClose }: { profile: Profile | undefined; only: boolean; onClose: () => void }) {
  const t = useT();
  const queries = useQueryClient();
  const [name, setName] = useState(profile?.name ?? "");
  const [language, setLanguage] = useState(profile?.language || "en");
  const [kids, setKids] = useState(profile?.isKids ?? false);
  const [pin, setPin] = useState("");
  const [dropPin, setDropPin] = useState(false);
  const [deleting, setDeleting] = useState(false);
  const [proving, setProving] = useState(false);
  const done = async () => {
    await queries.invalidateQueries({ queryKey: ["profiles"] });
    toast(t("saved"));
    onClose();
  };
  const save = useMutation({
    mutationFn: async (proof: { pin?: string; password?: string }) => {
      if (!profile) {
        const made = await users.createProfile({ profile: { name, language, isKids: kids } });
        if (pin && made.profile) await users.setProfileControls({ profileId: made.profile.id, newPin: pin, pin: proof.pin ?? "", password: proof.password ?? "" });
        return;
      }
      if (name !== profile.name || language !== profile.language)
        await users.updateProfile({ profileId: profile.id, profile: { name, language }, updateMask: { paths: ["name", "language"] } });
      const newPin = dropPin ? "" : pin || undefined;
      if (kids !== profile.isKids || newPin !== undefined)
        await users.setProfileControls({
          profileId: profile.id,
          ...(kids !== profile.isKids ? { isKids: kids } : {}),
          ...(newPin !== undefined ? { newPin } : {}),
          pin: proof.pin ?? "",
          password: proof.password ?? "",
        });
    },
    onSuccess: done,
    onError: (error) => {
      if (["PROFILE_PROOF_REQUIRED", "PIN_WRONG", "CREDENTIALS_WRONG"].includes(Refusal.of(error).reason)) setProving(true);
    },
  });
  const remove = useMutation({ mutationFn: () => users.deleteProfile({ profileId: profile?.id ?? "" }), onSuccess: done });
  const refusal = save.isError ? Refusal.of(save.error) : remove.isError ? Refusal.of(remove.error) : undefined;
  const wrong = (field: string) => refusal?.violations.find((violation) => violation.field.endsWith(field))?.text;
  if (proving)
    return (
      <AskProof
        title={t("profiles.edit", { name: profile?.name ?? name })}
        lead={reasonText(Refusal.of(save.error))}
        pin={profile?.hasPin ?? false}
        busy={save.isPending}
        refusal={refusal?.reason === "PROFILE_PROOF_REQUIRED" ? undefined : refusal}
        onProof={(proof) => save.mutate(proof)}
        onClose={() => setProving(false)}
      />
    );
  if (deleting && profile)
    return <Confirm title={t("profiles.delete")} effect={t("profiles.deleteText", { name: profile.name })} verb={t("profiles.delete")} busy={remove.isPending} error={remove.error} onConfirm={() => remove.mutate()} onClose={() => setDeleting(false)} />;
  return (
    <Dialog title={profile ? t("profiles.edit", { name: profile.name }) : t("profiles.add")} onClose={onClose}>
      <form
        className="stack"
        style={{ textAlign: "start" }}
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          save.mutate({});
        }}
      >
        <TextField label={t("profiles.name")} required autoFocus maxLength={50} value={name} error={wrong("name") ?? (refusal?.reason === "PROFILE_NAME_TAKEN" ? reasonText(refusal) : undefined)} onChange={(event) => setName(event.target.value)} />
        <SelectField label={t("profiles.language")} value={language} onChange={(event) => setLanguage(event.target.value)}>
          {Object.entries(LANGUAGES).map(([tag, own]) => (
            <option key={tag} value={tag} lang={tag}>
              {own}
            </option>
          ))}
        </SelectField>
        {!profile?.isDefault && (
          <div>
            <Check label={t("profiles.kids")} checked={kids} onChange={(event) => setKids(event.target.checked)} />
            <p className="small quiet">{t("profiles.kidsHint")}</p>
          </div>
        )}
        <TextField label={t(profile?.hasPin ? "profiles.pinChange" : "profiles.pinSet")} hint={t("profiles.pinHint")} inputMode="numeric" autoComplete="off" pattern="[0-9]{4}" maxLength={4} value={pin} error={wrong("pin")} onChange={(event) => setPin(event.target.value.replace(/\D/g, ""))} />
        {profile?.hasPin && <Check label={t("profiles.pinRemove")} checked={dropPin} onChange={(event) => setDropPin(event.target.checked)} />}
        {refusal && refusal.violations.length === 0 && refusal.reason !== "PROFILE_NAME_TAKEN" && (
          <div role="alert">
            <p style={{ color: "var(--danger)" }}>{reasonText(refusal)}</p>
            <RequestId id={refusal.requestId} />
          </div>
        )}
        <div className="row between">
          {profile && !only && !profile.isDefault ? (
            <Button tone="quiet" onClick={() => setDeleting(true)}>
              {t("profiles.delete")}
            </Button>
          ) : (
            <span />
          )}
          <Button type="submit" tone="primary" busy={save.isPending}>
            {t("save")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
