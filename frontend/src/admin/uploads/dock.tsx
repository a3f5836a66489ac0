import { useQueryClient } from "@tanstack/react-query";
import { Link, useRouterState } from "@tanstack/react-router";
import { Check, ChevronUp, Pause, Play, RotateCcw, X } from "lucide-react";
import { useEffect, useState } from "react";
import { ImportStage } from "@gen/streamverse/streaming/v1/imports_pb";
import { IconButton } from "@/design/button";
import { useT } from "@/i18n";
import { size } from "../file";
import { useAdminT } from "../texts";
import css from "./dock.module.css";
import { problemOf } from "./notes";
import { STEP_TEXTS, stepOf, STEPS } from "./stages";
import { forget, pause, resume, useAllTransfers, type Transfer } from "./transfers";
import files from "./uploads.module.css";
import { useImports } from "./watch";
import { percent, sending, there } from "./words";

/** What is sent for other titles than the one that is looked at: it goes on, and is seen, on every page. */
export function Dock() {
  const t = useAdminT();
  const [open, setOpen] = useState(true);
  const path = useRouterState({ select: (state) => state.location.pathname });
  const transfers = useAllTransfers().filter(({ page }) => page !== path);
  if (transfers.length === 0) return null;
  const sent = transfers.reduce((sum, one) => sum + one.sent, 0);
  const whole = transfers.reduce((sum, one) => sum + one.size, 0);
  const going = transfers.filter(({ state }) => state !== "arrived").length;
  return (
    <aside className={css.dock} aria-label={t("upload.dock")}>
      <button type="button" className={css.head} aria-expanded={open} onClick={() => setOpen(!open)}>
        <span>{going > 0 ? t("upload.going", { count: going, percent: percent(whole > 0 ? sent / whole : 0) }) : t("upload.sentAll", { count: transfers.length })}</span>
        <ChevronUp size={18} aria-hidden />
      </button>
      {open && (
        <ul className={css.list}>
          {transfers.map((one) => (
            <li key={one.key} className={css.row}>
              {one.state === "arrived" ? <Arrived transfer={one} /> : <Sending transfer={one} />}
            </li>
          ))}
        </ul>
      )}
    </aside>
  );
}

function Sending({ transfer }: { transfer: Transfer }) {
  const t = useAdminT();
  const [part, words] = sending(transfer, t);
  const failed = transfer.state === "failed";
  return (
    <>
      <Name transfer={transfer} />
      <div className={css.buttons}>
        {transfer.state === "sending" ? (
          <IconButton small label={t("upload.pauseNamed", { name: transfer.name })} onClick={() => void pause(transfer.key)}>
            <Pause size={18} aria-hidden />
          </IconButton>
        ) : (
          <IconButton small label={t(failed ? "upload.retryNamed" : "upload.resumeNamed", { name: transfer.name })} onClick={() => resume(transfer.key)}>
            {failed ? <RotateCcw size={18} aria-hidden /> : <Play size={18} aria-hidden />}
          </IconButton>
        )}
      </div>
      <progress className={files.bar} aria-label={transfer.name} max={1} value={part} />
      <p className={css.words}>
        <span className={failed ? css.failed : undefined} role={failed ? "alert" : undefined}>
          {words}
        </span>
        <Open transfer={transfer} />
      </p>
    </>
  );
}

/** A file that has arrived: what the server makes of it, until somebody has seen enough. */
function Arrived({ transfer }: { transfer: Transfer }) {
  const t = useAdminT();
  const viewerT = useT();
  const queries = useQueryClient();
  const listed = useImports(transfer.contentId).data?.find(({ id }) => id === transfer.id);
  // What was heard before it had arrived says nothing any more.
  const stored = listed?.stage === ImportStage.UPLOADING ? undefined : listed;
  useEffect(() => void queries.invalidateQueries({ queryKey: ["admin", "imports", transfer.contentId] }), [queries, transfer.contentId]);
  const step = stored ? stepOf(stored.stage) : 1;
  const published = step === STEPS.length;
  const [part, words] = there(stored, t);
  const stage = step === undefined ? undefined : STEPS[step];
  return (
    <>
      <Name transfer={transfer} />
      <div className={css.buttons}>
        <IconButton small label={`${viewerT("close")}: ${transfer.name}`} onClick={() => forget(transfer.key)}>
          <X size={18} aria-hidden />
        </IconButton>
      </div>
      {stage && <progress className={files.bar} aria-label={transfer.name} max={1} value={part} />}
      <p className={css.words} role="status">
        {published ? (
          <span className={css.done}>
            <Check size={16} aria-hidden /> {t("upload.playable")}
          </span>
        ) : stage ? (
          <span>{[t(STEP_TEXTS[stage]), words].filter(Boolean).join(" · ")}</span>
        ) : (
          <span className={css.failed}>
            {t(stored?.stage === ImportStage.CANCELLED ? "upload.cancelled" : stored?.stage === ImportStage.EXPIRED ? "upload.expired" : "upload.failed")} <bdi>{problemOf(stored, t)}</bdi>
          </span>
        )}
        <Open transfer={transfer} />
      </p>
    </>
  );
}

function Name({ transfer }: { transfer: Transfer }) {
  return (
    <p className={css.name} title={transfer.name}>
      <bdi>{transfer.name}</bdi> <span className="quiet">{size(transfer.size)}</span>
    </p>
  );
}

function Open({ transfer }: { transfer: Transfer }) {
  const t = useAdminT();
  return <Link to={transfer.page}>{t("upload.open")}</Link>;
}
