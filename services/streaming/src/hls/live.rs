//! The sliding window of a channel that plays a title over and over (STRM-10): a function of the clock alone,
//! so that every process says the same and none has to remember anything.

use std::fmt::Write as _;

use sv_kernel::Timestamp;

use super::{Ride, VERSION};
use crate::domain::{Rendition, media::micros};

/// How many segments a window has.
const WINDOW: i64 = 6;

/// Where a segment lies in the channel's time.
struct Shown {
    /// How often the title was played before.
    round: i64,
    /// Its place in the title.
    n: usize,
    /// When it begins, in microseconds.
    starts_at: i64,
}

/// Writes the playlist of a rendition as it is at a moment. `length` is that of one round, in microseconds, the
/// same for all renditions; the first began at the epoch.
///
/// A segment is listed once it was played to its end. Its media sequence number counts the segments, its
/// discontinuity sequence number the rounds since the epoch: the tag in front of a round is counted once that
/// round's first segment has left the window (RFC 8216, 6.2.2).
pub fn live(rendition: &Rendition, length: i64, now: Timestamp, ride: Ride<'_>) -> String {
    let count = i64::try_from(rendition.segments.len()).unwrap_or(1).max(1);
    let next = next_sequence(rendition, length, now);
    let window: Vec<Shown> = (next - WINDOW..next)
        .filter(|sequence| *sequence >= 0)
        .filter_map(|sequence| {
            shown(
                rendition,
                length,
                sequence.div_euclid(count),
                sequence.rem_euclid(count),
            )
        })
        .collect();
    let first = window.first();
    let sequence = (next - WINDOW).max(0);
    let gone = first.map_or(0, |first| {
        first.round - i64::from(first.n == 0 && first.round > 0)
    });
    let mut out = format!(
        "#EXTM3U\n#EXT-X-VERSION:{VERSION}\n#EXT-X-TARGETDURATION:{}\n#EXT-X-MEDIA-SEQUENCE:{sequence}\n\
         #EXT-X-DISCONTINUITY-SEQUENCE:{gone}\n#EXT-X-INDEPENDENT-SEGMENTS\n",
        rendition.target_duration()
    );
    for (at, shown) in window.iter().enumerate() {
        let begins = shown.n == 0 && shown.round > 0;
        // Writing to a string cannot fail.
        if begins {
            out.push_str("#EXT-X-DISCONTINUITY\n");
        }
        if begins || at == 0 {
            let time = Timestamp::from_micros(shown.starts_at);
            let _ = writeln!(out, "#EXT-X-PROGRAM-DATE-TIME:{time}");
        }
        if let Some(segment) = rendition.segment(shown.n) {
            let _ = write!(
                out,
                "#EXTINF:{:.6},\nsegment-{}.ts?v={}{}\n",
                segment.duration_seconds,
                shown.n,
                segment.hash,
                ride.further()
            );
        }
    }
    out
}

/// Returns the number of the segment that is being played at a moment: all before it are over.
fn next_sequence(rendition: &Rendition, length: i64, now: Timestamp) -> i64 {
    let length = length.max(1);
    let (round, at) = (
        now.micros().div_euclid(length),
        now.micros().rem_euclid(length),
    );
    let mut end = 0;
    let last = rendition.segments.len().saturating_sub(1);
    // The last one lasts to the end of the round, whatever its length is in this rendition.
    let over = rendition.segments[..last].iter().take_while(|segment| {
        end += micros(segment.duration_seconds);
        end <= at
    });
    let count = i64::try_from(rendition.segments.len()).unwrap_or(1);
    let over = i64::try_from(over.count()).unwrap_or_default();
    round.saturating_mul(count).saturating_add(over)
}

fn shown(rendition: &Rendition, length: i64, round: i64, n: i64) -> Option<Shown> {
    let n = usize::try_from(n).ok()?;
    let before = rendition.segments.get(..n)?;
    let before: i64 = before.iter().map(|s| micros(s.duration_seconds)).sum();
    Some(Shown {
        round,
        n,
        starts_at: round.checked_mul(length)?.checked_add(before)?,
    })
}
