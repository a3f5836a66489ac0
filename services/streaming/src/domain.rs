//! What streaming is about, without I/O.

pub mod media;
mod session;

pub use media::{File, Media, MediaProblem, Published, Rendition, Segment};
pub use session::{Play, PlaySession, SessionKey};
