import { ImportNoteCode, type ImportNote } from "@gen/streamverse/streaming/v1/imports_pb";
import { languageName, length } from "@/i18n/format";
import { adminTexts, type AdminTextKey } from "../texts";

/** The key of a code's text. */
export const noteKey = (code: ImportNoteCode) => `upload.note.${ImportNoteCode[code]}`;

/** What a note says in the reader's language; one of a server that is later or earlier than this page says its English sentence. */
export function noteText(note: ImportNote, t: (key: AdminTextKey, values?: Record<string, string | number>) => string): string {
  const key = noteKey(note.code);
  if (!adminTexts.has(key)) return note.text;
  const what = [note.codec, note.format, note.language && languageName(note.language)].filter(Boolean).join(", ");
  return t(key, {
    what: what || t("upload.note.unknown"),
    track: note.track ?? 0,
    size: `${note.width ?? 0}×${note.height ?? 0}`,
    time: length(note.seconds ?? 0),
    count: Number(note.count ?? 0n),
    detail: note.detail,
  });
}

/** What is said of a file: by codes where the server has them. */
export function saidOf(one: { notes: string[]; report: ImportNote[] } | undefined, t: Parameters<typeof noteText>[1]): string[] {
  if (!one) return [];
  return one.report.length > 0 ? one.report.map((note) => noteText(note, t)) : one.notes;
}

/** Why the last try failed; empty where none has. */
export function problemOf(one: { problem: string; failure?: ImportNote } | undefined, t: Parameters<typeof noteText>[1]): string {
  return one?.failure ? noteText(one.failure, t) : (one?.problem ?? "");
}
