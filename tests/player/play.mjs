// Plays an address in headless Chromium: HLS by hls.js, anything else by the browser itself.
//
//   node play.mjs URL SECONDS
//
// Prints {played, ended, currentTime, duration, frames, dropped, width, height, errors}.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { inBrowser } from './browser.mjs';

const [address, text] = process.argv.slice(2);
const seconds = Number(text);
if (!address || !(seconds > 0)) {
  console.error('usage: node play.mjs URL SECONDS');
  process.exit(2);
}

/** How much later than SECONDS a slow machine may be, in milliseconds. */
const PATIENCE = 30_000;
/** The path of the page that plays; the browser never really asks the server for it. */
const PAGE = '/__player__';

const url = new URL(address);
const library = await readFile(createRequire(import.meta.url).resolve('hls.js/dist/hls.min.js'), 'utf8');
await inBrowser(async (page) => {
  const crashes = [];
  page.on('pageerror', (error) => crashes.push({ type: 'page', details: String(error), fatal: true }));
  // The page is served here, under the server's own origin, so that no cross-origin rule plays a part.
  await page.setRequestInterception(true);
  page.on('request', (request) => {
    if (new URL(request.url()).pathname === PAGE) {
      request.respond({ contentType: 'text/html', body: '<!doctype html><video muted playsinline></video>' });
    } else {
      request.continue();
    }
  });
  await page.goto(url.origin + PAGE);
  await page.addScriptTag({ content: library });
  await page.evaluate(start, url.href, url.pathname.endsWith('.m3u8'));
  const deadline = Date.now() + seconds * 1000 + PATIENCE;
  let state;
  do {
    await new Promise((resolve) => setTimeout(resolve, 100));
    state = await page.evaluate(look);
  } while (
    Date.now() < deadline &&
    !state.ended &&
    state.currentTime < seconds &&
    !state.errors.some((error) => error.fatal)
  );
  const errors = [...state.errors, ...crashes];
  const enough = state.ended || state.currentTime >= seconds;
  const played = enough && state.frames > 0 && !errors.some((error) => error.fatal);
  console.log(JSON.stringify({ played, ...state, errors }));
});

/** Starts playback; runs in the page. */
function start(source, isPlaylist) {
  const video = document.querySelector('video');
  const errors = (window.playerErrors = []);
  video.addEventListener('error', () => {
    errors.push({ type: 'media', details: video.error?.message ?? 'error', fatal: true });
  });
  if (isPlaylist) {
    const hls = new window.Hls();
    hls.on(window.Hls.Events.ERROR, (_, { type, details, fatal, response }) => {
      errors.push({ type, details, fatal, status: response?.code });
    });
    hls.loadSource(source);
    hls.attachMedia(video);
  } else {
    video.src = source;
  }
  // It settles only once there is something to play, which may be never.
  video.play().catch((error) => errors.push({ type: 'play', details: String(error), fatal: false }));
}

/** Says how far playback has come; runs in the page. */
function look() {
  const video = document.querySelector('video');
  const quality = video.getVideoPlaybackQuality();
  return {
    ended: video.ended,
    currentTime: video.currentTime,
    duration: Number.isFinite(video.duration) ? video.duration : null,
    frames: quality.totalVideoFrames - quality.droppedVideoFrames,
    dropped: quality.droppedVideoFrames,
    width: video.videoWidth,
    height: video.videoHeight,
    errors: window.playerErrors,
  };
}
