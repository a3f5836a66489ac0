import { useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { Button, type Tone } from "@/design/button";
import { Dialog } from "@/design/dialog";
import { Check, TextField } from "@/design/field";
import { toast } from "@/design/toast";
import { useT } from "@/i18n";
import { Failed } from "./failed";
import { useAdminT } from "./texts";

interface AskProps {
  /** The button, which repeats in the dialog. */
  verb: string;
  title: string;
  effect: ReactNode;
  tone?: Tone;
  small?: boolean;
  icon?: ReactNode;
  /** What has to be typed first, where it cannot be taken back. */
  typed?: string;
  /** A choice that goes with it. */
  choice?: { label: string; initially: boolean };
  done: string;
  run: (choice: boolean) => Promise<unknown>;
  /** What follows, e.g. leaving a page whose thing is gone. */
  then?: () => void;
}

/** A button that asks before it does something, and says in place why it did not. */
export function Ask({ verb, title, effect, tone = "danger", small, icon, typed, choice, done, run, then }: AskProps) {
  const t = useAdminT();
  const viewerT = useT();
  const queries = useQueryClient();
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState(choice?.initially ?? false);
  const [missing, setMissing] = useState(false);
  const go = async () => {
    if (typed !== undefined && text.trim() !== typed) return setMissing(true);
    setBusy(true);
    setError(undefined);
    try {
      await run(chosen);
      setOpen(false);
      toast(done);
      then?.();
      await queries.invalidateQueries({ queryKey: ["admin"] });
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <Button
        tone={tone === "danger" ? "secondary" : tone}
        small={small ?? false}
        onClick={() => {
          setError(undefined);
          setText("");
          setMissing(false);
          setOpen(true);
        }}
      >
        {icon}
        {verb}
      </Button>
      {open && (
        <Dialog
          title={title}
          onClose={() => !busy && setOpen(false)}
          actions={
            <>
              <Button autoFocus={typed === undefined} onClick={() => !busy && setOpen(false)}>
                {viewerT("cancel")}
              </Button>
              <Button tone={tone === "secondary" ? "primary" : tone} busy={busy} onClick={() => void go()}>
                {verb}
              </Button>
            </>
          }
        >
          <div className="second">{effect}</div>
          {choice && <Check label={choice.label} checked={chosen} onChange={(event) => setChosen(event.target.checked)} />}
          {typed !== undefined && <TextField label={t("ask.type", { text: typed })} value={text} autoComplete="off" error={missing && text.trim() !== typed ? t("ask.typeWrong") : undefined} onChange={(event) => setText(event.target.value)} />}
          <Failed error={error} />
        </Dialog>
      )}
    </>
  );
}
