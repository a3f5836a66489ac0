//! Messages, clients and servers of every StreamVerse RPC, generated from `proto/`.
//!
//! Everything under `pb/`, the descriptor set and `reasons.rs` come from `make gen`; this file only
//! names them. `sv_proto::auth::AuthReason` is `streamverse.auth.v1.AuthReason`.

// Generated code is judged by its generator.
#![allow(
    clippy::all,
    clippy::pedantic,
    missing_docs,
    rustdoc::all,
    unreachable_pub
)]

pub mod pb {
    include!("pb/mod.rs");
}
mod reasons {
    include!("pb/reasons.rs");
}
mod pages {
    include!("pb/pages.rs");
}

pub use pb::streamverse::{
    admin::v1 as admin, auth::v1 as auth, common::v1 as common, content::v1 as content,
    options::v1 as options, rights::v1 as rights, search::v1 as search, streaming::v1 as streaming,
    users::v1 as users,
};
pub use pb::{google, streamverse};

/// Every file of `proto/` as an encoded `google.protobuf.FileDescriptorSet`, with source
/// information and with our own options. Decode it with a reader that keeps unknown extensions,
/// such as `prost_reflect::DescriptorPool::decode`.
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!("../descriptors.bin");

/// The OpenAPI 3.1 document of the REST surface, as JSON.
pub const OPENAPI: &str = include_str!("../openapi/streamverse.json");
