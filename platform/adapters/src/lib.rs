//! Implementations of the ports of `sv-ports` that bring large dependencies.
//!
//! Those that need a server are compiled with the feature `production`.

#[cfg(feature = "production")]
mod kafka;
#[cfg(feature = "production")]
mod opensearch;
mod tantivy;

#[cfg(feature = "production")]
pub use kafka::{KafkaBus, KafkaOptions};
#[cfg(feature = "production")]
pub use opensearch::OpenSearchIndex;
pub use tantivy::TantivyIndex;
