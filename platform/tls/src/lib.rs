//! TLS by files: certificates and keys as they lie on a disk, read again when they change.
//!
//! 1. [`files`]: PEM to chains, keys and authorities, with errors that say what to do
//! 2. [`certificate`]: until when a certificate holds, and for which names
//! 3. [`tls`]: what a port shows, and what a peer is held to; new files take the place of old ones without a
//!    connection being dropped, and bad ones do not
//! 4. [`issue`]: an authority for development and tests
//!
//! The cryptography is that of ring, which the database driver brings.

mod certificate;
mod error;
mod files;
mod issue;
mod tls;

#[cfg(test)]
mod tests;

/// A connection that was opened to another process.
pub type TlsStream = tokio_rustls::client::TlsStream<tokio::net::TcpStream>;

pub use certificate::Certificate;
pub use error::TlsError;
pub use files::{Files, authorities, client};
pub use issue::{Authority, Issued, NotIssued, Validity};
pub use rustls::pki_types::ServerName;
pub use tls::{Look, Tls};
pub use tokio_rustls::TlsConnector;
