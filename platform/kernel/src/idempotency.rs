//! `Idempotency-Key`: the first answer is stored and given again (C40).

use std::{fmt, time::Duration};

use async_trait::async_trait;

use crate::{Ctx, HeldKey, Result};

/// An answer as it is given again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoredAnswer {
    /// gRPC's code; 0 is success.
    pub code: i32,
    /// The message of an error.
    pub message: String,
    /// The details of an error, as in `grpc-status-details-bin`.
    pub details: Vec<u8>,
    /// The answer's message, encoded, without its frame; empty for an error.
    pub body: Vec<u8>,
    /// Metadata that the method set: names and values.
    pub metadata: Vec<(String, String)>,
}

impl StoredAnswer {
    /// Makes what is stored of a successful answer without metadata.
    pub fn success(body: Vec<u8>) -> Self {
        Self {
            body,
            ..Self::default()
        }
    }
}

/// What a store knows about a call.
pub enum Begun {
    /// Nothing; the call is now marked as running and its answer is to be stored by the claim.
    Fresh(Box<dyn Claim>),
    /// It runs, in this process or another, or its process ended: the key is free again after this time at
    /// the latest.
    Running(Duration),
    /// It was answered.
    Answered(StoredAnswer),
    /// The key was used with another request.
    OtherRequest,
}

impl fmt::Debug for Begun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Fresh(_) => "Fresh",
            Self::Running(_) => "Running",
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
    /// Returns what the method gets in its context, so that it can store the answer with its effect.
    fn held_key(&self) -> Option<HeldKey>;

    /// Stores the answer, unless the method did.
    async fn finish(self: Box<Self>, ctx: &Ctx, answer: StoredAnswer) -> Result<()>;

    /// Removes the mark: the call had no effect and may be tried again.
    async fn abandon(self: Box<Self>, ctx: &Ctx) -> Result<()>;
}
