//! The playable media of a title: what was packaged, and what must hold for it to be published.
//!
//! The JSON form is that of the message `streamverse.streaming.v1.Media`.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use sv_kernel::Timestamp;

use super::{
    Thumbnails,
    check::{MediaProblem, is_hash, is_slug, is_uuid, require},
};

/// The longest title in seconds: time stamps of transport streams repeat after 26.5 hours.
pub const MAX_DURATION_SECONDS: f64 = 24.0 * 3600.0;

/// The playable media of a title.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Media {
    /// The title, a hyphenated UUID.
    pub content_id: String,
    /// Folder of the blobs: `media/<content id>/<generation>`.
    pub prefix: String,
    /// Length in seconds.
    pub duration_seconds: f64,
    /// What can be played, best first.
    pub renditions: Vec<Rendition>,
    /// The whole title as one MP4 file, relative to the prefix.
    pub progressive: String,
    /// The poster, relative to the prefix.
    pub poster: String,
    /// What players show while somebody looks for a place, unless it was packaged without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thumbnails: Option<Thumbnails>,
}

/// One quality of a title.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rendition {
    /// E.g. `480p`.
    pub quality: String,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Frames per second.
    pub frame_rate: f64,
    /// The peak segment bit rate of RFC 8216 section 4.1, bits per second.
    pub peak_bandwidth: u32,
    /// Bits per second over the whole title.
    pub average_bandwidth: u32,
    /// RFC 6381, e.g. `avc1.64001e,mp4a.40.2`.
    pub codecs: String,
    /// In order of time; segment n is the blob `<prefix>/<quality>/segment-<n>.ts`.
    pub segments: Vec<Segment>,
}

/// One piece of a rendition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Segment {
    /// Seconds.
    pub duration_seconds: f64,
    /// Bytes.
    pub size: u32,
    /// The first 16 hexadecimal digits of the SHA-256 of its bytes.
    pub hash: String,
}

/// One blob as it was found when the media was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Bytes.
    pub size: u64,
    /// The first 16 hexadecimal digits of the SHA-256 of its bytes.
    pub hash: String,
}

/// Media that viewers may get.
#[derive(Clone, Debug, PartialEq)]
pub struct Published {
    /// The media.
    pub media: Media,
    /// The MP4 file.
    pub progressive: File,
    /// The poster.
    pub poster: File,
    /// When it became the title's media.
    pub published_at: Timestamp,
}

impl Media {
    /// Returns the last part of the prefix: which packaging of the title this is.
    pub fn generation(&self) -> &str {
        self.prefix.rsplit('/').next().unwrap_or_default()
    }

    /// Returns the rendition of a quality.
    pub fn rendition(&self, quality: &str) -> Option<&Rendition> {
        self.renditions.iter().find(|r| r.quality == quality)
    }

    /// Returns how long one round of the title lasts where it is played over and over, in microseconds: as long as
    /// its longest rendition, so that none runs ahead of another.
    pub fn loop_length(&self) -> i64 {
        let length = |rendition: &Rendition| {
            let segments = rendition.segments.iter();
            segments.map(|s| micros(s.duration_seconds)).sum::<i64>()
        };
        self.renditions.iter().map(length).max().unwrap_or(1).max(1)
    }

    /// Lists the renditions of at most so many lines, best first. Where all have more the smallest is left: who
    /// may watch is shown something.
    pub fn within(&self, most_lines: Option<u32>) -> Vec<&Rendition> {
        let Some(most) = most_lines else {
            return self.renditions.iter().collect();
        };
        let least = self.renditions.iter().map(Rendition::lines).min();
        let most = most.max(least.unwrap_or_default());
        let fits = |rendition: &&Rendition| rendition.lines() <= most;
        self.renditions.iter().filter(fits).collect()
    }

    /// Says whether the MP4 file, which is made of the best rendition, has at most so many lines.
    pub fn file_is_within(&self, most_lines: Option<u32>) -> bool {
        let best = self.renditions.iter().max_by_key(|one| one.lines());
        best.is_none_or(|best| self.within(most_lines).contains(&best))
    }

