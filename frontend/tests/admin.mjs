/**
 * Walks through what editors, support and operators do, in a real browser against the running program, with a picture
 * of every page. BASE is where it runs; ADMIN_EMAIL and ADMIN_PASSWORD sign in.
 */
import { spawnSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32, deflateSync } from "node:zlib";
import { accessible, base, check, counts, fits, launch, open, problems, settled, shot, step } from "./browser.mjs";

const email = process.env.ADMIN_EMAIL;
const password = process.env.ADMIN_PASSWORD;
if (!email || !password) throw new Error("ADMIN_EMAIL and ADMIN_PASSWORD are needed");
const from = Date.now();
const mark = `Walk ${from}`;
const browser = await launch();
const { context, page } = await open(browser);
page.setDefaultTimeout(12_000);
const main = page.locator("main");
const dialog = page.getByRole("dialog");
const go = async (path) => {
  await page.goto(`${base}${path}`);
  await settled(page);
};
const press = (name, within = main) => within.getByRole("button", { name, exact: true }).click();
const toast = (text) => page.getByRole("status").getByText(text).first().waitFor();

await step("sign in, and see what needs attention", async () => {
  await page.goto(`${base}/signin?next=/admin`);
  await page.fill("input[type=email]", email);
  await page.fill("input[type=password]", password);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "What needs attention" }).waitFor();
  await settled(page);
  await shot(page, "admin-overview-dark-1440");
  await accessible(page, "admin overview");
});

await step("a film: refused with its field, made, published with a diff, and undone by nobody", async () => {
  await go("/admin/titles/movies/new");
  await press("Create");
  await main.getByText("Some fields need another look").waitFor();
  check(await page.evaluate(() => document.activeElement?.id === "f-title"), "the focus is on the field that was refused");
  await page.fill("#f-title", mark);
  await page.fill("#f-genres", "Drama, History");
  await page.fill("#f-releaseDate", "1952-10-09");
  await press("Create");
  await page.waitForURL((url) => /movies\/[0-9a-f-]{36}$/.test(url.pathname));
  await page.fill("#f-synopsis", "A walk through the administration.");
  await press("Publish");
  await dialog.getByText("A walk through the administration.").waitFor();
  await shot(page, "admin-publish-dark-1440");
  await press("Publish", dialog);
  await toast("Saved");
  await main.getByText("Published").first().waitFor();
  await shot(page, "admin-film-dark-1440");
  await accessible(page, "film editor");
});

await step("two editors: both versions are shown, and nothing is lost", async () => {
  const second = await context.newPage();
  await second.goto(page.url());
  await second.waitForSelector("#f-tags");
  await second.fill("#f-tags", "theirs");
  await second.fill("#f-originalTitle", "Ein Gang");
  await second.getByRole("button", { name: "Save", exact: true }).click();
  // "Not saved" stands there before.
  await second.getByRole("status").getByText("Saved", { exact: true }).waitFor();
  await second.close();
  await page.fill("#f-tags", "mine");
  await press("Save");
  await dialog.getByText("theirs", { exact: true }).waitFor();
  await dialog.getByText("mine", { exact: true }).waitFor();
  await shot(page, "admin-conflict-dark-1440");
  await press("Save these choices", dialog);
  await toast("Saved");
  check((await page.inputValue("#f-tags")) === "mine", "what was chosen is what was saved");
  check((await page.inputValue("#f-originalTitle")) === "Ein Gang", "what only they have changed stays theirs");
});

await step("leaving asks where something is not saved", async () => {
  await page.fill("#f-synopsis", "Not saved.");
  await page.getByRole("link", { name: "People", exact: true }).click();
  await dialog.getByText("not saved").waitFor();
  await press("Cancel", dialog);
  check(/movies/.test(page.url()), "it stays");
  await press("Take changes back");
});

