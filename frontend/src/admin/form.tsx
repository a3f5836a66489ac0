import { fromJson, toJson, type DescMessage, type JsonObject, type JsonValue, type MessageShape } from "@bufbuild/protobuf";
import { useBlocker } from "@tanstack/react-router";
import { useEffect, useMemo, useRef, useState, type FormEvent, type ReactNode } from "react";
import { Button } from "@/design/button";
import { Confirm, Dialog } from "@/design/dialog";
import { Check, SelectField, TextArea, TextField } from "@/design/field";
import { useT } from "@/i18n";
import { randomHex } from "@/wire/auth";
import { Refusal } from "@/wire/refusal";
import { Failed } from "./failed";
import css from "./form.module.css";
import { useAdminT } from "./texts";

export interface Form<T> {
  value: T;
  /** What it was before anything was written. */
  stored: T;
  set: (patch: Partial<T>) => void;
  /** What is wrong with a field, by its path as the server names it, e.g. `genres[1]`. */
  problem: (path: string) => string | undefined;
  touched: boolean;
  /** Takes over what is stored now; what was changed since it was sent stays, and is still to be saved. */
  settle: (stored: T, sent?: T) => void;
  /** Goes on from a stored value with one that is not saved. */
  rebase: (stored: T, value: T) => void;
  /** Takes over what was stored beside the form; what is being written stays, and is still to be saved. */
  merge: (patch: Partial<T>) => void;
  refusal: Refusal | undefined;
  refuse: (refusal: Refusal | undefined) => void;
  violations: { path: string; text: string }[];
  /** The same for a call that is sent twice, another one for other values. */
  key: { headers: { "idempotency-key": string } };
}

/** What is being written, what of it the server did not take, and whether something would be lost. */
export function useForm<T extends object>(initial: T, /** The field of the request, e.g. `content`. */ prefix: string): Form<T> {
  const [stored, setStored] = useState(initial);
  const [value, setValue] = useState(initial);
  const [refusal, refuse] = useState<Refusal>();
  const key = useMemo(() => ({ headers: { "idempotency-key": randomHex(16) } }), [value]); // eslint-disable-line react-hooks/exhaustive-deps -- anew for other values
  const violations = useMemo(() => (refusal?.violations ?? []).map(({ field, text }) => ({ path: field.startsWith(`${prefix}.`) ? field.slice(prefix.length + 1) : field, text })), [refusal, prefix]);
  return {
    value,
    stored,
    set: (patch) => setValue((now) => ({ ...now, ...patch })),
    problem: (path) => violations.find((one) => one.path === path || one.path.startsWith(`${path}[`))?.text,
    touched: value !== stored,
    settle: (next, sent = value) => {
      setStored(next);
      setValue((now) => {
        const left = typed(now, value, sent);
        return Object.keys(left).length === 0 ? next : { ...next, ...left };
      });
      refuse(undefined);
    },
    merge: (patch) => {
      const next = { ...stored, ...patch };
      setStored(next);
      setValue((now) => (now === stored ? next : { ...now, ...patch }));
    },
    rebase: (base, next) => {
      setStored(base);
      setValue(next);
      refuse(undefined);
    },
    refusal,
    refuse,
    violations,
    key,
  };
}

/** Returns the fields that are neither as they were when something was sent, nor as they were sent, e.g. with another status. */
export function typed<T extends object>(now: T, before: T, sent: T): Partial<T> {
  const same = (field: string, value: unknown) => [before, sent].some((one) => one[field as keyof T] === value);
  return Object.fromEntries(Object.entries(now).filter(([field, value]) => !same(field, value))) as Partial<T>;
}

interface Conflicts<Desc extends DescMessage> {
  schema: Desc;
  theirs: () => Promise<MessageShape<Desc>>;
  /** Names of fields for people; others are shown as they are called. */
  label: (field: string) => string;
  /** Fields that nobody writes in the form. */
  given?: readonly string[];
}

interface FormFrameProps<Desc extends DescMessage> {
  form: Form<MessageShape<Desc>>;
  onSave: (value: MessageShape<Desc>) => Promise<void>;
  verb: string;
  conflicts?: Conflicts<Desc>;
  children: ReactNode;
  /** Beside the button, e.g. further things to do. */
  extra?: ReactNode;
}

