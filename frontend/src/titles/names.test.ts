import { expect, it } from "vitest";
import { byAnyWord, namesIn } from "./names";

it("reads names out of what titles were found by", () => {
  const hit = (matched: string, highlight: string) => ({ matched, highlight });
  expect(namesIn([hit("person", "Ida <em>Marsh</em>"), hit("title", "The <em>Marsh</em>"), hit("person", "E. G. <em>Marsh</em>all"), hit("person", "Ida <em>Marsh</em>"), hit("person", "Siân O&#39;<em>Marsh</em>")])).toEqual(["Ida Marsh", "E. G. Marshall", "Siân O'Marsh"]);
});

it("asks for those alone that the list did not begin with, and takes only whom it asked for", async () => {
  const asked: string[] = [];
  const found = await byAnyWord([{ id: "1", name: "Marsh Brown" }], ["Marsh Brown", "Ida Marsh"], (name) => {
    asked.push(name);
    return Promise.resolve([{ id: "2", name }, { id: "3", name: `${name}all` }]);
  });
  expect(asked).toEqual(["Ida Marsh"]);
  expect(found.map((person) => person.id)).toEqual(["1", "2"]);
});
