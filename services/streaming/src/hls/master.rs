//! The master playlist (STRM-1).

use std::fmt::Write as _;

use super::{Ride, VERSION, captions};
use crate::domain::{Media, Track};

/// Writes the master playlist of renditions with at most so many lines, and of captions. `ride` says how the token
/// gets to them.
pub fn master(media: &Media, most_lines: Option<u32>, tracks: &[Track], ride: Ride<'_>) -> String {
    let mut out = format!("#EXTM3U\n#EXT-X-VERSION:{VERSION}\n#EXT-X-INDEPENDENT-SEGMENTS\n");
    captions::media(&mut out, tracks, ride);
    let subtitles = captions::attribute(tracks);
    for r in media.within(most_lines) {
        // Writing to a string cannot fail.
        let _ = write!(
            out,
            "#EXT-X-STREAM-INF:BANDWIDTH={},AVERAGE-BANDWIDTH={},CODECS=\"{}\",\
             RESOLUTION={}x{},FRAME-RATE={:.3}{subtitles}\n{}/playlist.m3u8{}\n",
            r.peak_bandwidth,
            r.average_bandwidth,
            r.codecs,
            r.width,
            r.height,
            r.frame_rate,
            r.quality,
            ride.first(),
        );
    }
    out
}
