/**
 * Walks through what viewers do (journeys C), in a real browser against the running program, with a picture of every
 * page. BASE is where it runs, and MAILS the folder of its mails; ADMIN_EMAIL and ADMIN_PASSWORD open the administration, where they are given.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { accessible, base, check, counts, fits, launch, open, problems, program, settled, shot, step, watch } from "./browser.mjs";

const BARS = "01936f00-0001-7000-8000-000000000001";
const COAST = "01936f00-0002-7000-8000-000000000002";
const FERRY = "01936f00-0004-7000-8000-000000000004";
const HOUSEHOLD = { email: "demo@streamverse.example", password: "a household that watches", pin: "2468" };
const account = { email: `walk-${Date.now()}@streamverse.example`, password: "a long enough password" };
const from = Date.now();
const browser = await launch();

const signIn = async (page, { email, password }) => {
  await page.goto(`${base}/signin`);
  await page.fill("input[name=email]", email);
  await page.fill("input[name=password]", password);
  await page.press("input[name=password]", "Enter");
  await page.waitForURL((url) => !url.pathname.startsWith("/signin"));
};
const playing = (page) => page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) > 0.3, undefined, { timeout: 15_000 });
const position = (page) => page.evaluate(() => document.querySelector("video")?.currentTime ?? -1);
const pay = async (page, label) => {
  if (label) await page.getByLabel(label).check();
  await page.getByRole("button", { name: /^Pay/ }).click();
};

/** What takes its time goes on beside the other steps. */
const waiting = [];
const later = (name, promise) => waiting.push([name, promise.catch((error) => error)]);

/** A coupon, captions and an intro, where somebody may make them. */
const coupon = await (async () => {
  if (!process.env.ADMIN_EMAIL) return undefined;
  const send = async (method, path, body, token, type = "application/json") => (await fetch(program + path, { method, headers: { "content-type": type, ...(token ? { authorization: `Bearer ${token}` } : {}) }, body: typeof body === "string" ? body : JSON.stringify(body) })).json();
  const post = (path, body, token) => send("POST", path, body, token);
  const { data } = await post("/auth/login", { email: process.env.ADMIN_EMAIL, password: process.env.ADMIN_PASSWORD });
  const captions = await send("PUT", `/admin/media/${BARS}/captions/en`, "WEBVTT\n\n00:02.000 --> 00:04.000\nA <i>steady</i> tone.\n\n00:20.000 --> 00:24.000\nIt goes on,\nline by line.\n", data.accessToken, "text/vtt");
  check(captions.success, `captions are taken (${JSON.stringify(captions.error)})`);
  const intro = await send("PATCH", `/admin/ondemand/movies/${BARS}`, { markers: [{ kind: "intro", startSeconds: 0, endSeconds: 12 }] }, data.accessToken);
  check(intro.success, `an intro is marked (${JSON.stringify(intro.error)})`);
  const code = `WALK-${from}`;
  const made = await post("/admin/rights/coupons", { code, percentOff: 50, duration: "repeating", periods: 3 }, data.accessToken);
  return check(made.success, `a coupon is made (${JSON.stringify(made.error)})`) ? code : undefined;
})();

const { context, page } = await open(browser);

await step("C1: sign up, and see a picture within a minute", async () => {
  await page.goto(base);
  await page.waitForURL("**/signin**");
  await settled(page);
  await shot(page, "signin-dark-1440");
  await accessible(page, "sign in");
  const began = Date.now();
  await page.getByRole("link", { name: "Create account" }).click();
  await page.fill("input[name=name]", "Walker");
  await page.fill("input[name=email]", account.email);
  await page.fill("input[name=password]", "short");
  await page.press("input[name=password]", "Enter");
  await page.getByText("A password has at least 8 characters.").waitFor();
  check((await page.inputValue("input[name=email]")) === account.email, "what was typed stays after a refusal");
  await page.fill("input[name=password]", account.password);
  await page.press("input[name=password]", "Enter");
  await page.getByRole("link", { name: "Play", exact: true }).click();
  await playing(page);
  const seconds = (Date.now() - began) / 1000;
  console.log(`    first picture ${seconds.toFixed(1)} s after "Create account"`);
  check(seconds < 60, `the first picture took ${seconds} s`);
});

await step("C6: the player by keyboard, its menus, and where it was left", async () => {
  await page.waitForTimeout(500);
  await page.mouse.move(700, 400);
  await page.keyboard.press("k");
  check(await page.evaluate(() => document.querySelector("video").paused), "K pauses");
  const before = await position(page);
  await page.keyboard.press("l");
  await page.waitForTimeout(400);
  check((await position(page)) > before + 8, "L goes on ten seconds");
  await page.keyboard.press("Shift+S");
  await page.getByText("session", { exact: true }).waitFor();
  await page.keyboard.press("Shift+S");
  await page.keyboard.press("?");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Quality and speed" }).click();
  await page.getByRole("menuitemradio", { name: "360p", exact: true }).waitFor();
  await shot(page, "player-menu-dark-1440");
  await page.keyboard.press("Escape");
  await accessible(page, "player");
  await page.keyboard.press("k");
  await page.waitForTimeout(800);
  const left = await position(page);
  await page.keyboard.press("Escape");
  await page.waitForURL((url) => !url.pathname.startsWith("/watch"));
  await page.goto(base);
  const resume = page.getByRole("link", { name: /^Resume from/ });
  await resume.waitFor();
  await shot(page, "home-resume-dark-1440");
  await resume.click();
  await playing(page);
  check(Math.abs((await position(page)) - left) < 6, `it goes on where it was left (${left} s)`);
  await page.keyboard.press("Escape");
});

