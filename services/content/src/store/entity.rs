//! The tables as sea-orm sees them.

pub(super) mod content;
pub(super) mod content_genre;
pub(super) mod content_tag;
pub(super) mod natural_key;
pub(super) mod playlist;
pub(super) mod playlist_item;
