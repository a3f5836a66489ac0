//! The public port: REST/JSON, gRPC and grpc-web in front of every service, by the protos alone.
//! There is no code per endpoint here.
//!
//! A request passes, in this order:
//!
//! 1. `sv_listen`: connections, heads, bodies and streams within their bounds
//! 2. `front`: request id, trace, CORS, length of the address, probes, the web app's files, protocol
//! 3. `edge`: identity and rates; `rest` or `grpc`: route, policy, request bytes
//! 4. `call`: the service's method, in this process or another
//! 5. `rest::answer`: envelope, `ETag`, compression; `rest::stream` and
//!    `rest::socket`: answers that go on; `refusal`: reasons
//!    in the caller's language
//! 6. `account`: the answer in logs and metrics
//!
//! ```no_run
//! # use std::{collections::BTreeMap, sync::Arc};
//! # async fn start(env: sv_rpc::Env, mesh: sv_rpc::Mesh, authenticator: Arc<sv_rpc::Authenticator>, mount: sv_rpc::HttpMount, draining: tokio_util::sync::CancellationToken) -> Result<(), Box<dyn std::error::Error>> {
//! use sv_edge::{Edge, EdgeOptions, EdgeParts, Probes};
//!
//! let edge = Edge::new(EdgeParts {
//!     options: EdgeOptions::default(),
//!     env,
//!     mesh,
//!     policies: sv_rpc::PolicyTable::ours().map_err(|problems| problems.join("\n"))?,
//!     authenticator,
//!     mounts: BTreeMap::from([("streaming".to_owned(), mount)]),
//!     probes: Probes::new(
//!         || Box::pin(async { (true, serde_json::json!({"ready": true})) }),
//!         String::new,
//!     ),
//!     counters: None,
//!     secure: None,
//! })
//! .map_err(|problems| problems.join("\n"))?;
//! let listener = tokio::net::TcpListener::bind("0.0.0.0:3000").await?;
//! edge.serve(listener, draining).await;
//! # Ok(()) }
//! ```

mod account;
mod cache;
mod call;
mod cors;
mod edge;
mod front;
mod grpc;
mod locales;
mod options;
mod probes;
mod rate;
mod refusal;
mod request_info;
mod rest;
mod rpcs;
mod streams;
mod ticket;
mod webapp;
mod whole;
mod written;

pub use edge::{Edge, EdgeParts};
pub use options::{
    CacheOptions, CorsOptions, EdgeOptions, PageOptions, Rate, RateOptions, StreamOptions,
};
pub use probes::{Metrics, Probes, Ready};
pub use sv_listen::{ConnectionOptions, Ending, Secure};

#[cfg(test)]
#[expect(
    clippy::disallowed_methods,
    reason = "tests end and await what they spawn themselves"
)]
mod tests;