    /// Returns the key of the MP4 file.
    pub fn progressive_key(&self) -> String {
        format!("{}/{}", self.prefix, self.progressive)
    }

    /// Returns the key of the poster.
    pub fn poster_key(&self) -> String {
        format!("{}/{}", self.prefix, self.poster)
    }

    /// Returns the key of a sheet of thumbnails.
    pub fn sheet_key(&self, n: usize) -> String {
        format!("{}/thumbnails/sheet-{n}.jpg", self.prefix)
    }

    /// Returns the key of a segment.
    pub fn segment_key(&self, quality: &str, n: usize) -> String {
        format!("{}/{quality}/segment-{n}.ts", self.prefix)
    }

    /// Refuses media whose own statements do not fit together, or could not be said in a playlist.
    pub fn check(&self) -> Result<(), MediaProblem> {
        require(is_uuid(&self.content_id), || {
            "contentId is not a UUID".into()
        })?;
        let folder = format!("media/{}/", self.content_id);
        let generation = self.prefix.strip_prefix(&folder).unwrap_or_default();
        require(is_slug(generation, 64), || {
            format!("the prefix is not {folder} and a generation of a-z, 0-9 and '-'")
        })?;
        require(is_length(self.duration_seconds), || {
            "durationSeconds is not a length of up to 24 hours".into()
        })?;
        for (what, name, end) in [
            ("progressive", &self.progressive, ".mp4"),
            ("poster", &self.poster, ".jpg"),
        ] {
            let stem = name.strip_suffix(end).unwrap_or_default();
            require(is_slug(stem, 60), || {
                format!("{what} is not a file name that ends in {end}")
            })?;
        }
        if let Some(thumbnails) = &self.thumbnails {
            thumbnails.check(self.duration_seconds)?;
        }
        let names: BTreeSet<_> = self.renditions.iter().map(|r| &r.quality).collect();
        require(!names.is_empty(), || "there is no rendition".into())?;
        require(names.len() == self.renditions.len(), || {
            "two renditions have one quality".into()
        })?;
        self.renditions
            .iter()
            .try_for_each(|r| r.check(self.duration_seconds))
    }
}

impl Rendition {
    /// Returns the lines of the picture, however it is held.
    pub fn lines(&self) -> u32 {
        self.width.min(self.height)
    }

    /// Returns the segment number n.
    pub fn segment(&self, n: usize) -> Option<&Segment> {
        self.segments.get(n)
    }

    /// Returns the target duration in whole seconds: no segment rounds to more (RFC 8216, 4.3.3.1).
    pub fn target_duration(&self) -> u32 {
        self.segments
            .iter()
            .map(|s| whole(s.duration_seconds))
            .max()
            .unwrap_or(1)
            .max(1)
    }

    fn check(&self, duration: f64) -> Result<(), MediaProblem> {
        let at = |problem: &str| format!("{}: {problem}", self.quality);
        require(is_slug(&self.quality, 20), || {
            "a quality is not a name such as 480p".into()
        })?;
        require(self.width > 0 && self.height > 0, || {
            at("the picture has no size")
        })?;
        let rate_fits = self.frame_rate > 0.0 && self.frame_rate <= 1000.0;
        require(rate_fits, || {
            at("frameRate is not above 0 and at most 1000")
        })?;
        require(is_codecs(&self.codecs), || at("codecs is not RFC 6381"))?;
        require(!self.segments.is_empty(), || at("there is no segment"))?;
        let fits = |s: &Segment| {
            s.duration_seconds > 0.0
                && s.duration_seconds <= 120.0
                && s.size > 0
                && is_hash(&s.hash)
        };
        if let Some(n) = self.segments.iter().position(|s| !fits(s)) {
            return Err(MediaProblem(at(&format!(
                "segment {n} has no fitting length, size or hash"
            ))));
        }
        let sum: f64 = self.segments.iter().map(|s| s.duration_seconds).sum();
        // Sound may run a little longer than the picture.
        require((sum - duration).abs() <= 1.0 + duration / 100.0, || {
            at(&format!(
                "the segments last {sum:.1} s and the title {duration:.1} s"
            ))
        })?;
        let (peak, average) = bandwidth(&self.segments);
        require(
            self.peak_bandwidth >= peak && self.average_bandwidth >= average,
            || {
                at(&format!(
                    "the bandwidths are below those of the segments, {peak} and {average}"
                ))
            },
        )
    }
}

