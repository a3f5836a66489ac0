// Calls the public port by two grpc-web libraries in headless Chromium, from a page of another origin.
//
//   node grpc-web.mjs
//
// Prints {origin}, the page's origin, which the server must list; reads the server's address, email and
// password as {edge, email, password} from standard input; prints what the page was told, and what a page
// of an origin that is not listed was told (see pages/grpc-web.mjs).
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline/promises';
import { inBrowser } from './browser.mjs';

/** Packages that the page imports by their names. */
const PACKAGES = ['@bufbuild/protobuf', '@connectrpc/connect', '@connectrpc/connect-web', 'grpc-web'];
/** Where the page finds what. */
const FOLDERS = {
  '/modules/': new URL('node_modules/', import.meta.url),
  '/pages/': new URL('pages/', import.meta.url),
  '/gen/': new URL('../../gen/', import.meta.url),
};
const TYPES = { '.mjs': 'text/javascript', '.js': 'text/javascript' };

const page = `<!doctype html>
<script type="importmap">${JSON.stringify({ imports: await imports() })}</script>`;
const server = createServer(answer);
await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
const { port } = server.address();
// One server, two origins: the server under test lists the first.
const [listed, unlisted] = [`http://127.0.0.1:${port}`, `http://localhost:${port}`];
console.log(JSON.stringify({ origin: listed }));
try {
  const lines = createInterface({ input: process.stdin });
  const { value: line } = await lines[Symbol.asyncIterator]().next();
  lines.close();
  console.log(JSON.stringify({
    listed: await inBrowser((tab) => walk(tab, listed, JSON.parse(line))),
    unlisted: await inBrowser((tab) => walk(tab, unlisted, JSON.parse(line))),
  }));
} finally {
  server.close();
}

/** Opens the page under an origin and walks it. */
async function walk(tab, origin, account) {
  await tab.goto(`${origin}/`);
  return tab.evaluate(async (account) => {
    const { walk } = await import('/pages/grpc-web.mjs');
    return walk(account);
  }, account);
}

/** Lists the addresses of all modules, as bundlers read them from the packages. */
async function imports() {
  const map = {};
  for (const name of PACKAGES) {
    const about = JSON.parse(await readFile(new URL(`${name}/package.json`, FOLDERS['/modules/'])));
    const entries = about.exports ?? { '.': { import: about.module } };
    for (const [path, entry] of Object.entries(entries)) {
      if (entry.import) {
        map[name + path.slice(1)] = `/modules/${name}/${entry.import.replace(/^\.\//, '')}`;
      }
    }
  }
  return map;
}

/** Serves the page, its modules and the descriptors. */
async function answer(request, response) {
  const { pathname } = new URL(request.url, listed);
  if (pathname === '/') {
    response.setHeader('content-type', 'text/html').end(page);
    return;
  }
  const folder = Object.keys(FOLDERS).find((prefix) => pathname.startsWith(prefix));
  const file = folder && new URL(pathname.slice(folder.length), FOLDERS[folder]);
  try {
    const bytes = await readFile(file);
    const type = TYPES[pathname.slice(pathname.lastIndexOf('.'))] ?? 'application/octet-stream';
    response.setHeader('content-type', type).end(bytes);
  } catch {
    response.writeHead(404).end();
  }
}
