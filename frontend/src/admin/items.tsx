import type { Content } from "@gen/streamverse/content/v1/content_pb";
import { TitleLabel, TitlePicker } from "./pickers";
import { Rows } from "./rows";
import { useAdminT } from "./texts";
import type { Kind } from "./titles/kinds";
import { useState } from "react";

/** Titles in an order that editors choose. */
export function Items({ ids, known, onChange, error, kinds }: { ids: string[]; known: readonly Content[]; onChange: (ids: string[]) => void; error?: string | undefined; kinds?: readonly Kind[] }) {
  const t = useAdminT();
  const [picked, setPicked] = useState<ReadonlyMap<string, string>>(new Map());
  const nameOf = (id: string) => picked.get(id) ?? known.find((one) => one.id === id)?.title;
  return (
    <>
      <TitlePicker
        id="itemIds"
        label={t("items.add")}
        error={error}
        {...(kinds ? { kinds } : {})}
        onPick={(id, name) => {
          setPicked((now) => new Map(now).set(id, name));
          if (!ids.includes(id)) onChange([...ids, id]);
        }}
      />
      <p className="second">{t("items.count", { count: ids.length })}</p>
      <Rows items={ids.map((id) => ({ id }))} onChange={(next) => onChange(next.map(({ id }) => id))} nameOf={({ id }, index) => nameOf(id) ?? t("items.number", { number: String(index + 1) })} ordered>
        {({ id }) => <TitleLabel id={id} known={nameOf(id)} />}
      </Rows>
    </>
  );
}
