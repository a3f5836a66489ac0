//! Captions of a title in one language.

use sv_kernel::{Locale, Timestamp};
use sv_proto::streaming::CaptionKind;

/// How the folders of captions begin; what of them is a quality never does.
const FOLDER: &str = "captions-";

/// Which captions of a title.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackKey {
    /// BCP 47.
    pub language: String,
    /// Never unspecified.
    pub kind: CaptionKind,
}

/// Captions in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Track {
    /// Which they are.
    pub key: TrackKey,
    /// As players list them.
    pub name: String,
    /// Whether players show them unless they are told otherwise.
    pub is_default: bool,
    /// The first 16 hexadecimal digits of the SHA-256 of their cues.
    pub hash: String,
    /// How many cues.
    pub cues: i32,
    /// When they were uploaded.
    pub updated_at: Timestamp,
}

impl TrackKey {
    /// Makes a key of what a caller says.
    pub fn new(language: &str, kind: CaptionKind) -> Self {
        let language = Locale::parse(language).map_or(language.to_owned(), |tag| tag.to_string());
        let kind = match kind {
            CaptionKind::Unspecified => CaptionKind::Subtitles,
            kind => kind,
        };
        Self { language, kind }
    }

    /// Returns the folder in which playlists have them, e.g. `captions-en-subtitles`: lower case, as all our paths.
    pub fn folder(&self) -> String {
        let language = self.language.to_ascii_lowercase();
        format!("{FOLDER}{language}-{}", word(self.kind))
    }

    /// Reads a folder.
    pub fn read(folder: &str) -> Option<Self> {
        let (language, kind) = folder.strip_prefix(FOLDER)?.rsplit_once('-')?;
        let kinds = [
            CaptionKind::Subtitles,
            CaptionKind::Sdh,
            CaptionKind::Forced,
        ];
        let kind = kinds.into_iter().find(|known| word(*known) == kind)?;
        Some(Self::new(language, kind))
    }
}

impl Track {
    /// Returns the address of the file, beside the master playlist.
    pub fn file(&self, token: &str) -> String {
        format!(
            "{}/captions.vtt?v={}&token={token}",
            self.key.folder(),
            self.hash
        )
    }
}

fn word(kind: CaptionKind) -> &'static str {
    match kind {
        CaptionKind::Unspecified | CaptionKind::Subtitles => "subtitles",
        CaptionKind::Sdh => "sdh",
        CaptionKind::Forced => "forced",
    }
}
