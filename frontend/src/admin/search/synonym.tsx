import { create } from "@bufbuild/protobuf";
import { useDeferredValue } from "react";
import { SynonymSchema, type Synonym } from "@gen/streamverse/search/v1/tuning_pb";
import { languageName } from "@/i18n/format";
import { useAddress } from "../address";
import { ifMatch } from "../clients/ifMatch";
import { tuning } from "../clients/tuning";
import { Entity, there } from "../entity";
import { formStyles, Text, Tick, Words } from "../form";
import { Section } from "../frame";
import { useAdminT } from "../texts";
import { Found } from "./found";

export function SynonymPage() {
  const t = useAdminT();
  const { search } = useAddress();
  return (
    <Entity
      name="synonyms"
      schema={SynonymSchema}
      prefix="synonym"
      path="/admin/search/synonyms/$id"
      back={{ link: { to: "/admin/search/synonyms" }, label: t("synonyms") }}
      fresh={t("synonyms.new")}
      get={async (id, options) => there((await tuning.getSynonym({ id }, options)).synonym)}
      // What was looked for in vain is the first of them.
      make={() => create(SynonymSchema, { words: search.word ? [search.word] : [] })}
      create={async (synonym, options) => there((await tuning.createSynonym({ synonym }, options)).synonym)}
      update={async (synonym) => there((await tuning.updateSynonym({ id: synonym.id, synonym })).synonym)}
      remove={({ id, version }) => tuning.deleteSynonym({ id }, ifMatch(version))}
      gone={t("synonyms.deleteText")}
      nameOf={(synonym) => synonym.words.join(", ")}
      more={(stored) => <Now synonym={stored} />}
    >
      {(form) => (
        <Section title={t("title.basics")} text={t("synonyms.text")}>
          <div className={formStyles.grid}>
            <div className={formStyles.whole}>
              <Words form={form} at="words" label={t("synonyms.words")} hint={t("synonyms.wordsHint")} />
            </div>
            <Text form={form} at="language" label={t("title.language")} hint={form.value.language ? languageName(form.value.language) : t("synonyms.languageHint")} />
            <Tick form={form} at="oneWay" label={t("synonyms.oneWay")} />
          </div>
        </Section>
      )}
    </Entity>
  );
}

function Now({ synonym }: { synonym: Synonym }) {
  const t = useAdminT();
  const q = useDeferredValue(synonym.words[0] ?? "");
  return (
    <Section title={t("pins.now")} text={<bdi>{q}</bdi>}>
      <Found q={q} />
    </Section>
  );
}
