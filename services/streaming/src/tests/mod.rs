//! What several tests need.

mod memory_blob;

pub(crate) use memory_blob::MemoryBlob;
