import type { Person } from "@gen/streamverse/content/v1/people_pb";
import { byAnyWord, namesIn } from "@/titles/names";
import { search } from "@/wire/clients/search";
import { personAdmin } from "../clients/personAdmin";
import type { Asked, Found } from "../list";

/**
 * People by any word of their names: the list has those that begin so, and before its first page come those by whose
 * names published titles are found.
 */
export async function findPeople(name: string, { pageSize, pageToken }: Pick<Asked, "pageSize" | "pageToken">, signal?: AbortSignal): Promise<Found<Person>> {
  const call = signal ? { signal } : {};
  const page = await personAdmin.adminListPeople({ pageSize, pageToken, namePrefix: name, withTotal: true }, call);
  if (!name || pageToken) return page;
  // A search that is out of order takes nothing from the list.
  const hits = await search.searchGlobal({ q: name, limit: 20 }, call).then(({ items }) => items, () => []);
  const items = await byAnyWord(page.items, namesIn(hits), async (whole) => (await personAdmin.adminListPeople({ pageSize: 2, namePrefix: whole }, call)).items);
  return { ...page, items, total: (page.total ?? 0) + items.length - page.items.length };
}
