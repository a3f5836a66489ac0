import { create } from "@bufbuild/protobuf";
import { useQuery } from "@tanstack/react-query";
import { Check, SelectField, TextArea, TextField } from "@/design/field";
import { CollectionRuleSchema, CollectionSchema, CollectionTranslationSchema, type Collection, type CollectionRule } from "@gen/streamverse/content/v1/collections_pb";
import { ContentStatus, ContentType } from "@gen/streamverse/content/v1/content_pb";
import { Backdrop, Poster, type Subject } from "@/artwork";
import { languageName } from "@/i18n/format";
import { collectionAdmin } from "../clients/collectionAdmin";
import { ifMatch } from "../clients/ifMatch";
import { personAdmin } from "../clients/personAdmin";
import { Entity, there } from "../entity";
import { formStyles, NumberBox, Pick, Text, Whole, WordsBox, type Form } from "../form";
import { Section } from "../frame";
import { Items } from "../items";
import { PersonPicker } from "../pickers";
import { PictureAddress } from "../pictures/address";
import { Rows } from "../rows";
import { useAdminT } from "../texts";
import { STATUSES } from "../titles/kinds";
import { AvailabilityFields } from "../titles/parts";

const ORDERS = ["title", "-title", "release_date", "-release_date", "-score", "-create_time"] as const;

export function CollectionPage() {
  const t = useAdminT();
  return (
    <Entity
      name="collections"
      schema={CollectionSchema}
      prefix="collection"
      path="/admin/collections/$id"
      back={{ link: { to: "/admin/collections" }, label: t("collections") }}
      fresh={t("collections.new")}
      get={async (id, options) => there((await collectionAdmin.adminGetCollection({ id }, options)).collection)}
      make={() => create(CollectionSchema, { status: ContentStatus.DRAFT })}
      create={async (collection, options) => there((await collectionAdmin.createCollection({ collection }, options)).collection)}
      update={async (collection) => ({ ...there((await collectionAdmin.updateCollection({ id: collection.id, collection: { ...collection, items: [] } })).collection), items: collection.items })}
      remove={({ id, version }) => collectionAdmin.deleteCollection({ id }, ifMatch(version))}
      gone={t("lists.deleteText")}
      nameOf={(collection) => collection.title}
    >
      {(form) => (
        <>
          <Section title={t("title.basics")}>
            <div className={formStyles.grid}>
              <Text form={form} at="title" label={t("titles.name")} required />
              <Pick form={form} at="status" label={t("titles.status")} options={STATUSES.map(([value, , text]) => [value, t(text)] as const)} />
              <Whole form={form} at="featuredRank" label={t("collections.rank")} hint={t("collections.rankHint")} />
              <div className={formStyles.whole}>
                <PictureAddress form={form} at="posterUrl" label={t("title.poster")} hint={t("title.posterHint")} shape="upright" drawn={<Poster subject={drawn(form.value)} />} />
              </div>
              <div className={formStyles.whole}>
                <PictureAddress form={form} at="backdropUrl" label={t("collections.backdrop")} hint={t("title.posterHint")} shape="flat" drawn={<Backdrop subject={drawn(form.value)} />} />
              </div>
              <div className={formStyles.whole}>
                <Text form={form} at="description" label={t("lists.description")} lines={3} />
              </div>
            </div>
          </Section>
          <Contents form={form} />
          <Section title={t("collections.translations")} text={t("collections.translationsText")}>
            <Rows items={form.value.translations} onChange={(translations) => form.set({ translations })} nameOf={(one) => one.language || t("title.language")} make={() => create(CollectionTranslationSchema)} add={t("collections.addTranslation")}>
              {(one, change, index) => {
                const at = (field: string) => `translations[${index}].${field}`;
                return (
                  <div className={formStyles.fields}>
                    <TextField id={`f-${at("language")}`} label={t("title.language")} hint={one.language ? languageName(one.language) : t("title.languageHint")} error={form.problem(at("language"))} value={one.language} onChange={(event) => change({ language: event.target.value.trim() })} />
                    <TextField id={`f-${at("title")}`} label={t("titles.name")} dir="auto" error={form.problem(at("title"))} value={one.title} onChange={(event) => change({ title: event.target.value })} />
                    <div className={formStyles.whole}>
                      <TextArea id={`f-${at("description")}`} label={t("lists.description")} dir="auto" rows={2} error={form.problem(at("description"))} value={one.description} onChange={(event) => change({ description: event.target.value })} />
                    </div>
                  </div>
                );
              }}
            </Rows>
          </Section>
          <Section title={t("title.availability")} text={t("title.availabilityText")}>
            <AvailabilityFields value={form.value.availability} onChange={(availability) => form.set({ availability })} problem={(path) => form.problem(`availability.${path}`)} />
          </Section>
        </>
      )}
    </Entity>
  );
}

