import { keepPreviousData, queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Search as Glass, X } from "lucide-react";
import { memo, useCallback, useDeferredValue, useEffect, useMemo, useRef, useState } from "react";
import { ContentType } from "@gen/streamverse/content/v1/content_pb";
import { MatchKind, type Facet, type Hit } from "@gen/streamverse/search/v1/search_pb";
import { useTitle } from "@/app/shell";
import { isTv } from "@/app/tv";
import { Avatar, ChannelMark, Poster } from "@/artwork";
import { Button, ButtonLink, IconButton } from "@/design/button";
import { Empty, Failure, Loading, Skeleton } from "@/design/states";
import { useT } from "@/i18n";
import { clock } from "@/i18n/format";
import { Grid, Picture, TitleCard } from "@/titles/card";
import { noteType } from "@/titles/find";
import { byAnyWord, namesIn } from "@/titles/names";
import { placeOf } from "@/titles/place";
import { subjectOf, typeName, type TitleInfo } from "@/titles/subject";
import { browse } from "@/wire/clients/browse";
import { people } from "@/wire/clients/people";
import { search as searching } from "@/wire/clients/search";
import { Highlight } from "./highlight";
import { Keys } from "./keys";
import { recent } from "./recent";
import css from "./search.module.css";

const route = getRouteApi("/shell/search");
const TYPES: Record<string, ContentType> = {
  movie: ContentType.MOVIE,
  series: ContentType.SERIES,
  episode: ContentType.EPISODE,
  video: ContentType.VIDEO,
  channel: ContentType.CHANNEL,
  programme: ContentType.PROGRAMME,
  collection: ContentType.COLLECTION,
};
/** Letters that are looked for at most. */
const MOST = 200;
/** More than are in sight on large screens. */
const IN_SIGHT = 24;
const GROUPS = ["movie", "series", "episode", "video", "collection", "channel", "programme"] as const;

/** What it is narrowed down to. */
interface Narrowed {
  type?: string;
  genre?: string;
  decade?: string;
}

const findQuery = (words: string, { type, genre, decade }: Narrowed) =>
  queryOptions({
    queryKey: ["search", words, type, genre, decade],
    queryFn: ({ signal }) =>
      searching.searchGlobal(
        {
          q: words,
          limit: 60,
          type: type && TYPES[type] ? [TYPES[type] as ContentType] : [],
          genre: genre ? [genre] : [],
          ...(decade ? { yearFrom: Number(decade), yearTo: Number(decade) + 9 } : {}),
        },
        { signal },
      ),
  });

