import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ImportNoteCode, ImportNoteSchema } from "@gen/streamverse/streaming/v1/imports_pb";
import { viewer } from "@/i18n";
import { applyLanguage } from "@/i18n/language";
import { adminTexts } from "../texts";
import { noteKey, noteText, problemOf, saidOf } from "./notes";

const codes = Object.values(ImportNoteCode).filter((code): code is ImportNoteCode => typeof code === "number" && code !== ImportNoteCode.UNSPECIFIED);
const values = { track: 2, codec: "ac3", language: "deu", format: "5.1", width: 1280, height: 720, seconds: 90, count: 3n, detail: "said" };
const note = (code: ImportNoteCode, some: MessageInitShape<typeof ImportNoteSchema> = {}) => create(ImportNoteSchema, { code, text: "In English.", ...some });

describe.each(["en", "nb", "de", "es", "ar"] as const)("notes in %s", (language) => {
  beforeEach(async () => {
    applyLanguage(language);
    await Promise.all([adminTexts.load(language, true), viewer.load(language, true)]);
  });
  afterEach(() => applyLanguage("en"));

  it("have a text for every code, which their values fill", () => {
    expect(codes.length).toBeGreaterThan(35);
    for (const code of codes) {
      expect(adminTexts.has(noteKey(code)), ImportNoteCode[code]).toBe(true);
      const text = noteText(note(code, values), adminTexts.text);
      expect(text, ImportNoteCode[code]).not.toMatch(/In English|[{}#]|undefined/);
    }
  });
});

describe("a note", () => {
  beforeEach(async () => {
    applyLanguage("de");
    await Promise.all([adminTexts.load("de", true), viewer.load("de", true)]);
  });
  afterEach(() => applyLanguage("en"));

  it("names its language in the reader's, and what nobody knows", () => {
    expect(noteText(note(ImportNoteCode.AUDIO_LEFT_OUT, { track: 2, codec: "ac3", language: "eng" }), adminTexts.text)).toBe("Ton, Spur 2 (ac3, Englisch), wurde weggelassen: ein Ton bleibt.");
    expect(noteText(note(ImportNoteCode.DATA_LEFT_OUT, { track: 0 }), adminTexts.text)).toContain("unbekanntes Format");
  });

  it("of another release says its sentence", () => {
    expect(noteText(note(9_999 as ImportNoteCode), adminTexts.text)).toBe("In English.");
    expect(noteText(note(ImportNoteCode.UNSPECIFIED), adminTexts.text)).toBe("In English.");
    expect(saidOf({ notes: ["One.", "Two."], report: [] }, adminTexts.text)).toEqual(["One.", "Two."]);
    expect(problemOf({ problem: "Broken." }, adminTexts.text)).toBe("Broken.");
    expect(problemOf(undefined, adminTexts.text)).toBe("");
  });
});
