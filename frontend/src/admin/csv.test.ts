import { expect, test } from "vitest";
import { parseCsv, writeCsv } from "./csv";

test("quotes, line ends and empty lines", () => {
  expect(parseCsv('\uFEFFkey,title\r\n1,"Say ""no"", twice"\r\n\r\n2,"a\nb"\n')).toEqual([
    { line: 1, cells: ["key", "title"] },
    { line: 2, cells: ["1", 'Say "no", twice'] },
    { line: 4, cells: ["2", "a\nb"] },
  ]);
});

test("semicolons and a last line without an end", () => {
  expect(parseCsv("a;b\n1;2,5")).toEqual([
    { line: 1, cells: ["a", "b"] },
    { line: 2, cells: ["1", "2,5"] },
  ]);
});

test("formulas stay text", () => {
  expect(writeCsv([["=1+1", "-5", 'a "b"']])).toBe("'=1+1,-5,\"a \"\"b\"\"\"\r\n");
});
