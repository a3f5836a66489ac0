/**
 * Measures how fast the app is (face: speed budget): a cold home page at a quarter of the processor's speed, search as
 * one types, rails that scroll, and what is loaded. BASE is where it runs. Figures are for comparing on one machine.
 */
import { gzipSync } from "node:zlib";
import { loadavg } from "node:os";
import { base, launch, open, settled } from "./browser.mjs";

const RUNS = Number(process.env.RUNS ?? 5);
const browser = await launch();
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
// Each figure is told when it is there: one that fails takes none of the others with it.
const tell = (name, value, bar) => console.log(`${name.padEnd(72)} ${value.padEnd(46)} bar ${bar}`);

/** The demonstration's household, signed in once. */
const entry = await open(browser);
await entry.page.goto(`${base}/signin`);
await entry.page.fill("input[name=email]", "demo@streamverse.example");
await entry.page.fill("input[name=password]", "a household that watches");
await entry.page.press("input[name=password]", "Enter");
await entry.page.getByRole("button", { name: /Ana and Ben/ }).click();
for (const digit of "2468") await entry.page.keyboard.press(digit);
await entry.page.waitForURL(`${base}/`);
const storageState = await entry.context.storageState();
await entry.context.close();

/** A page that nothing is cached for, as slow as is asked. */
const cold = async (slower) => {
  const made = await open(browser, { storageState });
  const cdp = await made.context.newCDPSession(made.page);
  await cdp.send("Emulation.setCPUThrottlingRate", { rate: slower });
  await made.context.addInitScript(() => {
    window.seen = { lcp: 0, element: "", cls: 0, longest: 0 };
    new PerformanceObserver((list) => {
      const last = list.getEntries().at(-1);
      window.seen.lcp = last.startTime;
      window.seen.element = last.element?.tagName ?? "";
    }).observe({ type: "largest-contentful-paint", buffered: true });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.seen.cls += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) window.seen.longest = Math.max(window.seen.longest, entry.duration);
    }).observe({ type: "longtask", buffered: true });
  });
  return { ...made, cdp };
};

const homes = [];
for (let run = 0; run < RUNS; run += 1) {
  const { context, page } = await cold(4);
  await page.goto(base);
  await page.getByRole("region", { name: "Live now" }).waitFor({ timeout: 60_000 });
  await page.waitForLoadState("networkidle").catch(() => undefined);
  homes.push(await page.evaluate(() => window.seen));
  await context.close();
}
tell("home, cold, processor at a quarter: largest paint", `${Math.round(median(homes.map(({ lcp }) => lcp)))} ms (${homes.at(-1).element})`, "1,500 ms");
tell("home, cold, processor at a quarter: layout shift", median(homes.map(({ cls }) => cls)).toFixed(3), "0.050");
tell("home, cold, processor at a quarter: longest task", `${Math.round(median(homes.map(({ longest }) => longest)))} ms`, "150 ms");

// From the key to the frame that shows its results.
const { context, page, cdp } = await cold(1);
await page.goto(`${base}/search`);
await settled(page);
await page.getByRole("searchbox").focus();
const typing = async (words) => {
  const keys = [];
  for (const word of words) {
    await page.getByRole("searchbox").fill("");
    for (let length = 1; length <= word.length; length += 1) {
      // The page listens before the key is pressed, and gives up where none comes.
      await page.evaluate((q) => {
        window.painted = new Promise((resolve) => {
          const asked = performance.now();
          let began = 0;
          let frames = 0;
          const field = document.querySelector("input[type=search]");
          field.addEventListener("keydown", () => (began = performance.now()), { once: true });
          const look = (now) => {
            // They are in the page, and the next frame has painted them.
            const shown = began && document.querySelector(`[data-found="${q}"]`);
            if (shown && ++frames > 1) resolve(now - began);
            else if (now - (began || asked) > 3000) resolve(undefined);
            else requestAnimationFrame(look);
          };
          requestAnimationFrame(look);
        });
      }, word.slice(0, length));
      await page.keyboard.press(word[length - 1]);
      const took = await page.evaluate(() => window.painted);
      if (took !== undefined) keys.push(took);
    }
  }
  return keys.length ? `${Math.round(median(keys))} ms, slowest of ${keys.length} ${Math.round(Math.max(...keys))} ms` : "not measured";
};
tell("search: key to painted results", await typing(["harbour", "coast", "night"]), "100 ms");
await cdp.send("Emulation.setCPUThrottlingRate", { rate: 4 });
tell("search: key to painted results, processor at a quarter", await typing(["garden", "winter", "river"]), "none");
await cdp.send("Emulation.setCPUThrottlingRate", { rate: 1 });

