import { FileUp } from "lucide-react";
import { useId, useState } from "react";
import css from "./file.module.css";
import { useAdminT } from "./texts";

/** A place to drop a file on, which is a button, too. */
export function FileDrop({ label, hint, accept, file, onFile, error }: { label: string; hint: string; accept: string; file: File | undefined; onFile: (file: File) => void; error?: string | undefined }) {
  const t = useAdminT();
  const [over, setOver] = useState(false);
  const id = useId();
  return (
    <div>
      <label
        className={[css.drop, over && css.over].filter(Boolean).join(" ")}
        htmlFor={id}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          const [dropped] = event.dataTransfer.files;
          if (dropped) onFile(dropped);
        }}
      >
        <FileUp size={24} aria-hidden />
        <span>
          <b>{file ? <bdi>{file.name}</bdi> : label}</b>
          <span className="second">{file ? t("file.other", { size: size(file.size) }) : hint}</span>
        </span>
        <input
          id={id}
          type="file"
          className="sr"
          accept={accept}
          onChange={(event) => {
            const chosen = event.target.files?.[0];
            if (chosen) onFile(chosen);
            event.target.value = "";
          }}
        />
      </label>
      {error && (
        <p className={css.error} role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

export function size(bytes: number): string {
  return bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}

/** Numbers of a report, largest thing in it. */
export function Counters({ counts }: { counts: [label: string, count: number, tone?: "ok" | "warn" | "danger"][] }) {
  return (
    <dl className={css.counters}>
      {counts.map(([label, count, tone]) => (
        <div key={label} className={count > 0 && tone ? css[tone] : undefined}>
          <dd>{count}</dd>
          <dt>{label}</dt>
        </div>
      ))}
    </dl>
  );
}
