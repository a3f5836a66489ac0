import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { ArtworkRole, CreditRole, type Content } from "@gen/streamverse/content/v1/content_pb";
import { useTitle } from "@/app/shell";
import { Backdrop, Poster } from "@/artwork";
import { Button, ButtonLink } from "@/design/button";
import { Empty, Failure, Loading, Skeleton } from "@/design/states";
import { toast } from "@/design/toast";
import { reasonText, useT, type TextKey } from "@/i18n";
import { date, languageName, length, list } from "@/i18n/format";
import { useAccess } from "@/titles/access";
import { Picture, TitleCard } from "@/titles/card";
import { titleQuery } from "@/titles/find";
import { MainButton } from "@/titles/main-button";
import { pictureOf } from "@/titles/pictures";
import { Rail } from "@/titles/rail";
import { ofContent, subjectOf } from "@/titles/subject";
import { browse } from "@/wire/clients/browse";
import { history } from "@/wire/clients/history";
import { library } from "@/wire/clients/library";
import { Refusal } from "@/wire/refusal";
import { Episodes, episodesQuery } from "./episodes";
import { Rating } from "./rating";
import css from "./title.module.css";

const route = getRouteApi("/shell/title/$id");
const ROLES: [CreditRole, TextKey][] = [
  [CreditRole.DIRECTOR, "role.director"],
  [CreditRole.WRITER, "role.writer"],
  [CreditRole.PRODUCER, "role.producer"],
  [CreditRole.COMPOSER, "role.composer"],
];

/** A title: what it is, whether it can be watched now, who made it, and what is like it. */
export function Title() {
  const t = useT();
  const { id } = route.useParams();
  const found = useQuery(titleQuery(id));
  useTitle(found.data?.title);
  if (found.isPending)
    return (
      <Loading onRetry={() => void found.refetch()}>
        <h1 className="sr">{t("loading")}</h1>
        <Skeleton height="min(34rem, 70dvh)" style={{ borderRadius: 0 }} />
        <div className={css.body}>
          <Skeleton height="12rem" />
        </div>
      </Loading>
    );
  if (found.isError)
    return (
      <div className="page">
        <h1 className="sr">{t("failed")}</h1>
        {Refusal.of(found.error).missing ? (
          <Empty
            page
            title={t("notFound")}
            action={
              <ButtonLink to="/" tone="primary">
                {t("goHome")}
              </ButtonLink>
            }
          >
            {t("notFoundText")}
          </Empty>
        ) : (
          <Failure page error={found.error} onRetry={() => void found.refetch()} />
        )}
      </div>
    );
  return <Details key={id} title={found.data} />;
}

