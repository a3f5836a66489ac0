//! Why a file could not be imported, in words for the person who gave it.

use std::time::Duration;

use sv_ports::PortError;
use sv_proto::streaming::ImportNoteCode as Code;

use crate::domain::{Note, media::MAX_DURATION_SECONDS};

/// The most characters of what is said: a tool may say much.
const MOST: usize = 1_000;

/// Why a file could not be imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// ffmpeg or ffprobe is not there.
    #[error(
        "{0} is not installed; on Debian or Ubuntu: apt-get install -y --no-install-recommends ffmpeg"
    )]
    ToolMissing(String),
    /// The title is not named by an id.
    #[error("{0} is not the id of a title, such as 0190b8e1-7c3a-7d2f-8a44-5f0c2b9d1e67")]
    NotAnId(String),
    /// Nobody knows the title.
    #[error(
        "there is no title {0}; `streamverse import catalog` brings titles in, and the search of the \
         running server tells their ids"
    )]
    NoTitle(String),
    /// The content service did not say whether there is such a title.
    #[error("the title could not be looked up: {}", .0.message())]
    Title(#[source] sv_kernel::Error),
    /// There is no such file, or it is none.
    #[error("{0} is not a file that can be read")]
    NotAFile(String),
    /// The bytes are no known container.
    #[error(
        "this is not a video file; MP4, MOV, MKV, WebM, MPEG-TS, AVI and similar containers are read"
    )]
    NotVideo,
    /// The file names other files, or is another format that is not read.
    #[error(
        "the file is in a format that is not read, such as a playlist, subtitles or text; import \
         the video file itself"
    )]
    Playlist,
    /// There is sound at most.
    #[error("the file has no video stream")]
    NoVideoStream,
    /// No decoder that we trust.
    #[error(
        "the video codec {} is not supported; convert the file first: \
         ffmpeg -i IN -c:v libx264 -c:a aac OUT.mp4", .0.as_deref().unwrap_or("of the file")
    )]
    UnsupportedCodec(Option<String>),
    /// The picture is too large to decode safely.
    #[error("the picture has {0}x{1} pixels; at most 8192x4320 are read")]
    TooLarge(u32, u32),
    /// The end is missing.
    #[error("the file is cut off: its end is missing; copy or download it again")]
    Truncated,
    /// There is nothing to play.
    #[error("the file has no duration: there is nothing to play")]
    NoDuration,
    /// Time stamps would repeat.
    #[error("the file lasts more than 24 hours; split it first")]
    TooLong,
    /// Its frames cannot all be remembered.
    #[error("the picture has more than {0} frames; split the file first")]
    TooManyFrames(usize),
    /// A tool did not end.
    #[error("ffmpeg was stopped after {} s without an end", .0.as_secs())]
    TooSlow(Duration),
    /// A tool failed.
    #[error("ffmpeg failed while {doing}: {complaint}")]
    Tool {
        /// What it was doing.
        doing: &'static str,
        /// The end of what it said.
        complaint: String,
    },
    /// What was packaged is not what it should be; nothing was published.
    #[error("the packaged {what} did not pass its check: {problem}")]
    Broken {
        /// Which file.
        what: String,
        /// What is wrong.
        problem: String,
    },
    /// Our own disk failed.
    #[error("a file could not be read or written")]
    Disk(#[from] std::io::Error),
    /// The blob store failed.
    #[error("the media could not be stored")]
    Store(#[from] PortError),
    /// The streaming service refused the media.
    #[error("the media could not be published: {}", .0.message())]
    Publish(sv_kernel::Error),
}

impl ImportError {
    /// Says it as a code with its values, and in its sentence.
    pub(crate) fn note(&self) -> Note {
        let cut = |text: String| text.chars().take(MOST).collect::<String>();
        let plain = |code| Note::new(code, cut(self.to_string()));
        let detailed = |code, detail: String| Note {
            detail: cut(detail),
            ..plain(code)
        };
        match self {
            Self::ToolMissing(tool) => detailed(Code::ToolMissing, tool.clone()),
            Self::NotAnId(_) | Self::NoTitle(_) => plain(Code::TitleUnknown),
            Self::Title(refusal) => detailed(Code::TitleUnavailable, refusal.message()),
            Self::NotAFile(_) => plain(Code::FileUnreadable),
            Self::NotVideo => plain(Code::NotVideo),
            Self::Playlist => plain(Code::FormatNotRead),
            Self::NoVideoStream => plain(Code::NoVideo),
            Self::UnsupportedCodec(codec) => Note {
                codec: codec.clone().unwrap_or_default(),
                ..plain(Code::CodecUnsupported)
            },
            Self::TooLarge(width, height) => Note {
                pixels: Some((*width, *height)),
                ..plain(Code::PictureTooLarge)
            },
            Self::Truncated => plain(Code::CutOff),
            Self::NoDuration => plain(Code::NoDuration),
            Self::TooLong => Note {
                seconds: Some(MAX_DURATION_SECONDS),
                ..plain(Code::TooLong)
            },
            Self::TooManyFrames(most) => Note {
                count: Some(*most as u64),
                ..plain(Code::TooManyFrames)
            },
            Self::TooSlow(after) => Note {
                seconds: Some(after.as_secs_f64().floor()),
                ..plain(Code::TooSlow)
            },
            Self::Tool { doing, complaint } => {
                detailed(Code::ToolFailed, format!("{doing}: {complaint}"))
            }
            Self::Broken { what, problem } => {
                detailed(Code::CheckFailed, format!("{what}: {problem}"))
            }
            Self::Disk(_) => plain(Code::DiskFailed),
            Self::Store(_) => plain(Code::StoreFailed),
            Self::Publish(refusal) => detailed(Code::MediaRefused, refusal.message()),
        }
    }

    /// Says what did not pass its check.
    pub(super) fn broken(what: impl Into<String>, problem: impl std::fmt::Display) -> Self {
        Self::Broken {
            what: what.into(),
            problem: format!("{problem}"),
        }
    }
}
