import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { ImportSchema, ImportStage } from "@gen/streamverse/streaming/v1/imports_pb";
import { isUnderWay, merged, stepOf, STEPS } from "./stages";
import { sending } from "./words";
import { refused } from "@/wire/rest";

const at = (stage: ImportStage, id = "a") => create(ImportSchema, { id, stage });

test("stages follow one another as steps, and what is over is on no way", () => {
  const way = [ImportStage.UPLOADING, ImportStage.PROBING, ImportStage.PACKAGING, ImportStage.VERIFYING, ImportStage.PUBLISHING];
  expect(way.map(stepOf)).toEqual(STEPS.map((_, n) => n));
  expect(way.every((stage) => isUnderWay(at(stage)))).toBe(true);
  expect(isUnderWay(at(ImportStage.WAITING))).toBe(true);
  for (const stage of [ImportStage.PUBLISHED, ImportStage.FAILED, ImportStage.CANCELLED, ImportStage.EXPIRED]) expect(isUnderWay(at(stage))).toBe(false);
  expect(stepOf(ImportStage.FAILED)).toBeUndefined();
});

test("what is told of an import takes its place, and a new one comes first", () => {
  const items = [at(ImportStage.WAITING, "b"), at(ImportStage.PUBLISHED, "a")];
  expect(merged(items, at(ImportStage.PACKAGING, "b")).map(({ id, stage }) => [id, stage])).toEqual([["b", ImportStage.PACKAGING], ["a", ImportStage.PUBLISHED]]);
  expect(merged(items, at(ImportStage.UPLOADING, "c")).map(({ id }) => id)).toEqual(["c", "b", "a"]);
});

test("a refusal is told as what it is, and a page of a proxy as a file that was not sent on", () => {
  const of = (body: string) => sending({ key: 1, contentId: "", page: "", id: "", name: "", size: 10, sent: 5, rate: 0, state: "failed", refusal: refused(body, "") }, (key) => key)[1];
  expect(of('{"success":false,"error":{"code":"A_NEW_REASON","message":"At most 20 files."}}')).toBe("At most 20 files.");
  expect(of("<html>502</html>")).toBe("upload.notSent");
  expect(of('{"error":{}}')).toBe("upload.notSent");
});
