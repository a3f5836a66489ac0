import { Check, Copy } from "lucide-react";
import { useState, type ComponentProps } from "react";
import { useT } from "@/i18n";
import { Button } from "./button";

/** Puts a text on the clipboard. Pages that are no secure contexts have only the old way, which needs it selected. */
async function put(text: string, beside: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = Object.assign(document.createElement("textarea"), { value: text, readOnly: true, className: "sr" });
    beside.after(field);
    field.select();
    // Nothing else copies without a secure context.
    const done = document.execCommand("copy");
    field.remove();
    beside.focus();
    return done;
  }
}

/** Copies a text, and shows and says that it did. With a class of its own it is a plain button. */
export function CopyButton({ text, className, children, ...look }: { text: string } & Omit<ComponentProps<typeof Button>, "onClick">) {
  const t = useT();
  const [copied, setCopied] = useState("");
  const done = copied === text;
  const inside = (
    <>
      {children}
      {done ? <Check size={16} aria-hidden /> : <Copy size={16} aria-hidden />}
      <span className="sr" role="status">
        {done && t("copied")}
      </span>
    </>
  );
  const copy = ({ currentTarget }: { currentTarget: HTMLElement }) => void put(text, currentTarget).then((ok) => ok && setCopied(text));
  return className ? (
    <button type="button" className={className} onClick={copy}>
      {inside}
    </button>
  ) : (
    <Button {...look} onClick={copy}>
      {inside}
    </Button>
  );
}