await step("titles: filters and Back, a bulk action that names its count, and its refusal to go on without the number", async () => {
  await go("/admin/titles");
  await page.getByLabel("Title starts with").fill("Walk");
  await page.waitForURL(/starts=Walk/);
  await main.getByRole("cell", { name: mark }).first().waitFor();
  await page.getByRole("checkbox", { name: `Select ${mark}` }).check();
  await press("Archive 1 title");
  await press("Archive 1 title", dialog);
  await toast("1 done");
  await main.locator("tbody").getByText("Archived").first().waitFor();
  await main.getByRole("link", { name: mark }).click();
  await page.waitForURL(/movies\//);
  await page.goBack();
  await page.waitForURL(/starts=Walk/);
  check((await page.getByLabel("Title starts with").inputValue()) === "Walk", "Back keeps the filter");
  await page.getByLabel("Title starts with").fill("no such title");
  await main.getByText("Nothing fits these filters").waitFor();
  await main.getByRole("button", { name: "Remove the filters" }).last().click();
  await page.getByRole("checkbox", { name: "Select all on this page" }).check();
  const button = main.getByRole("button", { name: /^Delete \d+ titles$/ });
  const verb = await button.textContent();
  await button.click();
  await press(verb, dialog);
  await dialog.getByText("Type the number").waitFor();
  await shot(page, "admin-bulk-dark-1440");
  await accessible(page, "bulk dialog");
  await press("Cancel", dialog);
});

await step("an import: tried first, its problems with their lines, then done, and nothing the second time", async () => {
  const file = join(tmpdir(), `${from}.csv`);
  writeFileSync(file, `key,title,release_date,genres\na,${mark} A,1999-01-01,Drama\nb,${mark} B,not a date,Drama\n`);
  await go("/admin/imports");
  await page.setInputFiles("input[type=file]", file);
  await page.getByLabel("Where it comes from").fill("walk");
  await press("Try it");
  await main.getByText("What would happen").waitFor();
  await main.getByRole("cell", { name: "release_date" }).or(main.getByRole("cell", { name: "releaseDate" })).waitFor();
  await shot(page, "admin-import-dark-1440");
  await main.getByRole("button", { name: /^Import 1 film/ }).click();
  await main.getByText("What happened").waitFor();
  await press("Try it");
  await main.getByText("What would happen").waitFor();
});

await step("a guide: its report, and the way to a channel that is missing", async () => {
  const file = join(tmpdir(), `${from}.xml`);
  const time = (hour) => `${new Date(Date.now() + 86_400_000).toISOString().slice(0, 10).replaceAll("-", "")}${String(hour).padStart(2, "0")}0000 +0000`;
  writeFileSync(file, `<tv><channel id="walk.example"/><programme channel="walk.example" start="${time(10)}" stop="${time(11)}"><title>Walk</title></programme></tv>`);
  await go("/admin/guide");
  await page.setInputFiles("input[type=file]", file);
  await main.getByText("No channel has this name").waitFor();
  await shot(page, "admin-guide-dark-1440");
  await main.getByRole("link", { name: "Make this channel" }).click();
  await page.waitForURL(/channels\/new/);
  check((await page.inputValue("#f-guideId")) === "walk.example", "the channel begins with its name in guides");
});

await step("a plan: money in its currency", async () => {
  await go("/admin/plans/new");
  await page.fill("#f-name", mark);
  await page.fill("#f-code", `walk-${from}`);
  await page.fill("#f-priceMinor", "7,99");
  await main.getByText("€7.99").waitFor();
  await press("Create");
  await page.waitForURL((url) => /plans\/[0-9a-f-]{36}$/.test(url.pathname));
  await press("Delete");
  await press("Delete", dialog);
  await page.waitForURL((url) => url.pathname === "/admin/plans");
});

await step("a gift code is shown once", async () => {
  await go("/admin/gifts");
  await press("New code");
  await press("Make the code", dialog);
  await dialog.getByText("not shown again").waitFor();
  check(/[0-9A-Z]{4}-/.test((await dialog.locator("output").textContent()) ?? ""), "the code can be read");
  await dialog.getByRole("button", { name: "Close" }).last().click();
});

await step("an account: made, blocked, and deleted only where its address is typed", async () => {
  await go("/admin/accounts");
  await press("New account");
  const address = `walk-${from}-admin@streamverse.example`;
  await dialog.getByLabel("E-mail").fill(address);
  await dialog.getByLabel("Name", { exact: true }).fill(mark);
  await press("Make the account", dialog);
  await page.waitForURL((url) => /accounts\/[0-9a-f-]{36}$/.test(url.pathname));
  await press("Block account");
  await press("Block account", dialog);
  await main.getByText("Blocked").first().waitFor();
  await shot(page, "admin-account-dark-1440");
  await press("Delete account");
  await press("Delete account", dialog);
  await dialog.getByText("This is not the same.").waitFor();
  await dialog.getByRole("textbox").fill(address);
  await press("Delete account", dialog);
  await page.waitForURL((url) => url.pathname === "/admin/accounts");
});

await step("roles: given and taken, each with what it allows", async () => {
  await go("/admin/accounts");
  await press("New account");
  const address = `walk-${from}-roles@streamverse.example`;
  await dialog.getByLabel("E-mail").fill(address);
  await dialog.getByLabel("Name", { exact: true }).fill(mark);
  await press("Make the account", dialog);
  await page.waitForURL((url) => /accounts\/[0-9a-f-]{36}$/.test(url.pathname));
  await main.getByLabel(/^Analyst/).check();
  await press("Set roles");
  await dialog.getByText("Given: Analyst.").waitFor();
  await press("Set roles", dialog);
  await toast("The roles are set.");
  await page.reload();
  await main.getByLabel(/^Analyst/).waitFor();
  await page.waitForFunction(() => [...document.querySelectorAll("main label")].find((label) => label.textContent.startsWith("Analyst"))?.querySelector("input")?.checked);
  await main.getByLabel(/^Analyst/).uncheck();
  await press("Set roles");
  await dialog.getByText(/signed out everywhere/).waitFor();
  await shot(page, "admin-roles-dark-1440");
  await press("Set roles", dialog);
  await toast("The roles are set.");
});

await step("a search is tuned: synonyms, and a pin that comes first", async () => {
  await go("/admin/search");
  await main.getByRole("link", { name: "Synonyms", exact: true }).click();
  await page.waitForURL("**/synonyms");
  await main.getByRole("link", { name: "New synonyms" }).click();
  await page.fill("#f-words", `walk${from}, harbour`);
  await press("Create");
  await page.waitForURL((url) => /synonyms\/[0-9a-f-]{36}$/.test(url.pathname));
  await settled(page);
  await shot(page, "admin-synonym-dark-1440");
  await press("Delete");
  await press("Delete", dialog);
  await page.waitForURL((url) => url.pathname === "/admin/search/synonyms");
  await go(`/admin/search/pins/new?word=walk${from}`);
  check((await page.inputValue("#f-q")) === `walk${from}`, "what was looked for in vain is in the form");
  await page.fill("#f-contentIds", "last ferry");
  await main.getByRole("button", { name: /The Last Ferry/ }).click();
  await press("Create");
  await page.waitForURL((url) => /pins\/[0-9a-f-]{36}$/.test(url.pathname));
  await page.reload();
  await main.getByText("The Last Ferry").first().waitFor();
  await accessible(page, "pin");
  await shot(page, "admin-pin-dark-1440");
  await press("Delete");
  await press("Delete", dialog);
  await page.waitForURL((url) => url.pathname === "/admin/search/pins");
});

/** A picture of one colour, as a PNG of a size in pixels, made as large in bytes as is asked. */
const png = (width, height, bytes = 0) => {
  const chunk = (name, data) => {
    const body = Buffer.concat([Buffer.from(name), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2], 8);
  const row = Buffer.concat([Buffer.from([0]), Buffer.alloc(width * 3, Buffer.from([40, 110, 160]))]);
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), chunk("IHDR", head), chunk("tEXt", Buffer.alloc(bytes)), chunk("IDAT", deflateSync(Buffer.concat(Array(height).fill(row)))), chunk("IEND", Buffer.alloc(0))]);
};
const picture = (name, buffer) => ({ name, mimeType: "image/png", buffer });

