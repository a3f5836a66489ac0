import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { AccessBasis } from "@gen/streamverse/rights/v1/rights_pb";
import { StopReason } from "@gen/streamverse/streaming/v1/sessions_pb";
import { whyNot } from "@/titles/basis";
import admin from "@/admin/reasons/en";
import { adminReasons } from "@/admin/reasons";
import { Refusal } from "@/wire/refusal";
import { addReasons, reasonText, ruleText, viewer } from ".";
import { applyLanguage } from "./language";
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

/** What only programs meet: they spoke the protocol wrongly, or did what no page does. */
const PROGRAMS = new Set([
  ...["JSON_INVALID", "QUERY_INVALID", "PATH_INVALID", "HEADER_INVALID", "ID_REQUIRED", "ROUTE_NOT_FOUND", "METHOD_NOT_ALLOWED", "NOT_ACCEPTABLE", "URI_TOO_LONG", "UNSUPPORTED_MEDIA_TYPE", "HTTP_INVALID", "HEADERS_TOO_LARGE", "ENCODING_UNSUPPORTED", "SERVED_OVER_HTTP", "SERVICES_ONLY"],
  ...["TEST_CLOCK_OFF", "TEST_CLOCK_BACKWARDS", "TEST_CLOCK_TOO_FAR", "TICKET_INVALID", "POSITION_UNKNOWN", "SIGNATURE_INVALID", "PAYMENT_MISMATCH"],
  // Lists are ordered by what is offered; ranges, prefetching, and where an upload goes on are the browser's and tus' own.
  ...["ORDER_UNKNOWN", "RANGE_NOT_SATISFIABLE", "PREFETCH_REFUSED", "UPLOAD_OFFSET_CONFLICT", "UPLOAD_VERSION_UNSUPPORTED"],
]);

describe("reasons that administrators meet", () => {
  const reasons = listed.flatMap(([, , reason = "", message = ""]) => (reason ? [{ reason, message }] : []));
  const names = (text: string) => [...text.matchAll(/\{(\w+)[,}]/g)].map(([, name = ""]) => name);

  it("have texts of their own: whoever adds a reason says it in five languages, or that no page meets it", () => {
    expect(reasons.map(({ reason }) => reason).filter((reason) => !PROGRAMS.has(reason) && !(`reason.${reason}` in admin) && !(`reason.${reason}` in texts))).toEqual([]);
    const known = new Set(reasons.map(({ reason }) => reason));
    expect([...PROGRAMS, ...Object.keys(admin).map((key) => key.slice(7))].filter((reason) => !known.has(reason))).toEqual([]);
    expect([...PROGRAMS].filter((reason) => `reason.${reason}` in texts)).toEqual([]);
  });

  it("are told with values that the server sends", () => {
    for (const [key, text] of Object.entries(admin)) {
      const sent = reasons.filter(({ reason }) => key === `reason.${reason}`).flatMap(({ message }) => names(message));
      expect(sent, key).toEqual(expect.arrayContaining(names(text)));
    }
  });

  it.each(["nb", "de", "es", "ar"] as const)("are all said in %s, with the same values", async (language) => {
    const own = (await import(`../admin/reasons/${language}.ts`) as { default: Record<string, string> }).default;
    expect(Object.keys(own)).toEqual(Object.keys(admin));
    for (const [key, text] of Object.entries(own)) {
      expect(new Set(names(text)), key).toEqual(new Set(names(admin[key as keyof typeof admin])));
      expect(text, key).not.toBe(admin[key as keyof typeof admin]);
    }
  });

  it("are told so on the administration's pages, and as before on those of viewers", async () => {
    const refusal = (reason: string, values = {}) => new Refusal({ reason, message: "The server's words.", values, violations: [], retrySeconds: 0, requestId: "", missing: false });
    history.replaceState(null, "", "/admin/plans");
    await addReasons("/admin", adminReasons, "de");
    applyLanguage("de");
    expect(reasonText(refusal("JOB_RUNNING", { job: "sweep" }))).toBe("Der Job sweep läuft gerade. Warte auf sein Ende.");
    expect(reasonText(refusal("PLAN_NOT_FOUND"))).toBe("Diesen Tarif gibt es nicht.");
    expect(reasonText(refusal("OF_A_LATER_SERVER"))).toBe("The server's words.");
    history.replaceState(null, "", "/plans");
    expect(reasonText(refusal("PLAN_NOT_FOUND"))).not.toBe("Diesen Tarif gibt es nicht.");
    expect(reasonText(refusal("JOB_RUNNING", { job: "sweep" }))).toBe("The server's words.");
    applyLanguage("en");
  });
});

/** What no form can send: it has no fields that could be filled in so. */
const RULES_OF_PROGRAMS = ["TOO_DEEP", "MALFORMED", "UTF8", "WORD", "FINITE", "RANGE", "ABSENT", "UNKNOWN_FIELD"];

describe("rules of fields", () => {
  it("are said in words of the page: whoever adds one says it, too", () => {
    const sources = ["format", "scan"].map((name) => readFileSync(`../platform/rpc/src/validate/${name}.rs`, "utf8")).join("\n");
    const webhooks = readFileSync("../services/webhooks/src/domain/reach.rs", "utf8").split("mod tests")[0] ?? "";
    const addresses = [...webhooks.matchAll(/^ +"([A-Z_]+)",$|\(\("([A-Z_]+)", "/gm)].map(([, a, b]) => a ?? b ?? "");
    expect(addresses.length).toBeGreaterThan(3);
    const rules = [...sources.matchAll(/^ +(?:self\.add\()?"([A-Z][A-Z_0-9]+)",?|self\.add\("([A-Z_0-9]+)"|, "(FORMAT_[A-Z]+)"/gm)].map(([, a, b, c]) => a ?? b ?? c ?? "");
    expect(rules.length).toBeGreaterThan(20);
    expect([...new Set([...rules, ...addresses])].filter((rule) => !RULES_OF_PROGRAMS.includes(rule) && !(`rule.${rule}` in texts))).toEqual([]);
  });

  it("are told with their numbers, and in the server's words where it says none", async () => {
    await viewer.load("de", true);
    applyLanguage("de");
    expect(ruleText("MAX_LENGTH", "has at most 200 characters")).toBe("hat höchstens 200 Zeichen");
    expect(ruleText("MAX", "is not too much")).toBe("is not too much");
    expect(ruleText("REQUIRED", "is required")).toBe("wird gebraucht");
    expect(ruleText("OF_A_LATER_SERVER", "is better")).toBe("is better");
    applyLanguage("en");
    expect(ruleText("REQUIRED", "is required")).toBe("is required");
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
