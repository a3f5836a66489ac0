import { Pause, Play, Trash2, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Button, IconButton } from "@/design/button";
import { CopyButton } from "@/design/copy";
import { useT } from "@/i18n";
import css from "./drawer.module.css";
import { clear, pause, useCalls, usePaused } from "./log";

/** Every call that this page makes: what, how, how long, and the trace to find it by. Secrets are struck out. */
export function WireDrawer({ onClose }: { onClose: () => void }) {
  const t = useT();
  const calls = useCalls();
  const paused = usePaused();
  const [filter, setFilter] = useState("");
  const [chosen, setChosen] = useState<number>();
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const opener = document.activeElement;
    field.current?.focus();
    return () => {
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
  const shown = calls.filter((call) => call.method.toLowerCase().includes(filter.toLowerCase())).toReversed();
  const call = shown.find((one) => one.id === chosen);
  return (
    <aside
      className={css.drawer}
      aria-label={t("wire.title")}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Escape") onClose();
      }}
    >
      <div className={css.head}>
        <h2>{t("wire.title")}</h2>
        <input ref={field} type="search" aria-label={t("wire.filter")} placeholder={t("wire.filter")} value={filter} onChange={(event) => setFilter(event.target.value)} />
        <span className="row" style={{ gap: "0.25rem", marginInlineStart: "auto" }}>
          <IconButton small label={t(paused ? "wire.go" : "wire.pause")} onClick={() => pause(!paused)}>
            {paused ? <Play size={16} aria-hidden /> : <Pause size={16} aria-hidden />}
          </IconButton>
          <IconButton small label={t("wire.clear")} onClick={clear}>
            <Trash2 size={16} aria-hidden />
          </IconButton>
          <IconButton small label={t("close")} onClick={onClose}>
            <X size={18} aria-hidden />
          </IconButton>
        </span>
      </div>
      <div className={[css.body, call && css.open].filter(Boolean).join(" ")}>
        <div className={css.list} tabIndex={0} role="region" aria-label={t("wire.title")}>
          {shown.length === 0 ? (
            <p style={{ padding: "1rem" }} className="quiet">
              {t("wire.empty")}
            </p>
          ) : (
            <table>
              <thead>
                <tr>
                  {(["time", "method", "transport", "status", "millis", "trace"] as const).map((column) => (
                    <th key={column} scope="col">
                      {t(`wire.${column}`)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {shown.map((one) => (
                  <tr key={one.id} aria-selected={one.id === chosen}>
                    <td>{new Date(one.time).toLocaleTimeString()}</td>
                    <td>
                      <button type="button" onClick={() => setChosen(one.id === chosen ? undefined : one.id)}>
                        {one.method}
                      </button>
                    </td>
                    <td>
                      {one.transport}
                      {one.transport === "stream" ? ` · ${one.messages}` : ""}
                    </td>
                    <td className={["OK", "…", "open", "ended"].includes(one.status) ? undefined : css.bad}>{one.status}</td>
                    <td>{one.millis ?? "…"}</td>
                    <td>
                      <bdi>{one.traceId.slice(0, 12)}</bdi>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </div>
        {call && (
          <div className={css.details} tabIndex={0} role="region" aria-label={call.method}>
            <div className="row between">
              <h3>{call.method}</h3>
              <Button small onClick={() => setChosen(undefined)}>
                {t("close")}
              </Button>
            </div>
            <p>
              <CopyButton tone="link" text={call.traceId}>
                {t("wire.copyTrace")}
              </CopyButton>{" "}
              <bdi>{call.traceId}</bdi>
            </p>
            <h4>{t("wire.request")}</h4>
            <pre>{call.request}</pre>
            <h4>{t("wire.response")}</h4>
            <pre>{call.response}</pre>
          </div>
        )}
      </div>
    </aside>
  );
}
