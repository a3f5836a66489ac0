import { useEffect, useState, type ReactNode } from "react";
import { Text, type Form } from "../form";
import { useAdminT } from "../texts";
import { Preview } from "./preview";
import css from "./pictures.module.css";

type TextOf<T> = { [Key in keyof T]: T[Key] extends string ? Key : never }[keyof T] & string;

/** Whether an address may stand in a field of one, as the server sees it: http, https, or a path of ours. */
export function isPlace(url: string): boolean {
  if (url.startsWith("/")) return !url.startsWith("//") && !/\s/.test(url);
  try {
    return /^https?:$/.test(new URL(url).protocol) && /^https?:\/\//i.test(url);
  } catch {
    return false;
  }
}

interface PictureAddressProps<T> {
  form: Form<T>;
  at: TextOf<T>;
  label: string;
  hint: ReactNode;
  shape: "upright" | "flat" | "square";
  /** What is drawn where there is no address; without it, nothing is shown then. */
  drawn?: ReactNode;
  /** Whether what is stored here is shown to nobody yet, because its title is not published. */
  unseen?: boolean;
}

/** The address of a picture with the picture beside it, and what is wrong with either as one types. */
export function PictureAddress<T extends object>({ form, at, label, hint, shape, drawn, unseen = false }: PictureAddressProps<T>) {
  const t = useAdminT();
  const url = (form.value[at] as string).trim();
  const [shown, setShown] = useState(url);
  const [loads, setLoads] = useState<{ url: string; loads: boolean }>();
  useEffect(() => {
    // Not every letter of an address is a picture to ask for.
    const timer = setTimeout(() => setShown(url), 400);
    return () => clearTimeout(timer);
  }, [url]);
  const seen = shown !== "" && isPlace(shown);
  const wrong = url !== "" && url === shown && !isPlace(url);
  const hidden = unseen && shown.startsWith("/stream/");
  const fails = !hidden && url !== "" && loads?.url === url && !loads.loads;
  return (
    <div className={css.address}>
      {(seen || drawn) && <div className={css[shape]}>{seen ? <Preview url={shown} alt={t("art.preview", { name: label })} missing={t(hidden ? "art.hidden" : "art.broken")} onLoad={(ok) => setLoads({ url: shown, loads: ok })} /> : drawn}</div>}
      <Text form={form} at={at as never} label={label} hint={hint} inputMode="url" warning={wrong ? t("art.addressWrong") : fails ? t("art.addressFails") : undefined} />
    </div>
  );
}
