//! The listener of every port: the public one, a service's own and the operators'.
//!
//! Nothing that a client does, or does not do, holds more than its share:
//!
//! 1. [`limiter`]: connections are counted, in all and by address; idle ones give way to newcomers
//! 2. [`secure`]: TLS, where the port has it; a handshake has its time and its place, in all and by address
//! 3. [`guard`]: bytes are judged before hyper reads them: [`framing`] reads HTTP/1, [`frames`]
//!    HTTP/2; heads have their time, and writes make progress
//! 4. [`fields`]: HTTP/2 is held to the same rules for its fields as HTTP/1
//! 5. [`arriving`]: the bytes of a request's body keep coming
//! 6. [`sending`]: an answer's bytes are fetched when there is room to send them, a piece at a time,
//!    and are counted until the socket has them
//! 7. [`upgrade`]: what a request turned its connection into counts as that request until it ends
//! 8. [`oversee`]: an answer that its client does not take ends; [`account`] tells what a connection
//!    does as a whole, and [`connection`] ends it when it is idle, old, or stuck
//!
//! ```no_run
//! # async fn start(draining: tokio_util::sync::CancellationToken) -> std::io::Result<()> {
//! use std::sync::Arc;
//! use sv_listen::{ConnectionOptions, Peer, Port, serve, service};
//! use tonic::body::Body;
//!
//! let hello = |_peer: Peer, _request: http::Request<Body>| async {
//!     http::Response::new(Body::empty())
//! };
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
//! let port = Port {
//!     name: "example",
//!     options: ConnectionOptions::default(),
//!     behind_proxy: false,
//!     secure: None,
//! };
//! serve(listener, Arc::new(service(hello)), &port, draining).await;
//! # Ok(()) }
//! ```

mod account;
mod arriving;
mod bell;
mod connection;
mod date;
mod fields;
mod frames;
mod framing;
mod guard;
mod limiter;
mod options;
mod oversee;
mod protocol;
mod secure;
mod sending;
mod spare;
mod upgrade;

#[cfg(test)]
mod tests;

use std::{net::SocketAddr, sync::Arc};

use http::{Request, Response};
use tonic::body::Body;

pub use arriving::Silence;
pub use connection::{Ending, Port, serve};
pub use framing::{Fault, MAX_FIELDS, MAX_HEAD};
pub use options::ConnectionOptions;
pub use protocol::Protocol;
pub use secure::Secure;
pub use upgrade::{Tunnel, Upgrade};

/// The other end of a connection, and how a request of it stands.
#[derive(Clone, Debug)]
pub struct Peer {
    /// Where the connection comes from: a client, or the last proxy.
    pub address: SocketAddr,
    /// What is wrong with the request. It must be refused; nothing else of it is of meaning.
    pub fault: Option<Fault>,
    /// Whether more requests are under way than the port takes: what costs something is refused.
    pub crowded: bool,
}

/// Answers requests.
pub trait Handler: Send + Sync + 'static {
    /// Answers one request; never fails and never panics.
    fn handle(
        self: Arc<Self>,
        peer: Peer,
        request: Request<Body>,
    ) -> impl Future<Output = Response<Body>> + Send;
}

/// Makes a handler of a function.
pub fn service<F, Fut>(function: F) -> Function<F>
where
    F: Fn(Peer, Request<Body>) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Response<Body>> + Send,
{
    Function(function)
}

/// A function that answers requests.
#[derive(Clone, Debug)]
pub struct Function<F>(F);

impl<F, Fut> Handler for Function<F>
where
    F: Fn(Peer, Request<Body>) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Response<Body>> + Send,
{
    fn handle(
        self: Arc<Self>,
        peer: Peer,
        request: Request<Body>,
    ) -> impl Future<Output = Response<Body>> + Send {
        (self.0)(peer, request)
    }
}
