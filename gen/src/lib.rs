//! Messages, clients and servers of every StreamVerse RPC, generated from `proto/`.
//!
//! Everything under `pb/` and the descriptor set come from `make gen`. Only this file, which names them,
//! [`convert`], [`channels`] and [`titles`] are written by hand. What services implement is beside it, in `gen/handlers`. `sv_proto::auth::AuthReason` is `streamverse.auth.v1.AuthReason`.

// Generated code is judged by its generator.
#![allow(
    clippy::all,
    clippy::pedantic,
    missing_docs,
    rustdoc::all,
    unreachable_pub
)]

pub mod channels;
pub mod convert;
pub mod titles;

pub mod pb {
    include!("pb/mod.rs");
}
mod reasons {
    include!("pb/reasons.rs");
}
mod pages {
    include!("pb/pages.rs");
}
mod events {
    include!("pb/events.rs");
}

mod names {
    include!("pb/names.rs");
}

pub use names::*;
pub use pb::{google, streamverse};

/// Every file of `proto/` as an encoded `google.protobuf.FileDescriptorSet`, with source
/// information and with our own options. Decode it with a reader that keeps unknown extensions,
/// such as `prost_reflect::DescriptorPool::decode`.
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!("../descriptors.bin");

/// The OpenAPI 3.1 document of the REST surface, as JSON: for tests. It is large; the program writes it when it is asked.
pub const OPENAPI: &str = include_str!("../openapi/streamverse.json");
