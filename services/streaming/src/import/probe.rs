//! Looks into a file: what streams it has, when its frames come, whether it is whole.

use std::{ops::ControlFlow, path::Path, time::Duration};

use serde::{Deserialize, de::IgnoredAny};

use super::{
    ImportError, Tools,
    left::left_out,
    stream::{Disposition, Stream, number},
    tools::{Outcome, Run},
};
use crate::domain::{Note, media::MAX_DURATION_SECONDS};

/// How long a look at the headers may take.
const HEADERS: Duration = Duration::from_secs(30);
/// How long reading all packets may take.
const PACKETS: Duration = Duration::from_mins(10);
/// The most frames of a picture: a day at 60 a second. They are all remembered, and a small file can hold very many.
const MOST_FRAMES: usize = 24 * 3600 * 60;
/// Codecs that are decoded: what cameras, editors and rippers write.
const CODECS: &[&str] = &[
    "av1",
    "dnxhd",
    "ffv1",
    "flv1",
    "h263",
    "h264",
    "hevc",
    "mjpeg",
    "mpeg1video",
    "mpeg2video",
    "mpeg4",
    "msmpeg4v3",
    "prores",
    "rawvideo",
    "theora",
    "vc1",
    "vp8",
    "vp9",
    "wmv2",
    "wmv3",
];
/// What ffprobe says about files whose end is missing.
const CUT_OFF: &[&str] = &[
    "moov atom not found",
    "partial file",
    "File ended prematurely",
    "Truncating packet",
];

