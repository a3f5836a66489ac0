import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { LockKeyhole, Pencil, Plus, Smile } from "lucide-react";
import { useState } from "react";
import type { Profile } from "@gen/streamverse/users/v1/users_pb";
import { Brand, useTitle } from "@/app/shell";
import { Avatar } from "@/artwork";
import { Button } from "@/design/button";
import { Failure, Loading, Skeleton } from "@/design/states";
import { chooseLanguage, useT } from "@/i18n";
import { languageOf } from "@/i18n/language";
import { rebind } from "@/wire/auth";
import { auth } from "@/wire/clients/auth";
import { users } from "@/wire/clients/users";
import { Refusal } from "@/wire/refusal";
import { session } from "@/wire/session";
import { EditProfile } from "./edit";
import { AskProof } from "./pin";
import css from "./profiles.module.css";

/** At most so many profiles fit in an account, as the server's default has it; it refuses more by itself. */
const MOST = 5;

/** Who is watching? */
export function Profiles() {
  const t = useT();
  useTitle(t("profiles.title"));
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { next } = getRouteApi("/profiles").useSearch();
  const current = session()?.profile;
  const [managing, setManaging] = useState(false);
  const [editing, setEditing] = useState<Profile | "new">();
  const [asking, setAsking] = useState<Profile>();
  const found = useQuery({ queryKey: ["profiles"], queryFn: ({ signal }) => users.listProfiles({ pageSize: 100 }, { signal }) });
  const enter = useMutation({
    mutationFn: async ({ profile, pin, password }: { profile: Profile; pin?: string; password?: string }) => {
      // What is still asked for in the name of the one before comes to nothing.
      await queries.cancelQueries();
      const answer = await rebind(
        () => auth.selectProfile({ profileId: profile.id, pin: pin ?? "", password: password ?? "" }),
        ({ profile: entered = profile }) => ({ id: entered.id, name: entered.name, isKids: entered.isKids, hasPin: entered.hasPin, language: entered.language, avatar: entered.avatarUrl }),
      );
      const language = languageOf(answer.profile?.language ?? profile.language);
      if (language && !localStorage.getItem("sv.language")) await chooseLanguage(language);
      queries.clear();
      await navigate({ href: next ?? "/" });
    },
    onError: (error, { profile }) => {
      if (["PROFILE_PROOF_REQUIRED", "PIN_WRONG", "PIN_LOCKED", "CREDENTIALS_WRONG"].includes(Refusal.of(error).reason)) setAsking(profile);
    },
  });
  const pick = (profile: Profile) => {
    if (managing) return setEditing(profile);
    if (enter.isPending) return;
    enter.reset();
    // Out of a profile for children only with a proof, so it is asked for at once.
    if (profile.hasPin || (current?.isKids && profile.id !== current.id)) setAsking(profile);
    else enter.mutate({ profile });
  };
  const items = found.data?.items ?? [];
  const refusal = enter.isError ? Refusal.of(enter.error) : undefined;
  return (
    <main className={css.page} id="main">
      <Brand />
      <h1>{t("profiles.title")}</h1>
      {found.isError ? (
        <Failure error={found.error} onRetry={() => void found.refetch()} />
      ) : found.isPending ? (
        <Loading>
          <div className={css.faces}>
            {[0, 1, 2].map((n) => (
              <div key={n} className={css.face}>
                <Skeleton ratio="1" style={{ borderRadius: "14px" }} />
                <Skeleton width="60%" height="1rem" />
              </div>
            ))}
          </div>
        </Loading>
      ) : (
        <>
          <ul className={css.faces}>
            {items.map((profile, index) => (
              <li key={profile.id}>
                <button type="button" className={css.face} autoFocus={current ? profile.id === current.id : index === 0} aria-label={managing ? t("profiles.edit", { name: profile.name }) : undefined} onClick={() => pick(profile)}>
                  <span className={css.picture}>
                    <Avatar name={profile.name} id={profile.id} />
                    {managing && (
                      <span style={{ position: "absolute", inset: 0, display: "grid", placeItems: "center", background: "oklch(0 0 0 / 0.6)", color: "white" }}>
                        <Pencil size={28} aria-hidden />
                      </span>
                    )}
                  </span>
                  <span className={css.label}>
                    <span dir="auto">{profile.name}</span>
                    <span className={css.marks}>
                      {profile.isKids && (
                        <>
                          <Smile size={14} aria-hidden /> {t("kids")}
                        </>
                      )}
                      {profile.hasPin && (
                        <>
                          <LockKeyhole size={14} aria-hidden /> {t("profiles.pin")}
                        </>
                      )}
                    </span>
                  </span>
                </button>
              </li>
            ))}
            {!current?.isKids && items.length < MOST && (
              <li>
                <button type="button" className={`${css.face} ${css.add}`} onClick={() => setEditing("new")}>
                  <span className={css.picture}>
                    <Plus size={36} aria-hidden />
                  </span>
                  <span className={css.label}>{t("profiles.add")}</span>
                </button>
              </li>
            )}
          </ul>
          {refusal && !asking && <Failure error={refusal} onRetry={() => enter.reset()} />}
          {!current?.isKids && (
            <Button onClick={() => setManaging(!managing)} aria-pressed={managing}>
              {t(managing ? "profiles.done" : "profiles.manage")}
            </Button>
          )}
        </>
      )}
      {asking && (
        <AskProof
          title={t("pin.title", { name: asking.name })}
          lead={current?.isKids && !asking.hasPin ? t("pin.proof", { name: current.name }) : t("pin.text")}
          pin={asking.hasPin || (current?.hasPin ?? false)}
          busy={enter.isPending}
          refusal={refusal}
          onProof={(proof) => enter.mutate({ profile: asking, ...proof })}
          onClose={() => {
            setAsking(undefined);
            enter.reset();
          }}
        />
      )}
      {editing && <EditProfile profile={editing === "new" ? undefined : editing} only={items.length < 2} onClose={() => setEditing(undefined)} />}
    </main>
  );
}