await step("artwork: what is no picture is not sent; one is uploaded, shown to viewers, replaced and removed", async () => {
  await go("/admin/titles/movies/01936f00-0003-7000-8000-000000000003");
  const art = page.locator("#artwork");
  const of = (role) => art.getByRole("region", { name: role, exact: true });
  const choose = (role, file) => of(role).locator("input[type=file]").last().setInputFiles(file);
  await of("Poster").waitFor();
  const puts = [];
  page.on("request", (request) => request.method() === "PUT" && puts.push(request.url()));
  await choose("Poster", { name: "poster.png", mimeType: "image/png", buffer: Buffer.from("GIF89a, and no PNG at all") });
  await of("Poster").getByText("This is no JPEG, PNG or WebP").waitFor();
  await choose("Poster", picture("large.png", png(60, 90, 4 * 1024 * 1024)));
  await of("Poster").getByText("has 4 MiB or more").waitFor();
  await choose("Poster", picture("cut.png", png(60, 90).subarray(0, 50)));
  await of("Poster").getByText("cannot be read as a picture").waitFor();
  await accessible(page, "artwork that was refused");
  await art.scrollIntoViewIfNeeded();
  await shot(page, "admin-artwork-refused-dark-1440");
  check(puts.length === 0, "nothing of it was sent");

  // What is being written meanwhile stays.
  const synopsis = await page.inputValue("#f-synopsis");
  await page.fill("#f-synopsis", "Being written.");
  await choose("Backdrop", picture("backdrop.png", png(1280, 720)));
  await of("Backdrop").getByRole("img", { name: "Backdrop: Small Lives" }).waitFor();
  await toast("Backdrop: uploaded");
  check((await page.inputValue("#f-synopsis")) === "Being written.", "what was being written is still there");
  await press("Take changes back");
  check((await page.inputValue("#f-synopsis")) === synopsis, "and can be taken back");
  // Who comes back begins with what is stored now, and can save it.
  await page.getByRole("navigation").getByRole("link", { name: "People" }).click();
  await page.goBack();
  await of("Backdrop").getByRole("img", { name: "Backdrop: Small Lives" }).waitFor();
  await page.fill("#f-tags", "walked");
  await press("Save");
  await toast("Saved");
  await choose("Poster", picture("poster.png", png(400, 600)));
  await toast("Poster: uploaded");
  await of("Poster").getByText("Shown in lists").waitFor();
  await art.getByLabel("Language of what is written in it").fill("en");
  await choose("Logo", picture("logo.png", png(500, 120)));
  await toast("Logo: uploaded");
  await of("Logo").getByText("English").waitFor();
  await choose("Still", picture("still.png", png(300, 400)));
  await of("Still").getByText("It is not wide").waitFor();
  await accessible(page, "artwork");
  await fits(page, "artwork");
  await art.scrollIntoViewIfNeeded();
  await shot(page, "admin-artwork-dark-1440");

  const viewer = await context.newPage();
  await viewer.goto(`${base}/title/01936f00-0003-7000-8000-000000000003`);
  const heading = viewer.getByRole("heading", { level: 1, name: "Small Lives" });
  await heading.waitFor();
  const loads = (selector) => viewer.waitForFunction((one) => document.querySelector(one)?.naturalWidth > 0, selector);
  await loads("h1 img");
  await loads("main section img[src*='/backdrop-']");
  await settled(viewer);
  await accessible(viewer, "a title with artwork");
  await shot(viewer, "title-artwork-dark-1440");
  await viewer.close();

  // Another size in its place: the first one is gone, and viewers have the second.
  const before = await of("Poster").getByRole("img").getAttribute("src");
  await of("Poster").locator("li input[type=file]").setInputFiles(picture("better.png", png(600, 900)));
  await toast("Poster: replaced");
  await of("Poster").getByText("600 × 900").waitFor();
  await of("Poster").getByText("400 × 600").waitFor({ state: "detached" });
  check((await page.inputValue("#f-posterUrl")).includes("poster-und-600"), "lists show the new one");
  check((await of("Poster").getByRole("img").getAttribute("src")) !== before, "and so does the page");
  for (const role of ["Poster", "Backdrop", "Still", "Logo"]) {
    await press("Remove", of(role));
    await press("Remove", dialog);
    await toast(`${role}: removed`);
    await of(role).locator("li").waitFor({ state: "detached" });
  }
  check((await page.inputValue("#f-posterUrl")) === "", "no address is left that leads nowhere");
});

