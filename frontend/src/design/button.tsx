import { Link, type LinkProps } from "@tanstack/react-router";
import type { ButtonHTMLAttributes, ReactNode, Ref } from "react";
import css from "./button.module.css";

export type Tone = "primary" | "secondary" | "quiet" | "danger" | "link";

interface Look {
  tone?: Tone;
  small?: boolean;
  wide?: boolean;
}

function classes({ tone = "secondary", small, wide }: Look, icon: boolean, busy = false, extra = ""): string {
  return [css.button, css[tone], small && css.small, wide && css.wide, icon && css.icon, busy && css.busy, extra].filter(Boolean).join(" ");
}

type ButtonProps = ButtonHTMLAttributes<HTMLButtonElement> & Look & { busy?: boolean; ref?: Ref<HTMLButtonElement> };

/** A button. While it is busy it stays where it is, keeps the focus and does nothing more. */
export function Button({ tone, small, wide, busy, className, onClick, children, type = "button", ...rest }: ButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      aria-busy={busy || undefined}
      className={classes({ tone, small, wide } as Look, false, busy, className)}
      onClick={busy ? (event) => event.preventDefault() : onClick}
    >
      {busy ? <span>{children}</span> : children}
      {busy && <span className={css.dots} aria-hidden />}
    </button>
  );
}

/** A button of a picture alone; its name is read out and shown on hover. */
export function IconButton({ label, tone = "quiet", small, busy, className, children, ...rest }: ButtonProps & { label: string }) {
  return (
    <button type="button" {...rest} aria-label={label} title={label} aria-busy={busy || undefined} className={classes({ tone, small } as Look, true, busy, className)}>
      {children}
    </button>
  );
}

/** Leads somewhere, and looks like a button. */
export function ButtonLink({ tone, small, wide, children, className, ...rest }: LinkProps & Look & { children: ReactNode; className?: string; id?: string; autoFocus?: boolean }) {
  return (
    <Link {...rest} className={classes({ tone, small, wide } as Look, false, false, className)}>
      {children}
    </Link>
  );
}
