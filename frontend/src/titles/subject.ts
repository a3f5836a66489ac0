import type { TitleCard } from "@gen/streamverse/content/v1/browse_pb";
import { ContentType, CreditRole, type Content } from "@gen/streamverse/content/v1/content_pb";
import type { Subject } from "@/artwork";
import { noteType } from "./find";

/** What cards, rails and pages need to know of a title, whoever told. */
export interface TitleInfo {
  id: string;
  type: ContentType;
  title: string;
  posterUrl: string;
  year: number;
  genres: string[];
  maturityRating: string;
  durationSeconds: number;
  director: string;
  progress?: TitleCard["progress"];
}

export function typeName(type: ContentType): "movie" | "series" | "episode" | "video" | "channel" | "programme" | "collection" {
  switch (type) {
    case ContentType.SERIES:
      return "series";
    case ContentType.EPISODE:
      return "episode";
    case ContentType.VIDEO:
      return "video";
    case ContentType.CHANNEL:
    case ContentType.FAST_CHANNEL:
      return "channel";
    case ContentType.PROGRAMME:
      return "programme";
    case ContentType.COLLECTION:
      return "collection";
    default:
      return "movie";
  }
}

export function ofCard(card: TitleCard): TitleInfo {
  return { ...pick(card), year: Number(card.releaseDate.slice(0, 4)) || 0, director: "", progress: card.progress };
}

export function ofContent(content: Content): TitleInfo {
  return {
    ...pick(content),
    year: Number(content.releaseDate.slice(0, 4)) || 0,
    director: content.credits.find((credit) => credit.role === CreditRole.DIRECTOR)?.name ?? "",
  };
}

function pick(from: TitleCard | Content) {
  noteType(from.id, from.type);
  return {
    id: from.id,
    type: from.type,
    title: from.title,
    posterUrl: from.posterUrl,
    genres: from.genres,
    maturityRating: from.maturityRating,
    durationSeconds: from.durationSeconds,
  };
}

export function subjectOf(info: Pick<TitleInfo, "id" | "title" | "year" | "type" | "genres" | "director">): Subject {
  return { id: info.id, title: info.title, year: info.year, type: typeName(info.type), genres: info.genres, director: info.director };
}

/**
 * Whether a title can be played, as far as a list says: posters at this path are made from published media. A poster
 * from elsewhere says nothing, so no play sign is promised; the title's page asks.
 */
export function hasMedia(info: Pick<TitleInfo, "posterUrl">): boolean {
  return info.posterUrl.startsWith("/stream/poster/");
}