await step("the address of a picture: seen as it is typed, and what is wrong with it", async () => {
  await go("/admin/channels/new");
  await page.fill("#f-logoUrl", "javascript:alert(1)");
  await main.getByText("An address begins with").waitFor();
  await page.fill("#f-logoUrl", "/no-such-picture.png");
  await main.getByText("No picture comes from this address").waitFor();
  await accessible(page, "an address of no picture");
  await page.fill("#f-logoUrl", "/favicon.svg");
  await main.getByRole("img", { name: /preview/ }).waitFor();
  await page.fill("#f-logoUrl", "");
});

/** A clip of a few seconds, where ffmpeg is there to make it: what packages uploads needs it as well. */
const clip = join(tmpdir(), `walk-${from}.mp4`);
const made = spawnSync("ffmpeg", ["-v", "error", "-y", "-f", "lavfi", "-i", "testsrc2=duration=6:size=640x360:rate=25", "-f", "lavfi", "-i", "sine=duration=6", "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", clip]).status === 0;
if (!made) console.log("  – uploads are left out: no ffmpeg");

await step("a file is uploaded, goes on after a reload, and is packaged; what is no film says so", async () => {
  if (!made) return;
  await go("/admin/titles/movies/01936f00-0003-7000-8000-000000000003");
  const files = page.locator("#files");
  const first = files.locator("li").first();
  const network = await context.newCDPSession(page);
  const slow = (uploadThroughput) => network.send("Network.emulateNetworkConditions", { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput });
  const choose = (file) => page.setInputFiles("#files input[type=file]", file);
  await network.send("Network.enable");
  await slow(60_000);
  await choose(clip);
  await first.getByText(/KiB\/s · .* left/).waitFor();
  await accessible(page, "uploading");
  await shot(page, "admin-upload-dark-1440");
  // It goes on while other pages are looked at, and is seen on each of them.
  await page.getByRole("navigation").getByRole("link", { name: "People" }).click();
  const dock = page.getByRole("complementary", { name: "Uploads" });
  await dock.getByText(/Uploading 1 file · \d+%/).waitFor();
  await settled(page);
  await fits(page, "the dock of uploads");
  await accessible(page, "the dock of uploads");
  await shot(page, "admin-upload-dock-dark-1440");
  await dock.getByRole("button", { name: /^Pause / }).click();
  await dock.getByText(/^Paused at/).waitFor();
  await dock.getByRole("button", { name: /^Go on with / }).click();
  await dock.getByText(/% · .*left/).waitFor();
  await dock.getByRole("link", { name: "Open title" }).click();
  await first.waitFor();
  check((await dock.count()) === 0, "where a title's uploads stand, the dock does not repeat them");
  await press("Pause", first);
  await first.getByText(/^Paused at/).waitFor();
  page.once("dialog", (asked) => asked.accept());
  await page.reload();
  await settled(page);
  await first.getByText(/has arrived\. Choose the same file again/).waitFor();
  await slow(-1);
  const sent = page.waitForRequest((request) => request.method() === "PATCH");
  await choose(clip);
  check(Number((await sent).headers()["upload-offset"]) > 0, "what had arrived is not sent again");
  await first.getByText("Published").waitFor({ timeout: 60_000 });
  await choose({ name: "words.mp4", mimeType: "video/mp4", buffer: Buffer.from("no film at all ".repeat(40)) });
  await first.getByText(/not a video file/).waitFor({ timeout: 60_000 });
  await accessible(page, "an import that failed");
  await shot(page, "admin-upload-failed-dark-1440");
  await press("Cancel upload", first);
  await press("Cancel upload", dialog);
  await dialog.waitFor({ state: "detached" });
  await settled(page);
  const captions = page.locator("#captions");
  await captions.getByLabel("Language of the captions").fill("nb");
  await captions.locator("input[type=file]").setInputFiles({ name: "words.srt", mimeType: "application/x-subrip", buffer: Buffer.from("1\n00:00:01,000 --> 00:00:03,000\nEn jevn tone.\n") });
  await captions.getByText("Norsk bokmål").waitFor();
  await captions.locator("input[type=file]").setInputFiles({ name: "words.vtt", mimeType: "text/vtt", buffer: Buffer.from("no captions") });
  await captions.getByRole("alert").waitFor();
  await accessible(page, "captions");
  await captions.scrollIntoViewIfNeeded();
  await shot(page, "admin-captions-dark-1440");
  await press("Delete captions", captions);
  await press("Delete captions", dialog);
  await captions.getByText("Norsk bokmål").waitFor({ state: "detached" });
  await first.getByText("Cancelled", { exact: true }).waitFor();
});