/** Around the fields: what is wrong in one list, saving, both versions where somebody else saved, and a question before anything is lost. */
export function FormFrame<Desc extends DescMessage>({ form, onSave, verb, conflicts, children, extra }: FormFrameProps<Desc>) {
  const t = useAdminT();
  const [busy, setBusy] = useState(false);
  const [theirs, setTheirs] = useState<MessageShape<Desc>>();
  const leaving = useRef(false);
  const summary = useRef<HTMLDivElement>(null);
  const blocker = useBlocker({ shouldBlockFn: ({ current, next }) => form.touched && !leaving.current && current.pathname !== next.pathname, enableBeforeUnload: () => form.touched && !leaving.current, withResolver: true });
  const save = async (value: MessageShape<Desc>) => {
    setBusy(true);
    leaving.current = true;
    try {
      form.refuse(undefined);
      await onSave(value);
    } catch (error) {
      const refusal = Refusal.of(error);
      if (refusal.reason === "VERSION_MISMATCH" && conflicts) {
        const now = await conflicts.theirs().catch(() => undefined);
        if (now) setTheirs(() => now);
        else form.refuse(refusal);
      } else form.refuse(refusal);
    } finally {
      leaving.current = false;
      setBusy(false);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!busy) void save(form.value);
  };
  const refusal = form.refusal;
  useEffect(() => {
    if (!refusal) return;
    const first = form.violations.map(({ path }) => place(path)).find(Boolean);
    (first ?? summary.current)?.focus();
    // eslint-disable-next-line react-hooks/exhaustive-deps -- when it is refused, and not at each key
  }, [refusal]);
  return (
    <form className={css.form} onSubmit={submit} noValidate>
      {refusal && (
        <div ref={summary} tabIndex={-1} className={css.summary}>
          <Failed error={refusal} />
          {form.violations.length > 0 && (
            <ul>
              {form.violations.map(({ path, text }) => (
                <li key={path}>
                  <button
                    type="button"
                    onClick={() => {
                      const field = place(path);
                      field?.closest("details")?.setAttribute("open", "");
                      field?.focus();
                    }}
                  >
                    <bdi>{place(path)?.closest("div")?.parentElement?.querySelector("label")?.textContent ?? path}</bdi>: {text}
                  </button>
                </li>
              ))}
            </ul>
          )}
        </div>
      )}
      {children}
      <div className={css.foot}>
        <Button type="submit" tone="primary" busy={busy}>
          {verb}
        </Button>
        {extra}
        <span className="second" role="status">
          {form.touched ? t("form.unsaved") : ""}
        </span>
      </div>
      {blocker.status === "blocked" && <Confirm title={t("form.leave")} effect={t("form.leaveText")} verb={t("form.leaveVerb")} onConfirm={() => blocker.proceed?.()} onClose={() => blocker.reset?.()} />}
      {theirs && conflicts && (
        <Conflict
          schema={conflicts.schema}
          label={conflicts.label}
          given={conflicts.given ?? []}
          before={form.stored}
          mine={form.value}
          theirs={theirs}
          onClose={() => setTheirs(undefined)}
          onDecide={(merged) => {
            setTheirs(undefined);
            form.rebase(theirs, merged);
            void save(merged);
          }}
        />
      )}
    </form>
  );
}

