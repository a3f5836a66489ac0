//! Streams between HTTP and gRPC, for the public port and for `streamverse edge` alike: what a stream is over HTTP
//! does not depend on whose services answer.
//!
//! - [`Arrivals`]: a request body of many JSON documents, read as it arrives
//! - [`sending`]: the body of a gRPC call that hands messages on as they come, and is reset where one cannot be
//!   read, so that no service takes a part for the whole
//! - [`Handshake`] and [`Socket`]: WebSocket, over HTTP/1 (RFC 6455) and HTTP/2 (RFC 8441)
//!
//! Nothing is gathered: a message is fetched when whoever is next has taken the one before.

mod arrivals;
mod documents;
mod handshake;
mod sending;
mod socket;

pub use arrivals::{Arrivals, Fault, Room, of_document};
pub use documents::{Documents, Syntax};
pub use handshake::{Handshake, Unfit, is_of_page, shown_token};
pub use sending::{Broken, framed, sending};
pub use socket::{Bounds, Farewell, Misuse, Socket, Takes, Talk};
