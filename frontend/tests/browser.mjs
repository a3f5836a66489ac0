/** What the walks share: a browser, pages that are watched, screenshots, and axe. */
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const require = createRequire(import.meta.url);
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const shots = new URL("../test-results/", import.meta.url).pathname;

export const base = process.env.BASE ?? "http://127.0.0.1:3000";
/** Where REST is answered, where the page is served beside the program. */
export const program = process.env.PROGRAM ?? base;
export const problems = [];
export const counts = { steps: 0, shots: 0, axe: 0 };

/** Speaks of a problem without ending the walk, so that one run finds them all. */
export function problem(text) {
  problems.push(text);
  console.log(`  ✗ ${text}`);
}

export function check(holds, text) {
  if (!holds) problem(text);
  return holds;
}

export async function launch() {
  mkdirSync(shots, { recursive: true });
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--autoplay-policy=no-user-gesture-required", "--mute-audio"],
  });
}

/** Refusals that a walk provokes; the browser writes every answer above 399 to its console. */
const EXPECTED = /Failed to load resource|status of 4\d\d|A part of the app could not be loaded|Unable to preload CSS/;

export async function open(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: "dark", locale: "en-GB", ...options });
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => console.error(`CSP ${event.violatedDirective} ${event.blockedURI}`));
  });
  const page = await context.newPage();
  watch(page);
  return { context, page };
}

export function watch(page) {
  page.on("pageerror", (error) => problem(`${page.url()}: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error" && !EXPECTED.test(message.text())) problem(`${page.url()}: console: ${message.text().slice(0, 300)}`);
  });
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(base) && !/^(data|blob):/.test(url)) problem(`asks another origin: ${url}`);
  });
}

/** STEPS names those that shall be walked, by a pattern, while one works on them. */
const only = new RegExp(process.env.STEPS ?? "");

export async function step(name, act) {
  if (!only.test(name)) return;
  const from = Date.now();
  try {
    await act();
    console.log(`  ✓ ${name} (${((Date.now() - from) / 1000).toFixed(1)} s)`);
  } catch (error) {
    problem(`${name}: ${String(error.message ?? error).split("\n").slice(0, 4).join(" | ")}`);
  }
  counts.steps += 1;
}

/** What moves into its place is there. */
const still = (page) =>
  page.evaluate(() => {
    const passing = document.getAnimations().filter((one) => one.playState === "running" && one.effect?.getComputedTiming().endTime !== Infinity);
    return Promise.all(passing.map((one) => one.finished.catch(() => undefined))).then(() => undefined);
  });

export async function shot(page, name) {
  await still(page);
  await page.screenshot({ path: `${shots}${name}.png` });
  counts.shots += 1;
}

/** What axe finds that is serious or worse. */
export async function accessible(page, name) {
  // What still fades in has no colour of its own yet.
  await still(page);
  await page.evaluate(axe);
  const found = await page.evaluate(() =>
    window.axe.run(document, { runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }, resultTypes: ["violations"] }),
  );
  counts.axe += 1;
  for (const violation of found.violations.filter((one) => ["serious", "critical"].includes(one.impact)))
    problem(`axe ${name}: ${violation.id}: ${violation.nodes.length} × ${violation.nodes[0]?.html.slice(0, 160)} ${violation.nodes[0]?.failureSummary?.split("\n")[1] ?? ""}`);
}

/** Nothing is wider than the page. */
export async function fits(page, name) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  check(wide <= 1, `${name}: the page is ${wide} px too wide`);
}

export async function settled(page, ms = 400) {
  await page.waitForFunction(() => !document.querySelector("[aria-busy=true]") && document.querySelector("main, h1")).catch(() => undefined);
  await page.waitForTimeout(ms);
}
