//! What streaming is about, without I/O.

pub mod device;
pub mod media;
pub mod progress;
pub mod session;

pub use media::{File, Media, MediaProblem, Published, Rendition, Segment};
pub use session::{End, LivePlay, Play, PlaySession, Report, Session, SessionKey};
