import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { MonitorPlay } from "lucide-react";
import { useState } from "react";
import type { PlaySession } from "@gen/streamverse/streaming/v1/sessions_pb";
import { useTitle } from "@/app/shell";
import { Button } from "@/design/button";
import { Confirm } from "@/design/dialog";
import { Chip, Empty, Failure, Loading, Skeleton } from "@/design/states";
import { toast } from "@/design/toast";
import { useT } from "@/i18n";
import { dateTime, position, relative } from "@/i18n/format";
import { auth } from "@/wire/clients/auth";
import { playSessions } from "@/wire/clients/playSessions";
import { end } from "@/wire/session";
import css from "./account.module.css";
import { Logins } from "./logins";

/** What plays with the account, and the way to end all its sessions. */
export function Devices() {
  const t = useT();
  useTitle(t("devices.title"));
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [asking, setAsking] = useState<PlaySession | "all">();
  const found = useQuery({ queryKey: ["playing"], queryFn: ({ signal }) => playSessions.listPlaySessions({ pageSize: 50 }, { signal }), refetchInterval: 15_000 });
  const stop = useMutation({
    mutationFn: (sessionId: string) => playSessions.stopPlaySession({ sessionId }),
    onSuccess: async () => {
      setAsking(undefined);
      toast(t("devices.stopped"));
      await queries.invalidateQueries({ queryKey: ["playing"] });
    },
  });
  const everywhere = useMutation({
    mutationFn: () => auth.logout({ allSessions: true }),
    onSuccess: async () => {
      end();
      await navigate({ to: "/signin" });
    },
  });
  const items = found.data?.items ?? [];
  return (
    <div className="page stack">
      <h1>{t("devices.title")}</h1>
      <div className={css.sections}>
        <section className={css.section}>
          <h2>{t("devices.playing")}</h2>
          {found.isPending ? (
            <Loading>
              <Skeleton height="4.5rem" />
            </Loading>
          ) : found.isError ? (
            <Failure error={found.error} onRetry={() => void found.refetch()} />
          ) : items.length === 0 ? (
            <Empty title={t("devices.none")}>{t("devices.noneText")}</Empty>
          ) : (
            <ul className={css.rows}>
              {items.map((session) => (
                <li key={session.sessionId} className={css.row}>
                  <span>
                    <strong className={css.device}>
                      <MonitorPlay size={18} aria-hidden />
                      <bdi>{session.device}</bdi>
                      {session.thisDevice && <Chip tone="ok">{t("devices.this")}</Chip>}
                    </strong>
                    <span className="quiet small">
                      {[session.profileName, session.title, session.positionSeconds > 0 ? position(session.positionSeconds) : ""].filter(Boolean).join(" · ")} ·{" "}
                      <time title={dateTime(session.startTime)}>{t("devices.since", { time: relative(session.startTime) })}</time>
                    </span>
                  </span>
                  <Button small onClick={() => setAsking(session)}>
                    {t("devices.stop")}
                  </Button>
                </li>
              ))}
            </ul>
          )}
        </section>
        <Logins />
        <section className={css.section}>
          <h2>{t("devices.everywhere")}</h2>
          <p className="second">{t("devices.everywhereText")}</p>
          <div>
            <Button onClick={() => setAsking("all")}>{t("devices.everywhere")}</Button>
          </div>
        </section>
      </div>
      {asking === "all" ? (
        <Confirm title={t("devices.everywhere")} effect={t("devices.everywhereText")} verb={t("devices.everywhere")} busy={everywhere.isPending} error={everywhere.error} onConfirm={() => everywhere.mutate()} onClose={() => setAsking(undefined)} />
      ) : (
        asking && (
          <Confirm title={t("devices.stopTitle", { title: asking.title, device: asking.device })} effect={t("devices.stopText")} verb={t("devices.stopVerb")} busy={stop.isPending} error={stop.error} onConfirm={() => stop.mutate(asking.sessionId)} onClose={() => setAsking(undefined)} />
        )
      )}
    </div>
  );
}
