//! `Idempotency-Key`: the first answer is stored and given again (C40).

use std::{fmt, time::Duration};

use async_trait::async_trait;
use sv_kernel::{Ctx, Result};

/// The longest key that is taken.
pub const MAX_KEY: usize = 255;

/// What a store knows about a call.
pub enum Begun {
    /// Nothing; the call is now marked as running and its answer is to be stored by the claim.
    Fresh(Box<dyn Claim>),
    /// It runs, in this process or another.
    Running,
    /// It was answered: the bytes that were stored.
    Answered(Vec<u8>),
    /// The key was used with another request.
    OtherRequest,
}

impl fmt::Debug for Begun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Fresh(_) => "Fresh",
            Self::Running => "Running",
            Self::Answered(_) => "Answered",
            Self::OtherRequest => "OtherRequest",
        })
    }
}

/// Remembers calls and their answers for 24 h; one table in each service's database.
#[async_trait]
pub trait IdempotencyStore: Send + Sync + fmt::Debug {
    /// Looks a call up and marks it as running if it is unknown, in one step that two callers
    /// cannot both win. A key means something only to the caller (tenant and actor of `ctx`) and
    /// the method. A mark that nobody settled ends after `runs_for`.
    async fn begin(
        &self,
        ctx: &Ctx,
        method: &str,
        key: &str,
        request: &[u8],
        runs_for: Duration,
    ) -> Result<Begun>;
}

/// A call that is marked as running.
#[async_trait]
pub trait Claim: Send + Sync {
    /// Stores the answer.
    async fn finish(self: Box<Self>, ctx: &Ctx, answer: &[u8]) -> Result<()>;

    /// Removes the mark: the call had no effect and may be tried again.
    async fn abandon(self: Box<Self>, ctx: &Ctx) -> Result<()>;
}
