import { timestampDate, timestampFromDate, type Timestamp } from "@bufbuild/protobuf/wkt";
import { useState } from "react";
import { TextField } from "@/design/field";
import { currentLanguage } from "@/i18n/language";
import css from "./form.module.css";
import { useAdminT } from "./texts";

const HERE = Intl.DateTimeFormat().resolvedOptions().timeZone;

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return zone !== "";
  } catch {
    return false;
  }
}

/** A moment as clocks of a zone show it, `YYYY-MM-DDTHH:MM`. */
export function wall(moment: Date, zone: string): string {
  const parts = Object.fromEntries(new Intl.DateTimeFormat("en-CA", { timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" }).formatToParts(moment).map(({ type, value }) => [type, value]));
  return `${parts.year?.padStart(4, "0")}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}`;
}

/** The moment at which clocks of a zone show this; of an hour that they leave out, what it would have been. */
export function moment(text: string, zone: string): Date | undefined {
  const naive = Date.parse(`${text}Z`);
  if (Number.isNaN(naive)) return undefined;
  let found = naive;
  for (let round = 0; round < 2; round += 1) found = naive - (Date.parse(`${wall(new Date(found), zone)}Z`) - found);
  return new Date(found);
}

/** A time with its zone, and what it is elsewhere. */
export function When({ id, label, hint, error, value, onChange }: { id: string; label: string; hint?: string; error?: string | undefined; value: Timestamp | undefined; onChange: (next: Timestamp | undefined) => void }) {
  const t = useAdminT();
  const [zone, setZone] = useState(HERE);
  const valid = isZone(zone);
  const date = value && timestampDate(value);
  const [typed, setTyped] = useState<string>();
  const shown = typed ?? (date && valid ? wall(date, zone) : "");
  const put = (text: string, inZone: string) => {
    const next = text && isZone(inZone) ? moment(text, inZone) : undefined;
    if (next || !text) onChange(next && timestampFromDate(next));
  };
  return (
    <div className={css.when}>
      <TextField
        id={id}
        label={label}
        hint={date ? elsewhere(date, zone) : hint}
        error={error}
        type="datetime-local"
        value={shown}
        onChange={(event) => {
          setTyped(event.target.value);
          put(event.target.value, zone);
        }}
        onBlur={() => setTyped(undefined)}
      />
      <TextField
        label={t("when.zone")}
        value={zone}
        list="zones"
        error={valid ? undefined : t("when.zoneWrong")}
        onChange={(event) => {
          // The clocks stay, the moment moves: who mends the zone means another moment.
          const text = shown;
          setZone(event.target.value);
          if (text) put(text, event.target.value);
        }}
      />
      <Zones />
    </div>
  );
}

export function Zones() {
  return (
    <datalist id="zones">
      {["UTC", ...Intl.supportedValuesOf("timeZone")].map((zone) => (
        <option key={zone} value={zone} />
      ))}
    </datalist>
  );
}

/** "Oslo 3 Mar, 20:00 = Tokyo 4 Mar, 04:00". */
function elsewhere(date: Date, zone: string): string {
  const other = zone === "UTC" ? HERE : "UTC";
  const zones = [...new Set([isZone(zone) ? zone : HERE, other, "Asia/Tokyo"])];
  return zones
    .map((one) => `${one.split("/").pop()?.replaceAll("_", " ")} ${new Intl.DateTimeFormat(currentLanguage(), { timeZone: one, day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }).format(date)}`)
    .join(" = ");
}
