//! What Connect's conformance suite needs to judge us: its service, served by the stack that serves ours,
//! and how its runner speaks to programs.

pub mod pb;
pub mod reasons;
pub mod service;
pub mod speech;

/// The suite's service and its messages, with our policies, as an encoded `FileDescriptorSet`.
pub const DESCRIPTORS: &[u8] = include_bytes!("pb/descriptors.bin");
