import { timestampDate, type Timestamp } from "@bufbuild/protobuf/wkt";
import { Archive, CircleCheck, Clock, PencilLine } from "lucide-react";
import { ContentStatus, type Content, type Monetization } from "@gen/streamverse/content/v1/content_pb";
import { Poster } from "@/artwork";
import { Chip } from "@/design/states";
import { dateTime, relative } from "@/i18n/format";
import { useAdminT } from "../texts";
import { MONETIZATIONS, STATUSES, subject } from "./kinds";
import css from "./titles.module.css";

interface Shown {
  status: ContentStatus;
  publishTime?: Timestamp | undefined;
}

/** When a draft becomes published by itself, where that lies ahead. */
export function scheduled(row: Shown): Timestamp | undefined {
  return row.status === ContentStatus.DRAFT && row.publishTime && timestampDate(row.publishTime) > new Date() ? row.publishTime : undefined;
}

export function Status({ row }: { row: Shown }) {
  const t = useAdminT();
  const time = scheduled(row);
  if (time)
    return (
      <Chip tone="warn" icon={<Clock size={14} aria-hidden />}>
        {t("status.scheduled", { time: dateTime(time) })}
      </Chip>
    );
  const [, , label] = STATUSES.find(([value]) => value === row.status) ?? STATUSES[0];
  if (row.status === ContentStatus.PUBLISHED)
    return (
      <Chip tone="ok" icon={<CircleCheck size={14} aria-hidden />}>
        {t(label)}
      </Chip>
    );
  return <Chip icon={row.status === ContentStatus.ARCHIVED ? <Archive size={14} aria-hidden /> : <PencilLine size={14} aria-hidden />}>{t(label)}</Chip>;
}

export function SoldBy({ value }: { value: Monetization }) {
  const t = useAdminT();
  const found = MONETIZATIONS.find(([one]) => one === value);
  return found ? <>{t(found[1])}</> : null;
}

export function Changed({ time }: { time: Timestamp | undefined }) {
  return time ? <time title={dateTime(time)}>{relative(time)}</time> : null;
}

/** A title as rows show it: its poster, small, and its name. */
export function TitleName({ row, note }: { row: Content; note?: string }) {
  return (
    <span className={css.name}>
      <span className={css.poster}>{row.posterUrl ? <img src={row.posterUrl} alt="" loading="lazy" decoding="async" /> : <Poster subject={subject(row)} />}</span>
      <span>
        <span dir="auto">{row.title}</span>
        {note && (
          <span className={css.note} dir="auto">
            {note}
          </span>
        )}
      </span>
    </span>
  );
}
