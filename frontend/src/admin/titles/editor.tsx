import { clone, create, toJson, type JsonObject } from "@bufbuild/protobuf";
import { timestampDate } from "@bufbuild/protobuf/wkt";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { CircleAlert, CircleCheck, Trash2 } from "lucide-react";
import { useState } from "react";
import { ContentSchema, ContentStatus, EpisodeDetailsSchema, Monetization, MovieDetailsSchema, SeriesDetailsSchema, VideoDetailsSchema, type Content } from "@gen/streamverse/content/v1/content_pb";
import { Button, ButtonLink } from "@/design/button";
import { Dialog } from "@/design/dialog";
import { Failure, Loading, Skeleton } from "@/design/states";
import { toast } from "@/design/toast";
import { Backdrop, Poster, Still } from "@/artwork";
import { useT } from "@/i18n";
import { dateTime, length } from "@/i18n/format";
import { Refusal } from "@/wire/refusal";
import { useAddress } from "../address";
import { Ask } from "../ask";
import { mediaAdmin } from "../clients/mediaAdmin";
import { FormFrame, formStyles, Pick, printed, Text, useForm, Whole, Words, type Form } from "../form";
import { Columns, Facts, Page, Section } from "../frame";
import { useMay } from "../navigation";
import { PictureAddress } from "../pictures/address";
import { Pictures } from "../pictures/pictures";
import { useAdminT, type AdminTextKey } from "../texts";
import { When } from "../when";
import { AvailabilityFields, CreditFields, ExternalFields, MarkerFields, ScoreFields } from "./parts";
import { Captions } from "./captions";
import { Changed, scheduled, Status, SoldBy } from "./chips";
import { DetailFields } from "./details";
import { createTitle, deleteTitle, getTitle, isKind, MONETIZATIONS, STATUSES, subject, TYPES, updateTitle, type Kind } from "./kinds";
import { Episodes } from "./episodes";
import { Uploads } from "../uploads/uploads";
import css from "./titles.module.css";

export function TitlePage() {
  const t = useAdminT();
  const { kind: word = "", id = "" } = useParams({ strict: false }) as { kind?: string; id?: string };
  const kind: Kind = isKind(word) ? word : "movies";
  const { search } = useAddress();
  const found = useQuery({ queryKey: ["admin", "title", kind, id], queryFn: ({ signal }) => getTitle(kind, id, { signal }), enabled: id !== "new", staleTime: 0, refetchOnWindowFocus: false });
  const back = { link: { to: "/admin/titles" as const, search: { kind } }, label: t(`titles.${kind}`) };
  if (id === "new") return <Editor key={`${kind} new`} kind={kind} stored={fresh(kind, search.series, Number(search.season) || 1)} back={back} />;
  if (found.isError)
    return (
      <Page title={t("title.missing")} back={back}>
        <Failure error={found.error} onRetry={() => void found.refetch()} />
      </Page>
    );
  if (!found.data)
    return (
      <Page title={t(`title.${kind}`)} back={back}>
        <Loading onRetry={() => void found.refetch()}>
          <Skeleton height="30rem" />
        </Loading>
      </Page>
    );
  return <Editor key={id} kind={kind} stored={found.data} back={back} />;
}

function fresh(kind: Kind, seriesId = "", seasonNumber = 1): Content {
  const title = create(ContentSchema, { type: TYPES[kind], status: ContentStatus.DRAFT, monetization: Monetization.SVOD });
  if (kind === "series") title.details = { case: "series", value: create(SeriesDetailsSchema, { seasons: [{ number: 1 }] }) };
  else if (kind === "episodes") title.details = { case: "episode", value: create(EpisodeDetailsSchema, { seriesId, seasonNumber, episodeNumber: 1 }) };
  else if (kind === "videos") title.details = { case: "video", value: create(VideoDetailsSchema) };
  else title.details = { case: "movie", value: create(MovieDetailsSchema) };
  return title;
}

const SECTIONS = ["basics", "credits", "artwork", "availability", "markers", "metadata"] as const;

