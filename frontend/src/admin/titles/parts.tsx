import { create } from "@bufbuild/protobuf";
import { timestampDate } from "@bufbuild/protobuf/wkt";
import { SelectField, TextField } from "@/design/field";
import { AvailabilitySchema, AvailabilityWindowSchema, CreditRole, CreditSchema, ExternalIdSchema, MarkerKind, MarkerSchema, Monetization, ScoreSchema, type Availability, type Content } from "@gen/streamverse/content/v1/content_pb";
import { position } from "@/i18n/format";
import { formStyles as css, NumberBox, WordsBox, type Form } from "../form";
import { PersonPicker } from "../pickers";
import { Rows } from "../rows";
import { useAdminT } from "../texts";
import { When } from "../when";
import { MARKERS, MONETIZATIONS, ROLES } from "./kinds";
import own from "./titles.module.css";

interface Of {
  form: Form<Content>;
}

export function CreditFields({ form }: Of) {
  const t = useAdminT();
  const { credits } = form.value;
  return (
    <>
      <Rows items={credits} onChange={(next) => form.set({ credits: next })} nameOf={(credit) => credit.name} make={() => create(CreditSchema, { role: CreditRole.ACTOR })} add={t("credit.add")} ordered>
        {(credit, change, index) => {
          const at = (field: string) => `credits[${index}].${field}`;
          return (
            <div className={css.fields}>
              <TextField
                id={`f-${at("name")}`}
                label={t("credit.name")}
                dir="auto"
                error={form.problem(at("name")) ?? form.problem(at("personId"))}
                hint={credit.personId ? t("credit.linked") : undefined}
                value={credit.name}
                // A person that editors keep has one name everywhere; another name is another credit.
                onChange={(event) => change({ name: event.target.value, personId: "" })}
              />
              <SelectField label={t("credit.role")} error={form.problem(at("role"))} value={credit.role} onChange={(event) => change({ role: Number(event.target.value) })}>
                {ROLES.map(([value, label]) => (
                  <option key={value} value={value}>
                    {t(label)}
                  </option>
                ))}
              </SelectField>
              {credit.role === CreditRole.ACTOR && <TextField id={`f-${at("character")}`} label={t("credit.character")} dir="auto" error={form.problem(at("character"))} value={credit.character} onChange={(event) => change({ character: event.target.value })} />}
            </div>
          );
        }}
      </Rows>
      <PersonPicker id="addPerson" label={t("credit.addPerson")} onPick={(personId, name) => form.set({ credits: [...credits, create(CreditSchema, { personId, name, role: CreditRole.ACTOR })] })} />
    </>
  );
}

export function MarkerFields({ form }: Of) {
  const t = useAdminT();
  return (
    <Rows items={form.value.markers} onChange={(markers) => form.set({ markers })} nameOf={(marker) => marker.title || position(marker.startSeconds)} make={() => create(MarkerSchema, { kind: MarkerKind.INTRO })} add={t("marker.add")}>
      {(marker, change, index) => {
        const at = (field: string) => `markers[${index}].${field}`;
        return (
          <div className={css.fields}>
            <SelectField label={t("marker.kind")} error={form.problem(at("kind"))} value={marker.kind} onChange={(event) => change({ kind: Number(event.target.value) })}>
              {MARKERS.map(([value, label]) => (
                <option key={value} value={value}>
                  {t(label)}
                </option>
              ))}
            </SelectField>
            <NumberBox id={`f-${at("startSeconds")}`} step="any" label={t("marker.start")} hint={position(marker.startSeconds)} error={form.problem(at("startSeconds"))} value={marker.startSeconds} onChange={(startSeconds) => change({ startSeconds })} />
            <NumberBox
              id={`f-${at("endSeconds")}`}
              step="any"
              label={t("marker.end")}
              hint={marker.endSeconds ? position(marker.endSeconds) : t("marker.toTheEnd")}
              error={form.problem(at("endSeconds")) ?? (marker.endSeconds && marker.endSeconds <= marker.startSeconds ? t("marker.backwards") : undefined)}
              value={marker.endSeconds}
              onChange={(endSeconds) => change({ endSeconds })}
            />
            {marker.kind === MarkerKind.CHAPTER && <TextField id={`f-${at("title")}`} label={t("marker.name")} dir="auto" error={form.problem(at("title"))} value={marker.title} onChange={(event) => change({ title: event.target.value })} />}
          </div>
        );
      }}
    </Rows>
  );
}

export function ScoreFields({ form }: Of) {
  const t = useAdminT();
  return (
    <div>
      <h3>{t("title.scores")}</h3>
      <Rows items={form.value.scores} onChange={(scores) => form.set({ scores })} nameOf={(score) => score.source} make={() => create(ScoreSchema, { scale: 10 })} add={t("score.add")}>
        {(score, change, index) => {
          const at = (field: string) => `scores[${index}].${field}`;
          return (
            <div className={css.fields}>
              <TextField id={`f-${at("source")}`} label={t("score.source")} hint={t("score.sourceHint")} error={form.problem(at("source"))} value={score.source} onChange={(event) => change({ source: event.target.value })} />
              <NumberBox id={`f-${at("value")}`} step="any" label={t("score.value")} error={form.problem(at("value"))} value={score.value} onChange={(value) => change({ value })} />
              <NumberBox id={`f-${at("scale")}`} step="any" label={t("score.scale")} error={form.problem(at("scale"))} value={score.scale} onChange={(scale) => change({ scale })} />
              <NumberBox id={`f-${at("votes")}`} label={t("score.votes")} error={form.problem(at("votes"))} value={score.votes} onChange={(votes) => change({ votes })} />
            </div>
          );
        }}
      </Rows>
    </div>
  );
}

