import { ContentStatus, ContentType, CreditRole, MarkerKind, Monetization, type Content } from "@gen/streamverse/content/v1/content_pb";
import type { CallOptions } from "@connectrpc/connect";
import { contentAdmin } from "../clients/contentAdmin";
import { ifMatch } from "../clients/ifMatch";
import { videoAdmin } from "../clients/videoAdmin";
import type { Asked, Found } from "../list";
import type { AdminTextKey } from "../texts";

export const KINDS = ["movies", "series", "episodes", "videos"] as const;
export type Kind = (typeof KINDS)[number];

export const isKind = (value: string | undefined): value is Kind => KINDS.includes(value as Kind);

export const TYPES: Record<Kind, ContentType> = { movies: ContentType.MOVIE, series: ContentType.SERIES, episodes: ContentType.EPISODE, videos: ContentType.VIDEO };

export function kindOf(row: { type: ContentType }): Kind {
  return KINDS.find((kind) => TYPES[kind] === row.type) ?? "movies";
}

export const STATUSES = [
  [ContentStatus.DRAFT, "draft", "status.draft"],
  [ContentStatus.PUBLISHED, "published", "status.published"],
  [ContentStatus.ARCHIVED, "archived", "status.archived"],
] as const satisfies readonly (readonly [ContentStatus, string, AdminTextKey])[];

export const MONETIZATIONS = [
  [Monetization.AVOD, "money.avod"],
  [Monetization.SVOD, "money.svod"],
  [Monetization.TVOD, "money.tvod"],
  [Monetization.PPV, "money.ppv"],
] as const satisfies readonly (readonly [Monetization, AdminTextKey])[];

export const ROLES = [
  [CreditRole.ACTOR, "credit.actor"],
  [CreditRole.DIRECTOR, "credit.director"],
  [CreditRole.WRITER, "credit.writer"],
  [CreditRole.PRODUCER, "credit.producer"],
  [CreditRole.COMPOSER, "credit.composer"],
] as const satisfies readonly (readonly [CreditRole, AdminTextKey])[];

export const MARKERS = [
  [MarkerKind.CHAPTER, "marker.chapter"],
  [MarkerKind.INTRO, "marker.intro"],
  [MarkerKind.RECAP, "marker.recap"],
  [MarkerKind.CREDITS, "marker.credits"],
  [MarkerKind.PREVIEW, "marker.preview"],
] as const satisfies readonly (readonly [MarkerKind, AdminTextKey])[];

export interface Wanted extends Asked {
  status?: ContentStatus[];
  titlePrefix?: string;
  withTotal?: boolean;
  seriesId?: string;
  season?: number;
  category?: string[];
}

export function listTitles(kind: Kind, wanted: Wanted, signal?: AbortSignal): Promise<Found<Content>> {
  const options: CallOptions = signal ? { signal } : {};
  const { seriesId, season, category, ...common } = wanted;
  if (kind === "series") return contentAdmin.adminListSeries(common, options);
  if (kind === "episodes") return contentAdmin.adminListEpisodes({ ...common, ...(seriesId ? { seriesId } : {}), ...(season === undefined ? {} : { season }) }, options);
  if (kind === "videos") return videoAdmin.adminListVideos({ ...common, ...(category ? { category } : {}) }, options);
  return contentAdmin.adminListMovies(common, options);
}

async function content(answer: Promise<{ content?: Content | undefined }>): Promise<Content> {
  const { content } = await answer;
  if (!content) throw new Error("an answer without its title");
  return content;
}

export function getTitle(kind: Kind, id: string, options: CallOptions = {}): Promise<Content> {
  if (kind === "series") return content(contentAdmin.adminGetSeries({ id }, options));
  if (kind === "episodes") return content(contentAdmin.adminGetEpisode({ id }, options));
  if (kind === "videos") return content(videoAdmin.adminGetVideo({ id }, options));
  return content(contentAdmin.adminGetMovie({ id }, options));
}

export function createTitle(kind: Kind, title: Content, options: CallOptions): Promise<Content> {
  if (kind === "series") return content(contentAdmin.createSeries({ content: title }, options));
  if (kind === "episodes") return content(contentAdmin.createEpisode({ content: title }, options));
  if (kind === "videos") return content(videoAdmin.createVideo({ content: title }, options));
  return content(contentAdmin.createMovie({ content: title }, options));
}

/** Replaces a title, or only the fields of a mask. Its version must be the stored one. */
export function updateTitle(kind: Kind, title: Content, paths?: string[]): Promise<Content> {
  const request = { id: title.id, content: title, ...(paths ? { updateMask: { paths } } : {}) };
  if (kind === "series") return content(contentAdmin.updateSeries(request));
  if (kind === "episodes") return content(contentAdmin.updateEpisode(request));
  if (kind === "videos") return content(videoAdmin.updateVideo(request));
  return content(contentAdmin.updateMovie(request));
}

export function deleteTitle(kind: Kind, { id, version }: Content): Promise<unknown> {
  const options = ifMatch(version);
  if (kind === "series") return contentAdmin.deleteSeries({ id }, options);
  if (kind === "episodes") return contentAdmin.deleteEpisode({ id }, options);
  if (kind === "videos") return videoAdmin.deleteVideo({ id }, options);
  return contentAdmin.deleteMovie({ id }, options);
}

/** What the pictures that the product draws are made from. */
export function subject(row: Content) {
  const director = row.credits.find((credit) => credit.role === CreditRole.DIRECTOR)?.name ?? "";
  return { id: row.id, title: row.title, year: Number(row.releaseDate.slice(0, 4)) || 0, type: ContentType[row.type].toLowerCase(), genres: row.genres, director };
}