/// What a file holds.
#[derive(Debug)]
pub(super) struct Source {
    /// The picture.
    pub video: Stream,
    /// The sound that is played, if there is any.
    pub audio: Option<Stream>,
    /// When the frames of the picture come.
    pub timeline: Timeline,
    /// What else the file holds.
    pub left_out: Vec<Note>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Described {
    streams: Vec<Stream>,
    chapters: Vec<IgnoredAny>,
    format: Format,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Format {
    #[serde(deserialize_with = "number")]
    duration: f64,
}

/// When the frames of a picture come, in seconds.
#[derive(Debug, Default)]
pub(super) struct Timeline {
    /// Decoding times in order.
    pub dts: Vec<f64>,
    /// Presentation times of the frames that need no other.
    pub keys: Vec<f64>,
    /// When the first frame is shown.
    pub start: f64,
    /// When the last frame ends.
    pub end: f64,
}

impl Timeline {
    /// Returns how long the picture lasts.
    pub(super) fn duration(&self) -> f64 {
        self.end - self.start
    }

    /// Returns the longest stretch without a frame that needs no other.
    pub(super) fn longest_gop(&self) -> f64 {
        let after = self.keys.iter().skip(1).copied().chain([self.end]);
        self.keys
            .iter()
            .zip(after)
            .map(|(from, to)| to - from)
            .fold(0.0, f64::max)
    }

    fn add(&mut self, line: &str) {
        let mut parts = line.split(',');
        let mut time = || parts.next().and_then(|text| text.parse::<f64>().ok());
        let (pts, dts, duration) = (time(), time(), time());
        let Some(pts) = pts.or(dts) else { return };
        if self.dts.is_empty() || pts < self.start {
            self.start = pts;
        }
        self.end = self.end.max(pts + duration.unwrap_or(0.0));
        self.dts.push(dts.unwrap_or(pts));
        if parts.next().is_some_and(|flags| flags.starts_with('K')) {
            self.keys.push(pts);
        }
    }
}

/// Looks into a file and refuses one that cannot become media.
pub(super) async fn probe(tools: &Tools, file: &Path) -> Result<Source, ImportError> {
    let (outcome, json) = Run::new(tools, &tools.ffprobe, HEADERS)
        .args(["-show_format", "-show_streams", "-show_chapters"])
        .args(["-of", "json"])
        .foreign_input(file)
        .bytes(4 * 1024 * 1024)
        .await?;
    if !outcome.status.success() {
        return Err(unreadable(&outcome, file).await);
    }
    let Described {
        streams,
        chapters,
        format,
    } = serde_json::from_slice(&json).map_err(|_| ImportError::NotVideo)?;
    let video =
        choose(&streams, "video", |d| d.attached_pic == 0).ok_or(ImportError::NoVideoStream)?;
    if !CODECS.contains(&video.codec_name.as_str()) {
        let name = Some(video.codec_name.clone()).filter(|name| !name.is_empty());
        return Err(ImportError::UnsupportedCodec(name));
    }
    if video.width > 8192 || video.height > 8192 || video.width * video.height > 8192 * 4320 {
        return Err(ImportError::TooLarge(video.width, video.height));
    }
    let audio = choose(&streams, "audio", |d| d.visual_impaired == 0);
    let timeline = packets(tools, file, video.index, true).await?;
    let declared = if video.duration > 0.0 {
        video.duration
    } else {
        format.duration
    };
    let lasts = timeline.duration();
    if timeline.dts.len() < 2 || lasts <= 0.0 {
        return Err(ImportError::NoDuration);
    }
    if lasts > MAX_DURATION_SECONDS {
        return Err(ImportError::TooLong);
    }
    // Only the picture's own length is a promise; that of a file may be that of its sound.
    if video.duration > 0.0 && lasts < declared - 1.0 - declared / 100.0 {
        return Err(ImportError::Truncated);
    }
    let used: Vec<u32> = audio.iter().chain([&video]).map(|s| s.index).collect();
    Ok(Source {
        left_out: left_out(&streams, &used, chapters.len()),
        video,
        audio,
        timeline,
    })
}

/// Describes a file of our own: its first picture.
pub(super) async fn picture(tools: &Tools, file: &Path) -> Result<Stream, ImportError> {
    let (outcome, json) = Run::new(tools, &tools.ffprobe, HEADERS)
        .args(["-show_streams", "-of", "json"])
        .input(file)
        .bytes(4 * 1024 * 1024)
        .await?;
    outcome.ok("reading the packaged file")?;
    let described: Described =
        serde_json::from_slice(&json).map_err(|e| ImportError::broken("file", e))?;
    choose(&described.streams, "video", |_| true)
        .ok_or_else(|| ImportError::broken("file", "it has no picture"))
}

/// Lists the frames of a stream. A foreign file must be whole.
pub(super) async fn packets(
    tools: &Tools,
    file: &Path,
    stream: u32,
    foreign: bool,
) -> Result<Timeline, ImportError> {
    packets_up_to(MOST_FRAMES, tools, file, stream, foreign).await
}

/// Lists up to so many frames; fails where there are more.
pub(super) async fn packets_up_to(
    most: usize,
    tools: &Tools,
    file: &Path,
    stream: u32,
    foreign: bool,
) -> Result<Timeline, ImportError> {
    let run = Run::new(tools, &tools.ffprobe, PACKETS)
        .args(["-select_streams", &stream.to_string()])
        .args([
            "-show_entries",
            "packet=pts_time,dts_time,duration_time,flags",
        ])
        .args(["-of", "csv=p=0"]);
    let run = if foreign {
        run.foreign_input(file)
    } else {
        run.input(file)
    };
    let mut timeline = Timeline::default();
    let bounded = |line: &str| {
        timeline.add(line);
        if timeline.dts.len() > most {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    let outcome = run.lines_while(bounded).await?;
    if timeline.dts.len() > most {
        return Err(ImportError::TooManyFrames(most));
    }
    if CUT_OFF.iter().any(|word| outcome.complaint.contains(word)) {
        return Err(ImportError::Truncated);
    }
    outcome.ok("reading the file")?;
    timeline.keys.sort_by(f64::total_cmp);
    Ok(timeline)
}

async fn unreadable(outcome: &Outcome, file: &Path) -> ImportError {
    let says = |words: &[&str]| words.iter().any(|word| outcome.complaint.contains(word));
    if says(&["not on whitelist"]) {
        ImportError::Playlist
    } else if says(CUT_OFF) && starts_as_container(file).await {
        ImportError::Truncated
    } else {
        ImportError::NotVideo
    }
}

/// Says whether the first bytes are those of a container. ffprobe believes the end of a file's name,
/// so that to it a text that is named `.mp4` is one whose index is missing.
async fn starts_as_container(file: &Path) -> bool {
    use tokio::io::AsyncReadExt as _;
    let mut start = Vec::new();
    if let Ok(file) = tokio::fs::File::open(file).await {
        let _ = file.take(8).read_to_end(&mut start).await;
    }
    let boxes: [&[u8]; 8] = [
        b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"styp",
    ];
    let others: [&[u8]; 6] = [
        b"\x1a\x45\xdf\xa3",
        b"RIFF",
        b"OggS",
        b"FLV",
        b"G",
        b"\x30\x26\xb2\x75",
    ];
    start.get(4..8).is_some_and(|kind| boxes.contains(&kind))
        || others.iter().any(|magic| start.starts_with(magic))
}

/// Chooses the first fitting stream that is the default, else the first fitting one.
fn choose(streams: &[Stream], kind: &str, fits: impl Fn(&Disposition) -> bool) -> Option<Stream> {
    let mut fitting = streams
        .iter()
        .filter(|s| s.codec_type == kind && fits(&s.disposition));
    fitting
        .clone()
        .find(|s| s.disposition.default == 1)
        .or_else(|| fitting.next())
        .cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timeline(lines: &[&str]) -> Timeline {
        let mut timeline = Timeline::default();
        for line in lines {
            timeline.add(line);
        }
        timeline
    }

    #[test]
    fn a_timeline_follows_the_frames_in_decoding_order() {
        let t = timeline(&[
            "0.080000,0.000000,0.040000,K_",
            "0.160000,0.040000,0.040000,__",
            "0.120000,0.080000,0.040000,__",
            "0.200000,0.120000,0.040000,K_",
            "N/A,N/A,0.04,__",
            "rubbish",
        ]);
        assert_eq!(t.dts, [0.0, 0.04, 0.08, 0.12]);
        assert_eq!(t.keys, [0.08, 0.2]);
        assert!((t.duration() - 0.16).abs() < 1e-9);
        assert!((t.longest_gop() - 0.12).abs() < 1e-9);
    }

    #[test]
    fn streams_are_read_with_what_ffprobe_leaves_out() {
        let json = r#"{"streams":[
            {"index":0,"codec_type":"video","codec_name":"mjpeg","disposition":{"attached_pic":1,"default":1}},
            {"index":1,"codec_type":"video","codec_name":"h264","avg_frame_rate":"24000/1001","duration":"N/A",
             "side_data_list":[{"side_data_type":"Display Matrix","rotation":-90}]},
            {"index":2,"codec_type":"audio"},{"index":3,"codec_type":"audio","disposition":{"default":1}}],
            "format":{}}"#;
        let described: Described = serde_json::from_str(json).unwrap();
        let video = choose(&described.streams, "video", |d| d.attached_pic == 0).unwrap();
        assert_eq!(
            (video.index, video.rotation(), video.duration),
            (1, -90.0, 0.0)
        );
        assert!((video.avg_frame_rate - 23.976).abs() < 0.001);
        assert_eq!(
            choose(&described.streams, "audio", |_| true).unwrap().index,
            3
        );
    }
}