await step("the audit log has it, with old and new values", async () => {
  await go("/admin/audit?action=content.updated");
  await main.locator("tbody a").first().click();
  await dialog.getByText("Before").waitFor();
  await shot(page, "admin-audit-dark-1440");
  await page.keyboard.press("Escape");
  check(!/record=/.test(page.url()), "closing a record takes it from the address");
});

await step("dead letters: shown with what they say, tried again and dropped after asking", async () => {
  await go("/admin/dead-letters?source=outbox");
  const rows = main.locator("tbody tr");
  if (!check((await rows.count()) === 2, "the letters that the bus refused are listed")) return;
  await main.locator("tbody a").first().click();
  await dialog.getByRole("region", { name: "What it says" }).getByText('"content"').waitFor();
  await accessible(page, "a dead letter");
  await shot(page, "admin-dead-letter-dark-1440");
  await press("Try 1 letter again", dialog);
  await dialog.getByText("Try this letter again?").waitFor();
  await press("Try 1 letter again", dialog.last());
  await toast("They are tried again");
  await rows.nth(1).waitFor({ state: "detached" });
  check(!/letter=/.test(page.url()), "what is settled is no longer shown");
  await main.locator("tbody a").first().click();
  await press("Drop 1 letter", dialog);
  await press("Cancel", dialog.last());
  await press("Drop 1 letter", dialog);
  await press("Drop 1 letter", dialog.last());
  await toast("The letter is dropped");
  await main.getByText("Nothing fits these filters").waitFor();
});

