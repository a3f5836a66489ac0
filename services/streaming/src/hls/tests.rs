//! The rules of RFC 8216 that a player relies on, over media of all shapes.

use proptest::prelude::*;

use super::{master, variant};
use crate::domain::{
    Media, Rendition, Segment,
    media::{bandwidth, tests::sample},
};

const TOKEN: &str = "eyJhbGciOiJIUzI1NiJ9.e30.c2ln";

#[test]
fn the_samples_playlists_read_as_documented() {
    let media = sample();
    assert_eq!(
        master(&media, TOKEN),
        format!(
            "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-INDEPENDENT-SEGMENTS\n\
             #EXT-X-STREAM-INF:BANDWIDTH=1646583,AVERAGE-BANDWIDTH=1126697,\
             CODECS=\"avc1.64001e,mp4a.40.2\",RESOLUTION=854x480,FRAME-RATE=24.000\n\
             480p/playlist.m3u8?token={TOKEN}\n"
        )
    );
    let text = variant(&media.renditions[0], TOKEN);
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
        let text = master(&media, TOKEN);
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
            let text = variant(rendition, TOKEN);
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
