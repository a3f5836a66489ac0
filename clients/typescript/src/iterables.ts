// The one message that a stream of answers is asked with comes as an iterable, which is read once.

export async function collect<T>(from: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of from) all.push(item);
  return all;
}

export async function* again<T>(items: readonly T[]): AsyncGenerator<T, void, undefined> {
  yield* items;
}