function Details({ title }: { title: Content }) {
  const t = useT();
  const search = route.useSearch();
  const queries = useQueryClient();
  const info = ofContent(title);
  const series = title.details.case === "series" ? title.details.value : undefined;
  const episode = title.details.case === "episode" ? title.details.value : undefined;
  const begun = useQuery({ queryKey: ["continue"], queryFn: ({ signal }) => history.listContinueWatching({ pageSize: 100 }, { signal }), staleTime: 5_000 });
  const past = useQuery({ queryKey: ["history"], queryFn: ({ signal }) => history.listWatchHistory({ pageSize: 100 }, { signal }), enabled: series !== undefined, staleTime: 5_000 });
  const current = begun.data?.items.find((item) => item.title?.contentId === title.id || (series && item.title?.seriesId === title.id));
  const firstSeason = series?.seasons[0]?.number ?? 1;
  const season = Number(search.season) || current?.title?.seasonNumber || firstSeason;
  const first = useInfiniteQuery({ ...episodesQuery(title.id, firstSeason), enabled: series !== undefined });
  const opener = first.data?.pages[0]?.items[0];
  const playable = series ? (current?.title?.contentId ?? opener?.id) : title.id;
  const access = useAccess(title, begun.isPending ? undefined : playable);
  const listed = useQuery({ queryKey: ["watchlist", "ids"], queryFn: async ({ signal }) => (await library.listWatchlist({ pageSize: 100 }, { signal })).items.map((item) => item.content?.id ?? "") });
  const onList = listed.data?.includes(title.id) ?? false;
  const flip = useMutation({
    mutationFn: async (add: boolean) => void (add ? await library.addToWatchlist({ contentId: title.id }) : await library.removeFromWatchlist({ contentId: title.id })),
    onMutate: (add) => queries.setQueryData<string[]>(["watchlist", "ids"], (ids = []) => (add ? [...ids, title.id] : ids.filter((one) => one !== title.id))),
    onSuccess: (_void, add) => toast(t(add ? "title.addedToList" : "title.removedFromList"), () => flip.mutate(!add)),
    onError: (error) => toast(reasonText(Refusal.of(error))),
    onSettled: () => queries.invalidateQueries({ queryKey: ["watchlist"] }),
  });
  const resume = current && !current.nextEpisode ? (current.title?.positionSeconds ?? 0) : 0;
  const score = title.scores[0];
  const backdrop = pictureOf(title, ArtworkRole.BACKDROP, 1280);
  const watched = new Map((past.data?.items ?? []).map((item) => [item.contentId, item]));
  return (
    <>
      <section className={css.hero} data-theme="dark">
        <div className={css.art}>
          <Picture first url={backdrop?.url || title.posterUrl} instead={<Backdrop subject={subjectOf(info)} />} />
        </div>
        <div className={css.scrim} />
        <div className={css.inner}>
          <div className={css.words}>
            {episode && (
              <Link to="/title/$id" params={{ id: episode.seriesId }} style={{ textDecoration: "underline" }}>
                {episode.series?.title} · S{episode.seasonNumber} E{episode.episodeNumber}
              </Link>
            )}
            <h1 dir="auto">
              <Heading title={title} />
            </h1>
            <div className={css.meta}>
              {info.year > 0 && <span className="num">{info.year}</span>}
              {series ? <span>{t("title.seasons", { count: series.seasons.length })}</span> : title.durationSeconds > 0 && <span>{length(title.durationSeconds)}</span>}
              {title.maturityRating && <span className={css.rating}>{title.maturityRating}</span>}
              {title.genres.length > 0 && <span>{title.genres.slice(0, 3).join(" · ")}</span>}
            </div>
            {title.synopsis && <Synopsis text={title.synopsis} />}
            <MainButton
              access={access.data ?? (access.isError ? { kind: "denied", basis: "", offers: [] } : undefined)}
              playable={playable ?? title.id}
              title={title.title}
              resume={resume}
              episode={series && playable ? { season: current?.title?.seasonNumber || firstSeason, episode: current?.title?.episodeNumber || numberOf(opener) } : undefined}
              listed={onList}
              onList={() => flip.mutate(!onList)}
            />
            <div className="row">
              <Rating contentId={title.id} />
              {score && <span className={css.scores}>{`${score.source}: ${t("title.score", { value: score.value, scale: score.scale, votes: score.votes })}`}</span>}
            </div>
          </div>
          {(backdrop || !title.posterUrl) && (
            <div className={css.poster}>
              <Picture first url={title.posterUrl} instead={<Poster subject={subjectOf(info)} />} />
            </div>
          )}
        </div>
      </section>
      <div className={css.body}>
        {series && <Episodes series={title} details={series} season={season} next={current?.title?.contentId ?? opener?.id} watched={watched} />}
        <Credits title={title} />
        <Facts title={title} />
      </div>
      <div style={{ paddingBlock: "2rem 4rem" }}>
        <MoreLike title={title} />
      </div>
    </>
  );
}

function numberOf(episode: Content | undefined): number {
  return episode?.details.case === "episode" ? episode.details.value.episodeNumber : 1;
}

/** The name as it is drawn, where there is such a picture and it loads. */
function Heading({ title }: { title: Content }) {
  const logo = pictureOf(title, ArtworkRole.LOGO, 400);
  const [broken, setBroken] = useState(false);
  return logo && !broken ? <img src={logo.url} alt={title.title} onError={() => setBroken(true)} /> : title.title;
}

function Synopsis({ text }: { text: string }) {
  const t = useT();
  const [whole, setWhole] = useState(false);
  return (
    <>
      <p dir="auto" className={[css.synopsis, !whole && css.clamped].filter(Boolean).join(" ")}>
        {text}
      </p>
      {text.length > 210 && (
        <Button tone="link" small aria-expanded={whole} onClick={() => setWhole(!whole)}>
          {t(whole ? "less" : "more")}
        </Button>
      )}
    </>
  );
}

