// Signs up, finds a film, subscribes, and plays ten seconds of it; the second run goes on where the first one stopped:
//
//   npx tsc && node build/examples/watch.js http://localhost:3000
import { setTimeout } from "node:timers/promises";

import { BrowseService } from "../src/api/streamverse/content/v1/browse_pb.js";
import { OffersSchema, RightsService } from "../src/api/streamverse/rights/v1/rights_pb.js";
import { SearchService } from "../src/api/streamverse/search/v1/search_pb.js";
import { connect, StreamVerseError } from "../src/node.js";

const [url = "http://localhost:3000", seconds = "10"] = process.argv.slice(2);
const email = "typescript-example@example.org";
const password = "a long enough password";

const tv = connect(url, { deviceId: "TypeScript example" });
try {
  await tv.register({ email, password, name: "Ana" });
} catch (error) {
  if (!(error instanceof StreamVerseError && error.reason === "EMAIL_TAKEN")) throw error;
  await tv.signIn(email, password);
}

let shown = 0;
for await (const title of tv.pages(tv.service(BrowseService).listTitles, { genre: ["Drama"] })) {
  console.log("drama:", title.title);
  if (++shown === 3) break;
}

const { items } = await tv.service(SearchService).searchGlobal({ q: "endles coast", limit: 1 });
const film = items[0]!;
console.log("found:", film.title);

const playback = await tv.play(film.id).catch(async (error: unknown) => {
  const plan = error instanceof StreamVerseError ? error.detail(OffersSchema)?.offers[0]?.plan : undefined;
  if (!plan) throw error;
  console.log("it opens with the plan", plan.code);
  await tv.service(RightsService).subscribe({ planId: plan.code });
  return await tv.play(film.id);
});
console.log("plays from", playback.resumePosition, "s:", playback.playbackUrl);
await setTimeout(Number(seconds) * 1000);
playback.position = playback.resumePosition + Number(seconds);
await playback.close();
tv.close();
