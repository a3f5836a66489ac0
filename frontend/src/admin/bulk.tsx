import { useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { Button, type Tone } from "@/design/button";
import { Dialog } from "@/design/dialog";
import { TextField } from "@/design/field";
import { Bar } from "@/design/states";
import { toast } from "@/design/toast";
import { reasonText, useT } from "@/i18n";
import { Refusal } from "@/wire/refusal";
import { tableStyles as css } from "./table";
import { useAdminT } from "./texts";

export interface Bulk<Row> {
  id: string;
  /** With its count, e.g. "Delete 12 titles". */
  verb: (count: number) => string;
  /** What it does, in words. */
  effect: ReactNode;
  tone?: Tone;
  /** It cannot be taken back: the number has to be typed where it is more than one. */
  final?: boolean;
  /** Asks for what it needs, and gives what is done to each; without it `run` is used as it is. */
  form?: (set: (ready: boolean, value: unknown) => void) => ReactNode;
  run: (row: Row, value: unknown) => Promise<unknown>;
}

interface Refused {
  name: string;
  refusal: Refusal;
}

/** What can be done with the rows that are chosen. */
export function BulkBar<Row>({ rows, nameOf, bulk, filter, onClear, all }: { rows: Row[]; nameOf: (row: Row) => string; bulk: Bulk<Row>[]; filter: string; onClear: () => void; all: ReactNode }) {
  const t = useAdminT();
  const [doing, setDoing] = useState<Bulk<Row>>();
  return (
    <div className={css.bulk} role="region" aria-label={t("bulk.label")}>
      <strong>{t("table.selected", { count: rows.length })}</strong>
      {all}
      <Button tone="link" onClick={onClear}>
        {t("bulk.clear")}
      </Button>
      <span className={css.bulkActions}>
        {bulk.map((one) => (
          <Button key={one.id} small onClick={() => setDoing(one)}>
            {one.verb(rows.length)}
          </Button>
        ))}
      </span>
      {doing && (
        <BulkDialog
          bulk={doing}
          rows={rows}
          nameOf={nameOf}
          filter={filter}
          onClose={(done) => {
            setDoing(undefined);
            if (done) onClear();
          }}
        />
      )}
    </div>
  );
}

function BulkDialog<Row>({ bulk, rows, nameOf, filter, onClose }: { bulk: Bulk<Row>; rows: Row[]; nameOf: (row: Row) => string; filter: string; onClose: (done: boolean) => void }) {
  const t = useAdminT();
  const viewerT = useT();
  const queries = useQueryClient();
  const [typed, setTyped] = useState("");
  const [input, setInput] = useState<{ ready: boolean; value: unknown }>({ ready: !bulk.form, value: undefined });
  const [done, setDone] = useState<number>();
  const [refused, setRefused] = useState<Refused[]>();
  const [missing, setMissing] = useState(false);
  const mustType = bulk.final && rows.length > 1;
  const run = async () => {
    if ((mustType && typed.trim() !== String(rows.length)) || !input.ready) {
      setMissing(true);
      return;
    }
    setDone(0);
    const waiting = [...rows];
    const failed: Refused[] = [];
    const worker = async () => {
      for (let row = waiting.shift(); row !== undefined; row = waiting.shift()) {
        try {
          await bulk.run(row, input.value);
        } catch (error) {
          failed.push({ name: nameOf(row), refusal: Refusal.of(error) });
        }
        setDone((count = 0) => count + 1);
      }
    };
    await Promise.all(Array.from({ length: 4 }, worker));
    await queries.invalidateQueries({ queryKey: ["admin"] });
    if (failed.length === 0) {
      toast(t("bulk.done", { count: rows.length }));
      onClose(true);
    } else setRefused(failed);
  };
  if (refused)
    return (
      <Dialog title={t("bulk.result", { done: rows.length - refused.length, refused: refused.length })} onClose={() => onClose(true)} wide actions={<Button onClick={() => onClose(true)}>{viewerT("close")}</Button>}>
        <ul className={css.refused}>
          {refused.map(({ name, refusal }, index) => (
            <li key={index}>
              <strong dir="auto">{name}</strong>
              <span>{reasonText(refusal)}</span>
              <bdi className="quiet small">{refusal.requestId}</bdi>
            </li>
          ))}
        </ul>
      </Dialog>
    );
  return (
    <Dialog
      title={`${bulk.verb(rows.length)}?`}
      onClose={() => done === undefined && onClose(false)}
      actions={
        <>
          <Button autoFocus={!mustType && !bulk.form} onClick={() => done === undefined && onClose(false)}>
            {viewerT("cancel")}
          </Button>
          <Button tone={bulk.tone === "danger" ? "danger" : "primary"} busy={done !== undefined} onClick={() => void run()}>
            {bulk.verb(rows.length)}
          </Button>
        </>
      }
    >
      <div className="second">{bulk.effect}</div>
      <ul className={css.names}>
        {rows.slice(0, 5).map((row, index) => (
          <li key={index} dir="auto">
            {nameOf(row)}
          </li>
        ))}
        {rows.length > 5 && <li>{t("bulk.more", { count: rows.length - 5 })}</li>}
      </ul>
      {filter && <p className="quiet">{t("bulk.filter", { filter })}</p>}
      {bulk.form?.((ready, value) => setInput({ ready, value }))}
      {mustType && <TextField label={t("bulk.type", { count: String(rows.length) })} value={typed} inputMode="numeric" autoComplete="off" error={missing && typed.trim() !== String(rows.length) ? t("bulk.typeWrong") : undefined} onChange={(event) => setTyped(event.target.value)} />}
      {missing && !input.ready && <p role="alert">{t("bulk.incomplete")}</p>}
      {done !== undefined && <Bar value={done / rows.length} label={t("bulk.progress", { done, count: rows.length })} />}
    </Dialog>
  );
}
