//! HLS playlists, written from what was packaged (STRM-7): pure functions, valid by RFC 8216.

mod live;
mod master;
mod variant;

pub use live::live;
pub use master::master;
pub use variant::variant;

/// The type of a playlist (RFC 8216 section 10).
pub const CONTENT_TYPE: &str = "application/vnd.apple.mpegurl";

/// The type of a transport stream segment.
pub const SEGMENT_TYPE: &str = "video/mp2t";

/// The lowest version that all tags used here need.
const VERSION: u32 = 6;

#[cfg(test)]
mod tests;
