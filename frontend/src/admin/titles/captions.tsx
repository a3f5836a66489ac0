import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { useState } from "react";
import { CaptionKind, type CaptionTrack } from "@gen/streamverse/streaming/v1/captions_pb";
import { Check, SelectField, TextField } from "@/design/field";
import { Chip, Failure, Skeleton } from "@/design/states";
import { toast } from "@/design/toast";
import { dateTime, languageName } from "@/i18n/format";
import { Ask } from "../ask";
import { captionAdmin } from "../clients/captionAdmin";
import { Failed } from "../failed";
import { FileDrop } from "../file";
import { formStyles } from "../form";
import { Section } from "../frame";
import { useAdminT, type AdminTextKey } from "../texts";
import css from "./captions.module.css";

const KINDS: Record<CaptionKind, AdminTextKey> = {
  [CaptionKind.UNSPECIFIED]: "captions.subtitles",
  [CaptionKind.SUBTITLES]: "captions.subtitles",
  [CaptionKind.SDH]: "captions.sdh",
  [CaptionKind.FORCED]: "captions.forced",
};
const CHOICES = [CaptionKind.SUBTITLES, CaptionKind.SDH, CaptionKind.FORCED];

/** The captions of a title: which languages it has, and a place for another file (X-CAT-4). */
export function Captions({ contentId }: { contentId: string }) {
  const t = useAdminT();
  const found = useQuery({ queryKey: ["admin", "captions", contentId], queryFn: ({ signal }) => captionAdmin.listCaptions({ contentId }, { signal }) });
  const tracks = found.data?.items ?? [];
  return (
    <Section title={t("captions.title")} id="captions" text={t("captions.text")}>
      <Add contentId={contentId} tracks={tracks} />
      {found.isError ? (
        <Failure error={found.error} onRetry={() => void found.refetch()} />
      ) : found.isPending ? (
        <Skeleton height="4rem" />
      ) : (
        tracks.length > 0 && (
          <ul className={css.tracks}>
            {tracks.map((track) => (
              <Track key={`${track.language} ${track.kind}`} contentId={contentId} track={track} />
            ))}
          </ul>
        )
      )}
    </Section>
  );
}

function Add({ contentId, tracks }: { contentId: string; tracks: CaptionTrack[] }) {
  const t = useAdminT();
  const queries = useQueryClient();
  const [language, setLanguage] = useState("");
  const [kind, setKind] = useState(CaptionKind.SUBTITLES);
  const [name, setName] = useState("");
  const [first, setFirst] = useState(false);
  const [asked, setAsked] = useState(false);
  const add = useMutation({
    mutationFn: async (file: File) =>
      captionAdmin.uploadCaptions({
        contentId,
        language: language.trim(),
        kind,
        // As players list it: in its own language, where nothing else is said.
        name: name.trim() || ownName(language.trim()),
        isDefault: first,
        file: { contentType: file.name.toLowerCase().endsWith(".srt") ? "application/x-subrip" : "text/vtt", data: new Uint8Array(await file.arrayBuffer()) },
      }),
    onSuccess: ({ track }) => {
      toast(t("captions.added", { language: languageName(track?.language ?? language), count: track?.cues ?? 0 }));
      setAsked(false);
      void queries.invalidateQueries({ queryKey: ["admin", "captions", contentId] });
    },
  });
  const take = (file: File) => {
    setAsked(true);
    if (language.trim()) add.mutate(file);
  };
  const replaces = tracks.some((track) => track.language.toLowerCase() === language.trim().toLowerCase() && track.kind === kind);
  return (
    <div className={css.add}>
      <div className={formStyles.grid}>
        <TextField label={t("captions.language")} hint={t("captions.languageHint")} value={language} onChange={(event) => setLanguage(event.target.value)} maxLength={35} autoComplete="off" spellCheck={false} error={asked && !language.trim() ? t("captions.languageMissing") : undefined} />
        <SelectField label={t("captions.kind")} value={kind} onChange={(event) => setKind(Number(event.target.value))}>
          {CHOICES.map((one) => (
            <option key={one} value={one}>
              {t(KINDS[one])}
            </option>
          ))}
        </SelectField>
        <TextField label={t("captions.name")} hint={t("captions.nameHint")} value={name} onChange={(event) => setName(event.target.value)} maxLength={50} />
      </div>
      <Check label={t("captions.first")} checked={first} onChange={(event) => setFirst(event.target.checked)} />
      {replaces && <p role="status">{t("captions.replaces")}</p>}
      <FileDrop label={t("captions.drop")} hint={add.isPending ? t("captions.sending") : t("captions.hint")} accept=".vtt,.srt,text/vtt,application/x-subrip" file={undefined} onFile={take} />
      <Failed error={add.error} />
    </div>
  );
}

/** A language as its own speakers write it, e.g. `norsk bokmål`; its tag where that is not known. */
function ownName(tag: string): string {
  try {
    const name = new Intl.DisplayNames(tag, { type: "language" }).of(tag) ?? tag;
    return name.charAt(0).toLocaleUpperCase(tag) + name.slice(1);
  } catch {
    return tag;
  }
}

function Track({ contentId, track }: { contentId: string; track: CaptionTrack }) {
  const t = useAdminT();
  const language = languageName(track.language);
  return (
    <li className={css.track}>
      <div>
        <b dir="auto">{track.name || language}</b> <bdi className="quiet">{track.language}</bdi>
        <p className="second">{[t(KINDS[track.kind]), t("captions.cues", { count: track.cues }), dateTime(track.updateTime)].filter(Boolean).join(" · ")}</p>
      </div>
      {track.isDefault && <Chip tone="ok">{t("captions.shownFirst")}</Chip>}
      <Ask
        small
        verb={t("captions.delete")}
        icon={<Trash2 size={16} aria-hidden />}
        title={t("captions.deleteTitle", { language })}
        effect={t("captions.deleteText")}
        done={t("captions.deleted", { language })}
        run={() => captionAdmin.deleteCaptions({ contentId, language: track.language, kind: track.kind })}
      />
    </li>
  );
}
