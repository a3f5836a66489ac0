//! The rows.
#![expect(
    unreachable_pub,
    reason = "sea-orm derives public items beside the rows"
)]

pub(super) mod artwork;
pub(super) mod caption;
pub(super) mod import;
pub(super) mod media;
pub(super) mod packaging;
pub(super) mod play_key;
pub(super) mod play_session;
pub(super) mod upload_part;
pub(super) mod watch_progress;
