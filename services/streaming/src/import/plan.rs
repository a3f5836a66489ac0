//! Decides what happens to the streams of a file: kept where every player takes them, else re-encoded.

use sv_proto::streaming::ImportNoteCode as Code;

use super::{probe::Source, stream::Stream};
use crate::domain::Note;

/// Pictures that are wider or higher are made smaller when they are re-encoded.
const LARGEST: (f64, f64) = (1920.0, 1080.0);
/// The longest stretch between pictures that stand alone, in seconds: segments cannot be shorter.
const LONGEST_GOP: f64 = 20.0;
/// Heights that have a name.
const LADDER: [u32; 9] = [144, 240, 360, 480, 540, 720, 1080, 1440, 2160];

/// What happens to a file.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Plan {
    /// The picture.
    pub video: Video,
    /// The sound, if there is any.
    pub audio: Option<Audio>,
    /// What a person should know about it.
    pub notes: Vec<Note>,
}

/// What happens to the picture.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Video {
    /// It stays as it is.
    Kept,
    /// It becomes H.264 with a picture that stands alone every 2 s.
    Encoded(Encoding),
}

/// How a picture is encoded.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Encoding {
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Whether two half pictures become one.
    pub deinterlaced: bool,
    /// Whether frames above 60 a second are dropped.
    pub slowed: bool,
    /// The most kilobits per second.
    pub kilobits: u32,
}

/// What happens to the sound.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Audio {
    /// It stays as it is.
    Kept,
    /// It becomes AAC in stereo.
    Encoded,
}

impl Plan {
    /// Names the quality that is made.
    pub(super) fn quality(&self, source: &Source) -> String {
        match &self.video {
            Video::Kept => quality(source.video.width, source.video.height),
            Video::Encoded(encoding) => quality(encoding.width, encoding.height),
        }
    }
}

/// Decides. `keep` is false where keeping the picture was tried and did not pass its check.
pub(super) fn plan(source: &Source, keep: bool) -> Plan {
    let mut notes = Vec::new();
    let obstacle = if keep {
        obstacle(source)
    } else {
        let why = "its segments would not stand alone";
        Some(Note::new(Code::VideoReencodedSegments, why))
    };
    let video = match obstacle {
        None => Video::Kept,
        Some(why) => {
            let encoding = encoding(&source.video);
            let (width, height) = (encoding.width, encoding.height);
            notes.push(Note {
                text: format!(
                    "video: re-encoded to H.264 {width}x{height}, because {}",
                    why.text
                ),
                pixels: Some((width, height)),
                ..why
            });
            if matches!(
                source.video.color_transfer.as_str(),
                "smpte2084" | "arib-std-b67"
            ) {
                let pale = "video: high dynamic range was not mapped, colours may look pale";
                notes.push(Note::new(Code::HdrNotMapped, pale));
            }
            Video::Encoded(encoding)
        }
    };
    let audio = source.audio.as_ref().map(|stream| {
        let fits = stream.codec_name == "aac"
            && stream.profile == "LC"
            && (1..=2).contains(&stream.channels)
            && stream.sample_rate <= 48_000.0;
        if fits {
            return Audio::Kept;
        }
        let layout = Some(stream.channel_layout.as_str())
            .filter(|layout| !layout.is_empty())
            .unwrap_or("unknown layout");
        let text = format!("audio: {} ({layout}) became AAC stereo", stream.codec_name);
        notes.push(Note {
            codec: stream.codec_name.clone(),
            format: stream.channel_layout.clone(),
            ..Note::new(Code::AudioReencoded, text)
        });
        Audio::Encoded
    });
    if audio.is_none() {
        notes.push(Note::new(Code::NoAudio, "audio: the file has no sound"));
    }
    notes.extend(source.left_out.iter().cloned());
    Plan {
        video,
        audio,
        notes,
    }
}

/// Says why the picture cannot stay as it is: half a sentence.
fn obstacle(source: &Source) -> Option<Note> {
    let v = &source.video;
    if v.codec_name != "h264" {
        let why = format!("{} does not play everywhere", v.codec_name);
        return Some(Note {
            codec: v.codec_name.clone(),
            ..Note::new(Code::VideoReencodedCodec, why)
        });
    }
    let profile_fits = matches!(
        v.profile.as_str(),
        "Baseline"
            | "Constrained Baseline"
            | "Main"
            | "High"
            | "Progressive High"
            | "Constrained High"
    );
    let format_fits = matches!(v.pix_fmt.as_str(), "yuv420p" | "yuvj420p");
    if !profile_fits || !format_fits || v.level > 52 {
        let format = format!("{} {}", v.profile, v.pix_fmt);
        let why = format!("profile {format} does not play everywhere");
        return Some(Note {
            format,
            ..Note::new(Code::VideoReencodedProfile, why)
        });
    }
    if is_interlaced(v) {
        return Some(Note::new(
            Code::VideoReencodedInterlaced,
            "it is interlaced",
        ));
    }
    if v.rotation() != 0.0 {
        return Some(Note::new(Code::VideoReencodedTurned, "it is turned"));
    }
    let gop = source.timeline.longest_gop();
    let starts_late = source
        .timeline
        .keys
        .first()
        .is_none_or(|first| *first > source.timeline.start + 0.001);
    if starts_late || gop > LONGEST_GOP {
        let why = format!("a picture that stands alone comes only every {gop:.0} s");
        return Some(Note {
            seconds: Some(gop.round()),
            ..Note::new(Code::VideoReencodedKeyframes, why)
        });
    }
    None
}

fn is_interlaced(v: &Stream) -> bool {
    matches!(v.field_order.as_str(), "tt" | "bb" | "tb" | "bt")
}