/** What a receiver may say of its own accord: markup, marks that turn letters round, and no blank to break a line at. */
const HOSTILE = `no room left<img src=x onerror="document.title='run'"></td></table>\u202Edne${"x".repeat(2000)}`;

/** A receiver of webhooks: what it got, and what it answers. */
const receiver = async () => {
  const got = [];
  const made = { got, status: 204, url: "", close: () => server.close() };
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (part) => (body += part));
    request.on("end", () => {
      got.push({ headers: request.headers, body });
      response.writeHead(made.status).end(made.status === 204 ? "" : HOSTILE);
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  made.url = `http://127.0.0.1:${server.address().port}/hooks`;
  return made;
};
const signed = (secret, { headers, body }) => {
  const tag = createHmac("sha256", Buffer.from(secret.slice(6), "base64")).update(`${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`).digest("base64");
  return headers["webhook-signature"].split(" ").includes(`v1,${tag}`);
};

await step("a webhook: its secret is shown once, a test event is taken, what failed is sent again", async () => {
  const hooks = await receiver();
  await go("/admin/webhooks/new");
  await page.fill("#f-url", "hooks");
  await press("Create");
  await main.getByText("Some fields need another look").waitFor();
  check(await page.evaluate(() => document.activeElement?.id === "f-url"), "the focus is on the address that was refused");
  await page.fill("#f-url", hooks.url);
  await page.fill("#f-description", mark);
  await main.getByRole("checkbox", { name: /A subscription begins/ }).check();
  await press("Create");
  await dialog.getByText("not shown again").waitFor();
  const secret = (await dialog.locator("output").textContent()) ?? "";
  check(/^whsec_.{40,}/.test(secret), "the secret can be read");
  await accessible(page, "the secret of a webhook");
  await shot(page, "admin-webhook-secret-dark-1440");
  await dialog.getByRole("button", { name: "Close" }).last().click();
  await page.waitForURL((url) => /webhooks\/[0-9a-f-]{36}$/.test(url.pathname));
  check(!(await page.content()).includes(secret), "closed, it is nowhere on the page");

  await press("Send a test event");
  await dialog.getByRole("cell", { name: "204" }).waitFor();
  await dialog.getByText("Taken").waitFor();
  check(hooks.got.length === 1 && signed(secret, hooks.got[0]), "the receiver has it, signed by that secret");
  await accessible(page, "a delivery");
  await shot(page, "admin-webhook-delivery-dark-1440");
  hooks.status = 500;
  await press("Send 1 delivery again", dialog);
  await dialog.last().getByText("under a new webhook-id").waitFor();
  await press("Send 1 delivery again", dialog.last());
  await toast("It is on its way");
  check(await page.getByRole("status").getByText("It is on its way").evaluate((one) => one.closest("dialog[open]") !== null), "a toast is in the dialog that lies over the page");
  await dialog.getByText("no room left<img").first().waitFor();
  await dialog.getByText("\\u202edne").first().waitFor();
  check((await dialog.locator("img").count()) === 0, "what a receiver answers is text");
  check(await dialog.getByRole("region", { name: "Tries" }).evaluate((frame) => frame.scrollWidth <= frame.clientWidth), "an answer takes no more room than there is");
  await shot(page, "admin-webhook-refused-dark-1440");
  await page.keyboard.press("Escape");
  check(!/delivery=/.test(page.url()), "closing a delivery takes it from the address");

  // Somebody saves it beside what was done: the form goes on from there.
  await page.fill("#f-description", `${mark}, mended`);
  await press("Change the secret");
  await dialog.getByRole("checkbox").check();
  await press("Change the secret", dialog);
  await dialog.getByText("not shown again").waitFor();
  check((await dialog.locator("output").textContent()) !== secret, "another secret");
  await dialog.getByRole("button", { name: "Close" }).last().click();
  await press("Save");
  await toast("Saved");
  await press("Disable");
  await press("Disable", dialog);
  await toast("The webhook is disabled");
  await main.locator("tbody").getByText("Given up").waitFor();
  await press("Enable");
  await press("Enable", dialog);
  await toast("The webhook is enabled");
  hooks.status = 204;
  await press("Send again what failed");
  await press("Send again", dialog);
  await dialog.getByText("1 delivery is sent again").waitFor();
  await press("Send again", dialog);
  await dialog.getByText("Nothing has failed since then").waitFor();
  await shot(page, "admin-webhook-replay-dark-1440");
  await page.keyboard.press("Escape");
  await page.getByRole("combobox", { name: "Status" }).selectOption({ label: "Taken" });
  await page.waitForURL(/status=succeeded/);
  await main.getByRole("cell", { name: "Repeats another" }).waitFor();

  const one = new URL(page.url()).pathname;
  for (const [width, theme] of [[1440, "dark"], [1440, "light"], [905, "light"], [390, "dark"]]) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme: theme });
    for (const [name, path] of [["webhooks", "/admin/webhooks"], ["webhook", one]]) {
      await go(path);
      await fits(page, `admin ${name} ${width}`);
      if (width === 1440) await accessible(page, `admin ${name} ${theme}`);
      await shot(page, `admin-${name}-${theme}-${width}`);
    }
    check(await page.evaluate(() => document.activeElement?.tagName === "H1"), "who comes to a page begins at its heading, once its name is known");
    await main.getByRole("region", { name: "Deliveries" }).first().evaluate((part) => part.scrollIntoView({ behavior: "instant" }));
    await shot(page, `admin-deliveries-${theme}-${width}`);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.emulateMedia({ colorScheme: "dark" });
  await page.evaluate(() => localStorage.setItem("sv.language", "ar"));
  await page.reload();
  await settled(page);
  await fits(page, "admin webhook ar");
  await shot(page, "admin-webhook-ar-1440");
  await page.evaluate(() => localStorage.removeItem("sv.language"));
  await page.reload();
  await settled(page);
  await press("Delete");
  await press("Delete", dialog);
  await page.waitForURL((url) => url.pathname === "/admin/webhooks");
  await main.getByText("No webhooks yet").waitFor();
  hooks.close();
});