/// Returns a length as whole microseconds, in which rounds add up without drift.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a segment has at most 120 seconds"
)]
pub(crate) fn micros(seconds: f64) -> i64 {
    (seconds * 1e6).round() as i64
}

/// Measures segments: the peak segment bit rate (the largest of any contiguous run that lasts 0.5 to
/// 1.5 target durations, RFC 8216 section 4.1) and the average, both in bits per second, rounded up.
pub fn bandwidth(segments: &[Segment]) -> (u32, u32) {
    let target = segments
        .iter()
        .map(|s| whole(s.duration_seconds))
        .max()
        .unwrap_or(1)
        .max(1);
    let (least, most) = (f64::from(target) * 0.5, f64::from(target) * 1.5);
    let mut peak = 0.0_f64;
    for start in 0..segments.len() {
        let (mut seconds, mut bits) = (0.0, 0.0);
        for segment in &segments[start..] {
            seconds += segment.duration_seconds;
            bits += f64::from(segment.size) * 8.0;
            if seconds > most {
                break;
            }
            if seconds >= least {
                peak = peak.max(bits / seconds);
            }
        }
    }
    let seconds: f64 = segments.iter().map(|s| s.duration_seconds).sum();
    let bits: f64 = segments.iter().map(|s| f64::from(s.size) * 8.0).sum();
    let average = if seconds > 0.0 { bits / seconds } else { 0.0 };
    (up(peak.max(average)), up(average))
}

/// Rounds to the nearest whole second.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "lengths are positive and at most 120 s"
)]
fn whole(seconds: f64) -> u32 {
    seconds.round() as u32
}

/// Rounds up to whole bits per second, at most what the message can hold.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to the range of the message's int32"
)]
fn up(rate: f64) -> u32 {
    rate.ceil().clamp(1.0, f64::from(i32::MAX)) as u32
}

fn is_length(seconds: f64) -> bool {
    seconds > 0.0 && seconds <= MAX_DURATION_SECONDS
}

