import { create } from "@bufbuild/protobuf";
import { ArtworkRole, ArtworkSchema, type Artwork, type Content } from "@gen/streamverse/content/v1/content_pb";
import type { Picture } from "@gen/streamverse/streaming/v1/artwork_pb";

/** What of a title says which pictures viewers get. */
export type Told = Pick<Content, "artwork" | "posterUrl">;

/** A picture of a title, whether its file is stored here, viewers are told of it, or both. */
export interface Shown {
  role: ArtworkRole;
  language: string;
  width: number;
  height: number;
  /** Bytes; 0 where its file is somewhere else. */
  size: number;
  url: string;
  stored: boolean;
  told: boolean;
  /** Whether it is the poster of lists. */
  onShelves: boolean;
}

/** Puts together what is stored and what the title tells, by role, language and width. */
export function shelf(stored: Picture[], { artwork, posterUrl }: Told): Shown[] {
  const here = stored.map((one) => ({ role: one.role, language: one.language, width: one.width, height: one.height, size: one.size, url: one.url, stored: true, told: artwork.some(({ url }) => url === one.url), onShelves: one.url === posterUrl }));
  const elsewhere = artwork
    .filter(({ url }) => !stored.some((one) => one.url === url))
    .map((one) => ({ role: one.role, language: one.language, width: one.width, height: one.height, size: 0, url: one.url, stored: false, told: true, onShelves: one.url === posterUrl }));
  return [...here, ...elsewhere].sort((a, b) => a.role - b.role || a.language.localeCompare(b.language) || a.width - b.width);
}

export type Place = Pick<Artwork, "role" | "language" | "width" | "height" | "url">;

/**
 * Tells viewers of a picture, in place of another one or of that with its role, language and width, whose file it has
 * taken. A poster for all languages is the one of lists, too, unless lists have one that stays.
 */
export function tell({ artwork, posterUrl }: Told, picture: Place, instead?: string): Told {
  const gone = artwork.filter((one) => one.url === instead || (one.role === picture.role && one.language === picture.language && one.width === picture.width)).map(({ url }) => url);
  const kept = artwork.filter(({ url }) => url !== picture.url && !gone.includes(url));
  const leads = picture.role === ArtworkRole.POSTER && (posterUrl === "" || gone.includes(posterUrl) || posterUrl === instead || (picture.language === "" && !kept.some((one) => one.url === posterUrl)));
  return { artwork: [...kept, create(ArtworkSchema, picture)], posterUrl: leads ? picture.url : posterUrl };
}

/** Tells viewers of a picture no more; lists draw the poster where it was that one. */
export function untell({ artwork, posterUrl }: Told, url: string): Told {
  const kept = artwork.filter((one) => one.url !== url);
  const next = kept.find((one) => one.role === ArtworkRole.POSTER && one.language === "")?.url ?? "";
  return { artwork: kept, posterUrl: posterUrl === url ? next : posterUrl };
}
