import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { AccessBasis } from "@gen/streamverse/rights/v1/rights_pb";
import { StopReason } from "@gen/streamverse/streaming/v1/sessions_pb";
import { whyNot } from "@/titles/basis";
import entry from "./entry/en";
import pages from "./pages/en";

const texts: Record<string, string> = { ...entry, ...pages };
const listed = [...readFileSync("../docs/errors.md", "utf8").matchAll(/^## (\w+)\.|^\| `(\w+)` \|.*\| ([^|]+) \|$/gm)];

/** Values that are for people as they are: numbers, names that people gave, and words that a form offered. */
const FOR_PEOPLE = new Set(["allow", "bytes", "channels", "code", "created", "days", "deleted", "episode", "episodes", "fields", "guide", "header", "hours", "id", "ids", "job", "limit", "max", "min", "name", "now", "offered", "offset", "order", "pin", "plan", "problem", "rule", "season", "seconds", "size", "source", "titles", "tool", "until", "updated", "username", "value", "work"]);

/** What viewers do is done by these services; their reasons are told in words of the page, in all its languages. */
const VIEWERS = new Set(["auth", "users", "rights", "streaming"]);
/** Of those services: what programs and administrators alone meet, told in the server's words. */
const OTHERS = /^(ACCOUNT_EXISTS|TICKET_INVALID|PLAN_(CODE_TAKEN|IN_USE|LIMIT)|RULE_\w+|TERMS_INVALID|COUPON_(CODE_TAKEN|IN_USE)|MEDIA_(INVALID|NOT_FOUND)|RANGE_NOT_SATISFIABLE|PREFETCH_REFUSED|CAPTIONS_\w+|ARTWORK_\w+|UPLOAD_\w+|IMPORT_\w+|USER_NOT_FOUND|OWN_ACCOUNT|EMAIL_FIXED)$/;

describe("reasons of docs/errors.md", () => {
  it("are told without codes: one whose message carries one has a text of its own", () => {
    expect(listed.length).toBeGreaterThan(150);
    for (const [, , reason, message = ""] of listed)
      for (const [, value = ""] of message.matchAll(/\{(\w+)\}/g)) if (!FOR_PEOPLE.has(value)) expect(texts, `${reason} tells people {${value}}`).toHaveProperty([`reason.${reason}`]);
  });

  it("that viewers meet have texts of their own", () => {
    let service = "";
    const missing = listed.flatMap(([, heading, reason = ""]) => {
      if (heading) service = heading;
      return heading || !VIEWERS.has(service) || OTHERS.test(reason) || `reason.${reason}` in texts ? [] : [`${service} ${reason}`];
    });
    expect(missing).toEqual([]);
  });
});

describe("what is no reason, and has a name for programs", () => {
  it("has a text: why a title is not open, and why playback was stopped", () => {
    const closed = Object.keys(AccessBasis).filter((name) => /REQUIRED|NOT_|COUNTRY|OVER|PLATFORM|BLACKOUT|MATURITY/.test(name));
    expect(closed.length).toBeGreaterThan(7);
    for (const name of closed) expect(texts).toHaveProperty([whyNot(name.toLowerCase()) ?? name]);
    expect(whyNot("of_a_later_server")).toBeUndefined();
    const stops = Object.values(StopReason).filter((name) => typeof name === "string" && !["UNSPECIFIED", "COMPLETED"].includes(name));
    for (const name of stops) expect(texts).toHaveProperty([`player.stop.${name}`]);
  });

  it("is never looked up by its number to be shown", () => {
    const sources = import.meta.glob<string>("../**/*.tsx", { eager: true, query: "?raw", import: "default" });
    const found = Object.entries(sources).flatMap(([path, source]) => {
      const enums = [...source.matchAll(/import (?:type )?\{([^}]+)\} from "@gen\/[^"]+"/g)].flatMap(([, names = ""]) => names.split(",").map((name) => name.trim())).filter((name) => /^[A-Z]/.test(name));
      return enums.filter((name) => new RegExp(`\\b${name}\\[[a-z]`).test(source)).map((name) => `${path}: ${name}`);
    });
    expect(found).toEqual([]);
  });
});
