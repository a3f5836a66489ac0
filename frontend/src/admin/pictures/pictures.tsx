import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Eye, ImagePlus, LayoutGrid, Trash2, X } from "lucide-react";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { ContentStatus, type Content } from "@gen/streamverse/content/v1/content_pb";
import { Button } from "@/design/button";
import { TextField } from "@/design/field";
import { Chip, Failure, Skeleton } from "@/design/states";
import { toast } from "@/design/toast";
import { languageName } from "@/i18n/format";
import { Refusal } from "@/wire/refusal";
import { Ask } from "../ask";
import { artworkAdmin } from "../clients/artworkAdmin";
import { Failed } from "../failed";
import { FileDrop, size } from "../file";
import type { Form } from "../form";
import { useAdminT } from "../texts";
import { getTitle, updateTitle, type Kind } from "../titles/kinds";
import { isPlace } from "./address";
import { ACCEPT, look, stands, type Unfit } from "./look";
import { Preview } from "./preview";
import { ROLES, type Role } from "./roles";
import { send } from "./send";
import { shelf, tell, untell, type Shown, type Told } from "./shelf";
import css from "./pictures.module.css";

interface Of {
  kind: Kind;
  form: Form<Content>;
  /** What is drawn of the title where there is no picture of a role. */
  drawn: Record<Role["word"], ReactNode>;
}

/** How often what viewers are told is written anew where others save the title at the same moment. */
const TRIES = 3;

/** Says of a title which pictures viewers get, beside whatever else is being written of it. */
function useTell({ kind, form }: Of) {
  const queries = useQueryClient();
  // An upload ends after what it began with was rendered.
  const now = useRef(form);
  useEffect(() => {
    now.current = form;
  }, [form]);
  return async (change: (told: Told) => Told): Promise<void> => {
    for (let tries = 1; ; tries += 1) {
      const title = await getTitle(kind, now.current.value.id);
      try {
        const answer = await updateTitle(kind, { ...title, ...change(title) }, ["artwork", "poster_url"]);
        const { artwork, posterUrl, version, updateTime } = answer;
        // Where somebody else has saved meanwhile, the form goes on from what it knows, and shows both when it is saved.
        const known = title.version === now.current.value.version;
        now.current.merge({ artwork, posterUrl, ...(known ? { version, updateTime } : {}) });
        queries.setQueryData(["admin", "title", kind, answer.id], answer);
        void queries.invalidateQueries({ queryKey: ["admin"], predicate: ({ queryKey }) => queryKey[1] !== "title" });
        return;
      } catch (error) {
        if (tries === TRIES || Refusal.of(error).reason !== "VERSION_MISMATCH") throw error;
      }
    }
  };
}

/** The pictures of a title by what they are for: each is uploaded, seen, replaced and removed here. */
export function Pictures(props: Of) {
  const t = useAdminT();
  const { form } = props;
  const [language, setLanguage] = useState("");
  const [wrong, setWrong] = useState<string>();
  const id = form.value.id;
  const found = useQuery({ queryKey: ["admin", "artwork", id], queryFn: ({ signal }) => artworkAdmin.listArtwork({ contentId: id }, { signal }) });
  // What is known stays to be seen, and to be tried again, where asking anew fails.
  if (!found.data) return found.isError ? <Failure error={found.error} onRetry={() => void found.refetch()} /> : <Skeleton height="20rem" />;
  const pictures = shelf(found.data.items, form.value);
  return (
    <>
      <div className={css.language}>
        <TextField
          label={t("art.language")}
          hint={language.trim() ? languageName(language.trim()) : t("art.languageHint")}
          error={wrong}
          value={language}
          onChange={(event) => {
            setLanguage(event.target.value);
            setWrong(undefined);
          }}
          // The form around is the title's, and is not what Enter means here.
          onKeyDown={(event) => event.key === "Enter" && event.preventDefault()}
          maxLength={35}
          autoComplete="off"
          spellCheck={false}
        />
      </div>
      <div className={css.roles}>
        {ROLES.map((role) => (
          <OfRole key={role.word} {...props} role={role} language={language.trim()} onWrongLanguage={setWrong} pictures={pictures.filter((one) => one.role === role.role)} />
        ))}
      </div>
    </>
  );
}

