import { useId, type InputHTMLAttributes, type ReactNode, type Ref, type SelectHTMLAttributes, type TextareaHTMLAttributes } from "react";
import css from "./field.module.css";

interface Around {
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
}

function useField({ hint, error }: Around, given?: string) {
  const made = useId();
  const id = given ?? made;
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return { id, aria: { id, "aria-invalid": error ? true : undefined, "aria-describedby": described || undefined } };
}

function Frame({ id, label, hint, error, children }: Around & { id: string; children: ReactNode }) {
  return (
    <div className={css.field}>
      <label className={css.label} htmlFor={id}>
        {label}
      </label>
      {children}
      {hint && (
        <div className={css.hint} id={`${id}-hint`}>
          {hint}
        </div>
      )}
      {error && (
        <div className={css.error} id={`${id}-error`}>
          {error}
        </div>
      )}
    </div>
  );
}

/** A line of text with its label above and what is wrong with it below. */
export function TextField({ label, hint, error, end, ...rest }: Around & InputHTMLAttributes<HTMLInputElement> & { end?: ReactNode; ref?: Ref<HTMLInputElement> }) {
  const { id, aria } = useField({ label, hint, error }, rest.id);
  return (
    <Frame id={id} label={label} hint={hint} error={error}>
      <div className={css.with}>
        <input {...rest} {...aria} className={css.input} />
        {end}
      </div>
    </Frame>
  );
}

export function TextArea({ label, hint, error, ...rest }: Around & TextareaHTMLAttributes<HTMLTextAreaElement>) {
  const { id, aria } = useField({ label, hint, error }, rest.id);
  return (
    <Frame id={id} label={label} hint={hint} error={error}>
      <textarea {...rest} {...aria} className={css.input} />
    </Frame>
  );
}

export function SelectField({ label, hint, error, children, ...rest }: Around & SelectHTMLAttributes<HTMLSelectElement>) {
  const { id, aria } = useField({ label, hint, error }, rest.id);
  return (
    <Frame id={id} label={label} hint={hint} error={error}>
      <select {...rest} {...aria} className={css.input}>
        {children}
      </select>
    </Frame>
  );
}

export function Check({ label, ...rest }: InputHTMLAttributes<HTMLInputElement> & { label: ReactNode }) {
  return (
    <label className={css.check}>
      <input type="checkbox" {...rest} />
      <span>{label}</span>
    </label>
  );
}
