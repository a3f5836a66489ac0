import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Laptop } from "lucide-react";
import { useEffect, useState } from "react";
import type { SessionInfo } from "@gen/streamverse/auth/v1/auth_pb";
import { Button } from "@/design/button";
import { Confirm } from "@/design/dialog";
import { Chip, Failure, Loading, Skeleton } from "@/design/states";
import { useT } from "@/i18n";
import { date, dateTime, relative } from "@/i18n/format";
import { auth } from "@/wire/clients/auth";
import { users } from "@/wire/clients/users";
import { agentName } from "@/wire/device";
import { Refusal } from "@/wire/refusal";
import css from "./account.module.css";

/** How long a device may go on with the token that it has, in milliseconds. */
const PENDING = 30_000;

/** What the account is signed in to, and the way to sign one of these out (X-ID-3). */
export function Logins() {
  const t = useT();
  const queries = useQueryClient();
  const [asking, setAsking] = useState<SessionInfo>();
  // The server lists it no more, but it may go on for half a minute: until then it stands here as pending.
  const [leaving, setLeaving] = useState<SessionInfo[]>([]);
  const found = useQuery({ queryKey: ["logins"], queryFn: ({ signal }) => auth.listSessions({}, { signal }) });
  const profiles = useQuery({ queryKey: ["profiles"], queryFn: ({ signal }) => users.listProfiles({ pageSize: 100 }, { signal }) });
  const nameOf = (login: SessionInfo) => login.deviceId || agentName(login.agent) || t("devices.unknown");
  const signOut = useMutation({
    mutationFn: async (login: SessionInfo) => {
      try {
        await auth.endSession({ sessionId: login.id });
      } catch (error) {
        // Whoever was quicker: it is signed out, as was wanted.
        if (Refusal.of(error).reason !== "SESSION_NOT_FOUND") throw error;
      }
    },
    onSuccess: async (_answer, login) => {
      setAsking(undefined);
      setLeaving((old) => [...old, login]);
      await Promise.all(["logins", "playing"].map((key) => queries.invalidateQueries({ queryKey: [key] })));
    },
  });
  useEffect(() => {
    if (leaving.length === 0) return;
    const timer = setTimeout(() => setLeaving((old) => old.slice(1)), PENDING);
    return () => clearTimeout(timer);
  }, [leaving]);
  const gone = new Set(leaving.map((login) => login.id));
  const items = [...(found.data?.items ?? []).filter((login) => !gone.has(login.id)), ...leaving].sort((a, b) => Number(b.current) - Number(a.current));
  return (
    <section className={css.section}>
      <h2>{t("devices.signedIn")}</h2>
      {found.isPending ? (
        <Loading>
          <Skeleton height="4.5rem" />
        </Loading>
      ) : found.isError ? (
        <Failure error={found.error} onRetry={() => void found.refetch()} />
      ) : (
        <ul className={css.rows}>
          {items.map((login) => (
            <li key={login.id} className={css.row}>
              <span>
                <strong className={css.device}>
                  <Laptop size={18} aria-hidden />
                  <bdi title={login.agent}>{nameOf(login)}</bdi>
                  {login.current && <Chip tone="ok">{t("devices.this")}</Chip>}
                </strong>
                <span className="quiet small">
                  <Of name={profiles.data?.items.find((profile) => profile.id === login.profileId)?.name} />
                  <time title={dateTime(login.refreshTime)}>{t("devices.used", { time: relative(login.refreshTime) })}</time> · <time title={dateTime(login.createTime)}>{t("devices.began", { time: date(login.createTime) })}</time>
                </span>
              </span>
              {gone.has(login.id) ? (
                <span className="quiet small" role="status">
                  {t("devices.leaving")}
                </span>
              ) : (
                !login.current && (
                  <Button small onClick={() => setAsking(login)}>
                    {t("signOut")}
                  </Button>
                )
              )}
            </li>
          ))}
        </ul>
      )}
      {asking && (
        <Confirm title={t("devices.signOutTitle", { device: nameOf(asking) })} effect={t("devices.signOutText")} verb={t("signOut")} busy={signOut.isPending} error={signOut.error} onConfirm={() => signOut.mutate(asking)} onClose={() => setAsking(undefined)} />
      )}
    </section>
  );
}

/** Whose login it is, as long as it is known. */
function Of({ name }: { name: string | undefined }) {
  return name ? (
    <>
      <bdi>{name}</bdi> ·{" "}
    </>
  ) : null;
}
