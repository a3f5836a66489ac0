//! The tables as sea-orm sees them.

pub(super) mod content;
pub(super) mod content_genre;
pub(super) mod natural_key;
