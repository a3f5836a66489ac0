//! The ports without any server: everything lives in one data folder or in memory.

mod blob;
mod bus;
mod cache;
mod counters;

pub use blob::Blob;
pub use bus::{Bus, BusOptions, Mark};
pub use cache::Cache;
pub use counters::Counters;
