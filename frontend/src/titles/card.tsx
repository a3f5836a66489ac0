import { Link } from "@tanstack/react-router";
import { Play } from "lucide-react";
import { useState, type ReactNode } from "react";
import { Poster, Still } from "@/artwork";
import { Bar } from "@/design/states";
import { useT } from "@/i18n";
import { length } from "@/i18n/format";
import css from "./card.module.css";
import { placeOf } from "./place";
import { hasMedia, subjectOf, typeName, type TitleInfo } from "./subject";

/** A title as a poster. The picture that is drawn stands under the one that loads, so that nothing jumps or stays grey. */
export function TitleCard({ info }: { info: TitleInfo }) {
  const t = useT();
  const kind = t(`type.${typeName(info.type)}`);
  return (
    <Link {...placeOf(info)} className={css.card} title={info.title}>
      <span className={css.art}>
        <Poster subject={subjectOf(info)} />
        <Picture url={info.posterUrl} />
        {hasMedia(info) && <PlaySign />}
      </span>
      <span>
        <span className={css.name} dir="auto">
          {info.title}
        </span>
        <span className={css.meta}>
          <span className="sr">{kind}</span> {[info.year || "", info.genres[0]].filter(Boolean).join(" · ")}
        </span>
      </span>
    </Link>
  );
}

function PlaySign() {
  const t = useT();
  return (
    <span className={css.play} title={t("playable")}>
      <Play size={16} fill="currentColor" aria-hidden />
    </span>
  );
}

/** A picture that may not be there: `instead` stands where it is none, or does not load. */
export function Picture({ url, instead = null, first = false }: { url: string; instead?: ReactNode; /** What one sees first waits for nothing. */ first?: boolean }) {
  const [broken, setBroken] = useState(false);
  if (!url || broken) return instead;
  return <img src={url} alt="" loading={first ? "eager" : "lazy"} fetchPriority={first ? "high" : "auto"} decoding="async" onError={() => setBroken(true)} />;
}

/** A title that was begun: a wide picture with how far one is and what is left. */
export function ContinueCard({ info, menu }: { info: TitleInfo; menu?: ReactNode }) {
  const t = useT();
  const progress = info.progress;
  const left = progress ? Math.max(0, progress.durationSeconds - progress.positionSeconds) : 0;
  const episode = progress?.episodeNumber ? `S${progress.seasonNumber} E${progress.episodeNumber}` : "";
  const name = progress?.seriesTitle || info.title;
  const below = progress?.nextEpisode ? t("home.next") : left ? t("home.left", { time: length(left) }) : "";
  return (
    <Slot menu={menu}>
      <Link to="/watch/$id" params={{ id: info.id }} className={`${css.card} ${css.wide}`}>
        <span className={css.art}>
          <Still subject={subjectOf({ ...info, title: name, id: progress?.seriesId || info.id })} season={progress?.seasonNumber ?? 0} episode={progress?.episodeNumber ?? 0} />
          <Picture url={info.posterUrl} />
          <PlaySign />
          {progress && progress.durationSeconds > 0 && !progress.nextEpisode && (
            <span className={css.bar}>
              <Bar value={progress.positionSeconds / progress.durationSeconds} label={below} />
            </span>
          )}
        </span>
        <span>
          <span className={css.name} dir="auto">
            {name}
          </span>
          <span className={css.meta}>{[episode, below].filter(Boolean).join(" · ")}</span>
        </span>
      </Link>
    </Slot>
  );
}

/** A card, and the menu of what else can be done with it: on its corner, and on a TV below it, where arrows lead. */
export function Slot({ menu, children }: { menu?: ReactNode; children: ReactNode }) {
  return (
    <div className={css.slot} data-slot>
      {children}
      {menu && <div className={css.menu}>{menu}</div>}
    </div>
  );
}

export function Grid({ children }: { children: ReactNode }) {
  return <div className={css.grid}>{children}</div>;
}