function Editor({ kind, stored, back }: { kind: Kind; stored: Content; back: Parameters<typeof Page>[0]["back"] }) {
  const t = useAdminT();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const may = useMay();
  const form = useForm(stored, "content");
  const [asking, setAsking] = useState(false);
  const isNew = stored.id === "";
  const title = form.value;
  const save = async (value: Content) => {
    const answer = isNew ? await createTitle(kind, value, form.key) : await updateTitle(kind, value);
    form.settle(answer, value);
    setAsking(false);
    toast(t("form.saved"));
    queries.setQueryData(["admin", "title", kind, answer.id], answer);
    void queries.invalidateQueries({ queryKey: ["admin"], predicate: ({ queryKey }) => queryKey[1] !== "title" });
    if (isNew) await navigate({ to: "/admin/titles/$kind/$id", params: { kind, id: answer.id }, replace: true });
  };
  return (
    <Page title={title.title || t(`titles.new.${kind}`)} {...(back ? { back } : {})} {...(title.details.case === "episode" && title.details.value.series ? { note: <SeriesLink title={title} /> } : {})}>
      <Columns aside={<Side kind={kind} form={form} isNew={isNew} onPublish={() => setAsking(true)} />}>
        <nav className={css.anchors} aria-label={t("title.sections")}>
          {SECTIONS.map((one) => (
            <a key={one} href={`#${one}`}>
              {t(`title.${one}`)}
            </a>
          ))}
          {kind !== "series" && !isNew && may("catalogue") && <a href="#files">{t("upload.title")}</a>}
          {kind !== "series" && !isNew && may("catalogue") && <a href="#captions">{t("captions.title")}</a>}
        </nav>
        <FormFrame
          form={form}
          verb={t(isNew ? "form.create" : "form.save")}
          onSave={save}
          conflicts={{ schema: ContentSchema, theirs: () => getTitle(kind, stored.id), label: (field) => label(field, t) }}
          extra={
            !isNew &&
            form.touched && (
              <Button tone="quiet" onClick={() => form.settle(stored)}>
                {t("form.revert")}
              </Button>
            )
          }
        >
          <Section title={t("title.basics")} id="basics">
            <div className={formStyles.grid}>
              <Text form={form} at="title" label={t("titles.name")} required />
              <Text form={form} at="originalTitle" label={t("title.originalTitle")} />
              <div className={formStyles.whole}>
                <Text form={form} at="synopsis" label={t("title.synopsis")} lines={4} />
              </div>
              <DetailFields form={form} isNew={isNew} />
              <Words form={form} at="genres" label={t("title.genres")} hint={t("title.genresHint")} />
              <Words form={form} at="tags" label={t("title.tags")} />
              <Text form={form} at="releaseDate" label={t("title.releaseDate")} type="date" />
              <Whole form={form} at="durationSeconds" label={t("title.duration")} hint={title.durationSeconds ? length(title.durationSeconds) : t("title.durationHint")} />
              <Text form={form} at="maturityRating" label={t("titles.rating")} hint={t("title.ratingHint")} />
              <Words form={form} at="countries" label={t("title.countries")} hint={t("title.countriesHint")} />
              <Text form={form} at="language" label={t("title.language")} hint={t("title.languageHint")} />
            </div>
          </Section>
          <Section title={t("title.credits")} id="credits">
            <CreditFields form={form} />
          </Section>
          <Artwork kind={kind} form={form} isNew={isNew} />
          <Section title={t("title.availability")} id="availability" text={t("title.availabilityText")}>
            <div className={formStyles.grid}>
              <Pick form={form} at="monetization" label={t("titles.money")} options={MONETIZATIONS.map(([value, text]) => [value, t(text)] as const)} />
            </div>
            <AvailabilityFields value={title.availability} onChange={(availability) => form.set({ availability })} problem={(path) => form.problem(`availability.${path}`)} />
          </Section>
          <Section title={t("title.markers")} id="markers" text={t("title.markersText")}>
            <MarkerFields form={form} />
          </Section>
          <Section title={t("title.metadata")} id="metadata">
            <ScoreFields form={form} />
            <ExternalFields form={form} />
          </Section>
        </FormFrame>
        {kind === "series" && !isNew && <Episodes series={stored} />}
        {kind !== "series" && !isNew && may("catalogue") && <Uploads contentId={stored.id} />}
        {kind !== "series" && !isNew && may("catalogue") && <Captions contentId={stored.id} />}
        {!isNew && (
          <Section
            title={t("title.end")}
            text={t("title.endText")}
            actions={
              <Ask
                verb={t("title.delete")}
                icon={<Trash2 size={16} aria-hidden />}
                title={t("title.deleteTitle", { name: stored.title })}
                effect={t("titles.deleteText")}
                done={t("title.deleted", { name: stored.title })}
                run={() => deleteTitle(kind, form.value)}
                then={() => {
                  form.settle(form.value);
                  void navigate({ to: "/admin/titles", search: { kind } });
                }}
              />
            }
          >
            {may("operations") && (
              <div>
                <ButtonLink to="/admin/audit" search={{ kind: "content", subject: stored.id }} small>
                  {t("title.history")}
                </ButtonLink>
              </div>
            )}
          </Section>
        )}
      </Columns>
      {asking && <Publish form={form} stored={stored} onClose={() => setAsking(false)} onPublish={(value) => save(value)} />}
    </Page>
  );
}

