//! What a consumer does with a record, and how it says that it could not.

use async_trait::async_trait;
use sv_kernel::{BoxError, Code};

use super::Delivery;
use crate::PortError;

/// Puts the effect of records into force.
///
/// A record may come more than once, so the effect must be one that happens once: recorded with
/// the event id in the same transaction, or a write by version that refuses older ones. A dead
/// letter that is delivered again may be older than records that came after it.
#[async_trait]
pub trait Handler: Send + Sync {
    /// Puts one record into force.
    async fn handle(&self, delivery: &Delivery) -> Result<(), HandleError>;

    /// Makes the effects of the records handled since the last flush durable; offsets are
    /// committed after it. For handlers that write in batches, e.g. into an index. If it fails,
    /// these records are handled again one by one, each with its own flush.
    async fn flush(&self) -> Result<(), HandleError> {
        Ok(())
    }
}

/// Why a record could not be handled.
#[derive(Debug, thiserror::Error)]
pub enum HandleError {
    /// Something else is at fault, e.g. a database that cannot be reached: the partition waits and
    /// the record is tried again for as long as it takes.
    #[error("cannot handle the record now")]
    Transient(#[source] BoxError),
    /// The record itself is at fault: after five tries it becomes a dead letter.
    #[error("cannot handle the record")]
    Poison(#[source] BoxError),
}

impl HandleError {
    /// Says that something else than the record is at fault.
    pub fn transient(cause: impl Into<BoxError>) -> Self {
        Self::Transient(cause.into())
    }

    /// Says that the record is at fault.
    pub fn poison(cause: impl Into<BoxError>) -> Self {
        Self::Poison(cause.into())
    }
}

impl From<PortError> for HandleError {
    fn from(error: PortError) -> Self {
        if error.is_transient() {
            Self::transient(error)
        } else {
            Self::poison(error)
        }
    }
}

impl From<sv_kernel::Error> for HandleError {
    /// Reasons that pass by themselves are transient, all others the record's fault.
    fn from(error: sv_kernel::Error) -> Self {
        match error.info().code {
            Code::Unavailable
            | Code::DeadlineExceeded
            | Code::ResourceExhausted
            | Code::Aborted
            | Code::Cancelled => Self::transient(error),
            _ => Self::poison(error),
        }
    }
}
