import type { Hit } from "@gen/streamverse/search/v1/search_pb";
import { pieces } from "./marked";

interface Named {
  id: string;
  name: string;
}

/** Every person more is a call more. */
const MOST = 4;

/** Whose names titles were found by, best first. */
export function namesIn(hits: readonly Pick<Hit, "matched" | "highlight">[]): string[] {
  const names = hits.filter((hit) => hit.matched === "person").map((hit) => pieces(hit.highlight).map((piece) => piece.text).join(""));
  return [...new Set(names)].slice(0, MOST);
}

/**
 * People by any word of their names. Lists know them by the beginning of these only, the index knows their titles by any
 * word: who is not in `begun` is asked for by the whole name that a title was found by.
 */
export async function byAnyWord<Person extends Named>(begun: readonly Person[], names: readonly string[], ask: (name: string) => Promise<Person[]>): Promise<Person[]> {
  const known = new Set(begun.map((person) => person.name));
  const asked = await Promise.all(names.filter((name) => !known.has(name)).map(async (name) => (await ask(name)).filter((person) => person.name === name)));
  const found = new Map([...begun, ...asked.flat()].map((person) => [person.id, person]));
  return [...found.values()];
}