/** The field of a path, or the nearest thing around it that can be focused. */
function place(path: string): HTMLElement | null {
  for (let at = path; at; at = at.replace(/(\.[^.[]+|\[\d+\])$/, "")) {
    const found = document.getElementById(`f-${at}`);
    if (found) return found;
    if (!/[.[]/.test(at)) return null;
  }
  return null;
}

const GIVEN = new Set(["version", "updateTime", "createTime"]);

/**
 * Somebody saved meanwhile: both versions of each field, and a choice between them. Nothing is lost: what only they have
 * changed stays theirs, unless it is chosen otherwise.
 */
function Conflict<Desc extends DescMessage>({ schema, label, given, before, mine, theirs, onDecide, onClose }: { schema: Desc; label: (field: string) => string; given: readonly string[]; before: MessageShape<Desc>; mine: MessageShape<Desc>; theirs: MessageShape<Desc>; onDecide: (merged: MessageShape<Desc>) => void; onClose: () => void }) {
  const t = useAdminT();
  const viewerT = useT();
  const ours = toJson(schema, mine) as JsonObject;
  const others = toJson(schema, theirs) as JsonObject;
  const fields = [...new Set([...Object.keys(ours), ...Object.keys(others)])].filter((field) => !GIVEN.has(field) && !given.includes(field) && JSON.stringify(ours[field]) !== JSON.stringify(others[field]));
  const [taken, setTaken] = useState<Record<string, "mine" | "theirs">>(() => {
    const was = toJson(schema, before) as JsonObject;
    return Object.fromEntries(fields.map((field) => [field, JSON.stringify(ours[field]) === JSON.stringify(was[field]) ? "theirs" : "mine"]));
  });
  const decide = () => {
    const merged: JsonObject = { ...others };
    for (const field of fields) {
      if (taken[field] === "theirs") continue;
      if (ours[field] === undefined) delete merged[field];
      else merged[field] = ours[field];
    }
    onDecide(fromJson(schema, merged));
  };
  return (
    <Dialog
      title={t("conflict.title")}
      onClose={onClose}
      wide
      actions={
        <>
          <Button autoFocus onClick={onClose}>
            {viewerT("cancel")}
          </Button>
          <Button tone="primary" onClick={decide}>
            {t("conflict.save")}
          </Button>
        </>
      }
    >
      <p className="second">{t("conflict.text")}</p>
      {fields.length === 0 && <p>{t("conflict.same")}</p>}
      {fields.map((field) => (
        <fieldset key={field} className={css.conflict}>
          <legend>{label(field)}</legend>
          {(["mine", "theirs"] as const).map((side) => (
            <label key={side}>
              <input type="radio" name={field} checked={(taken[field] ?? "mine") === side} onChange={() => setTaken((now) => ({ ...now, [field]: side }))} />
              <span>
                <b>{t(`conflict.${side}`)}</b>
                <span dir="auto">{printed((side === "mine" ? ours : others)[field]) || t("conflict.empty")}</span>
              </span>
            </label>
          ))}
        </fieldset>
      ))}
    </Dialog>
  );
}

/** A value as people read it. */
export function printed(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return "";
  if (Array.isArray(value)) return value.map(printed).join(", ");
  if (typeof value === "object")
    return Object.entries(value)
      .map(([key, inner]) => `${key}: ${printed(inner as JsonValue)}`)
      .join("; ");
  return String(value);
}

type KeyOf<T, Value> = { [Key in keyof T]-?: T[Key] extends Value ? Key : never }[keyof T] & string;

interface At<T, Value> {
  form: Form<T>;
  at: KeyOf<T, Value>;
  label: string;
  hint?: ReactNode;
}

export function Text<T extends object>({ form, at, label, hint, lines, warning, ...rest }: At<T, string> & { lines?: number; /** What the page itself finds wrong. */ warning?: string | undefined; type?: string; required?: boolean; list?: string; placeholder?: string; inputMode?: "numeric" | "decimal" | "url" | "email"; autoComplete?: string; maxLength?: number }) {
  const set = (text: string) => form.set({ [at]: text } as Partial<T>);
  const value = form.value[at] as string;
  if (lines) return <TextArea id={`f-${at}`} label={label} hint={hint} error={form.problem(at)} rows={lines} dir="auto" value={value} onChange={(event) => set(event.target.value)} />;
  return <TextField id={`f-${at}`} label={label} hint={hint} error={form.problem(at) ?? warning} dir="auto" {...rest} value={value} onChange={(event) => set(event.target.value)} />;
}

export function Whole<T extends object>({ form, at, label, hint, min = 0 }: At<T, number> & { min?: number }) {
  return <NumberBox id={`f-${at}`} label={label} hint={hint} error={form.problem(at)} min={min} value={form.value[at] as number} onChange={(next) => form.set({ [at]: next } as Partial<T>)} />;
}

interface NumberBoxProps {
  id: string;
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
  min?: number;
  step?: number | "any";
  value: number;
  onChange: (next: number) => void;
}

export function NumberBox({ value, onChange, step, ...rest }: NumberBoxProps) {
  // While somebody types, it is their text: an empty box is no 0.
  const [typed, setTyped] = useState<string>();
  const shown = typed !== undefined && (Number(typed) || 0) === value ? typed : value ? String(value) : "";
  return (
    <TextField
      {...rest}
      type="number"
      step={step ?? 1}
      inputMode={step ? "decimal" : "numeric"}
      value={shown}
      onChange={(event) => {
        setTyped(event.target.value);
        onChange(Number(event.target.value) || 0);
      }}
    />
  );
}

export function Pick<T extends object>({ form, at, label, hint, options }: At<T, number> & { options: readonly (readonly [value: number, label: string])[] }) {
  return (
    <SelectField id={`f-${at}`} label={label} hint={hint} error={form.problem(at)} value={String(form.value[at])} onChange={(event) => form.set({ [at]: Number(event.target.value) } as Partial<T>)}>
      {options.map(([value, text]) => (
        <option key={value} value={value}>
          {text}
        </option>
      ))}
    </SelectField>
  );
}

export function Tick<T extends object>({ form, at, label }: At<T, boolean>) {
  return <Check id={`f-${at}`} label={label} checked={form.value[at] as boolean} onChange={(event) => form.set({ [at]: event.target.checked } as Partial<T>)} />;
}

/** Several words, with commas between them. */
export function Words<T extends object>({ form, at, label, hint }: At<T, string[]>) {
  return <WordsBox id={`f-${at}`} label={label} hint={hint} error={form.problem(at)} value={form.value[at] as string[]} onChange={(next) => form.set({ [at]: next } as Partial<T>)} />;
}

export function WordsBox({ id, label, hint, error, value, onChange, upper }: { id: string; label: string; hint?: ReactNode; error?: string | undefined; value: string[]; onChange: (next: string[]) => void; upper?: boolean }) {
  const t = useAdminT();
  const [typed, setTyped] = useState<string>();
  const read = (text: string) =>
    text
      .split(/[,،\n]/)
      .map((word) => (upper ? word.trim().toUpperCase() : word.trim()))
      .filter(Boolean);
  return (
    <TextField
      id={id}
      label={label}
      hint={hint ?? t("form.commas")}
      error={error}
      dir="auto"
      value={typed ?? value.join(", ")}
      onChange={(event) => {
        setTyped(event.target.value);
        onChange(read(event.target.value));
      }}
      onBlur={() => setTyped(undefined)}
    />
  );
}

export { css as formStyles };
