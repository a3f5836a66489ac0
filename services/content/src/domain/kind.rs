//! The kinds of titles that editors make.

use sv_proto::content::{Content, ContentReason, ContentType};

/// A kind of titles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Movie,
    Series,
    Episode,
    Video,
}

impl Kind {
    /// Returns how the title itself says it.
    pub(crate) fn content_type(self) -> ContentType {
        match self {
            Self::Movie => ContentType::Movie,
            Self::Series => ContentType::Series,
            Self::Episode => ContentType::Episode,
            Self::Video => ContentType::Video,
        }
    }

    /// Says whether a title is of this kind.
    pub(crate) fn is(self, content: &Content) -> bool {
        content.r#type() == self.content_type()
    }

    /// Returns why a title of this kind is not there.
    pub(crate) fn not_found(self) -> ContentReason {
        match self {
            Self::Movie => ContentReason::MovieNotFound,
            Self::Series => ContentReason::SeriesNotFound,
            Self::Episode => ContentReason::EpisodeNotFound,
            Self::Video => ContentReason::VideoNotFound,
        }
    }

    /// Names the kind in a sentence.
    pub(crate) fn a(self) -> &'static str {
        match self {
            Self::Movie => "a film",
            Self::Series => "a series",
            Self::Episode => "an episode",
            Self::Video => "a video",
        }
    }
}

/// Who looks at titles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Seer {
    /// Sees drafts, too.
    Editor,
    Viewer,
    /// Sees what is for children.
    Child,
}
