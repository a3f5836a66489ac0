import { expect, test } from "vitest";
import { trackName } from "./names";

test.each([
  ["en", "en", "English"],
  ["de", null, "Deutsch"],
  ["nb", "", "Norsk bokmål"],
  ["en", "Director's comments", "Director's comments"],
  ["und", null, ""],
])("a track of %s called %s is %s", (language, label, name) => expect(trackName(language, label)).toBe(name));
