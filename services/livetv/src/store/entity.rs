//! The tables as sea-orm sees them.

pub(super) mod channel;
pub(super) mod channel_genre;
pub(super) mod channel_gone;
pub(super) mod programme;