await step("a job runs at once", async () => {
  await go("/admin/jobs?service=content");
  await main.getByRole("button", { name: "Run now" }).first().click();
  await press("Run now", dialog);
  await toast("Its turn comes at once.");
});

await step("the palette leads anywhere", async () => {
  // While a dialog is open the keys are its own.
  await page.waitForFunction(() => !document.querySelector("dialog[open]"));
  await page.keyboard.press("Control+k");
  await dialog.waitFor();
  await page.keyboard.type("Guide");
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => url.pathname === "/admin/guide");
});

const PAGES = ["", "titles", "people", "collections", "playlists", "imports", "popularity", "channels", "guide", "plans", "rules", "coupons", "gifts", "payments", "accounts", "jobs", "work", "dead-letters", "webhooks", "search", "search/queries", "search/synonyms", "search/pins", "audit"];

await step("every page, on light and dark, desktop and phone, fits and is accessible", async () => {
  for (const [theme, width] of [["dark", 1440], ["light", 1440], ["light", 905], ["dark", 390]]) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme: theme });
    // Narrow ones take their time: some of them stand for all, unless FULL asks for every one.
    for (const one of width === 1440 || process.env.FULL ? PAGES : ["", "titles", "imports", "plans", "accounts", "jobs"]) {
      await go(`/admin/${one}`);
      await fits(page, `admin ${one} ${width}`);
      if (width === 1440) await accessible(page, `admin ${one} ${theme}`);
      await shot(page, `admin-${one.replace("/", "-") || "overview"}-${theme}-${width}`);
    }
  }
});

