/**
 * Walks through the viewer without any backend: mock mode plays recorded answers (FE-7), and flags switch parts on and
 * off (FE-8). BASE serves the page alone; a call that leaves it for a service is a problem. What the demonstration has
 * none of (a renewal that was not paid) is put into the recording on its way.
 */
import { accessible, base, check, counts, fits, launch, open, problem, problems, settled, shot, step } from "./browser.mjs";

const from = Date.now();
const browser = await launch();

/** Opens the app with flags, and watches that nothing asks for a server. */
const begin = async (flags, { config, change, ...options } = {}) => {
  const made = await open(browser, options);
  made.page.on("request", (request) => {
    const { pathname } = new URL(request.url());
    if (/^\/(streamverse\.|stream\/|play\/|api\/)/.test(pathname) && !/^\/stream\/poster/.test(pathname)) problem(`asks a server: ${pathname}`);
  });
  if (config) await made.page.route("**/config.json", (route) => route.fulfill({ json: config }));
  // Posters are files of a server: without one the drawn ones stand.
  await made.page.route("**/stream/poster/**", (route) => route.fulfill({ status: 404, body: "" }));
  if (change)
    await made.page.route(/\/assets\/recording-.*\.json/, async (route) => {
      const recording = await (await route.fetch()).json();
      change(recording);
      await route.fulfill({ json: recording });
    });
  await made.page.goto(`${base}/signin?flags=${flags}`);
  await made.page.fill("input[name=email]", "demo@streamverse.example");
  await made.page.fill("input[name=password]", "a household that watches");
  await made.page.press("input[name=password]", "Enter");
  await made.page.getByRole("button", { name: /Ana and Ben/ }).click();
  for (const digit of "2468") await made.page.keyboard.press(digit);
  await made.page.waitForURL(`${base}/`);
  return made;
};

await step("FE-7: the whole viewer plays recorded answers", async () => {
  const { context, page } = await begin("mock");
  await page.getByText("Recorded answers, no server").waitFor();
  await page.getByRole("region", { name: "Continue watching" }).waitFor();
  await page.getByRole("region", { name: "Live now" }).waitFor();
  await settled(page, 100);
  await shot(page, "mock-home-dark-1440");
  const title = await page.locator('main a[href^="/title/"]').first().getAttribute("href");
  for (const [path, shows] of [
    [title, page.locator("main h1")],
    ["/search?q=harbour", page.getByText("Best match")],
    ["/browse", page.locator('main a[href^="/title/"]').first()],
    ["/collections", page.getByRole("heading", { name: "Playlists" })],
    ["/live", page.locator("[data-programme]").first()],
    ["/list", page.locator("main h1")],
    ["/plans", page.getByRole("button", { name: /^(Choose|Change to) / }).first()],
    ["/purchases", page.locator("main h1")],
    ["/invoices", page.getByRole("heading", { name: "Invoices and credit" })],
    ["/devices", page.getByText("Sign out everywhere").first()],
    ["/account", page.getByText("demo@streamverse.example")],
    ["/profiles", page.getByRole("heading", { name: "Who is watching?" })],
  ]) {
    await page.goto(base + path);
    await shows.first().waitFor();
    await settled(page, 0);
    check((await page.getByText("This did not work").count()) === 0, `${path} fails without a server`);
    await fits(page, `mock ${path}`);
  }
  await context.close();
});

/** The demonstration's household with a renewal that its bank declined. */
const overdue = (status) => (recording) => {
  const plan = recording.calls.find((call) => call.method.endsWith("/ListPlans")).response.items[0];
  const inDays = (days) => new Date(Date.now() + days * 86_400_000).toISOString();
  for (const call of recording.calls.filter((one) => one.method.endsWith("/ListSubscriptions")))
    call.response = { items: [{ id: "01936f00-0009-7000-8000-000000000009", plan, status, periodStart: inDays(-31), periodEnd: inDays(-1), pastDue: { tries: 1, nextTryTime: inDays(2.5), ...(status.endsWith("PAST_DUE") ? { graceEndTime: inDays(4) } : {}) } }] };
};

await step("X-PAY-4: a renewal that was not paid says until when, and is paid there", async () => {
  for (const [status, text, options] of [
    ["SUBSCRIPTION_STATUS_PAST_DUE", /You can go on watching until/, { viewport: { width: 390, height: 844 }, colorScheme: "light" }],
    ["SUBSCRIPTION_STATUS_ON_HOLD", /is closed until it is paid/, {}],
  ]) {
    const { context, page } = await begin("mock", { change: overdue(status), ...options });
    await page.goto(`${base}/plans`);
    await page.getByText("Your renewal is not paid").waitFor();
    await page.getByText(text).waitFor();
    await page.getByText(/It is tried again/).waitFor();
    check((await page.getByRole("button", { name: /^(Choose|Change to) / }).count()) === 0, "no other plan before it is paid");
    await settled(page, 100);
    await fits(page, status);
    await accessible(page, status);
    await shot(page, `plans-${status.slice(20).toLowerCase()}-${options.viewport?.width ?? 1440}`);
    await page.getByRole("button", { name: "Pay now" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("The renewal is charged at once").waitFor();
    // What is not recorded is refused: the form stays.
    await dialog.getByRole("button", { name: "Pay now" }).click();
    await dialog.getByRole("alert").waitFor();
    await dialog.getByLabel("A card that pays").waitFor();
    await context.close();
  }
});

await step("FE-8: flags switch parts on and off: by the operator's file, and by a link for one browser", async () => {
  const { context, page } = await begin("mock");
  const wire = page.getByRole("button", { name: "Show calls to the server" });
  await wire.waitFor();
  await page.goto(`${base}/?flags=mock,-wire`);
  await page.getByText("Recorded answers, no server").waitFor();
  check((await wire.count()) === 0, "a link takes the wire drawer away");
  await page.keyboard.press("Control+`");
  check((await page.getByRole("complementary", { name: "Wire" }).count()) === 0, "its key opens nothing");
  await page.goto(base);
  await page.getByText("Recorded answers, no server").waitFor();
  check((await wire.count()) === 0, "the browser remembers its flags");
  await context.close();
  const set = await begin("", { config: { flags: { mock: true, wire: false } } });
  await set.page.getByText("Recorded answers, no server").waitFor();
  check((await set.page.getByRole("button", { name: "Show calls to the server" }).count()) === 0, "the operator's file takes it away for all");
  await set.page.goto(`${base}/?flags=wire`);
  await set.page.getByRole("button", { name: "Show calls to the server" }).waitFor();
  await set.context.close();
});

await browser.close();
console.log(`${counts.steps} steps, ${counts.shots} pictures, ${counts.axe} times axe, ${problems.length} problems, ${((Date.now() - from) / 1000).toFixed(0)} s`);
process.exit(problems.length ? 1 : 0);
