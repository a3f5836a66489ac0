//! HLS playlists, written from what was packaged (STRM-7): pure functions, valid by RFC 8216.

mod captions;
mod live;
mod master;
mod ride;
mod variant;

pub use captions::captions;
pub use live::live;
pub use master::master;
pub use ride::Ride;
pub use variant::variant;

/// The type of a playlist (RFC 8216 section 10).
pub const CONTENT_TYPE: &str = "application/vnd.apple.mpegurl";

/// The type of a transport stream segment.
pub const SEGMENT_TYPE: &str = "video/mp2t";

/// The type of captions (W3C WebVTT).
pub const CAPTIONS_TYPE: &str = "text/vtt; charset=utf-8";

/// The lowest version that all tags used here need.
const VERSION: u32 = 6;

#[cfg(test)]
mod tests;