await step("C2: home has rows, and a bar where something was begun", async () => {
  await page.goto(base);
  await page.getByRole("region", { name: "Continue watching" }).waitFor();
  for (const name of ["New", "Live now"]) await page.getByRole("region", { name, exact: true }).waitFor();
  await settled(page);
  await accessible(page, "home");
  await fits(page, "home");
  await shot(page, "home-dark-1440");
});

await step("C3: search answers every key", async () => {
  await page.keyboard.press("/");
  await page.waitForURL("**/search**");
  const field = page.getByRole("searchbox");
  const times = [];
  for (const [key, want] of [["a", "a"], ["m", "am"], ["e", "ame"], ["i", "amei"]]) {
    const asked = page.waitForResponse((response) => response.url().endsWith("/SearchGlobal"));
    const began = Date.now();
    await field.press(key);
    await asked;
    times.push(Date.now() - began);
    check((await field.inputValue()) === want, "the field keeps the focus");
  }
  console.log(`    key to answer: ${times.join(", ")} ms`);
  await field.fill("batle");
  await page.getByText("Best match").waitFor();
  await page.waitForTimeout(500);
  await accessible(page, "search");
  await shot(page, "search-dark-1440");
  const facet = page.getByRole("button", { name: /^War/ }).first();
  await facet.click();
  await page.waitForURL(/genre=War/);
  await page.waitForTimeout(400);
  check((await page.getByRole("button", { name: /^War/ }).first().getAttribute("aria-pressed")) === "true", "the facet is pressed");
  await field.fill("zzzzqqqq");
  await page.getByRole("button", { name: "Remove all filters" }).click();
  await page.getByText("Nothing fits").waitFor();
  await shot(page, "search-none-dark-1440");
});

await step("C3: whatever is found leads to a page of its own", async () => {
  const look = async (q, link, url, heading) => {
    await page.goto(`${base}/search?q=${encodeURIComponent(q)}`);
    await page.locator("main").getByRole("link", { name: link }).first().click();
    await page.waitForURL(url);
    await page.getByRole("heading", { level: 1, name: heading }).waitFor();
    await settled(page, 200);
  };
  await look("by the sea", /By the Sea.*Collection/, "**/collection/**", "By the Sea");
  await page.locator("main").getByRole("link", { name: /The Last Ferry/ }).waitFor();
  await accessible(page, "collection");
  await shot(page, "collection-dark-1440");
  await look("ida marsh", /^.?Ida Marsh/, "**/person/**", "Ida Marsh");
  await look("coast", /Coast.*Channel/, "**/channel/**", "Coast");
  await accessible(page, "channel");
  await shot(page, "channel-page-dark-1440");
  // Which of its programmes run now or next depends on the hour.
  await page.goto(`${base}/search?q=coast`);
  await page.locator("section").filter({ has: page.getByRole("heading", { name: "On now and next" }) }).getByRole("link").first().click();
  await page.waitForURL(/\/channel\/.*programme=/);
  await page.getByRole("heading", { name: "Later on this channel" }).waitFor();
  check((await page.getByText("This programme is over").count()) === 0, "the programme is still in the guide");
  await shot(page, "programme-dark-1440");
  await page.goto(`${base}/collections`);
  await page.getByRole("link", { name: /An Evening by the Sea/ }).click();
  await page.waitForURL("**/playlist/**");
  await page.locator("main").getByRole("link", { name: /The Endless Coast/ }).waitFor();
  await shot(page, "playlist-dark-1440");
});

await step("C4: a title, the list, a rating", async () => {
  await page.goto(`${base}/title/${COAST}`);
  await page.getByRole("link", { name: /^Subscribe from/ }).waitFor();
  await page.getByRole("button", { name: "Add to my list" }).click();
  await page.getByRole("button", { name: "On my list" }).waitFor();
  await page.getByRole("radio", { name: "4 stars of 5" }).click();
  await page.waitForTimeout(600);
  await page.reload();
  await page.getByRole("button", { name: "On my list" }).waitFor();
  await page.waitForFunction(() => document.querySelector('[role=radio][aria-label^="4"]')?.getAttribute("aria-checked") === "true");
  await settled(page);
  await accessible(page, "title");
  await shot(page, "title-subscribe-dark-1440");
  await page.goto(`${base}/list`);
  await page.getByRole("link", { name: /The Endless Coast/ }).waitFor();
  await shot(page, "list-dark-1440");
});

await step("C5: rent with a bank that asks", async () => {
  await page.goto(`${base}/title/${FERRY}`);
  await page.getByRole("button", { name: /^Rent/ }).click();
  await shot(page, "rent-dark-1440");
  await accessible(page, "checkout");
  await pay(page, "A card that asks its owner");
  await page.getByRole("button", { name: "Approve the payment" }).click();
  await page.getByRole("link", { name: "Watch now" }).click();
  await playing(page);
  await page.keyboard.press("Escape");
  await page.waitForURL((url) => !url.pathname.startsWith("/watch"));
  await page.goto(`${base}/purchases`);
  await page.getByText("The Last Ferry").waitFor();
  await shot(page, "purchases-dark-1440");
});

