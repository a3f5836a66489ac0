//! Implementations of the ports of `sv-ports` that bring large dependencies.
//!
//! Those that need a server are compiled with the feature `production`.

mod tantivy;

pub use tantivy::TantivyIndex;