/** Finds while one types: each key asks at once, but not while an answer is awaited. Old results stay until new ones are there. */
export function Search() {
  const t = useT();
  useTitle(t("search.title"));
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const queries = useQueryClient();
  const [typed, setTyped] = useState(search.q ?? "");
  const [q, setQ] = useState(search.q ?? "");
  const field = useRef<HTMLInputElement>(null);
  const words = q.trim();
  const found = useQuery({ ...findQuery(words, search), enabled: words !== "", placeholderData: keepPreviousData });
  const awaited = found.isFetching;
  useEffect(() => {
    if (typed === q) return;
    // A server that takes long is asked anew all the same: what it looks for is no longer wanted.
    const timer = setTimeout(() => setQ(typed), awaited ? 200 : 0);
    return () => clearTimeout(timer);
  }, [typed, q, awaited]);
  // The address follows once one rests: it is for coming back, and a new one is work for the whole page.
  const rested = useRested(typed, 300);
  useEffect(() => {
    if (rested !== (search.q ?? "")) void navigate({ search: ({ q: _, ...rest }) => (rested ? { ...rest, q: rested } : rest), replace: true });
    // eslint-disable-next-line react-hooks/exhaustive-deps -- only what is typed changes the address
  }, [rested]);
  const narrow = useCallback(
    (name: keyof Narrowed, value: string) => void navigate({ search: ({ [name]: old, ...rest }) => (old === value ? rest : { ...rest, [name]: value }) as typeof search }),
    [navigate],
  );
  const clearAll = () => void navigate({ search: words ? { q: words } : {} });
  const hits = words ? (found.data?.items ?? NONE) : NONE;
  const first = hits[0];
  // What stands below the first is drawn after it, and never keeps a key waiting; what nobody sees yet, once one rests.
  const rests = useRested(hits, 250) === hits;
  const others = useDeferredValue(useMemo(() => (rests ? hits : hits.slice(0, IN_SIGHT)), [hits, rests]));
  const type = (next: string) => {
    // The question is on its way before the page is drawn with it.
    if (!awaited && next.trim() !== "") void queries.prefetchQuery(findQuery(next.trim(), search));
    setTyped(next);
    if (!awaited) setQ(next);
  };
  const tv = isTv();
  return (
    <div className={`page stack ${tv ? css.tv : ""}`}>
      <h1 className="sr">{t("search.title")}</h1>
      <div className={css.ask}>
        <div className={css.field} role="search">
          <Glass size={20} aria-hidden />
          <input
            ref={field}
            type="search"
            // On a TV the keyboard on the screen has the focus, and that of the device stays away.
            autoFocus={!tv}
            inputMode={tv ? "none" : undefined}
            enterKeyHint="search"
            aria-label={t("search.label")}
            placeholder={t("search.placeholder")}
            maxLength={MOST}
            value={typed}
            onChange={(event) => type(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === "Enter" && words) recent.add(words);
            }}
          />
          {typed && !tv && (
            <IconButton
              label={t("search.clear")}
              onClick={() => {
                setTyped("");
                field.current?.focus();
              }}
            >
              <X size={20} aria-hidden />
            </IconButton>
          )}
        </div>
        {tv && <Keys text={typed} onText={(next) => type(next.slice(0, MOST))} />}
      </div>
      <div className="stack">
        <div className="sr" role="status">
          {words && found.data ? t("search.count", { count: found.data.total }) : ""}
        </div>
        {words === "" ? (
          <BeforeTyping onPick={setTyped} />
        ) : found.isError ? (
          <Failure error={found.error} onRetry={() => void found.refetch()} />
        ) : !found.data ? (
          <Loading onRetry={() => void found.refetch()}>
            <Grid>
              {Array.from({ length: 12 }, (_, index) => (
                <Skeleton key={index} ratio="2 / 3" />
              ))}
            </Grid>
          </Loading>
        ) : (
          <>
            <Facets facets={found.data.facets} chosen={search} onChoose={narrow} />
            {found.data.degraded && <p className="quiet">{t("search.degraded")}</p>}
            {first?.match === MatchKind.TYPO && <p className="second">{t("search.mended")}</p>}
            {first?.match === MatchKind.PARTIAL && <p className="second">{t("search.partial")}</p>}
            <People words={words} hits={hits} />
            {!first ? (
              <Empty
                title={t("search.none", { q: words })}
                action={
                  search.type || search.genre || search.decade ? (
                    <Button onClick={clearAll}>{t("search.removeFilters")}</Button>
                  ) : (
                    <ButtonLink to="/browse">{t("browse.title")}</ButtonLink>
                  )
                }
              >
                {t("search.noneText")}
              </Empty>
            ) : (
              <div onClick={() => recent.add(words)} className="stack" style={{ gap: "2rem" }} data-found={found.isPlaceholderData ? undefined : words}>
                <p className="quiet small">{found.data.total >= 200 ? t("search.many", { count: 200 }) : t("search.count", { count: found.data.total })}</p>
                <Best hit={first} />
                <Groups hits={others} />
              </div>
            )}
          </>
        )}
      </div>
    </div>
  );
}

const NONE: Hit[] = [];

/** A value once it has been the same for some milliseconds. */
function useRested<Value>(value: Value, millis: number): Value {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), millis);
    return () => clearTimeout(timer);
  }, [value, millis]);
  return rested;
}

