//! The kinds of titles that editors make.

use sv_kernel::{Timestamp, Whereabouts};
use sv_proto::content::{ContentReason, ContentType};

/// A kind of titles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Movie,
    Series,
    Episode,
    Video,
}

impl Kind {
    /// What lists of films and series together show: an episode stands nowhere for itself.
    pub(crate) const BROWSED: [Self; 2] = [Self::Movie, Self::Series];

    /// Returns how the title itself says it.
    pub(crate) fn content_type(self) -> ContentType {
        match self {
            Self::Movie => ContentType::Movie,
            Self::Series => ContentType::Series,
            Self::Episode => ContentType::Episode,
            Self::Video => ContentType::Video,
        }
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

/// Who looks at titles, and from where, as far as that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Seer {
    /// Sees drafts, too, and what is not open.
    Editor,
    Viewer(Whereabouts),
    /// Sees what is for children.
    Child(Whereabouts),
}

impl Seer {
    /// Says whether only what is for children is seen.
    pub(crate) fn is_child(self) -> bool {
        matches!(self, Self::Child(_))
    }

    /// Says whether everything is seen.
    pub(crate) fn is_editor(self) -> bool {
        self == Self::Editor
    }

    /// Returns where and when titles have to be open for him; `None` where that does not matter.
    pub(crate) fn looks(self, now: Timestamp) -> Option<(Whereabouts, Timestamp)> {
        match self {
            Self::Editor => None,
            Self::Viewer(of) | Self::Child(of) => Some((of, now)),
        }
    }
}