const UNFIT = { type: "art.wrongType", large: "art.tooLarge", damaged: "art.damaged", pixels: "art.tooWide" } as const satisfies Record<Unfit, string>;

function OfRole({ role, language, onWrongLanguage, pictures, ...props }: Of & { role: Role; language: string; onWrongLanguage: (problem: string | undefined) => void; pictures: Shown[] }) {
  const t = useAdminT();
  const queries = useQueryClient();
  const tellTitle = useTell(props);
  const title = props.form.value;
  const [sending, setSending] = useState<{ name: string; part: number; abort: AbortController }>();
  const [unfit, setUnfit] = useState<Unfit>();
  const [note, setNote] = useState("");
  const local = useLocal();
  const address = role.word === "poster" && isPlace(title.posterUrl) ? title.posterUrl : "";
  const refresh = () => queries.invalidateQueries({ queryKey: ["admin", "artwork", title.id] });
  const put = useMutation({
    mutationFn: async ({ file, instead }: { file: File; instead?: Shown | undefined }) => {
      setUnfit(undefined);
      setNote("");
      const seen = await look(file);
      if (typeof seen === "string") return setUnfit(seen);
      const abort = new AbortController();
      setSending({ name: file.name, part: 0, abort });
      const place = await send({ contentId: title.id, role, language: instead?.language ?? language, file, kind: seen.kind, signal: abort.signal, onProgress: (part) => setSending((now) => now && { ...now, part }) });
      local.keep(place.url, file);
      await tellTitle((told) => tell(told, place, instead?.url));
      if (instead?.stored && instead.width !== place.width) await artworkAdmin.deleteArtwork({ contentId: title.id, role: role.role, language: instead.language, width: instead.width });
      toast(t(instead ? "art.replaced" : "art.added", { name: t(role.name) }));
      if (!stands(seen, role)) setNote(t(role.shape === "upright" ? "art.notUpright" : "art.notFlat"));
    },
    onError: (error) => onWrongLanguage(Refusal.of(error).violations.find(({ field }) => field === "language")?.text),
    onSettled: () => {
      setSending(undefined);
      return refresh();
    },
  });
  const failed = put.error instanceof DOMException && put.error.name === "AbortError" ? undefined : put.error;
  const take = (file: File, instead?: Shown) => {
    if (!put.isPending) put.mutate({ file, instead });
  };
  return (
    <section className={css.role} aria-label={t(role.name)}>
      <div>
        <h3>{t(role.name)}</h3>
        <p className="second">{t(role.use)}</p>
      </div>
      {pictures.length === 0 && (
        <figure className={css.drawn}>
          <div className={css[role.shape]}>{address ? <Preview url={address} alt={t("art.alt", { name: t(role.name), title: title.title })} missing={t("art.broken")} /> : (props.drawn[role.word] ?? <span className={css.missing}>{t("art.none")}</span>)}</div>
          {address ? <figcaption>{t("art.byAddress")}</figcaption> : props.drawn[role.word] && <figcaption>{t("art.drawn")}</figcaption>}
        </figure>
      )}
      {pictures.length > 0 && (
        <ul className={css.list}>
          {pictures.map((picture) => (
            <One key={`${picture.language} ${picture.width} ${picture.url}`} picture={picture} role={role} title={title} local={local.of(picture.url)} busy={put.isPending} onReplace={(file) => take(file, picture)} onTell={tellTitle} onGone={refresh} />
          ))}
        </ul>
      )}
      {sending ? (
        <div className={css.sending}>
          <p>
            {t("art.sending")} <bdi>{sending.name}</bdi>
          </p>
          <progress aria-label={t("art.sending")} max={1} value={sending.part} />
          <Button small onClick={() => sending.abort.abort()}>
            <X size={16} aria-hidden />
            {t("art.stop")}
          </Button>
        </div>
      ) : (
        <FileDrop label={t("art.drop", { name: t(role.name) })} hint={t("art.hint")} accept={ACCEPT} file={undefined} onFile={(file) => take(file)} error={unfit && t(UNFIT[unfit])} />
      )}
      <Failed error={failed} />
      {note && <p role="status">{note}</p>}
    </section>
  );
}

