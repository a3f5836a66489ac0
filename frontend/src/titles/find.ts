import { queryOptions } from "@tanstack/react-query";
import { ContentType, type Content } from "@gen/streamverse/content/v1/content_pb";
import { Refusal } from "@/wire/refusal";

/** What lists said of titles: an address has the id alone, and each type has its own call. */
const types = new Map<string, ContentType>();

export function noteType(id: string, type: ContentType) {
  types.set(id, type);
}

const calls = async () => (await import("@/wire/clients/content")).content;

const CALLS: [ContentType, (id: string, signal: AbortSignal) => Promise<Content | undefined>][] = [
  [ContentType.MOVIE, async (id, signal) => (await (await calls()).getMovie({ id }, { signal })).content],
  [ContentType.SERIES, async (id, signal) => (await (await calls()).getSeries({ id }, { signal })).content],
  [ContentType.EPISODE, async (id, signal) => (await (await calls()).getEpisode({ id }, { signal })).content],
  [ContentType.VIDEO, async (id, signal) => (await (await import("@/wire/clients/videos")).videos.getVideo({ id }, { signal })).content],
];

/** A title of whatever type, by its id. */
export async function fetchTitle(id: string, signal: AbortSignal): Promise<Content> {
  const known = types.get(id);
  const order = [...CALLS].sort((a, b) => Number(b[0] === known) - Number(a[0] === known));
  let missing: unknown;
  for (const [type, call] of order) {
    try {
      const found = await call(id, signal);
      if (found) {
        types.set(id, type);
        return found;
      }
    } catch (error) {
      if (!Refusal.of(error).missing) throw error;
      missing ??= error;
    }
  }
  throw missing;
}

export const titleQuery = (id: string) => queryOptions({ queryKey: ["title", id], queryFn: ({ signal }) => fetchTitle(id, signal), enabled: id !== "" });
