//! Why a port could not do its work.

use std::io;

use sv_kernel::BoxError;

/// The result of a port.
pub type PortResult<T> = Result<T, PortError>;

/// Why a port could not do its work. Services wrap it as the cause of one of their reasons.
#[derive(Debug, thiserror::Error)]
pub enum PortError {
    /// The server or disk behind the port failed; trying again later may help.
    #[error("the {port} is unavailable")]
    Unavailable {
        /// Which port, e.g. `bus`.
        port: &'static str,
        /// What happened.
        #[source]
        source: BoxError,
    },
    /// The given value can never be accepted, e.g. a key that leaves its folder.
    #[error("{0}")]
    Invalid(String),
}

impl PortError {
    /// Wraps a failure of the server or disk behind `port`.
    pub fn unavailable(port: &'static str, source: impl Into<BoxError>) -> Self {
        Self::Unavailable {
            port,
            source: source.into(),
        }
    }

    /// Says why a value can never be accepted.
    pub fn invalid(why: impl Into<String>) -> Self {
        Self::Invalid(why.into())
    }

    /// Says whether the disk behind the port has no room left.
    pub fn is_full(&self) -> bool {
        let Self::Unavailable { source, .. } = self else {
            return false;
        };
        source.downcast_ref::<io::Error>().is_some_and(|cause| {
            matches!(
                cause.kind(),
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
            )
        })
    }

    /// Says whether trying again later may help.
    pub fn is_transient(&self) -> bool {
        !matches!(self, Self::Invalid(_))
    }
}
