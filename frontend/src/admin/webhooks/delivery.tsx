import { useQuery, useQueryClient } from "@tanstack/react-query";
import { RotateCcw } from "lucide-react";
import { useRef, type ReactNode } from "react";
import { DeliveryStatus, type DeliveryAttempt } from "@gen/streamverse/webhooks/v1/webhooks_pb";
import { Button } from "@/design/button";
import { Dialog } from "@/design/dialog";
import { Failure, Skeleton } from "@/design/states";
import { dateTime } from "@/i18n/format";
import { Ask } from "../ask";
import { webhookAdmin } from "../clients/webhookAdmin";
import { Facts } from "../frame";
import { Table } from "../table";
import { useAdminT } from "../texts";
import { replay } from "./calls";
import { pause } from "./pace";
import { DeliveryState } from "./state";
import { visible } from "./visible";
import css from "./webhooks.module.css";

/** One delivery with what is sent and how each try went. */
export function Delivery({ webhook, id, onShow }: { webhook: string; id: string; onShow: (delivery: string | undefined) => void }) {
  const t = useAdminT();
  const queries = useQueryClient();
  const found = useQuery({
    queryKey: ["admin", "deliveries", webhook, id],
    queryFn: ({ signal }) => webhookAdmin.getDelivery({ webhookId: webhook, id }, { signal }),
    staleTime: 0,
    refetchInterval: ({ state }) => pause(state.data?.delivery),
  });
  const next = useRef<string>(undefined);
  const delivery = found.data?.delivery;
  const close = () => {
    onShow(undefined);
    void queries.invalidateQueries({ queryKey: ["admin", "deliveries"] });
  };
  const other = (one: string) => one && <Button key={one} tone="link" onClick={() => onShow(one)}>{t("deliveries.other")}</Button>;
  return (
    <Dialog
      title={delivery?.eventType ?? t("deliveries.one")}
      onClose={close}
      wide
      actions={
        delivery &&
        delivery.status !== DeliveryStatus.PENDING && (
          <Ask
            tone="primary"
            icon={<RotateCcw size={16} aria-hidden />}
            verb={t("deliveries.replay", { count: 1 })}
            title={t("deliveries.replayTitle")}
            effect={t("deliveries.replayText")}
            done={t("deliveries.sent")}
            run={async () => {
              next.current = (await replay(webhook, id)).id;
            }}
            then={() => onShow(next.current)}
          />
        )
      }
    >
      {found.isError && !found.data ? (
        <Failure error={found.error} onRetry={() => void found.refetch()} />
      ) : !delivery ? (
        <Skeleton height="16rem" />
      ) : (
        <>
          <Facts
            facts={[
              [t("titles.status"), <DeliveryState key="s" status={delivery.status} />],
              [t("deliveries.made"), dateTime(delivery.createTime)],
              delivery.status === DeliveryStatus.PENDING ? [t("deliveries.next"), dateTime(delivery.nextAttemptTime)] : [t("deliveries.ended"), dateTime(delivery.endTime)],
              ["webhook-id", <bdi key="i">{delivery.id}</bdi>],
              ...(delivery.replayOf ? [[t("deliveries.repeats"), other(delivery.replayOf)] as [string, ReactNode]] : []),
              ...(delivery.replayedBy ? [[t("deliveries.replayed"), other(delivery.replayedBy)] as [string, ReactNode]] : []),
            ]}
          />
          {found.data && found.data.attempts.length > 0 ? <Tries attempts={found.data.attempts} /> : <p className="second">{t("deliveries.noTries")}</p>}
          <pre className={css.body} tabIndex={0} role="region" aria-label={t("letters.payload")}>
            {found.data?.body}
          </pre>
        </>
      )}
    </Dialog>
  );
}

function Tries({ attempts }: { attempts: DeliveryAttempt[] }) {
  const t = useAdminT();
  const good = ({ responseStatus }: DeliveryAttempt) => responseStatus >= 200 && responseStatus < 300;
  return (
    <Table
      caption={t("work.attempts")}
      rows={attempts}
      idOf={(row) => String(row.number)}
      nameOf={(row) => String(row.number)}
      columns={[
        { id: "time", label: t("deliveries.tried"), cell: (row) => <span className={`num ${css.tried}`}>{`${row.number}. ${dateTime(row.time)}`}</span> },
        { id: "took", label: t("deliveries.took"), end: true, cell: (row) => t("deliveries.millis", { count: row.durationMillis }) },
        { id: "status", label: t("deliveries.status"), cell: (row) => <b className={good(row) ? undefined : css.refused}>{row.responseStatus || t("deliveries.noAnswer")}</b> },
        { id: "answer", label: t("deliveries.answer"), cell: (row) => <Answer text={row.responseText || row.problem} /> },
      ]}
    />
  );
}

/** What a receiver says is its own affair: it takes no more room than others, and nothing of it works. */
function Answer({ text }: { text: string }) {
  const t = useAdminT();
  if (text === "") return null;
  return (
    <div className={css.answer} dir="auto" tabIndex={0} role="group" aria-label={t("deliveries.answer")}>
      {visible(text)}
    </div>
  );
}