export function ExternalFields({ form }: Of) {
  const t = useAdminT();
  return (
    <div>
      <h3>{t("title.externalIds")}</h3>
      <Rows items={form.value.externalIds} onChange={(externalIds) => form.set({ externalIds })} nameOf={(one) => one.source} make={() => create(ExternalIdSchema)} add={t("external.add")}>
        {(one, change, index) => {
          const at = (field: string) => `externalIds[${index}].${field}`;
          return (
            <div className={css.fields}>
              <TextField id={`f-${at("source")}`} label={t("external.source")} hint={t("external.sourceHint")} error={form.problem(at("source"))} value={one.source} onChange={(event) => change({ source: event.target.value })} />
              <TextField id={`f-${at("value")}`} label={t("external.value")} error={form.problem(at("value"))} value={one.value} onChange={(event) => change({ value: event.target.value })} />
            </div>
          );
        }}
      </Rows>
    </div>
  );
}

/** Where and when something is open: its windows, and a bar for each country. */
export function AvailabilityFields({ value, onChange, problem }: { value: Availability | undefined; onChange: (next: Availability | undefined) => void; problem: (path: string) => string | undefined }) {
  const t = useAdminT();
  const now = value ?? create(AvailabilitySchema);
  const set = (patch: Partial<Availability>) => {
    const next = { ...now, ...patch };
    onChange(next.windows.length > 0 || next.blockedCountries.length > 0 ? next : undefined);
  };
  return (
    <>
      <Rows items={now.windows} onChange={(windows) => set({ windows })} nameOf={(_, index) => t("window.name", { number: String(index + 1) })} make={() => create(AvailabilityWindowSchema)} add={t("window.add")}>
        {(window, change, index) => {
          const at = (field: string) => `windows[${index}].${field}`;
          const backwards = window.startTime && window.endTime && timestampDate(window.startTime) >= timestampDate(window.endTime);
          return (
            <div className={css.grid}>
              <WordsBox id={`f-availability.${at("countries")}`} label={t("window.countries")} hint={window.countries.length ? t("title.countriesHint") : t("window.everywhere")} error={problem(at("countries"))} upper value={window.countries} onChange={(countries) => change({ countries })} />
              <SelectField label={t("window.money")} value={window.monetization} onChange={(event) => change({ monetization: Number(event.target.value) })}>
                <option value={Monetization.UNSPECIFIED}>{t("window.asTitle")}</option>
                {MONETIZATIONS.map(([value, label]) => (
                  <option key={value} value={value}>
                    {t(label)}
                  </option>
                ))}
              </SelectField>
              <When id={`f-availability.${at("startTime")}`} label={t("window.start")} hint={t("window.always")} error={problem(at("startTime"))} value={window.startTime} onChange={(startTime) => change({ startTime })} />
              <When id={`f-availability.${at("endTime")}`} label={t("window.end")} hint={t("window.endless")} error={problem(at("endTime")) ?? (backwards ? t("window.backwards") : undefined)} value={window.endTime} onChange={(endTime) => change({ endTime })} />
            </div>
          );
        }}
      </Rows>
      <WordsBox id="f-availability.blockedCountries" label={t("window.blocked")} hint={t("title.countriesHint")} error={problem("blockedCountries")} upper value={now.blockedCountries} onChange={(blockedCountries) => set({ blockedCountries })} />
      <Bars value={now} />
    </>
  );
}

/** When it is open in each country, over two years around today. The windows above say the same in words. */
function Bars({ value }: { value: Availability }) {
  const t = useAdminT();
  if (value.windows.length === 0) return null;
  const year = 365 * 86_400_000;
  const from = Date.now() - year / 2;
  const at = (time: number) => Math.min(100, Math.max(0, ((time - from) / (2 * year)) * 100));
  const countries = [...new Set(value.windows.flatMap((window) => (window.countries.length ? window.countries : [""])))].sort();
  return (
    <div className={own.countries} aria-hidden>
      {countries.map((country) => (
        <div key={country} className={own.track}>
          <b>{country || t("window.everywhere")}</b>
          <span className={own.line}>
            {value.windows
              .filter((window) => (country ? window.countries.includes(country) || window.countries.length === 0 : window.countries.length === 0))
              .map((window, index) => {
                const start = window.startTime ? at(timestampDate(window.startTime).getTime()) : 0;
                const end = window.endTime ? at(timestampDate(window.endTime).getTime()) : 100;
                return <span key={index} style={{ insetInlineStart: `${start}%`, inlineSize: `${Math.max(0.5, end - start)}%` }} />;
              })}
            <i style={{ insetInlineStart: `${at(Date.now())}%` }} />
          </span>
        </div>
      ))}
    </div>
  );
}
