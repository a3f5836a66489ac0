//! Any annotated gRPC services in front: REST/JSON by their `google.api.http` rules, gRPC and grpc-web as
//! they are. All that is known of the services is a descriptor set; nothing of ours is assumed, neither
//! envelope nor options.
//!
//! A request passes, in this order:
//!
//! 1. `sv_listen`: connections, heads, bodies and streams within their bounds
//! 2. `front`: the bearer token (`guard`, `keys`), the protocol; `stream_limit`: how many streams and calls a caller
//!    has under way
//! 3. `rest`: route and request bytes (`sv_rest`), `upload`: of many messages; `metadata`, `headers`: which ones go on and come back;
//!    `call`, `again`: once more where the service refuses it unseen; `answer` and `stream`: JSON, bytes, lines, events; `socket`: WebSocket. `grpc`: passed through, `ahead`: answers of one message are
//!    taken before their clients take them
//! 4. `failure`: what goes wrong, as `google.rpc.Status` in JSON
//!
//! Headers, errors and streams are those of grpc-gateway, so that its clients need no change.
//!
//! ```no_run
//! # async fn start(draining: tokio_util::sync::CancellationToken) -> Result<(), Box<dyn std::error::Error>> {
//! use sv_gateway::{Gateway, Options};
//!
//! let gateway = Gateway::new(Options {
//!     descriptor_sets: vec!["library.binpb".into()],
//!     upstreams: vec!["http://127.0.0.1:50051".parse()?],
//!     ..Options::default()
//! })?;
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
//! gateway.serve(listener, draining).await;
//! # Ok(()) }
//! ```

mod again;
mod ahead;
mod answer;
mod answer_limit;
mod call;
mod core;
mod cors;
mod deadline;
mod failure;
mod front;
mod grpc;
mod guard;
mod headers;
mod intake;
mod jwk;
mod keys;
mod metadata;
mod options;
mod raw;
mod refused;
mod regular;
mod rest;
mod set;
mod socket;
mod sound;
mod stream;
mod stream_limit;
mod table;
mod upload;
mod upstream;
mod work;

pub use front::{Gateway, Loaded};
pub use options::{GuardOptions, Jwks, Names, Options, Problems, Upstream};

#[cfg(test)]
#[expect(
    clippy::disallowed_methods,
    reason = "tests end and await what they spawn themselves"
)]
mod tests;