await step("C5: a declined card keeps the form, another subscribes", async () => {
  await page.goto(`${base}/plans`);
  await page.getByRole("button", { name: "Choose Basic" }).click();
  if (coupon) {
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "I have a coupon" }).click();
    await dialog.getByLabel("Coupon", { exact: true }).fill("NO-SUCH-CODE");
    await dialog.getByRole("button", { name: "Use it" }).click();
    await dialog.getByRole("alert").getByText(/Request/).waitFor();
    await dialog.getByLabel("Coupon", { exact: true }).fill(coupon.toLowerCase());
    await page.keyboard.press("Enter");
    await dialog.getByText(`${coupon} saves`).waitFor();
    await shot(page, "coupon-dark-1440");
    await accessible(page, "coupon");
  }
  await pay(page, "A card that is declined");
  await page.getByText("Your bank declined the payment").waitFor();
  await shot(page, "plans-declined-dark-1440");
  await pay(page, "A card that pays");
  await page.getByText(/Renews on/).first().waitFor();
  await settled(page);
  await accessible(page, "plans");
  await shot(page, "plans-dark-1440");
  await page.goto(`${base}/title/${COAST}`);
  await page.getByText("Included in Basic").waitFor();
});

await step("C6: one screen: the second asks which to stop", async () => {
  const second = await open(browser, { viewport: { width: 390, height: 844 } });
  await signIn(second.page, account);
  await second.page.goto(`${base}/watch/${BARS}`);
  await playing(second.page);
  await shot(second.page, "player-dark-390");
  await second.page.keyboard.press("k");
  await page.getByRole("link", { name: /^(Play|Resume)/ }).first().click();
  await page.getByRole("heading", { name: "Every screen of your plan is in use" }).waitFor();
  await accessible(page, "stream limit");
  await shot(page, "limit-dark-1440");
  await page.getByRole("button", { name: "Stop and watch here" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Stop and watch here" }).click();
  await playing(page);
  await page.keyboard.press("Escape");
  await page.waitForURL((url) => !url.pathname.startsWith("/watch"));
  later(
    "C6: the stopped screen says so",
    second.page
      .getByRole("heading", { name: "Playback was stopped" })
      .waitFor({ timeout: 45_000 })
      .then(() => shot(second.page, "stopped-dark-390"))
      .finally(() => second.context.close()),
  );
});

await step("C7: the guide by keyboard, and a channel", async () => {
  await page.goto(`${base}/live`);
  const cell = page.locator("[data-programme][tabindex='0']");
  await cell.waitFor();
  await cell.focus();
  const first = await page.evaluate(() => document.activeElement.dataset.programme);
  await page.keyboard.press("ArrowRight");
  await page.waitForTimeout(150);
  check((await page.evaluate(() => document.activeElement.dataset.programme)) !== first, "right leads to the next programme");
  await page.keyboard.press("ArrowDown");
  await page.waitForTimeout(150);
  check((await page.evaluate(() => document.activeElement.dataset.row)) === "1", "down leads to the next channel");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await settled(page);
  await accessible(page, "live");
  await shot(page, "live-dark-1440");
  await page.getByRole("link", { name: /Coast/ }).first().click();
  await playing(page);
  await page.getByRole("button", { name: /Live/ }).waitFor();
  await shot(page, "channel-dark-1440");
  await page.keyboard.press("Escape");
});

await step("C5: another plan, its invoice before it is chosen, and the invoices after", async () => {
  await page.goto(`${base}/plans`);
  await page.getByRole("button", { name: "Change to Standard" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Unused time of Basic").waitFor();
  await dialog.getByRole("heading", { name: /^On / }).waitFor();
  await accessible(page, "change of plan");
  await shot(page, "change-dark-1440");
  await dialog.getByRole("button", { name: /^Pay/ }).click();
  await page.getByText("You have Standard now.").waitFor();
  await page.getByRole("button", { name: "Change to Basic" }).click();
  await dialog.getByText("Nothing to pay today.").waitFor();
  await dialog.getByRole("button", { name: "Change to Basic" }).click();
  await page.getByText(/^Basic from/).waitFor();
  await page.getByRole("button", { name: "Keep Standard" }).click();
  await dialog.getByRole("button", { name: "Keep Standard" }).click();
  await page.getByText(/Renews on/).waitFor();
  await page.getByRole("link", { name: "Invoices and credit" }).click();
  await page.getByText("Unused time of Basic").waitFor();
  await settled(page);
  await accessible(page, "invoices");
  await shot(page, "invoices-dark-1440");
});

await step("C10: devices, and signing out everywhere", async () => {
  // Who is signed out hears of nothing else: the screen that was stopped has to have said so.
  await Promise.all(waiting.map(([, outcome]) => outcome));
  const other = await open(browser);
  await signIn(other.page, account);
  await other.page.goto(`${base}/watch/${BARS}`);
  await playing(other.page);
  await other.page.keyboard.press("k");
  await page.goto(`${base}/devices`);
  await page.getByText("Bars and Tone").first().waitFor();
  const third = await open(browser, { viewport: { width: 390, height: 844 } });
  await third.context.addInitScript(() => localStorage.setItem("sv.device", "Kitchen tablet"));
  await signIn(third.page, account);
  await page.reload();
  const kitchen = page.getByRole("listitem").filter({ hasText: "Kitchen tablet" });
  await kitchen.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("dialog", { name: "Sign Kitchen tablet out?" }).getByRole("button", { name: "Sign out" }).click();
  await kitchen.getByText("Signing out, takes up to 30 seconds").waitFor();
  // It may have heard of it by itself; what it says then would be gone with the next page.
  if (!third.page.url().includes("/signin")) await third.page.goto(`${base}/list`);
  await third.page.waitForURL("**/signin**", { timeout: 35_000 });
  await third.page.getByText("This device was signed out from another one.").waitFor();
  await third.context.close();
  await accessible(page, "devices");
  await shot(page, "devices-dark-1440");
  await page.getByRole("button", { name: "Sign out everywhere" }).first().click();
  await page.getByRole("dialog").getByRole("button", { name: "Sign out everywhere" }).click();
  await page.waitForURL("**/signin**");
  const began = Date.now();
  later(
    "C10: the other picture stops and says why",
    other.page
      .waitForURL("**/signin**", { timeout: 45_000 })
      .then(() => console.log(`    the other picture stopped after ${((Date.now() - began) / 1000).toFixed(0)} s`))
      .then(() => other.page.getByText("This device was signed out from another one.").waitFor())
      .finally(() => other.context.close()),
  );
});

const family = await open(browser);
/** The link in the newest mail to an address, as quoted-printable has it. */
const mailedLink = async (to) => {
  for (let tries = 0; tries < 50; tries += 1) {
    // The first mail makes the folder.
    const mails = (existsSync(process.env.MAILS) ? readdirSync(process.env.MAILS) : []).sort().reverse().map((name) => readFileSync(`${process.env.MAILS}/${name}`, "utf8"));
    const link = /\/reset#token=[\w-]{43}/.exec((mails.find((mail) => mail.includes(`To: ${to}`)) ?? "").replaceAll("=\n", "").replaceAll("=\r\n", "").replaceAll("=3D", "="))?.[0];
    if (link) return link;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`no mail to ${to}`);
};

await step("Passwords: forgotten and set anew by a mailed link, and changed in the account", async () => {
  if (!process.env.MAILS) return console.log("    MAILS does not say where mails are: left out");
  const [email, first, second, third] = [`forgets-${from}@streamverse.example`, "a first long password", "a second long password", "a third long password"];
  await fetch(`${program}/auth/register`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ email, password: first, name: "Forgets" }) });
  const { context: apart, page: other } = await open(browser, { viewport: { width: 390, height: 844 } });
  await other.goto(`${base}/signin`);
  await other.getByRole("link", { name: "Forgot the password?" }).click();
  await settled(other, 100);
  await accessible(other, "a forgotten password");
  await shot(other, "reset-dark-390");
  await other.fill("input[name=email]", email);
  await other.press("input[name=email]", "Enter");
  await other.getByRole("heading", { name: "Look into your mail" }).waitFor();
  const link = await mailedLink(email);
  await other.goto(base + link);
  await other.getByRole("heading", { name: "Choose a new password" }).waitFor();
  check(!other.url().includes("token"), "the token does not stay in the address");
  await other.fill("input[name=newPassword]", "short");
  await other.press("input[name=newPassword]", "Enter");
  await other.getByText("A password has at least 8 characters.").waitFor();
  await fits(other, "a new password");
  await accessible(other, "a new password");
  await shot(other, "reset-choose-dark-390");
  await other.fill("input[name=newPassword]", second);
  await other.press("input[name=newPassword]", "Enter");
  await other.getByRole("heading", { name: "Your password is changed" }).waitFor();
  // A link works once.
  await other.goto("about:blank");
  await other.goto(base + link);
  await other.fill("input[name=newPassword]", third);
  await other.press("input[name=newPassword]", "Enter");
  await other.getByRole("button", { name: "Ask for another link" }).waitFor();
  await signIn(other, { email, password: second });
  await other.goto(`${base}/account`);
  await other.getByRole("button", { name: "Change password" }).click();
  const sheet = other.getByRole("dialog");
  await sheet.locator("input[name=currentPassword]").fill(first);
  await sheet.locator("input[name=newPassword]").fill(third);
  await sheet.getByRole("button", { name: "Change password" }).click();
  await sheet.getByText("This is not your current password.").waitFor();
  await settled(other, 100);
  await accessible(other, "changing a password");
  await shot(other, "password-dark-390");
  await sheet.locator("input[name=currentPassword]").fill(second);
  await sheet.getByRole("button", { name: "Change password" }).click();
  await other.getByText("Your password is changed").first().waitFor();
  await other.reload();
  await other.getByRole("heading", { name: "Account" }).waitFor();
  await apart.close();
});

await step("Profiles: kids see no plans, and leave by PIN only", async () => {
  await signIn(family.page, HOUSEHOLD);
  await family.page.getByRole("heading", { name: "Who is watching?" }).waitFor();
  await settled(family.page);
  await accessible(family.page, "profiles");
  await shot(family.page, "profiles-dark-1440");
  await family.page.getByRole("button", { name: /Children/ }).click();
  await family.page.waitForURL(`${base}/`);
  await settled(family.page);
  await shot(family.page, "home-kids-dark-1440");
  await family.page.getByRole("button", { name: /^Menu/ }).click();
  check((await family.page.getByRole("menuitem", { name: "Plans" }).count()) === 0, "no plans for children");
  await family.page.keyboard.press("Escape");
  await family.page.goto(`${base}/plans`);
  await family.page.waitForURL(`${base}/`);
  await family.page.goto(`${base}/profiles`);
  await family.page.getByRole("button", { name: /Ana and Ben/ }).click();
  for (const digit of "1111") await family.page.keyboard.press(digit);
  await family.page.getByText("That is not the PIN.").waitFor();
  await shot(family.page, "pin-dark-1440");
  await accessible(family.page, "PIN");
  for (const digit of HOUSEHOLD.pin) await family.page.keyboard.press(digit);
  await family.page.waitForURL(`${base}/`);
});

await step("Profiles: another tab that lets a child in leaves nothing of the one before", async () => {
  const shared = await open(browser);
  await signIn(shared.page, HOUSEHOLD);
  await shared.page.getByRole("button", { name: /Ana and Ben/ }).click();
  for (const digit of HOUSEHOLD.pin) await shared.page.keyboard.press(digit);
  await shared.page.waitForURL(`${base}/`);
  await shared.page.goto(`${base}/account`);
  await shared.page.getByText(HOUSEHOLD.email).waitFor();
  const picker = await shared.context.newPage();
  watch(picker);
  await picker.goto(`${base}/profiles`);
  // The first tab asks for something after its tokens have ended, and before the second one has the new ones.
  await picker.route(/SelectProfile$/, async (route) => {
    const answer = await route.fetch();
    await shared.page.waitForTimeout(1200);
    await shared.page.getByRole("button", { name: "Menu: Ana and Ben" }).click();
    await shared.page.getByRole("menuitem", { name: "Plans" }).click();
    await shared.page.waitForTimeout(500);
    await route.fulfill({ response: answer });
  });
  await picker.getByRole("button", { name: /Children/ }).click();
  await picker.waitForURL(`${base}/`);
  await shared.page.waitForURL(`${base}/`);
  await shared.page.getByText("Kids", { exact: true }).first().waitFor();
  check((await shared.page.getByText(HOUSEHOLD.email).count()) === 0, "the first tab is the child's, too");
  await shared.context.close();
});

await step("C11: offline is said, and what was loaded stays", async () => {
  await family.page.goto(base);
  await family.page.getByRole("region", { name: "Continue watching" }).waitFor();
  // A machine without any network whose server answers: nothing is said, and pages come.
  await family.page.evaluate(() => {
    Object.defineProperty(navigator, "onLine", { value: false, configurable: true });
    dispatchEvent(new Event("offline"));
  });
  await family.page.getByRole("link", { name: "Search", exact: true }).first().click();
  await family.page.getByRole("heading", { name: "Genres" }).waitFor();
  check((await family.page.getByText(/You are offline|not answering/).count()) === 0, "a server that answers is no lost network");
  await family.page.evaluate(() => delete navigator.onLine);
  // A network that works, and a server that does not.
  const nothing = (route) => route.abort("connectionrefused");
  await family.page.route(/streamverse\.|\/health$/, nothing);
  await family.page.getByRole("searchbox").fill("coast");
  await family.page.getByText(/The server is not answering/).waitFor();
  await shot(family.page, "search-away-dark-1440");
  await family.page.unroute(/streamverse\.|\/health$/, nothing);
  await family.page.getByText(/The server is not answering/).waitFor({ state: "detached" });
  await family.page.getByText("Best match").waitFor();
  await family.page.goto(base);
  await family.page.getByRole("region", { name: "Continue watching" }).waitFor();
  await family.context.setOffline(true);
  await family.page.getByText(/You are offline/).waitFor();
  check(await family.page.getByRole("region", { name: "Continue watching" }).count(), "the rows stay");
  await shot(family.page, "home-offline-dark-1440");
  // A page whose parts were never loaded: what is around it stays, and it comes by itself.
  await family.page.getByRole("link", { name: "Live", exact: true }).first().click();
  await family.page.getByText("The server cannot be reached.", { exact: false }).waitFor();
  check(await family.page.getByRole("button", { name: "Try again" }).evaluate((one) => one === document.activeElement), "the focus is on what helps");
  await family.page.getByRole("button", { name: "Try again" }).click();
  await shot(family.page, "live-offline-dark-1440");
  await accessible(family.page, "offline");
  await family.page.getByRole("link", { name: "Home", exact: true }).first().click();
  await family.page.getByRole("region", { name: "Continue watching" }).waitFor();
  await family.page.getByRole("link", { name: "Live", exact: true }).first().click();
  await family.page.getByText("The server cannot be reached.", { exact: false }).waitFor();
  await family.context.setOffline(false);
  await family.page.locator("[data-programme]").first().waitFor();
  await family.page.getByText(/You are offline/).waitFor({ state: "detached" });
});

if (coupon)
  await step("C6: captions on the picture, their menu and look, and the intro is skipped", async () => {
    const tv = family.page;
    await tv.goto(`${base}/watch/${BARS}`);
    await playing(tv);
    await tv.keyboard.press("k");
    // The hardest case: they are chosen when no more pictures are to come.
    await tv.waitForFunction(() => { const { buffered, duration } = document.querySelector("video"); return buffered.length && buffered.end(buffered.length - 1) > duration - 0.5; });
    await tv.keyboard.press("1");
    await tv.mouse.move(700, 400);
    await tv.getByRole("button", { name: "Captions" }).click();
    await tv.getByRole("menuitemradio", { name: "English" }).click();
    const words = tv.getByText("A steady tone.", { exact: true });
    await words.waitFor();
    await shot(tv, "player-captions-dark-1440");
    await tv.setViewportSize({ width: 390, height: 844 });
    // The words move there.
    await tv.waitForTimeout(400);
    await shot(tv, "player-captions-dark-390");
    await tv.setViewportSize({ width: 1440, height: 900 });
    await tv.keyboard.press("k");
    await words.waitFor({ state: "detached" });
    const gone = await position(tv);
    await tv.keyboard.press("k");
    check(gone > 4 && gone < 5.5, `the words go when their time is over (${gone} s)`);
    await tv.keyboard.press("7");
    await tv.getByText("It goes on, line by line.").waitFor();
    await tv.keyboard.press("5");
    await tv.getByText("It goes on").waitFor({ state: "detached" });
    await tv.mouse.move(700, 420);
    await tv.getByRole("button", { name: "Captions" }).click();
    check((await tv.getByRole("menuitemradio", { name: "English" }).getAttribute("aria-checked")) === "true", "the captions that were chosen are marked");
    await tv.getByRole("menuitem", { name: "Caption style" }).click();
    await tv.getByText("This is how captions look.").waitFor();
    await accessible(tv, "caption style");
    await shot(tv, "player-caption-style-dark-1440");
    await tv.keyboard.press("Escape");
    await tv.mouse.move(700, 440);
    await tv.getByRole("button", { name: "Captions" }).click();
    await tv.getByRole("menuitemradio", { name: "Off" }).click();
    await tv.keyboard.press("1");
    await tv.getByRole("button", { name: "Skip intro" }).waitFor();
    check((await words.count()) === 0, "captions that are off show nothing");
    await tv.getByRole("button", { name: "Skip intro" }).click();
    await tv.waitForFunction(() => document.querySelector("video").currentTime >= 11.5);
    await tv.getByRole("button", { name: "Skip intro" }).waitFor({ state: "detached" });
    await tv.keyboard.press("Escape");
    await tv.waitForURL((url) => !url.pathname.startsWith("/watch"));
  });

await step("C6: an episode leads to the next one", async () => {
  const tv = family.page;
  await tv.goto(`${base}/search?q=harbour%20lights`);
  await tv.locator("main").getByRole("link", { name: /The First Boat/ }).first().click();
  await tv.waitForURL("**/title/**");
  await tv.getByRole("link", { name: /^(Play|Resume)/ }).first().click();
  await tv.waitForURL("**/watch/**");
  await playing(tv);
  const first = new URL(tv.url()).pathname;
  // Near the end a card offers it; the key takes it at once.
  await tv.keyboard.press("9");
  await tv.getByRole("region", { name: "Next episode" }).getByText("Low Water").waitFor();
  await shot(tv, "player-next-dark-1440");
  await tv.keyboard.press("n");
  await tv.waitForURL((url) => url.pathname.startsWith("/watch/") && url.pathname !== first);
  await playing(tv);
  await tv.keyboard.press("Escape");
  await tv.waitForURL((url) => !url.pathname.startsWith("/watch"));
});

await step("The player on phones: one row, and nothing too small for a finger; on a TV a look ahead before the film moves", async () => {
  for (const width of [360, 390, 430]) {
    const phone = await open(browser, { storageState: await family.context.storageState(), viewport: { width, height: 800 }, hasTouch: true, isMobile: true });
    await phone.page.goto(`${base}/watch/${BARS}`);
    await playing(phone.page);
    await phone.page.keyboard.press("k");
    const boxes = await phone.page.locator("[data-idle] button, main button").evaluateAll((all) => all.map((one) => [one.getAttribute("aria-label") ?? one.textContent, one.getBoundingClientRect().toJSON()]).filter(([, box]) => box.width > 0));
    for (const [name, box] of boxes) check(box.width >= 44 && box.height >= 44 && box.left >= 0 && box.right <= width, `${name} is ${box.width} × ${box.height} at ${box.left} of ${width}`);
    const row = await Promise.all(["Captions", "Quality and speed", "Full screen"].map(async (name) => (await phone.page.getByRole("button", { name, exact: true }).boundingBox())?.y));
    check(new Set(row).size === 1, `the controls under the line stand in one row at ${width} px (${row})`);
    await fits(phone.page, `player ${width}`);
    if (width === 390) await shot(phone.page, "player-dark-390");
    await phone.context.close();
  }
  const far = await open(browser, { storageState: await family.context.storageState(), viewport: { width: 1920, height: 1080 } });
  await far.page.goto(`${base}/?tv=1`);
  await far.page.goto(`${base}/watch/${BARS}?from=0`);
  await playing(far.page);
  await far.page.locator("main > [data-idle]").waitFor();
  await far.page.waitForFunction(() => getComputedStyle(document.getElementById("main-action").closest("[data-idle] > *")).opacity === "0");
  const line = far.page.getByRole("slider", { name: "Position" });
  await far.page.keyboard.press("ArrowRight");
  check(await line.evaluate((one) => one === document.activeElement), "the first arrow takes hold of the timeline");
  const at = await position(far.page);
  await far.page.keyboard.press("ArrowRight");
  check((await position(far.page)) < at + 5, "the film stays while one looks ahead");
  await shot(far.page, "player-tv-1920");
  await far.page.keyboard.press("Backspace");
  await far.page.waitForTimeout(200);
  check((await position(far.page)) < at + 5 && far.page.url().includes("/watch/"), "Back leaves the film where it was");
  await far.page.keyboard.press("ArrowRight");
  await far.page.keyboard.press("Enter");
  await far.page.waitForTimeout(200);
  check((await position(far.page)) > at + 8, "OK goes there");
  await far.context.close();
});

await step("The wire drawer shows calls without secrets", async () => {
  await family.page.goto(base);
  await family.page.getByRole("region", { name: "Continue watching" }).waitFor();
  await family.page.keyboard.press("Control+`");
  const drawer = family.page.getByRole("complementary", { name: "Wire" });
  await drawer.getByText("BrowseService/GetHome").first().click();
  await drawer.getByText("Copy the trace id").waitFor();
  check(!/eyJ[\w-]{20}/.test(await drawer.innerText()), "no token in the drawer");
  await shot(family.page, "wire-dark-1440");
  await accessible(family.page, "wire");
  await family.page.keyboard.press("Escape");
});

await step("Weight: what a first visit loads", async () => {
  const fresh = await open(browser, { storageState: await family.context.storageState() });
  const asked = new Set();
  fresh.page.on("request", (request) => {
    const file = /\/assets\/([^?]+)/.exec(request.url())?.[1];
    if (file) asked.add(file);
  });
  await fresh.page.goto(base);
  await fresh.page.getByRole("region", { name: "Continue watching" }).waitFor();
  await fresh.page.waitForTimeout(500);
  const weigh = (files) => Math.round(files.reduce((sum, file) => sum + gzipSync(readFileSync(new URL(`../dist/assets/${file}`, import.meta.url)), { level: 9 }).length, 0) / 100) / 10;
  const kinds = (ends) => [...asked].filter((file) => file.endsWith(ends));
  const [js, css] = [weigh(kinds(".js")), weigh(kinds(".css"))];
  const fonts = Math.round(kinds(".woff2").reduce((sum, file) => sum + readFileSync(new URL(`../dist/assets/${file}`, import.meta.url)).length, 0) / 100) / 10;
  console.log(`    first load: ${js} kB of JavaScript and ${css} kB of CSS packed, ${fonts} kB of fonts, ${asked.size} files`);
  check(js < 200, `the first load is ${js} kB of JavaScript`);
  asked.clear();
  await fresh.page.goto(`${base}/watch/${BARS}`);
  await playing(fresh.page);
  console.log(`    with the player: ${weigh(kinds(".js"))} kB of JavaScript`);
  await fresh.context.close();
});

const state = await family.context.storageState();
await family.page.goto(`${base}/search?q=harbour%20lights`);
// Where some steps alone are walked, nobody may be signed in here.
const series = await family.page.locator("main").getByRole("link", { name: /Harbour Lights/ }).first().getAttribute("href", { timeout: 5000 }).catch(() => "/");
const PAGES = { home: "/", series, title: `/title/${FERRY}`, search: "/search?q=bat", live: "/live", browse: "/browse?genre=Drama", sets: "/collections", plans: "/plans", invoices: "/invoices", account: "/account", missing: "/nothing-here" };

for (const [name, options] of Object.entries({
  "light-390": { viewport: { width: 390, height: 844 }, colorScheme: "light" },
  "light-1440": { colorScheme: "light" },
}))
  await step(`Every page, ${name}`, async () => {
    const look = await open(browser, { storageState: state, ...options });
    for (const [title, path] of Object.entries(PAGES)) {
      await look.page.goto(base + path);
      await settled(look.page, 100);
      await shot(look.page, `${title}-${name}`);
      // Colours and names are the same at any width.
      if (name === "light-1440" && ["home", "series", "account", "missing"].includes(title)) await accessible(look.page, `${title} ${name}`);
      await fits(look.page, `${title} ${name}`);
    }
    await look.context.close();
  });

await step("Right to left, German on a phone, and TV with arrows", async () => {
  const look = await open(browser, { storageState: state, viewport: { width: 390, height: 844 } });
  for (const language of ["ar", "de"]) {
    await look.page.goto(base);
    await look.page.evaluate((tag) => localStorage.setItem("sv.language", tag), language);
    for (const title of ["home", "title", "plans"]) {
      await look.page.goto(base + PAGES[title]);
      await settled(look.page, 250);
      await shot(look.page, `${title}-${language}-390`);
      await fits(look.page, `${title} ${language}`);
    }
    if (language === "ar") {
      check((await look.page.evaluate(() => document.documentElement.dir)) === "rtl", "Arabic runs from right to left");
      await accessible(look.page, "plans ar");
    }
  }
  await look.context.close();
  const tv = await open(browser, { storageState: state, viewport: { width: 1920, height: 1080 } });
  await tv.page.goto(`${base}/?tv=1`);
  await settled(tv.page);
  check(await tv.page.waitForFunction(() => document.activeElement?.closest("main a, main button"), undefined, { timeout: 3000 }).catch(() => false), "the focus is on the first thing to do before any arrow");
  const seen = new Set();
  for (const key of ["ArrowDown", "ArrowRight", "ArrowRight", "ArrowDown", "ArrowDown", "ArrowRight", "ArrowUp"]) {
    await tv.page.keyboard.press(key);
    await tv.page.waitForTimeout(250);
    const where = await tv.page.evaluate(() => {
      const box = document.activeElement.getBoundingClientRect();
      return { body: document.activeElement === document.body, name: document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent, seen: box.bottom > 0 && box.top < innerHeight };
    });
    check(!where.body, "the focus is never on nothing");
    check(where.seen, `${where.name} has the focus and is not seen`);
    seen.add(where.name);
  }
  check(seen.size >= 4, `arrows move the focus (${[...seen].join(" · ")})`);
  await shot(tv.page, "home-tv-1920");
  await fits(tv.page, "home TV");
  // The menu of a card is below it, and that of who watches is all to be seen.
  const inSight = async (menu) => {
    const [box, focused] = [await menu.boundingBox(), await menu.evaluate((one) => one.contains(document.activeElement))];
    check(box && box.x >= 0 && box.y >= 0 && box.x + box.width <= 1920 && box.y + box.height <= 1080 && focused, `a menu on a TV is seen and has the focus: ${JSON.stringify(box)}`);
    await tv.page.keyboard.press("Escape");
  };
  await tv.page.locator("[data-slot] a").first().focus();
  await tv.page.keyboard.press("ArrowDown");
  await tv.page.keyboard.press("Enter");
  await inSight(tv.page.getByRole("menu"));
  await tv.page.locator("[data-slot] a").first().focus();
  await tv.page.keyboard.press("ContextMenu");
  await inSight(tv.page.getByRole("menu"));
  await tv.page.getByRole("button", { name: /^Menu: / }).focus();
  await tv.page.keyboard.press("Enter");
  await tv.page.getByRole("menuitem", { name: "Sign out" }).waitFor();
  await shot(tv.page, "menu-tv-1920");
  await inSight(tv.page.getByRole("menu"));
  await tv.page.keyboard.press("Shift+P");
  await tv.page.getByRole("heading", { name: "Who is watching?" }).waitFor();
  await tv.context.close();
});

await step("Search on a TV: a keyboard on the screen, by arrows and OK", async () => {
  const { page: tv, context: far } = await open(browser, { storageState: await family.context.storageState(), viewport: { width: 1920, height: 1080 } });
  const active = () => tv.evaluate(() => document.activeElement.textContent || document.activeElement.getAttribute("aria-label"));
  const field = tv.getByRole("searchbox");
  await tv.goto(`${base}/?tv=1`);
  await settled(tv);
  await tv.goto(`${base}/search`);
  const keys = tv.getByRole("group", { name: "Keyboard" });
  await keys.waitFor();
  await tv.waitForFunction(() => document.activeElement?.id === "main-action").catch(() => undefined);
  check((await active()) === "a", `the first key has the focus, not ${await active()}`);
  const press = async (...names) => {
    for (const name of names) {
      await tv.keyboard.press(name);
      await tv.waitForTimeout(120);
    }
  };
  await press("ArrowDown", "ArrowRight", "Enter");
  check((await field.inputValue()) === "h", "below b is h");
  await press("ArrowUp", "ArrowLeft", "Enter");
  check((await field.inputValue()) === "ha", "and the way back leads to a");
  await tv.keyboard.type("rb");
  check((await field.inputValue()) === "harb", "keys of a real keyboard are taken as well");
  await tv.locator("[data-found=harb]").waitFor();
  await settled(tv);
  await accessible(tv, "search on a TV");
  await fits(tv, "search on a TV");
  await shot(tv, "search-tv-1920");
  await keys.getByRole("button", { name: "Delete the last letter" }).focus();
  await press("Enter");
  check((await field.inputValue()) === "har", "a letter is taken away");
  await press("Backspace");
  check((await field.inputValue()) === "ha" && tv.url().includes("/search"), "the key for back takes a letter away as long as there is one");
  await keys.getByRole("button", { name: "Space" }).focus();
  await press("Enter");
  check((await field.inputValue()) === "ha ", "a space is written");
  // What was found lies beside the keyboard, and the way back is the other arrow.
  await keys.getByRole("button", { name: "f", exact: true }).focus();
  await press("ArrowRight");
  const onKeys = () => keys.evaluate((one) => one.contains(document.activeElement));
  check(!(await onKeys()) && (await tv.evaluate(() => document.activeElement.closest("main") !== null)), `from the end of a row one comes to what was found, not to ${await active()}`);
  for (let tries = 0; tries < 8 && !(await onKeys()); tries += 1) await press("ArrowLeft");
  check(await onKeys(), "and back to the keys");
  await keys.getByRole("button", { name: "Clear" }).focus();
  await press("Enter");
  check((await field.inputValue()) === "", "all of it is taken away");
  await tv.waitForURL((url) => !url.search);
  for (const [language, letters] of [["nb", "æøå"], ["de", "äöüß"], ["es", "ñ"], ["ar", "ابت"]]) {
    await tv.evaluate((tag) => localStorage.setItem("sv.language", tag), language);
    await tv.reload();
    for (const letter of letters) await tv.getByRole("button", { name: letter, exact: true }).waitFor();
    await settled(tv);
    await fits(tv, `search on a TV ${language}`);
    await shot(tv, `search-tv-${language}-1920`);
  }
  await tv.getByRole("button", { name: "حروف أخرى" }).click();
  await tv.getByRole("button", { name: "a", exact: true }).click();
  check((await field.inputValue()) === "a", "Latin titles are found from the Arabic page");
  await far.close();
});

if (process.env.ADMIN_EMAIL)
  await step("The administration lists titles", async () => {
    const admin = await open(browser, { colorScheme: "light" });
    await signIn(admin.page, { email: process.env.ADMIN_EMAIL, password: process.env.ADMIN_PASSWORD });
    await admin.page.goto(`${base}/admin/titles`);
    await admin.page.getByText("12 Angry Men").waitFor();
    await admin.page.getByRole("button", { name: "Next page" }).click();
    await admin.page.waitForURL(/page=2/);
    await settled(admin.page);
    await shot(admin.page, "admin-titles-light-1440");
    await accessible(admin.page, "admin titles");
    await admin.context.close();
  });

for (const [name, outcome] of waiting)
  await step(name, async () => {
    const error = await outcome;
    if (error instanceof Error) throw error;
  });

await context.close();
await browser.close();
console.log(`${counts.steps} steps, ${counts.shots} pictures, ${counts.axe} times axe, ${problems.length} problems, ${((Date.now() - from) / 1000).toFixed(0)} s`);
process.exit(problems.length ? 1 : 0);
