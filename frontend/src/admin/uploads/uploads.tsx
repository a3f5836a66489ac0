import { timestampDate } from "@bufbuild/protobuf/wkt";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Check, Pause, Play, RotateCcw, X } from "lucide-react";
import { useEffect, type ReactNode } from "react";
import { ImportStage, type Import } from "@gen/streamverse/streaming/v1/imports_pb";
import { Button } from "@/design/button";
import { Failure, Skeleton } from "@/design/states";
import { dateTime } from "@/i18n/format";
import { Ask } from "../ask";
import { importAdmin } from "../clients/importAdmin";
import { Failed } from "../failed";
import { FileDrop, size } from "../file";
import { Section } from "../frame";
import { useAdminT } from "../texts";
import { problemOf, saidOf } from "./notes";
import { sending, there } from "./words";
import { isUnderWay, STEP_TEXTS, stepOf, STEPS } from "./stages";
import { cancel, forget, pause, resume, send, useTransfers, type Transfer } from "./transfers";
import css from "./uploads.module.css";
import { useImports } from "./watch";

/** Where a title gets its file, and what has become of those that it got. */
export function Uploads({ contentId }: { contentId: string }) {
  const t = useAdminT();
  const queries = useQueryClient();
  const transfers = useTransfers(contentId);
  const found = useImports(contentId);
  const imports = found.data ?? [];
  // What begins or has arrived here is an import there.
  const ids = transfers.map((one) => one.id).join();
  const arrived = transfers.filter(({ state }) => state === "arrived").map(({ key }) => key).join();
  useEffect(() => {
    const told = queries.invalidateQueries({ queryKey: ["admin", "imports", contentId] });
    for (const key of arrived.split(",").filter(Boolean)) void told.then(() => forget(Number(key)));
  }, [ids, arrived, contentId, queries]);
  const early = transfers.filter((one) => !imports.some(({ id }) => id === one.id));
  return (
    <Section title={t("upload.title")} id="files" text={t("upload.text")}>
      <FileDrop label={t("upload.drop")} hint={t("upload.hint")} accept="video/*,.mkv,.ts,.mxf" file={undefined} onFile={(file) => void send(contentId, file)} />
      {found.isError ? (
        <Failure error={found.error} onRetry={() => void found.refetch()} />
      ) : found.isPending ? (
        <Skeleton height="4rem" />
      ) : (
        early.length + imports.length > 0 && (
          <ul className={css.files}>
            {early.map((one) => (
              <Row key={one.key} contentId={contentId} transfer={one} stored={undefined} />
            ))}
            {imports.map((one) => (
              <Row key={one.id} contentId={contentId} stored={one} transfer={transfers.find(({ id }) => id === one.id)} />
            ))}
          </ul>
        )
      )}
    </Section>
  );
}

/** One file: sent from here, or known to the server, or both. */
function Row({ contentId, stored, transfer }: { contentId: string; stored: Import | undefined; transfer: Transfer | undefined }) {
  const t = useAdminT();
  const name = transfer?.name || stored?.fileName || t("upload.nameless");
  const notes = saidOf(stored, t);
  const open = transfer !== undefined || (stored !== undefined && (isUnderWay(stored) || stored.stage === ImportStage.FAILED));
  return (
    <li className={css.file}>
      <p className={css.name}>
        <b>
          <bdi>{name}</bdi>
        </b>{" "}
        <span className="second">{size(transfer?.size ?? Number(stored?.size ?? 0))}</span>
      </p>
      <Progress stored={stored} transfer={transfer} />
      {notes.length > 0 && (
        <div>
          <p className="second">{t("upload.notes")}</p>
          <ul className={css.notes}>
            {notes.map((note) => (
              <li key={note}>
                <bdi>{note}</bdi>
              </li>
            ))}
          </ul>
        </div>
      )}
      {open && (
        <div className={css.actions}>
          {transfer?.state === "sending" && (
            <Button small onClick={() => void pause(transfer.key)}>
              <Pause size={16} aria-hidden />
              {t("upload.pause")}
            </Button>
          )}
          {transfer && (transfer.state === "paused" || transfer.state === "failed") && (
            <Button small onClick={() => resume(transfer.key)}>
              {transfer.state === "failed" ? <RotateCcw size={16} aria-hidden /> : <Play size={16} aria-hidden />}
              {t(transfer.state === "failed" ? "upload.retry" : "upload.resume")}
            </Button>
          )}
          {stored?.stage === ImportStage.FAILED && <Retry contentId={contentId} importId={stored.id} />}
          <Ask
            small
            verb={t("upload.cancel")}
            icon={<X size={16} aria-hidden />}
            title={t("upload.cancelTitle", { name })}
            effect={t("upload.cancelText")}
            done={t("upload.cancelDone", { name })}
            run={() => cancel(contentId, transfer?.id || stored?.id || "", transfer?.key)}
          />
        </div>
      )}
    </li>
  );
}

function Retry({ contentId, importId }: { contentId: string; importId: string }) {
  const t = useAdminT();
  const queries = useQueryClient();
  const retry = useMutation({ mutationFn: () => importAdmin.retryImport({ contentId, importId }), onSettled: () => queries.invalidateQueries({ queryKey: ["admin", "imports", contentId] }) });
  return (
    <>
      <Button small busy={retry.isPending} onClick={() => retry.mutate()}>
        <RotateCcw size={16} aria-hidden />
        {t("upload.retry")}
      </Button>
      <Failed error={retry.error} />
    </>
  );
}

/** How far it is, by steps and in words. */
function Progress({ stored, transfer }: { stored: Import | undefined; transfer: Transfer | undefined }) {
  const t = useAdminT();
  const step = transfer ? 0 : stepOf(stored?.stage ?? ImportStage.UNSPECIFIED);
  if (step === undefined) return <Ended stored={stored} />;
  if (step === STEPS.length)
    return (
      <p className={css.done}>
        <Check size={18} aria-hidden /> {t("upload.published", { time: dateTime(stored?.updateTime) })}
      </p>
    );
  const [part, words] = transfer ? sending(transfer, t) : there(stored, t);
  return (
    <>
      <ol className={css.steps}>
        {STEPS.map((one, n) => (
          <li key={one} data-done={n < step || undefined} aria-current={n === step ? "step" : undefined}>
            {n < step && <Check size={16} aria-hidden />}
            {t(STEP_TEXTS[one])}
          </li>
        ))}
      </ol>
      <progress className={css.bar} aria-label={t(STEP_TEXTS[STEPS[step] ?? "upload"])} max={1} value={part} />
      {transfer?.state === "failed" ? (
        <p className={css.failed} role="alert">
          {words}
        </p>
      ) : (
        <p className={css.words}>{words}</p>
      )}
    </>
  );
}

/** What came to nothing, and why. */
function Ended({ stored }: { stored: Import | undefined }) {
  const t = useAdminT();
  let words: ReactNode = null;
  if (stored?.stage === ImportStage.CANCELLED) words = t("upload.cancelled");
  if (stored?.stage === ImportStage.EXPIRED) words = t("upload.expired");
  if (words) return <p className="second">{words}</p>;
  const kept = stored?.expireTime && timestampDate(stored.expireTime) > new Date();
  return (
    <div className={css.failed} role="alert">
      <p>
        <b>{t("upload.failed")}</b> <bdi>{problemOf(stored, t)}</bdi>
      </p>
      {kept && <p className="second">{t("upload.kept", { time: dateTime(stored.expireTime) })}</p>}
    </div>
  );
}
