import { expect, test } from "vitest";
import { refused } from "./rest";

test("a refusal of REST is read as one of a call is", () => {
  const body = { success: false, error: { code: "VALIDATION_FAILED", message: "Some fields break their rules.", details: { violations: [{ field: "language", description: "is a language tag", rule: "FORMAT_LANGUAGE" }] } } };
  expect(refused(JSON.stringify(body), "r1")).toMatchObject({ reason: "VALIDATION_FAILED", requestId: "r1", violations: [{ field: "language", text: "is a language tag" }] });
  expect(refused('{"error":{"code":"ARTWORK_LIMIT","message":"","details":{"limit":"100"}}}', "")).toMatchObject({ reason: "ARTWORK_LIMIT", values: { limit: "100" } });
  expect(refused('{"error":{}}', "r2")).toMatchObject({ reason: "UNKNOWN" });
  expect(refused("<html>Bad gateway</html>", "r2")).toMatchObject({ reason: "UNKNOWN", requestId: "r2" });
});
