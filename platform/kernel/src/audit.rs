//! What the stack of a call leaves of it for the audit (ADM-2); [`Trail`](crate::Trail) goes with the call itself.

use async_trait::async_trait;

use crate::{Code, Ctx, Error, Result};

/// How an act ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Outcome {
    /// It has happened.
    Ok,
    /// The caller may not, or may not so often.
    Denied,
    /// It was tried and did not come about.
    Failed,
}

impl Outcome {
    /// Says as what a refusal counts.
    pub fn of(error: &Error) -> Self {
        match error.info().code {
            Code::Unauthenticated | Code::PermissionDenied | Code::ResourceExhausted => {
                Self::Denied
            }
            _ => Self::Failed,
        }
    }

    /// Returns its name in tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Denied => "denied",
            Self::Failed => "failed",
        }
    }
}

/// Where the stack leaves the audit records of one service.
#[async_trait]
pub trait AuditLog: Send + Sync {
    /// Writes the record of a call that has succeeded and left none by itself.
    async fn succeeded(&self, ctx: &Ctx) -> Result<()>;

    /// Writes the record of a call that was refused or failed, or counts it with others like it.
    async fn refused(&self, ctx: &Ctx, outcome: Outcome, reason: &str) -> Result<()>;
}
