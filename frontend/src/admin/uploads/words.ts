import { ImportStage, type Import } from "@gen/streamverse/streaming/v1/imports_pb";
import { reasonText } from "@/i18n";
import { dateTime, length } from "@/i18n/format";
import { currentLanguage } from "@/i18n/language";
import { session } from "@/wire/session";
import { size } from "../file";
import type { useAdminT } from "../texts";
import { problemOf } from "./notes";
import type { Transfer } from "./transfers";

export const percent = (part: number) => new Intl.NumberFormat(currentLanguage(), { style: "percent" }).format(Math.floor(Math.min(1, Math.max(0, part)) * 100) / 100);

type Texts = ReturnType<typeof useAdminT>;

/** How far a file is that is sent from here, and how to say it. */
export function sending(one: Transfer, t: Texts): [part: number, words: string] {
  const part = one.size > 0 ? one.sent / one.size : 0;
  if (one.state === "failed") return [part, one.refusal && one.refusal.reason !== "UNKNOWN" ? reasonText(one.refusal) : t("upload.notSent")];
  if (one.state === "paused") return [part, t("upload.paused", { percent: percent(part) })];
  const pace = one.rate > 0 ? [t("upload.rate", { size: size(one.rate) }), t("upload.left", { time: length(Math.max(1, (one.size - one.sent) / one.rate)) })] : [];
  return [part, [percent(part), ...pace].join(" · ")];
}

/** The same of a file that the server works on. */
export function there(one: Import | undefined, t: Texts): [part: number, words: string] {
  if (!one) return [0, ""];
  const arrived = one.size > 0n ? Number(one.arrived) / Number(one.size) : 0;
  // Only who began it goes on with it; what somebody else sends may be on its way at this moment.
  if (one.stage === ImportStage.UPLOADING && one.userId !== session()?.userId) return [arrived, percent(arrived)];
  if (one.stage === ImportStage.UPLOADING) return [arrived, t("upload.broken", { percent: percent(arrived), time: dateTime(one.expireTime) })];
  if (one.stage === ImportStage.WAITING) return [0, [t("upload.waiting"), problemOf(one, t)].filter(Boolean).join(" · ")];
  return [one.fraction, [one.stage === ImportStage.PACKAGING ? one.quality : "", percent(one.fraction)].filter(Boolean).join(" · ")];
}
