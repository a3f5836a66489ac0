import { useQueryClient } from "@tanstack/react-query";
import { CircleAlert, WifiOff } from "lucide-react";
import { useEffect, useState, type CSSProperties, type ReactNode } from "react";
import { reasonText, useT } from "@/i18n";
import { Refusal } from "@/wire/refusal";
import { Button } from "./button";
import { CopyButton } from "./copy";
import css from "./states.module.css";

/** Nothing here: one sentence, one action. */
export function Empty({ title, children, action, page }: { title: string; children?: ReactNode; action?: ReactNode; page?: boolean }) {
  return (
    <div className={[css.notice, page && css.page].filter(Boolean).join(" ")}>
      <h2>{title}</h2>
      {children && <p className="second">{children}</p>}
      {action}
    </div>
  );
}

/** Why something did not work, where what was to be done stands beside it. */
export function Refused({ error }: { error: unknown }) {
  const refusal = Refusal.of(error);
  return (
    <div role="alert">
      <p>{reasonText(refusal)}</p>
      <RequestId id={refusal.requestId} />
    </div>
  );
}

/** What was refused, why, what to do, and the number to tell those who run the installation. */
export function Failure({ error, onRetry, action, page, title }: { error: unknown; onRetry?: () => void; action?: ReactNode; page?: boolean; title?: string }) {
  const t = useT();
  const refusal = Refusal.of(error);
  const queries = useQueryClient();
  const retry = onRetry ?? (() => void queries.refetchQueries({ type: "active" }));
  const Icon = refusal.reason === "OFFLINE" ? WifiOff : CircleAlert;
  return (
    <div className={[css.notice, page && css.page].filter(Boolean).join(" ")} role="alert">
      <h2>
        <Icon size={22} aria-hidden />
        {title ?? t("failed")}
      </h2>
      <p className="second">{reasonText(refusal)}</p>
      <div className="row">
        {action ?? (
          <Button onClick={retry} tone="secondary" autoFocus={page ?? false}>
            {t("tryAgain")}
          </Button>
        )}
      </div>
      <RequestId id={refusal.requestId} />
    </div>
  );
}

/** The request's number, to copy. */
export function RequestId({ id }: { id: string }) {
  const t = useT();
  if (!id) return null;
  return (
    <CopyButton text={id} className={css.id ?? ""}>
      <span>
        {t("request")} <bdi>{id}</bdi>
      </span>
      <span className="sr">{t("copyRequest", { id: "" })}</span>
    </CopyButton>
  );
}

/** A place that is kept until its data comes. */
export function Skeleton({ width, height, ratio, style }: { width?: string; height?: string; ratio?: string; style?: CSSProperties }) {
  return <div aria-hidden className={css.skeleton} style={{ inlineSize: width ?? "100%", blockSize: height, aspectRatio: ratio, ...style }} />;
}

/** Keeps the old view for a moment, then shows the skeleton, and says so when it takes long. */
export function Loading({ children, onRetry }: { children: ReactNode; onRetry?: () => void }) {
  const t = useT();
  const [age, setAge] = useState<"new" | "shown" | "late">("new");
  useEffect(() => {
    const shown = setTimeout(() => setAge("shown"), 150);
    const late = setTimeout(() => setAge("late"), 8000);
    return () => {
      clearTimeout(shown);
      clearTimeout(late);
    };
  }, []);
  return (
    <div role="status" aria-busy="true">
      <span className="sr">{t("loading")}</span>
      {age === "late" && (
        <div className={`row ${css.late}`}>
          {t("stillLoading")}
          {onRetry && (
            <Button tone="link" onClick={onRetry}>
              {t("tryAgain")}
            </Button>
          )}
        </div>
      )}
      <div style={{ visibility: age === "new" ? "hidden" : "visible" }}>{children}</div>
    </div>
  );
}

export function Chip({ children, tone, icon }: { children: ReactNode; tone?: "ok" | "warn" | "danger" | "live"; icon?: ReactNode }) {
  return (
    <span className={[css.chip, tone && css[tone]].filter(Boolean).join(" ")}>
      {icon}
      {children}
    </span>
  );
}

/** How far something has come, 0 to 1. */
export function Bar({ value, label }: { value: number; label: string }) {
  const part = Math.min(1, Math.max(0, value));
  return (
    <div className={css.bar} role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(part * 100)}>
      <div style={{ transform: `scaleX(${part})` }} />
    </div>
  );
}