fn is_codecs(text: &str) -> bool {
    text.len() <= 100
        && text.split(',').all(|codec| {
            codec.contains('.')
                && codec
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'.')
        })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// The packaged sample, as the import measures it.
    pub(crate) fn sample() -> Media {
        let segment = |seconds: f64, size: u32, digit: &str| Segment {
            duration_seconds: seconds,
            size,
            hash: digit.repeat(16),
        };
        let segments = vec![
            segment(10.416_667, 1_277_084, "0"),
            segment(5.333_333, 994_144, "1"),
            segment(7.291_667, 521_700, "2"),
            segment(6.958_333, 1_432_184, "3"),
        ];
        let (peak, average) = bandwidth(&segments);
        Media {
            content_id: "0190b8e1-7c3a-7d2f-8a44-5f0c2b9d1e67".into(),
            prefix: "media/0190b8e1-7c3a-7d2f-8a44-5f0c2b9d1e67/a1b2c3d4".into(),
            duration_seconds: 30.0,
            renditions: vec![Rendition {
                quality: "480p".into(),
                width: 854,
                height: 480,
                frame_rate: 24.0,
                peak_bandwidth: peak,
                average_bandwidth: average,
                codecs: "avc1.64001e,mp4a.40.2".into(),
                segments,
            }],
            progressive: "progressive.mp4".into(),
            poster: "poster.jpg".into(),
            thumbnails: None,
        }
    }

    #[test]
    fn the_sample_fits() {
        let media = sample();
        assert_eq!(media.check(), Ok(()));
        assert_eq!(media.renditions[0].target_duration(), 10);
        assert_eq!(media.generation(), "a1b2c3d4");
    }

    #[test]
    fn the_peak_is_that_of_runs_around_the_target_and_not_of_a_short_last_segment() {
        let segment = |duration_seconds, size| Segment {
            duration_seconds,
            size,
            hash: "0".repeat(16),
        };
        // The last segment alone has 8 Mbit/s, but lasts less than half a target duration.
        let segments = [
            segment(6.0, 600_000),
            segment(6.0, 750_000),
            segment(1.0, 1_000_000),
        ];
        // 6 + 1 s carry 14 Mbit.
        assert_eq!(bandwidth(&segments), (2_000_000, 1_446_154));
        assert_eq!(bandwidth(&[segment(0.2, 1000)]), (40_000, 40_000));
    }

    #[test]
    fn of_a_quality_that_is_bounded_the_better_renditions_are_left_out_but_never_all() {
        let mut media = sample();
        for (quality, width, height) in [("1080p", 1920, 1080), ("720p", 720, 1280)] {
            let better = Rendition {
                quality: quality.into(),
                width,
                height,
                ..media.renditions[0].clone()
            };
            media.renditions.insert(0, better);
        }
        let names = |most| {
            let fitting = media.within(most);
            let names = fitting.iter().map(|one| one.quality.as_str());
            names.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(names(None), "720p 1080p 480p");
        assert_eq!(names(Some(720)), "720p 480p");
        assert_eq!(names(Some(480)), "480p");
        assert_eq!(names(Some(100)), "480p");
        assert!(media.file_is_within(None) && media.file_is_within(Some(1080)));
        assert!(!media.file_is_within(Some(720)));
    }

    #[test]
    fn media_that_contradicts_itself_is_refused() {
        type Spoil = fn(&mut Media);
        let spoils: [(&str, Spoil); 16] = [
            ("contentId", |m| m.content_id = "42".into()),
            ("prefix", |m| m.prefix = "media/../secrets".into()),
            ("prefix", |m| m.prefix.push_str("/..")),
            ("prefix", |m| m.prefix = m.prefix.replace("0190", "0191")),
            ("durationSeconds", |m| m.duration_seconds = f64::NAN),
            ("durationSeconds", |m| m.duration_seconds = 0.0),
            ("the title", |m| m.duration_seconds = 60.0),
            ("progressive", |m| m.progressive = "../x.mp4".into()),
            ("poster", |m| m.poster = "poster.html".into()),
            ("no rendition", |m| m.renditions.clear()),
            ("one quality", |m| {
                m.renditions.push(m.renditions[0].clone());
            }),
            ("a quality", |m| m.renditions[0].quality = "480p/..".into()),
            ("codecs", |m| {
                m.renditions[0].codecs = "avc1.64\"\n#EXT".into();
            }),
            ("no segment", |m| m.renditions[0].segments.clear()),
            ("segment 1", |m| {
                m.renditions[0].segments[1].hash = "XYZ".into();
            }),
            ("bandwidths", |m| m.renditions[0].peak_bandwidth = 1),
        ];
        for (word, spoil) in spoils {
            let mut media = sample();
            spoil(&mut media);
            let problem = media.check().unwrap_err().0;
            assert!(problem.contains(word), "{problem:?} should speak of {word}");
        }
    }

    #[test]
    fn the_json_form_is_that_of_the_message() {
        let json = serde_json::to_value(sample()).unwrap();
        assert_eq!(json["renditions"][0]["averageBandwidth"], 1_126_697);
        assert_eq!(json["renditions"][0]["segments"][1]["size"], 994_144);
        assert_eq!(serde_json::from_value::<Media>(json).unwrap(), sample());
    }
}