/** Those whose names have the words. The index finds their titles; this leads to themselves. A list that fails is left out. */
function People({ words: typed, hits }: { words: string; hits: Hit[] }) {
  const t = useT();
  const words = useRested(typed, 150);
  const names = namesIn(hits);
  const found = useQuery({
    queryKey: ["people", words, names],
    queryFn: async ({ signal }) => {
      const ask = async (namePrefix: string, pageSize: number) => (await people.listPeople({ namePrefix, pageSize }, { signal })).items;
      return byAnyWord(await ask(words, 6), names, (name) => ask(name, 2));
    },
    enabled: words.length > 1 && words === typed,
    placeholderData: keepPreviousData,
  });
  const items = words.length > 1 ? (found.data ?? []) : [];
  if (items.length === 0) return null;
  return (
    <section className={css.group} onClick={() => recent.add(words)}>
      <h2>{t("types.person")}</h2>
      <ul className={css.rows}>
        {items.map((person) => (
          <li key={person.id}>
            <Link to="/person/$id" params={{ id: person.id }} className={css.person}>
              <span className={css.face}>
                <Avatar name={person.name} id={person.id} />
              </span>
              <span>
                <strong dir="auto">{person.name}</strong>
                <span className={css.because}>{t("person.titles", { count: person.titleCount })}</span>
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

function BeforeTyping({ onPick }: { onPick: (q: string) => void }) {
  const t = useT();
  const [kept, setKept] = useState(recent.all());
  const genres = useQuery({ queryKey: ["genres"], queryFn: ({ signal }) => browse.listGenres({ pageSize: 100 }, { signal }), staleTime: 600_000 });
  return (
    <div className="stack" style={{ gap: "2rem" }}>
      {kept.length > 0 && (
        <section className={css.group}>
          <div className="row between" style={{ maxInlineSize: "46rem" }}>
            <h2>{t("search.recent")}</h2>
            <Button
              tone="quiet"
              small
              onClick={() => {
                recent.clear();
                setKept([]);
              }}
            >
              {t("search.clearRecent")}
            </Button>
          </div>
          <div className={css.chips}>
            {kept.map((q) => (
              <button key={q} type="button" className={css.facet} onClick={() => onPick(q)}>
                <bdi>{q}</bdi>
              </button>
            ))}
          </div>
        </section>
      )}
      {genres.isError ? (
        <Failure error={genres.error} onRetry={() => void genres.refetch()} />
      ) : genres.data?.items.length === 0 ? (
        <Empty title={t("home.empty")}>{t("home.emptyText")}</Empty>
      ) : (
        <section className={css.group}>
          <h2>{t("search.genres")}</h2>
          <div className={css.chips}>
            {(genres.data?.items ?? []).map((genre) => (
              <Link key={genre.name} to="/browse" search={{ genre: genre.name }} className={css.facet}>
                {genre.name} <small className="num">{genre.titleCount}</small>
              </Link>
            ))}
          </div>
        </section>
      )}
    </div>
  );
}

const Facets = memo(function Facets({ facets, chosen, onChoose }: { facets: Facet[]; chosen: Narrowed; onChoose: (name: keyof Narrowed, value: string) => void }) {
  const t = useT();
  return (
    <div>
      {(["type", "genre", "decade"] as const).map((name) => {
        const values = facets.find((facet) => facet.name === name)?.values ?? [];
        const missing = chosen[name] && !values.some((value) => value.value === chosen[name]) ? [{ value: chosen[name], count: 0 }] : [];
        const shown = [...missing, ...values];
        if (shown.length < 2 && !chosen[name]) return null;
        return (
          <div key={name} className={css.facets} role="group" aria-label={t("search.filters")}>
            {shown.map(({ value, count }) => (
              <button key={value} type="button" className={css.facet} aria-pressed={chosen[name] === value} onClick={() => onChoose(name, value)}>
                {name === "type" && value in TYPES ? t(`types.${value as "movie"}`) : name === "decade" ? t("decade", { n: value }) : value}
                <small className="num">{count}</small>
              </button>
            ))}
          </div>
        );
      })}
    </div>
  );
});

function infoOf(hit: Hit): TitleInfo {
  noteType(hit.id, hit.type);
  return { id: hit.id, type: hit.type, title: hit.title, posterUrl: hit.posterUrl, year: hit.year, genres: hit.genres, maturityRating: "", durationSeconds: 0, director: "" };
}

const isChannel = (hit: Hit) => ["channel", "programme"].includes(typeName(hit.type));

const Best = memo(function Best({ hit }: { hit: Hit }) {
  const t = useT();
  const info = infoOf(hit);
  const inside = (
    <>
      <span className={css.bestArt} style={isChannel(hit) ? { aspectRatio: "16 / 9" } : undefined}>
        {isChannel(hit) ? <ChannelMark name={hit.title} number={0} /> : <Poster subject={subjectOf(info)} />}
        <Picture url={hit.posterUrl} />
      </span>
      <span className="stack" style={{ gap: "0.5rem" }}>
        <span className="quiet small">{t("search.best")}</span>
        <span className={css.name}>{hit.matched === "title" ? <Highlight text={hit.highlight} /> : hit.title}</span>
        <span className="second small">{[t(`type.${typeName(hit.type)}`), hit.year || "", hit.genres.slice(0, 2).join(", ")].filter(Boolean).join(" · ")}</span>
        {hit.matched !== "title" && (
          <span className={css.because}>
            <Highlight text={hit.highlight} />
          </span>
        )}
      </span>
    </>
  );
  return (
    <Link {...placeOf(hit)} className={css.best}>
      {inside}
    </Link>
  );
});

/** All but the first of them, by what they are. */
const Groups = memo(function Groups({ hits }: { hits: Hit[] }) {
  const t = useT();
  return GROUPS.map((name) => {
    const own = hits.slice(1).filter((hit) => typeName(hit.type) === name);
    if (own.length === 0) return null;
    return (
      <section key={name} className={css.group}>
        <h2>{t(`types.${name}`)}</h2>
        {name === "channel" || name === "programme" ? (
          <div className={css.rows}>
            {own.map((hit) => (
              <Link key={hit.id} {...placeOf(hit)} className={`${css.wide} ${css.hit}`}>
                <span className={css.mark}>
                  <ChannelMark name={hit.title} number={0} />
                </span>
                <span>
                  <Highlight text={hit.highlight} />
                  {hit.startTime && <span className={css.because}>{`${clock(hit.startTime)} – ${clock(hit.stopTime)}`}</span>}
                </span>
              </Link>
            ))}
          </div>
        ) : (
          <Grid>
            {own.map((hit) => (
              <TitleCard key={hit.id} info={infoOf(hit)} />
            ))}
          </Grid>
        )}
      </section>
    );
  });
});
