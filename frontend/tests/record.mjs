/**
 * Records what mock mode plays (FE-7): `node tests/record.mjs` writes mock/recording.json, `--check` compares its shape
 * with what the running program answers now, so that recorded answers stay like the real ones.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { base, launch, open, settled } from "./browser.mjs";

const file = new URL("../mock/recording.json", import.meta.url);
const browser = await launch();
const { page } = await open(browser);
const calls = new Map();
let time = Date.now();

const visit = async (path, act) => {
  await page.goto(`${base}${path}`);
  await settled(page, 500);
  await act?.();
  const recording = await page.evaluate(() => window.recording);
  time = recording.time;
  for (const call of recording.calls) calls.set(`${call.method} ${JSON.stringify(call.request)}`, call);
};

await visit("/signin?flags=record", async () => {
  await page.fill("input[name=email]", "demo@streamverse.example");
  await page.fill("input[name=password]", "a household that watches");
  await page.press("input[name=password]", "Enter");
  await page.getByRole("button", { name: /Ana and Ben/ }).click();
  for (const digit of "2468") await page.keyboard.press(digit);
  await page.waitForURL(`${base}/`);
  await settled(page, 800);
});
await visit("/", async () => page.waitForTimeout(500));
const links = await page.evaluate(() => [...document.querySelectorAll('a[href^="/title/"]')].slice(0, 8).map((link) => link.getAttribute("href")));
for (const link of [...new Set(links)].slice(0, 4)) await visit(link);
await visit("/search", async () => {
  for (const q of ["b", "ba", "bat", "harbour"]) {
    await page.fill("input[type=search]", q);
    await page.waitForTimeout(500);
  }
});
await visit("/collections");
const sets = await page.evaluate(() => [...document.querySelectorAll('main a[href^="/collection/"], main a[href^="/playlist/"]')].map((link) => link.getAttribute("href")));
for (const path of [sets.find((path) => path.startsWith("/collection/")), sets.find((path) => path.startsWith("/playlist/"))].filter(Boolean)) await visit(path);
await visit("/search?q=coast", async () => {
  await page.locator('main a[href^="/channel/"]').first().click();
  await settled(page, 300);
});
await visit("/search?q=ida%20marsh", async () => {
  await page.locator('main a[href^="/person/"]').first().click();
  await settled(page, 300);
});
for (const path of ["/browse", "/browse?genre=Drama", "/live", "/list", "/plans", "/purchases", "/invoices", "/devices", "/account", "/profiles"]) await visit(path);
await browser.close();

/** What an answer has, without what differs from one installation to another: the first of each list stands for all. */
const shape = (value) => {
  if (Array.isArray(value)) return value.length ? [shape(value[0])] : [];
  if (value && typeof value === "object") return Object.fromEntries(Object.keys(value).sort().map((key) => [key, shape(value[key])]));
  return typeof value;
};
const methods = (list) => {
  const found = {};
  for (const call of list) (found[call.method] ??= new Set()).add(Object.keys(shape(call.response)).join());
  return Object.fromEntries(Object.entries(found).sort().map(([method, shapes]) => [method, [...shapes].sort()]));
};

const made = [...calls.values()].sort((a, b) => (a.method + JSON.stringify(a.request) < b.method + JSON.stringify(b.request) ? -1 : 1));
if (process.argv.includes("--check")) {
  const kept = methods(JSON.parse(readFileSync(file, "utf8")).calls);
  const now = methods(made);
  const different = [...new Set([...Object.keys(kept), ...Object.keys(now)])].filter((method) => JSON.stringify(kept[method]) !== JSON.stringify(now[method]));
  for (const method of different) console.log(`${method}: recorded ${JSON.stringify(kept[method])}, answered ${JSON.stringify(now[method])}`);
  console.log(`${Object.keys(now).length} methods compared, ${different.length} differ`);
  process.exit(different.length ? 1 : 0);
}
writeFileSync(file, `${JSON.stringify({ time, calls: made })}\n`);
console.log(`${made.length} calls of ${Object.keys(methods(made)).length} methods recorded`);
