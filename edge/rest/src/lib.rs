//! REST/JSON in front of gRPC, compiled from descriptors at start: nothing is generated per RPC
//! and no message is built on the way.

mod bind;
pub mod codec;
mod http_body;
mod method;
pub mod openapi;
mod percent;
mod plan;
pub mod route;
#[cfg(test)]
mod testing;

pub use bind::{BindError, MAX_QUERY_LENGTH, MAX_QUERY_PAIRS, Parts};
pub use http_body::HttpBody;
pub use method::{Binding, Method};
pub use plan::{Dialect, Matched, Place, Plan};
