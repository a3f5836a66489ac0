//! The media playlist of one quality (STRM-2).

use std::fmt::Write as _;

use super::{Ride, VERSION};
use crate::domain::Rendition;

/// Writes the playlist of a rendition. Segments are addressed by number and hash (C15), and
/// `ride` says how the token gets to them.
pub fn variant(rendition: &Rendition, ride: Ride<'_>) -> String {
    let mut out = format!(
        "#EXTM3U\n#EXT-X-VERSION:{VERSION}\n#EXT-X-TARGETDURATION:{}\n#EXT-X-MEDIA-SEQUENCE:0\n\
         #EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-INDEPENDENT-SEGMENTS\n",
        rendition.target_duration()
    );
    for (n, segment) in rendition.segments.iter().enumerate() {
        // Writing to a string cannot fail.
        let _ = write!(
            out,
            "#EXTINF:{:.6},\nsegment-{n}.ts?v={}{}\n",
            segment.duration_seconds,
            segment.hash,
            ride.further()
        );
    }
    out.push_str("#EXT-X-ENDLIST\n");
    out
}
