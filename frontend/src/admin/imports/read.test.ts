import { expect, test } from "vitest";
import { ContentStatus, CreditRole } from "@gen/streamverse/content/v1/content_pb";
import { readCsv, readJson } from "./read";

test("a CSV becomes films; what cannot be read is told with its line", () => {
  const read = readCsv("key,Title,genres,director,duration_minutes,status,colour\n1,Ikiru,Drama;Classic,Akira Kurosawa,143,published,bw\n2,Broken,,,long,draft,\n");
  expect(read.unknown).toEqual(["colour"]);
  expect(read.rows).toHaveLength(1);
  const { row, line } = read.rows[0]!;
  expect([line, row.key, row.content?.title, row.content?.durationSeconds, row.content?.status]).toEqual([2, "1", "Ikiru", 8580, ContentStatus.PUBLISHED]);
  expect(row.content?.genres).toEqual(["Drama", "Classic"]);
  expect(row.content?.credits[0]).toMatchObject({ name: "Akira Kurosawa", role: CreditRole.DIRECTOR });
  expect(read.problems).toEqual([{ line: 3, key: "2", field: "duration_minutes", text: "number" }]);
});

test("a CSV without keys is refused as a whole", () => {
  expect(readCsv("title\nIkiru\n").problems[0]?.field).toBe("key");
});

test("JSON with its source, and enums as REST spells them", () => {
  const read = readJson('{"source":"vega","rows":[{"key":"a","content":{"title":"A","status":"draft"}},{"key":"b","content":{"tilte":"B"}}]}');
  expect(read.source).toBe("vega");
  expect(read.rows[0]?.row.content?.status).toBe(ContentStatus.DRAFT);
  expect(read.problems).toHaveLength(1);
  expect(read.problems[0]).toMatchObject({ line: 2, key: "b" });
});

test("broken JSON", () => {
  expect(readJson("{").problems).toHaveLength(1);
});
