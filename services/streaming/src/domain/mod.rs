//! What streaming is about, without I/O.

pub mod media;
mod session;

pub use media::{Media, MediaProblem, Rendition, Segment};
pub use session::PlaySession;