/** What the pictures are drawn from where there are none. */
function drawn({ id, title }: Collection): Subject {
  return { id: id || "new", title: title || "…", year: 0, type: "collection", genres: [] };
}

/** A list of titles or a rule: one leaves the other out. */
function Contents({ form }: { form: Form<Collection> }) {
  const t = useAdminT();
  const { rule, itemIds } = form.value;
  return (
    <Section title={t("titles")} text={t("collections.contentsText")}>
      <SelectField label={t("collections.made")} value={rule ? "rule" : "hand"} onChange={(event) => form.set(event.target.value === "rule" ? { rule: create(CollectionRuleSchema), itemIds: [] } : { rule: undefined })}>
        <option value="hand">{t("collections.byHand")}</option>
        <option value="rule">{t("collections.byRule")}</option>
      </SelectField>
      {rule ? <RuleFields rule={rule} form={form} /> : <Items ids={itemIds} known={form.value.items} kinds={["movies", "series"]} onChange={(next) => form.set({ itemIds: next })} error={form.problem("itemIds")} />}
    </Section>
  );
}

function RuleFields({ rule, form }: { rule: CollectionRule; form: Form<Collection> }) {
  const t = useAdminT();
  const person = useQuery({ queryKey: ["admin", "people", "one", rule.personId], queryFn: async () => there((await personAdmin.adminGetPerson({ id: rule.personId })).person), enabled: rule.personId !== "" });
  const set = (patch: Partial<CollectionRule>) => form.set({ rule: { ...rule, ...patch } });
  const type = (one: ContentType, on: boolean) => set({ type: on ? [...rule.type, one].sort() : rule.type.filter((other) => other !== one) });
  return (
    <div className={formStyles.grid}>
      <div>
        <Check label={t("titles.movies")} checked={rule.type.includes(ContentType.MOVIE)} onChange={(event) => type(ContentType.MOVIE, event.target.checked)} />
        <Check label={t("titles.series")} checked={rule.type.includes(ContentType.SERIES)} onChange={(event) => type(ContentType.SERIES, event.target.checked)} />
      </div>
      <WordsBox id="f-rule.genre" label={t("title.genres")} hint={t("collections.anyGenre")} error={form.problem("rule.genre")} value={rule.genre} onChange={(genre) => set({ genre })} />
      <NumberBox id="f-rule.yearFrom" label={t("collections.yearFrom")} error={form.problem("rule.yearFrom")} value={rule.yearFrom} onChange={(yearFrom) => set({ yearFrom })} />
      <NumberBox id="f-rule.yearTo" label={t("collections.yearTo")} error={form.problem("rule.yearTo")} value={rule.yearTo} onChange={(yearTo) => set({ yearTo })} />
      <PersonPicker id="rule.personId" label={t("collections.person")} onPick={(personId) => set({ personId })} onClear={() => set({ personId: "" })} picked={rule.personId ? <b dir="auto">{person.data?.name ?? "…"}</b> : undefined} />
      <SelectField label={t("collections.order")} error={form.problem("rule.orderBy")} value={rule.orderBy || "title"} onChange={(event) => set({ orderBy: event.target.value })}>
        {ORDERS.map((order) => (
          <option key={order} value={order}>
            {t(`order.${order}`)}
          </option>
        ))}
      </SelectField>
    </div>
  );
}
