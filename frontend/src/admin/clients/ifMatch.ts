/** Deletes only what was seen: another version is refused. */
export const ifMatch = (version: number) => ({ headers: { "if-match": `"${version}"` } });
