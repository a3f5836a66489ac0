//! The ports without any server: everything lives in one data folder or in memory.

mod blob;
mod bus;
mod counters;
mod fanout;
mod mail;

pub use blob::Blob;
pub use bus::{Bus, BusOptions, Mark};
pub use counters::Counters;
pub use fanout::Fanout;
pub use mail::MailFolder;
