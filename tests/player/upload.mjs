// Uploads a file by tus-js-client, in pieces, and breaks off once: what has arrived then is not sent again.
//
//   node upload.mjs ENDPOINT TOKEN FILE
//
// Prints {ok, url, size, resumedAt}.
import { createReadStream, statSync } from 'node:fs';
import { Upload } from 'tus-js-client';

const [endpoint, token, file] = process.argv.slice(2);
if (!file) {
  console.error('usage: node upload.mjs ENDPOINT TOKEN FILE');
  process.exit(2);
}

const size = statSync(file).size;
const options = {
  endpoint,
  uploadSize: size,
  chunkSize: 512 * 1024,
  retryDelays: [0, 500, 1000],
  headers: { authorization: `Bearer ${token}` },
  metadata: { filename: 'film.mp4', filetype: 'video/mp4' },
};

// The first goes on until a third has arrived.
const url = await new Promise((resolve, reject) => {
  const upload = new Upload(createReadStream(file), {
    ...options,
    onError: reject,
    onSuccess: () => reject(new Error('it ended before it was broken off')),
    onChunkComplete: (_, arrived) => {
      if (arrived > size / 3) {
        upload.abort().then(() => resolve(upload.url), reject);
      }
    },
  });
  upload.start();
});

// Another one, which knows nothing but the address, goes on from there.
const resumedAt = await new Promise((resolve, reject) => {
  let first;
  const upload = new Upload(createReadStream(file), {
    ...options,
    endpoint: undefined,
    uploadUrl: url,
    onProgress: (sent) => (first ??= sent),
    onError: reject,
    onSuccess: () => resolve(first),
  });
  upload.start();
});
console.log(JSON.stringify({ ok: true, url, size, resumedAt }));
