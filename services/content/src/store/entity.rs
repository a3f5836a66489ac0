//! The tables as sea-orm sees them.

pub(super) mod collection;
pub(super) mod collection_item;
pub(super) mod content;
pub(super) mod content_block;
pub(super) mod content_genre;
pub(super) mod content_person;
pub(super) mod content_tag;
pub(super) mod content_window;
pub(super) mod external_id;
pub(super) mod natural_key;
pub(super) mod person;
pub(super) mod playlist;
pub(super) mod playlist_item;
