//! The rules of RFC 8216 that a player relies on, over media of all shapes.

use std::collections::BTreeMap;

use proptest::prelude::*;

use sv_kernel::Timestamp;

use super::{Ride, live, master, variant};
use crate::domain::{
    Media, Rendition, Segment,
    media::{bandwidth, micros, tests::sample},
};

const TOKEN: &str = "eyJhbGciOiJIUzI1NiJ9.e30.c2ln";

#[test]
fn the_samples_playlists_read_as_documented() {
    let media = sample();
    assert_eq!(
        master(&media, None, &[], Ride::Query(TOKEN)),
        format!(
            "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-INDEPENDENT-SEGMENTS\n\
             #EXT-X-STREAM-INF:BANDWIDTH=1646583,AVERAGE-BANDWIDTH=1126697,\
             CODECS=\"avc1.64001e,mp4a.40.2\",RESOLUTION=854x480,FRAME-RATE=24.000\n\
             480p/playlist.m3u8?token={TOKEN}\n"
        )
    );
    let text = variant(&media.renditions[0], Ride::Query(TOKEN));
    assert!(text.starts_with("#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:10\n"));
    assert!(text.contains("#EXTINF:10.416667,\nsegment-0.ts?v=0000000000000000&token="));
    assert!(text.ends_with("#EXT-X-ENDLIST\n"));
}

prop_compose! {
    fn segments()(parts in prop::collection::vec((0.001_f64..120.0, 1_u32..40_000_000, any::<u64>()), 1..40))
        -> Vec<Segment> {
        parts
            .into_iter()
            .map(|(duration_seconds, size, hash)| Segment {
                duration_seconds,
                size,
                hash: format!("{hash:016x}"),
            })
            .collect()
    }
}

prop_compose! {
    fn any_media()(
        ladders in prop::collection::vec(segments(), 1..6),
        (width, height) in (1_u32..16_384, 1_u32..16_384),
        frame_rate in 0.5_f64..1000.0,
        sound in any::<bool>(),
    ) -> Media {
        let id = "0190b8e1-7c3a-7d2f-8a44-5f0c2b9d1e67";
        let renditions = ladders.into_iter().enumerate().map(|(i, segments)| {
            let (peak_bandwidth, average_bandwidth) = bandwidth(&segments);
            Rendition {
                quality: format!("{}p", 144 + i),
                width,
                height,
                frame_rate,
                peak_bandwidth,
                average_bandwidth,
                codecs: if sound { "avc1.64001e,mp4a.40.2".into() } else { "avc1.42c00d".into() },
                segments,
            }
        }).collect();
        Media {
            content_id: id.into(),
            prefix: format!("media/{id}/g"),
            duration_seconds: 1.0,
            renditions,
            progressive: "progressive.mp4".into(),
            poster: "poster.jpg".into(),
            thumbnails: None,
        }
    }
}

/// Returns the attributes of a tag's list, quotes removed.
fn attributes(list: &str) -> Vec<(String, String)> {
    let mut out = Vec::new();
    let mut rest = list;
    while let Some((name, tail)) = rest.split_once('=') {
        let (value, tail) = match tail.strip_prefix('"') {
            Some(quoted) => {
                let (value, tail) = quoted.split_once('"').unwrap();
                (value, tail.strip_prefix(',').unwrap_or(tail))
            }
            None => tail.split_once(',').unwrap_or((tail, "")),
        };
        out.push((name.to_owned(), value.to_owned()));
        rest = tail;
    }
    out
}

proptest! {
    #[test]
    fn a_master_names_every_rendition_with_all_that_a_player_chooses_by(media in any_media()) {
        let text = master(&media, None, &[], Ride::Query(TOKEN));
        let lines: Vec<_> = text.lines().collect();
        prop_assert_eq!(lines[0], "#EXTM3U");
        prop_assert_eq!(lines.iter().filter(|l| l.starts_with("#EXT-X-VERSION:")).count(), 1);
        let mut at = lines.iter().position(|l| l.starts_with("#EXT-X-STREAM-INF:")).unwrap();
        for rendition in &media.renditions {
            let list = lines[at].strip_prefix("#EXT-X-STREAM-INF:").unwrap();
            let attributes: std::collections::BTreeMap<_, _> = attributes(list).into_iter().collect();
            prop_assert_eq!(attributes.len(), 5, "no attribute twice: {}", list);
            prop_assert!(attributes["BANDWIDTH"].parse::<u32>().unwrap() >= attributes["AVERAGE-BANDWIDTH"].parse().unwrap());
            prop_assert_eq!(&attributes["CODECS"], &rendition.codecs);
            prop_assert_eq!(&attributes["RESOLUTION"], &format!("{}x{}", rendition.width, rendition.height));
            let rate: f64 = attributes["FRAME-RATE"].parse().unwrap();
            prop_assert!((rate - rendition.frame_rate).abs() <= 0.0005);
            prop_assert_eq!(lines[at + 1], format!("{}/playlist.m3u8?token={TOKEN}", rendition.quality));
            at += 2;
        }
        prop_assert_eq!(at, lines.len());
    }

    #[test]
    fn a_variant_keeps_the_rules_of_a_vod_playlist(media in any_media()) {
        for rendition in &media.renditions {
            let text = variant(rendition, Ride::Query(TOKEN));
            prop_assert!(text.is_ascii() && !text.contains('\r'));
            let lines: Vec<_> = text.lines().collect();
            prop_assert_eq!(lines[0], "#EXTM3U");
            prop_assert_eq!(*lines.last().unwrap(), "#EXT-X-ENDLIST");
            for tag in ["#EXT-X-VERSION:", "#EXT-X-TARGETDURATION:", "#EXT-X-PLAYLIST-TYPE:VOD",
                "#EXT-X-INDEPENDENT-SEGMENTS", "#EXT-X-MEDIA-SEQUENCE:0"] {
                prop_assert_eq!(lines.iter().filter(|l| l.starts_with(tag)).count(), 1, "{}", tag);
            }
            let target: f64 = lines.iter().find_map(|l| l.strip_prefix("#EXT-X-TARGETDURATION:")).unwrap().parse().unwrap();
            prop_assert!(target >= 1.0);
            let mut n = 0;
            for pair in lines.windows(2) {
                let Some(length) = pair[0].strip_prefix("#EXTINF:") else { continue };
                let seconds: f64 = length.strip_suffix(',').unwrap().parse().unwrap();
                prop_assert!(seconds.round() <= target, "{} over {}", seconds, target);
                prop_assert_eq!(pair[1], format!("segment-{n}.ts?v={}&token={TOKEN}", rendition.segments[n].hash));
                n += 1;
            }
            prop_assert_eq!(n, rendition.segments.len());
        }
    }
}