await step("from right to left", async () => {
  await page.evaluate(() => localStorage.setItem("sv.language", "ar"));
  await page.setViewportSize({ width: 1440, height: 900 });
  for (const one of ["", "titles"]) {
    await go(`/admin/${one}`);
    check((await page.evaluate(() => document.documentElement.dir)) === "rtl", "the page is written from right to left");
    await fits(page, `admin ${one} ar`);
    await shot(page, `admin-${one || "overview"}-ar-1440`);
  }
});

await step("German on a phone, Spanish on a desktop", async () => {
  for (const [language, width, one, words] of [
    ["de", 390, "coupons", "Gutscheine"],
    ["es", 1440, "search/queries", "Lo que se buscó"],
  ]) {
    await page.evaluate((tag) => localStorage.setItem("sv.language", tag), language);
    await page.setViewportSize({ width, height: 900 });
    await go(`/admin/${one}`);
    await page.getByRole("heading", { level: 1, name: words }).waitFor();
    await fits(page, `admin ${one} ${language}`);
    await shot(page, `admin-${one.replace("/", "-")}-${language}-${width}`);
  }
});

await step("what is refused, and what a field must be, in the language of the page", async () => {
  await page.evaluate(() => localStorage.setItem("sv.language", "de"));
  await go("/admin/plans/01936f00-0003-7000-8000-0000000fffff");
  await main.getByText("Diesen Tarif gibt es nicht.").waitFor();
  await shot(page, "admin-refused-de-1440");
  await page.evaluate(() => localStorage.setItem("sv.language", "ar"));
  await go("/admin/titles/movies/new");
  await main.locator("button[type=submit]").click();
  await main.getByText("مطلوب").first().waitFor();
  await fits(page, "a form that was refused, ar");
  await shot(page, "admin-form-refused-ar-1440");
});

await browser.close();
console.log(`${counts.steps} steps, ${counts.shots} pictures, ${counts.axe} times axe, ${((Date.now() - from) / 1000).toFixed(0)} s`);
if (problems.length > 0) {
  console.log(`${problems.length} problems`);
  process.exit(1);
}
