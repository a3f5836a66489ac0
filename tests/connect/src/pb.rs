//! The suite's messages, generated from `proto/` by `make gen`.

// Generated code is judged by its generator.
#![expect(
    clippy::allow_attributes,
    clippy::pedantic,
    missing_docs,
    reason = "generated code is judged by its generator"
)]

include!("pb/connectrpc.conformance.v1.rs");
