//! The master playlist (STRM-1).

use std::fmt::Write as _;

use super::VERSION;
use crate::domain::Media;

/// Writes the master playlist of renditions with at most so many lines. `token` is the playback token, which
/// rides on every address.
pub fn master(media: &Media, most_lines: Option<u32>, token: &str) -> String {
    let mut out = format!("#EXTM3U\n#EXT-X-VERSION:{VERSION}\n#EXT-X-INDEPENDENT-SEGMENTS\n");
    for r in media.within(most_lines) {
        // Writing to a string cannot fail.
        let _ = write!(
            out,
            "#EXT-X-STREAM-INF:BANDWIDTH={},AVERAGE-BANDWIDTH={},CODECS=\"{}\",\
             RESOLUTION={}x{},FRAME-RATE={:.3}\n{}/playlist.m3u8?token={token}\n",
            r.peak_bandwidth,
            r.average_bandwidth,
            r.codecs,
            r.width,
            r.height,
            r.frame_rate,
            r.quality,
        );
    }
    out
}