/// A segment as a player of a sliding window knows it: its numbers, and what it is.
type Numbered = (i64, i64, String);

/// Reads a playlist as players do, and the time of its first segment.
fn window(text: &str) -> (Vec<Numbered>, String) {
    let value = |tag: &str| {
        let mut lines = text.lines();
        let found = lines.find_map(|line| line.strip_prefix(tag)?.strip_prefix(':'));
        found.unwrap().to_owned()
    };
    let mut sequence: i64 = value("#EXT-X-MEDIA-SEQUENCE").parse().unwrap();
    let mut round: i64 = value("#EXT-X-DISCONTINUITY-SEQUENCE").parse().unwrap();
    let mut segments = Vec::new();
    for line in text.lines() {
        if line == "#EXT-X-DISCONTINUITY" {
            round += 1;
        } else if let Some((file, _)) = line.split_once('?') {
            segments.push((sequence, round, file.to_owned()));
            sequence += 1;
        }
    }
    (segments, value("#EXT-X-PROGRAM-DATE-TIME"))
}

#[test]
fn the_window_of_a_channel_slides_with_the_clock_and_tells_where_the_title_begins_anew() {
    let mut media = sample();
    let rendition = &mut media.renditions[0];
    rendition.segments.truncate(2);
    for (segment, seconds) in rendition.segments.iter_mut().zip([4.0, 2.5]) {
        segment.duration_seconds = seconds;
    }
    let length = media.loop_length();
    assert_eq!(length, 6_500_000);
    let at = |seconds: f64| {
        let now = Timestamp::from_micros(6_500_000 * 1_000 + micros(seconds));
        live(&media.renditions[0], length, now, Ride::Query(TOKEN))
    };
    let text = at(4.0);
    assert_eq!(
        text.lines().take(9).collect::<Vec<_>>(),
        [
            "#EXTM3U",
            "#EXT-X-VERSION:6",
            "#EXT-X-TARGETDURATION:4",
            "#EXT-X-MEDIA-SEQUENCE:1995",
            "#EXT-X-DISCONTINUITY-SEQUENCE:997",
            "#EXT-X-INDEPENDENT-SEGMENTS",
            "#EXT-X-PROGRAM-DATE-TIME:1970-01-01T01:48:04.5Z",
            "#EXTINF:2.500000,",
            &format!("segment-1.ts?v=1111111111111111&token={TOKEN}")[..],
        ][..]
    );
    assert!(!text.contains("ENDLIST") && !text.contains("PLAYLIST-TYPE"));
    assert_eq!(at(4.0), at(6.4), "nothing has ended in between");
    let (before, after) = (window(&at(6.4)).0, window(&at(6.5)).0);
    assert_eq!(before[1..], after[..5]);
    assert_eq!(after[5], (2001, 1000, "segment-1.ts".into()));
    // A round's tag stays as long as its first segment, and counts once that is gone.
    assert_eq!(after[0], (1996, 998, "segment-0.ts".into()));
    assert!(at(6.5).contains("DISCONTINUITY-SEQUENCE:997\n"));
}

proptest! {
    /// X-LIVE-4: monotonic numbers over seven days, whoever answers.
    #[test]
    fn every_segment_of_a_channel_keeps_its_numbers_whenever_it_is_listed(
        media in any_media(),
        start in 0_i64..2_000_000_000,
        steps in prop::collection::vec(0_i64..40_000_000, 1..60),
        jump in 0_i64..7 * 86_400_000_000,
    ) {
        let length = media.loop_length();
        let steps = steps.into_iter().chain([jump]);
        for rendition in &media.renditions {
            let mut now = start * 1_000_000;
            let mut known: BTreeMap<i64, (i64, String)> = BTreeMap::new();
            let count = i64::try_from(rendition.segments.len()).unwrap();
            let mut newest = 0;
            for step in steps.clone() {
                now += step;
                let text = live(rendition, length, Timestamp::from_micros(now), Ride::Query(TOKEN));
                prop_assert_eq!(&text, &live(rendition, length, Timestamp::from_micros(now), Ride::Query(TOKEN)));
                let (segments, _) = window(&text);
                prop_assert!(segments.len() <= 6);
                for (sequence, round, file) in segments {
                    newest = newest.max(sequence);
                    let n = sequence.rem_euclid(count);
                    prop_assert_eq!(&file, &format!("segment-{n}.ts"));
                    prop_assert_eq!(round, sequence.div_euclid(count));
                    let first = known.entry(sequence).or_insert((round, file.clone()));
                    prop_assert_eq!(&*first, &(round, file));
                }
                prop_assert!(known.keys().last().is_none_or(|last| *last == newest));
            }
        }
    }
}