function SeriesLink({ title }: { title: Content }) {
  if (title.details.case !== "episode") return null;
  const { seriesId, series } = title.details.value;
  return (
    <Link to="/admin/titles/$kind/$id" params={{ kind: "series", id: seriesId }} style={{ textDecoration: "underline" }}>
      {series?.title}
    </Link>
  );
}

const LABELS: Record<string, AdminTextKey> = {
  title: "titles.name",
  originalTitle: "title.originalTitle",
  synopsis: "title.synopsis",
  genres: "title.genres",
  credits: "title.credits",
  releaseDate: "title.releaseDate",
  durationSeconds: "title.duration",
  maturityRating: "titles.rating",
  countries: "title.countries",
  language: "title.language",
  monetization: "titles.money",
  status: "titles.status",
  tags: "title.tags",
  artwork: "title.artwork",
  posterUrl: "title.poster",
  scores: "title.scores",
  externalIds: "title.externalIds",
  availability: "title.availability",
  publishTime: "titles.publishTime",
  markers: "title.markers",
  series: "title.seasons",
};

function label(field: string, t: ReturnType<typeof useAdminT>): string {
  const key = LABELS[field];
  return key ? t(key) : field;
}

/** What keeps a title from being worth publishing, and what would be better. */
function checks(title: Content): { text: AdminTextKey; blocks: boolean; met: boolean }[] {
  return [
    { text: "check.title", blocks: true, met: title.title.trim() !== "" },
    { text: "check.synopsis", blocks: false, met: title.synopsis !== "" },
    { text: "check.genre", blocks: false, met: title.genres.length > 0 },
    { text: "check.rating", blocks: false, met: title.maturityRating !== "" },
  ];
}

/** Where the title stands: always in sight while it is written. */
function Side({ kind, form, isNew, onPublish }: { kind: Kind; form: Form<Content>; isNew: boolean; onPublish: () => void }) {
  const t = useAdminT();
  const title = form.value;
  return (
    <>
      <Section title={t("titles.status")}>
        <div className={css.side}>
          <div>
            <Status row={title} />
          </div>
          <Pick form={form} at="status" label={t("title.setStatus")} options={STATUSES.map(([value, , text]) => [value, t(text)] as const)} />
          {title.status === ContentStatus.DRAFT && (
            <When
              id="f-publishTime"
              label={t("titles.publishTime")}
              hint={t("titles.publishTimeHint")}
              value={title.publishTime}
              error={form.problem("publishTime") ?? (title.publishTime && timestampDate(title.publishTime) <= new Date() ? t("titles.inPast") : undefined)}
              onChange={(publishTime) => form.set({ publishTime })}
            />
          )}
          {title.status !== ContentStatus.PUBLISHED && (
            <Button tone="primary" onClick={onPublish}>
              {t("title.publish")}
            </Button>
          )}
          <ul className={css.checks}>
            {checks(title).map(({ text, met, blocks }) => (
              <li key={text} className={met ? "quiet" : undefined}>
                {met ? <CircleCheck size={18} aria-hidden /> : <CircleAlert size={18} aria-hidden />}
                <span>
                  {t(text)}
                  {!met && <span className="quiet"> {t(blocks ? "check.needed" : "check.better")}</span>}
                </span>
              </li>
            ))}
          </ul>
        </div>
      </Section>
      {!isNew && (
        <Section title={t("title.facts")}>
          <Facts
            facts={[
              [t("title.version"), String(title.version)],
              [t("titles.changed"), <Changed key="c" time={title.updateTime} />],
              [t("title.created"), <Changed key="m" time={title.createTime} />],
              [t("titles.money"), <SoldBy key="s" value={title.monetization} />],
              ...(title.collections.length > 0 ? [[t("collections"), title.collections.map((one) => one.title).join(", ")] as [string, string]] : []),
            ]}
          />
        </Section>
      )}
      {!isNew && kind !== "series" && <Media id={title.id} />}
    </>
  );
}