/** What a browser that is busy does not answer in time is told as that, and ends nothing. */
const within = (millis, promise) => Promise.race([promise, new Promise((resolve) => setTimeout(resolve, millis))]);

/** Frames that were drawn and dropped while something scrolls for three seconds, as the browser's trace has them. */
const scrolled = async (scroll) => {
  const events = [];
  const take = ({ value }) => events.push(...value);
  cdp.on("Tracing.dataCollected", take);
  const ended = new Promise((resolve) => cdp.once("Tracing.tracingComplete", resolve));
  await cdp.send("Tracing.start", { transferMode: "ReportEvents", traceConfig: { includedCategories: ["disabled-by-default-devtools.timeline.frame", "disabled-by-default-devtools.timeline", "devtools.timeline"] } });
  const frames = await page.evaluate(scroll);
  await cdp.send("Tracing.end");
  await within(20_000, ended);
  cdp.off("Tracing.dataCollected", take);
  const count = (name) => events.filter((event) => event.name === name).length;
  const drawn = count("DrawFrame");
  const dropped = count("DroppedFrame");
  return `${(frames / 3).toFixed(0)} frames a second, ${drawn + dropped > 0 ? ((100 * dropped) / (drawn + dropped)).toFixed(1) : "0.0"} % dropped of ${drawn + dropped}`;
};
const longest = `const longest = () => [...document.querySelectorAll("[data-rail]")].sort((a, b) => b.scrollWidth - b.clientWidth - (a.scrollWidth - a.clientWidth))[0];`;
const overThreeSeconds = (move) => `new Promise((resolve) => {
  ${longest}
  const began = performance.now();
  let frames = 0;
  const box = longest();
  const tick = (now) => {
    const part = Math.min(1, (now - began) / 3000);
    (${move})(part, box);
    frames += 1;
    if (part < 1) requestAnimationFrame(tick);
    else resolve(frames);
  };
  requestAnimationFrame(tick);
})`;
await page.goto(base);
await page.getByRole("region", { name: "Live now" }).waitFor();
await settled(page);
tell("home: down the page in 3 s", await scrolled(overThreeSeconds("(part) => scrollTo(0, part * (document.documentElement.scrollHeight - innerHeight))")), "2 % dropped");
await page.evaluate(`${longest} longest()?.scrollIntoView({ block: "center" })`);
tell("home: along a row in 3 s", await scrolled(overThreeSeconds("(part, box) => { box.scrollLeft = part * (box.scrollWidth - box.clientWidth); }")), "2 % dropped");
await context.close();

/** The scripts that pages load that nothing is cached for, by name, with what each weighs packed. */
const weight = async (path, ready, options = { storageState }) => {
  const made = await open(browser, options);
  const files = new Map();
  const weighed = [];
  made.page.on("response", (response) => {
    const file = /\/assets\/([^?]+\.js)$/.exec(response.url())?.[1];
    if (file) weighed.push(response.body().then((body) => files.set(file, gzipSync(body, { level: 9 }).length)));
  });
  await made.page.goto(base + path);
  await ready(made.page);
  await made.page.waitForLoadState("networkidle").catch(() => undefined);
  await Promise.all(weighed);
  await made.context.close();
  return files;
};
const size = (files) => `${([...files].reduce((sum, [, weighs]) => sum + weighs, 0) / 1000).toFixed(1)} kB`;
const first = await weight("/", (page) => page.getByRole("region", { name: "Live now" }).waitFor());
tell("scripts of the home page, packed", size(first), "200 kB");
if (process.env.ADMIN_EMAIL) {
  const admin = await open(browser);
  await admin.page.goto(`${base}/signin?next=/admin`);
  await admin.page.fill("input[type=email]", process.env.ADMIN_EMAIL);
  await admin.page.fill("input[type=password]", process.env.ADMIN_PASSWORD);
  await admin.page.keyboard.press("Enter");
  await admin.page.getByRole("heading", { name: "What needs attention" }).waitFor();
  const state = await admin.context.storageState();
  await admin.context.close();
  for (const [path, name, ready] of [
    ["/admin", "overview", (page) => page.getByRole("heading", { name: "What needs attention" }).waitFor()],
    ["/admin/titles/movies/new", "film editor", (page) => page.locator("#f-title").waitFor()],
  ])
    tell(`scripts of the administration's ${name} beside those, packed`, size([...(await weight(path, ready, { storageState: state }))].filter(([file]) => !first.has(file))), "90 kB");
}

await browser.close();
// What else runs on the machine slows everything down.
console.log(`load average ${loadavg().map((one) => one.toFixed(1)).join(", ")}`);
