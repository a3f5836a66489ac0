// Reads a master playlist and everything it names, strictly by RFC 8216.
//
//   node lint.mjs URL
//
// Prints {ok, problems, variants: [{address, bandwidth, codecs, targetDuration, segments, duration}]}.
import HLS from 'hls-parser';

const [address] = process.argv.slice(2);
if (!address) {
  console.error('usage: node lint.mjs URL');
  process.exit(2);
}

HLS.setOptions({ strictMode: true });
const problems = [];
const variants = [];
const master = await playlist(address);
if (master && !master.isMasterPlaylist) {
  problems.push(`${address}: not a master playlist`);
} else if (master) {
  for (const variant of master.variants) {
    await lint(variant);
  }
}
if (master && variants.length === 0) {
  problems.push('no variant can be read');
}
console.log(JSON.stringify({ ok: problems.length === 0, problems, variants }));
process.exit(problems.length === 0 ? 0 : 1);

/** Fetches and parses a playlist; what is wrong with it is noted. */
async function playlist(at) {
  const answer = await fetch(at);
  if (!answer.ok) {
    problems.push(`${at}: ${answer.status}`);
    return null;
  }
  const kind = answer.headers.get('content-type');
  if (kind !== 'application/vnd.apple.mpegurl') {
    problems.push(`${at}: content type ${kind}`);
  }
  try {
    return HLS.parse(await answer.text());
  } catch (error) {
    problems.push(`${at}: ${error.message}`);
    return null;
  }
}

/** Reads one variant and asks for each of its segments. */
async function lint(variant) {
  const at = new URL(variant.uri, address).href;
  for (const name of ['bandwidth', 'averageBandwidth', 'codecs', 'resolution', 'frameRate']) {
    if (!variant[name]) {
      problems.push(`${at}: the master does not say its ${name}`);
    }
  }
  const media = await playlist(at);
  if (!media) {
    return;
  }
  if (media.playlistType !== 'VOD' || !media.endlist || media.segments.length === 0) {
    problems.push(`${at}: not a whole title`);
  }
  let duration = 0;
  for (const segment of media.segments) {
    duration += segment.duration;
    // A segment much shorter than the others does not count towards the peak (RFC 8216 section 4.1).
    const counts = segment.duration >= media.targetDuration / 2;
    await measure(new URL(segment.uri, at).href, segment.duration, counts ? variant.bandwidth : Infinity);
  }
  variants.push({
    address: at,
    bandwidth: variant.bandwidth,
    codecs: variant.codecs,
    targetDuration: media.targetDuration,
    segments: media.segments.length,
    duration,
  });
}

/** Fetches a segment: it is a transport stream, and not larger than the variant's bandwidth allows. */
async function measure(at, seconds, bandwidth) {
  const answer = await fetch(at);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  if (!answer.ok || answer.headers.get('content-type') !== 'video/mp2t') {
    problems.push(`${at}: ${answer.status} ${answer.headers.get('content-type')}`);
  } else if (bytes.length % 188 !== 0 || bytes[0] !== 0x47) {
    problems.push(`${at}: not a transport stream`);
  } else if ((bytes.length * 8) / seconds > bandwidth * 1.1) {
    problems.push(`${at}: more than its bandwidth`);
  }
}