/** What can be played of it. */
function Media({ id }: { id: string }) {
  const t = useAdminT();
  const may = useMay();
  const found = useQuery({ queryKey: ["admin", "media", id], queryFn: ({ signal }) => mediaAdmin.getMedia({ contentId: id }, { signal }), enabled: may("catalogue"), retry: false });
  if (!may("catalogue")) return null;
  const refusal = found.isError ? Refusal.of(found.error) : undefined;
  const media = found.data?.media;
  return (
    <Section title={t("media.title")}>
      {refusal && refusal.reason !== "MEDIA_NOT_READY" ? (
        <Failure error={found.error} onRetry={() => void found.refetch()} />
      ) : media ? (
        <Facts
          facts={[
            [t("titles.length"), length(media.durationSeconds)],
            [t("media.renditions"), media.renditions.map((one) => one.quality).join(", ")],
            [t("media.segments"), String(media.renditions[0]?.segments.length ?? 0)],
            [t("media.progressive"), media.progressive ? t("yes") : t("no")],
            [t("media.published"), dateTime(media.publishTime)],
          ]}
        />
      ) : found.isPending ? (
        <Skeleton height="4rem" />
      ) : (
        <>
          <p className="second">{t("media.none")}</p>
          <p className="second">{t("media.how")}</p>
          <code>
            <bdi>streamverse import media --content {id} FILE</bdi>
          </code>
        </>
      )}
    </Section>
  );
}

function Artwork({ kind, form, isNew }: { kind: Kind; form: Form<Content>; isNew: boolean }) {
  const t = useAdminT();
  const may = useMay();
  const title = form.value;
  const drawn = subject(title.id ? title : { ...title, id: "new", title: title.title || "…" });
  return (
    <Section title={t("title.artwork")} id="artwork" text={t("title.artworkText")}>
      {isNew ? <p className="second">{t("art.first")}</p> : may("catalogue") && <Pictures kind={kind} form={form} drawn={{ poster: <Poster subject={drawn} />, backdrop: <Backdrop subject={drawn} />, still: <Still subject={drawn} />, logo: null }} />}
      <PictureAddress form={form} at="posterUrl" label={t("title.poster")} hint={t("title.posterHint")} shape="upright" unseen={title.status !== ContentStatus.PUBLISHED} {...(isNew ? { drawn: <Poster subject={drawn} /> } : {})} />
    </Section>
  );
}

/** Shows what viewers will see differently, and publishes it with what is not saved yet. */
function Publish({ form, stored, onPublish, onClose }: { form: Form<Content>; stored: Content; onPublish: (value: Content) => Promise<void>; onClose: () => void }) {
  const t = useAdminT();
  const viewerT = useT();
  const [busy, setBusy] = useState(false);
  const next = { ...clone(ContentSchema, form.value), status: ContentStatus.PUBLISHED };
  const before = toJson(ContentSchema, stored) as JsonObject;
  const after = toJson(ContentSchema, next) as JsonObject;
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]));
  const blocked = checks(form.value).find((check) => check.blocks && !check.met);
  const go = async () => {
    setBusy(true);
    try {
      await onPublish(next);
    } catch (error) {
      form.set({ status: ContentStatus.PUBLISHED });
      form.refuse(Refusal.of(error));
      onClose();
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      wide
      title={t("title.publishTitle", { name: form.value.title })}
      onClose={onClose}
      actions={
        <>
          <Button autoFocus onClick={onClose}>
            {viewerT("cancel")}
          </Button>
          {!blocked && (
            <Button tone="primary" busy={busy} onClick={() => void go()}>
              {t("title.publish")}
            </Button>
          )}
        </>
      }
    >
      <p className="second">{blocked ? `${t(blocked.text)} ${t("check.needed")}` : scheduled(form.value) ? t("title.publishEarly") : t("titles.publishText")}</p>
      <table className={css.diff}>
        <thead>
          <tr>
            <th scope="col">{t("diff.field")}</th>
            <th scope="col">{t("diff.before")}</th>
            <th scope="col">{t("diff.after")}</th>
          </tr>
        </thead>
        <tbody>
          {fields.map((field) => (
            <tr key={field}>
              <th scope="row">{label(field, t)}</th>
              <td dir="auto">{field === "status" ? <Status row={stored} /> : printed(before[field])}</td>
              <td dir="auto">{field === "status" ? <Status row={next} /> : printed(after[field])}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Dialog>
  );
}

