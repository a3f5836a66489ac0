//! Implementations of the ports of `sv-ports` that bring large dependencies.
//!
//! Those that need a server are compiled with the feature `production`.

#[cfg(feature = "production")]
mod kafka;
mod tantivy;

#[cfg(feature = "production")]
pub use kafka::{KafkaBus, KafkaOptions};
pub use tantivy::TantivyIndex;