fn encoding(v: &Stream) -> Encoding {
    let (width, height) = v.shown();
    let (long, short) = (width.max(height), width.min(height));
    let factor = (LARGEST.0 / long).min(LARGEST.1 / short).min(1.0);
    let (width, height) = (even(width * factor), even(height * factor));
    Encoding {
        width,
        height,
        deinterlaced: is_interlaced(v),
        slowed: v.avg_frame_rate > 60.5,
        // The rungs of the ladder (TRNS-7, C37).
        kilobits: match lines(width, height) {
            0..=400 => 800,
            401..=600 => 1_500,
            601..=800 => 3_000,
            _ => 6_000,
        },
    }
}

/// Names a picture size as the field does: `480p`, also for wide or upright pictures.
pub(super) fn quality(width: u32, height: u32) -> String {
    let lines = lines(width, height);
    let near = |rung: &&u32| rung.abs_diff(lines) * 100 <= **rung * 3;
    format!("{}p", LADDER.iter().find(near).unwrap_or(&lines))
}

/// Returns the lines of the 16:9 picture that holds this one.
fn lines(width: u32, height: u32) -> u32 {
    let (long, short) = (width.max(height), width.min(height));
    short.max(long * 9 / 16)
}

/// Rounds to the nearest even number of pixels.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "at most 1920 and never negative"
)]
fn even(pixels: f64) -> u32 {
    ((pixels / 2.0).round() as u32).max(1) * 2
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::{probe::Timeline, stream::SideData};

    fn source() -> Source {
        Source {
            video: Stream {
                codec_name: "h264".into(),
                profile: "High".into(),
                pix_fmt: "yuv420p".into(),
                field_order: "progressive".into(),
                width: 854,
                height: 480,
                level: 30,
                avg_frame_rate: 24.0,
                ..Stream::default()
            },
            audio: Some(Stream {
                codec_name: "aac".into(),
                profile: "LC".into(),
                channels: 2,
                sample_rate: 48_000.0,
                ..Stream::default()
            }),
            left_out: Vec::new(),
            timeline: Timeline {
                dts: vec![0.0, 15.0],
                keys: vec![0.0, 10.0],
                start: 0.0,
                end: 30.0,
            },
        }
    }

    #[test]
    fn what_plays_everywhere_is_kept() {
        let plan = plan(&source(), true);
        assert_eq!((plan.video, plan.audio), (Video::Kept, Some(Audio::Kept)));
        assert!(plan.notes.is_empty());
    }

    #[test]
    fn sound_of_six_channels_becomes_stereo_and_says_so() {
        let mut source = source();
        if let Some(audio) = &mut source.audio {
            audio.channels = 6;
            audio.channel_layout = "5.1".into();
        }
        let plan = plan(&source, true);
        assert_eq!(plan.audio, Some(Audio::Encoded));
        let note = &plan.notes[0];
        assert_eq!((plan.notes.len(), note.code), (1, Code::AudioReencoded));
        assert_eq!((&*note.codec, &*note.format), ("aac", "5.1"));
        assert_eq!(note.text, "audio: aac (5.1) became AAC stereo");
    }

    #[test]
    fn pictures_that_not_every_player_takes_are_encoded() {
        type Spoil = (fn(&mut Source), Code);
        let spoils: [Spoil; 9] = [
            (
                |s| s.video.codec_name = "hevc".into(),
                Code::VideoReencodedCodec,
            ),
            (
                |s| s.video.profile = "High 10".into(),
                Code::VideoReencodedProfile,
            ),
            (
                |s| s.video.pix_fmt = "yuv422p".into(),
                Code::VideoReencodedProfile,
            ),
            (|s| s.video.level = 60, Code::VideoReencodedProfile),
            (
                |s| s.video.field_order = "tt".into(),
                Code::VideoReencodedInterlaced,
            ),
            (
                |s| s.video.side_data_list = vec![SideData { rotation: 90.0 }],
                Code::VideoReencodedTurned,
            ),
            (
                |s| s.timeline.keys = vec![0.0],
                Code::VideoReencodedKeyframes,
            ),
            (
                |s| s.timeline.keys = vec![1.0, 10.0, 20.0],
                Code::VideoReencodedKeyframes,
            ),
            (|s| s.timeline.keys.clear(), Code::VideoReencodedKeyframes),
        ];
        for (i, (spoil, why)) in spoils.iter().enumerate() {
            let mut source = source();
            spoil(&mut source);
            let plan = plan(&source, true);
            assert!(matches!(plan.video, Video::Encoded(_)), "{i}");
            assert_eq!(plan.notes[0].code, *why, "{i}");
            assert!(plan.notes[0].pixels.is_some(), "{i}");
        }
        assert!(matches!(plan(&source(), false).video, Video::Encoded(_)));
    }

    #[test]
    fn sizes_are_named_and_bounded() {
        for (width, height, name) in [
            (854, 480, "480p"),
            (640, 480, "480p"),
            (1920, 800, "1080p"),
            (1080, 1920, "1080p"),
            (1280, 720, "720p"),
            (640, 360, "360p"),
            (3840, 2160, "2160p"),
            (320, 200, "200p"),
        ] {
            assert_eq!(quality(width, height), name, "{width}x{height}");
        }
        let of = |width, height, shape: &str| {
            let e = encoding(&Stream {
                width,
                height,
                sample_aspect_ratio: shape.into(),
                ..Stream::default()
            });
            (e.width, e.height, e.kilobits)
        };
        assert_eq!(of(3840, 2160, "1:1"), (1920, 1080, 6_000));
        assert_eq!(of(720, 576, "16:11"), (1048, 576, 1_500));
        assert_eq!(of(1, 1, "0:1"), (2, 2, 800));
        assert_eq!(of(101, 57, "N/A"), (102, 58, 800));
    }
}
