//! What streaming is about, without I/O.

pub mod check;
pub mod device;
pub mod import;
pub mod media;
pub mod note;
pub mod picture;
pub mod progress;
pub mod session;
pub mod stage;
pub mod thumbnails;
pub mod track;

pub use check::MediaProblem;
pub use import::Import;
pub use media::{File, Media, Published, Rendition, Segment};
pub use note::Note;
pub use picture::{Picture, PictureKey};
pub use session::{End, LivePlay, Marker, Play, PlaySession, Report, Session, SessionKey};
pub use thumbnails::{Sheet, Thumbnails};
pub use track::{Track, TrackKey};