/** Files that were chosen on this page, by the address that they got: a draft's are shown to nobody by the server. */
function useLocal() {
  const [urls, setUrls] = useState<Record<string, string>>({});
  const made = useRef<string[]>([]);
  useEffect(() => () => made.current.forEach((one) => URL.revokeObjectURL(one)), []);
  return {
    keep: (url: string, file: Blob) => {
      const one = URL.createObjectURL(file);
      made.current.push(one);
      setUrls((now) => ({ ...now, [url]: one }));
    },
    of: (url: string) => urls[url],
  };
}

interface OneProps {
  picture: Shown;
  role: Role;
  title: Content;
  local: string | undefined;
  busy: boolean;
  onReplace: (file: File) => void;
  onTell: (change: (told: Told) => Told) => Promise<void>;
  onGone: () => Promise<unknown>;
}

function One({ picture, role, title, local, busy, onReplace, onTell, onGone }: OneProps) {
  const t = useAdminT();
  const chooser = useRef<HTMLInputElement>(null);
  const language = picture.language ? languageName(picture.language) : t("art.allLanguages");
  const pixels = picture.width && picture.height ? `${picture.width} × ${picture.height}` : "";
  const name = [t(role.name), language, pixels].filter(Boolean).join(", ");
  // The server shows what it stores of published titles alone.
  const hidden = picture.stored && title.status !== ContentStatus.PUBLISHED;
  const change = useMutation({ mutationFn: onTell });
  return (
    <li className={css.one}>
      <div className={css[role.shape]}>
        <Preview url={local ?? picture.url} alt={t("art.alt", { name: t(role.name), title: title.title })} missing={t(hidden ? "art.hidden" : "art.broken")} />
      </div>
      <div className={css.facts}>
        <p>
          <b>{language}</b>
        </p>
        <p className="second">
          <bdi>{[pixels, picture.size ? size(picture.size) : ""].filter(Boolean).join(" · ")}</bdi> {!picture.stored && t("art.elsewhere")}
        </p>
        <div className="row">
          {picture.onShelves && <Chip tone="ok">{t("art.onShelves")}</Chip>}
          {!picture.told && <Chip tone="warn">{t("art.untold")}</Chip>}
        </div>
        <div className={css.actions}>
          {!picture.told && (
            <Button small busy={change.isPending} onClick={() => change.mutate((told) => tell(told, picture))}>
              <Eye size={16} aria-hidden />
              {t("art.tell")}
            </Button>
          )}
          {role.word === "poster" && picture.told && !picture.onShelves && (
            <Button small busy={change.isPending} onClick={() => change.mutate((told) => ({ ...told, posterUrl: picture.url }))}>
              <LayoutGrid size={16} aria-hidden />
              {t("art.toShelves")}
            </Button>
          )}
          <Button small disabled={busy} aria-label={t("art.replaceNamed", { name })} onClick={() => chooser.current?.click()}>
            <ImagePlus size={16} aria-hidden />
            {t("art.replace")}
          </Button>
          <input
            ref={chooser}
            type="file"
            hidden
            accept={ACCEPT}
            onChange={(event) => {
              const file = event.target.files?.[0];
              if (file) onReplace(file);
              event.target.value = "";
            }}
          />
          <Ask
            small
            verb={t("art.remove")}
            icon={<Trash2 size={16} aria-hidden />}
            title={t("art.removeTitle", { name })}
            effect={t(picture.stored ? "art.removeText" : "art.removeAddress")}
            done={t("art.removed", { name: t(role.name) })}
            run={async () => {
              // Viewers are told of it no more before it is gone.
              if (picture.told || picture.onShelves) await onTell((told) => untell(told, picture.url));
              if (picture.stored) await artworkAdmin.deleteArtwork({ contentId: title.id, role: picture.role, language: picture.language, width: picture.width });
              await onGone();
            }}
          />
        </div>
        <Failed error={change.error} />
      </div>
    </li>
  );
}
