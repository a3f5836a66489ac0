import { Link, type LinkProps } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";
import type { ReactNode } from "react";
import { useTitle } from "@/app/shell";
import css from "./frame.module.css";

/** A page: its heading, the way back to its list, and what can be done here. */
export function Page({ title, back, actions, note, children }: { title: string; back?: { link: LinkProps; label: string }; actions?: ReactNode; note?: ReactNode; children: ReactNode }) {
  useTitle(title);
  return (
    <div className={`stack ${css.page}`}>
      <div className={css.head}>
        <div>
          {back && (
            <Link {...back.link} className={css.back}>
              <ArrowLeft size={16} className="mirror" aria-hidden />
              {back.label}
            </Link>
          )}
          <h1 dir="auto">{title}</h1>
          {note && <p className="second">{note}</p>}
        </div>
        {actions && <div className="row">{actions}</div>}
      </div>
      {children}
    </div>
  );
}

/** A part of a page under a heading of its own. */
export function Section({ title, id, text, actions, children }: { title: string; id?: string; text?: ReactNode; actions?: ReactNode; children: ReactNode }) {
  return (
    <section className={css.section} id={id} aria-label={title}>
      <div className={css.sectionHead}>
        <div>
          <h2>{title}</h2>
          {text && <p className="second">{text}</p>}
        </div>
        {actions && <div className="row">{actions}</div>}
      </div>
      {children}
    </section>
  );
}

/** Facts with their names. */
export function Facts({ facts }: { facts: [label: string, value: ReactNode][] }) {
  return (
    <dl className={css.facts}>
      {facts.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value || "–"}</dd>
        </div>
      ))}
    </dl>
  );
}

export function Columns({ children, aside }: { children: ReactNode; aside: ReactNode }) {
  return (
    <div className={css.columns}>
      <div className="stack">{children}</div>
      <aside className={css.aside}>{aside}</aside>
    </div>
  );
}

export { css as frameStyles };