function Credits({ title }: { title: Content }) {
  const t = useT();
  const cast = title.credits.filter((credit) => credit.role === CreditRole.ACTOR);
  const crew = title.credits.filter((credit) => credit.role !== CreditRole.ACTOR);
  if (title.credits.length === 0) return null;
  return (
    <>
      {cast.length > 0 && (
        <section className="stack">
          <h2>{t("title.cast")}</h2>
          <ul className={css.cast}>
            {cast.map((credit, index) => (
              <li key={index}>
                <Name name={credit.name} id={credit.personId} below={credit.character ? t("title.as", { character: credit.character }) : ""} />
              </li>
            ))}
          </ul>
        </section>
      )}
      {crew.length > 0 && (
        <section className="stack">
          <h2>{t("title.crew")}</h2>
          <ul className={css.cast}>
            {crew.map((credit, index) => (
              <li key={index}>
                <Name name={credit.name} id={credit.personId} below={t(ROLES.find(([role]) => role === credit.role)?.[1] ?? "role.producer")} />
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function Name({ name, id, below }: { name: string; id: string; below: string }) {
  const inside = (
    <>
      <strong>
        <bdi>{name}</bdi>
      </strong>
      {below && <span>{below}</span>}
    </>
  );
  return id ? (
    <Link to="/person/$id" params={{ id }}>
      {inside}
    </Link>
  ) : (
    <div>{inside}</div>
  );
}

function Facts({ title }: { title: Content }) {
  const t = useT();
  const distributor = title.details.case === "movie" ? title.details.value.distributor : "";
  const facts: [TextKey, string][] = [
    ["title.released", title.releaseDate ? date(new Date(title.releaseDate)) : ""],
    ["title.spoken", title.language ? languageName(title.language) : ""],
    ["title.countries", title.countries.length ? list(title.countries.map(country)) : ""],
    ["title.distributor", distributor],
  ];
  const shown = facts.filter(([, value]) => value);
  const original = title.originalTitle && title.originalTitle !== title.title;
  if (shown.length === 0 && !original && title.collections.length === 0) return null;
  return (
    <section className="stack">
      <h2>{t("title.facts")}</h2>
      {original && (
        <p className="second">
          <bdi>{t("title.original", { title: title.originalTitle })}</bdi>
        </p>
      )}
      <dl className={css.facts}>
        {shown.map(([label, value]) => (
          <div key={label} style={{ display: "contents" }}>
            <dt>{t(label)}</dt>
            <dd>{value}</dd>
          </div>
        ))}
        {title.collections.length > 0 && (
          <div style={{ display: "contents" }}>
            <dt>{t("title.collections")}</dt>
            <dd className="row">
              {title.collections.map((collection) => (
                <Link key={collection.id} to="/collection/$id" params={{ id: collection.id }} style={{ textDecoration: "underline" }}>
                  {collection.title}
                </Link>
              ))}
            </dd>
          </div>
        )}
      </dl>
    </section>
  );
}

function country(code: string): string {
  try {
    return new Intl.DisplayNames(document.documentElement.lang, { type: "region" }).of(code) ?? code;
  } catch {
    return code;
  }
}

/** What shares its first genre, best rated first; nothing is known yet of who liked what. */
function MoreLike({ title }: { title: Content }) {
  const t = useT();
  const genre = title.genres[0];
  const found = useQuery({ queryKey: ["like", genre], queryFn: ({ signal }) => browse.listTitles({ genre: genre ? [genre] : [], orderBy: "-score", pageSize: 21 }, { signal }), enabled: Boolean(genre), staleTime: 300_000 });
  const others = (found.data?.items ?? []).filter((item) => item.id !== title.id);
  if (others.length === 0) return null;
  return (
    <Rail
      title={t("title.moreLike")}
      more={
        <Link to="/browse" search={genre ? { genre } : {}}>
          {t("all")}
        </Link>
      }
    >
      {others.map((item) => (
        <TitleCard key={item.id} info={ofContent(item)} />
      ))}
    </Rail>
  );
}
