import { create } from "@bufbuild/protobuf";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ContentType } from "@gen/streamverse/content/v1/content_pb";
import { PinSchema } from "@gen/streamverse/search/v1/tuning_pb";
import { collections } from "@/wire/clients/collections";
import { livetv } from "@/wire/clients/livetv";
import { search as searching } from "@/wire/clients/search";
import { useAddress } from "../address";
import { ifMatch } from "../clients/ifMatch";
import { tuning } from "../clients/tuning";
import { Entity, there } from "../entity";
import { formStyles, Text } from "../form";
import { Section } from "../frame";
import { Picker, useAnyTitle } from "../pickers";
import { Rows } from "../rows";
import { useAdminT } from "../texts";
import { When } from "../when";
import { Found, KIND_OF } from "./found";

/** What can be pinned; a programme passes. */
const KINDS = [ContentType.MOVIE, ContentType.SERIES, ContentType.EPISODE, ContentType.VIDEO, ContentType.CHANNEL, ContentType.FAST_CHANNEL, ContentType.COLLECTION];

export function PinPage() {
  const t = useAdminT();
  const { search } = useAddress();
  return (
    <Entity
      name="pins"
      schema={PinSchema}
      prefix="pin"
      path="/admin/search/pins/$id"
      back={{ link: { to: "/admin/search/pins" }, label: t("pins") }}
      fresh={t("pins.new")}
      get={async (id, options) => there((await tuning.getPin({ id }, options)).pin)}
      make={() => create(PinSchema, { q: search.word ?? "" })}
      create={async (pin, options) => there((await tuning.createPin({ pin }, options)).pin)}
      update={async (pin) => there((await tuning.updatePin({ id: pin.id, pin })).pin)}
      remove={({ id, version }) => tuning.deletePin({ id }, ifMatch(version))}
      gone={t("pins.deleteText")}
      nameOf={(pin) => pin.q}
      more={(stored) => (
        <Section title={t("pins.now")} text={<bdi>{stored.q}</bdi>}>
          <Found q={stored.q} />
        </Section>
      )}
    >
      {(form) => (
        <>
          <Section title={t("title.basics")}>
            <div className={formStyles.grid}>
              <Text form={form} at="q" label={t("pins.q")} hint={t("pins.qHint")} required maxLength={200} />
            </div>
          </Section>
          <Section title={t("pins.what")} text={t("pins.whatText")}>
            <What ids={form.value.contentIds} onChange={(contentIds) => form.set({ contentIds })} error={form.problem("contentIds")} />
          </Section>
          <Section title={t("pins.when")} text={t("pins.always")}>
            <div className={formStyles.grid}>
              <When id="f-startTime" label={t("pins.from")} value={form.value.startTime} error={form.problem("startTime")} onChange={(startTime) => form.set({ startTime })} />
              <When id="f-endTime" label={t("pins.until")} value={form.value.endTime} error={form.problem("endTime")} onChange={(endTime) => form.set({ endTime })} />
            </div>
          </Section>
        </>
      )}
    </Entity>
  );
}

/** Titles, channels and collections in their order, found as viewers find them. */
function What({ ids, onChange, error }: { ids: string[]; onChange: (ids: string[]) => void; error?: string | undefined }) {
  const t = useAdminT();
  const [picked, setPicked] = useState<ReadonlyMap<string, string>>(new Map());
  const find = async (q: string, signal: AbortSignal) => {
    const { items } = await searching.searchGlobal({ q, limit: 10, type: KINDS }, { signal });
    return items.map((hit) => ({ id: hit.id, name: hit.title, note: [t(KIND_OF[hit.type] ?? "titles"), hit.year || ""].filter(Boolean).join(" ") }));
  };
  return (
    <>
      <Picker
        id="contentIds"
        label={t("pins.add")}
        error={error}
        name="pinned"
        find={find}
        onPick={(id, name) => {
          setPicked((now) => new Map(now).set(id, name));
          if (!ids.includes(id)) onChange([...ids, id]);
        }}
      />
      <Rows items={ids.map((id) => ({ id }))} onChange={(next) => onChange(next.map(({ id }) => id))} nameOf={({ id }, index) => picked.get(id) ?? t("items.number", { number: String(index + 1) })} ordered>
        {({ id }) => <Name id={id} known={picked.get(id)} />}
      </Rows>
    </>
  );
}

/** The name of whatever was pinned, of which only the id is kept. */
function Name({ id, known }: { id: string; known: string | undefined }) {
  const t = useAdminT();
  const title = useAnyTitle(known ? "" : id);
  const other = useQuery({
    queryKey: ["admin", "any-other", id],
    queryFn: async () => {
      const [channel, collection] = await Promise.allSettled([livetv.getChannel({ id }), collections.getCollection({ id })]);
      return (channel.status === "fulfilled" ? channel.value.channel?.name : undefined) ?? (collection.status === "fulfilled" ? collection.value.collection?.title : undefined) ?? null;
    },
    enabled: !known && title.isSuccess && title.data === null,
    staleTime: 300_000,
  });
  return <span dir="auto">{known ?? title.data?.title ?? other.data ?? (title.isPending || other.isFetching ? "…" : t("pick.unknown"))}</span>;
}
