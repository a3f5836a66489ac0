//! `Idempotency-Key`: the first answer is stored and given again (C40).

use std::{fmt, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use prost::Message;
use sv_kernel::{Ctx, HeldKey, Result};

/// An answer as it is stored.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Answer {
    /// gRPC's code; 0 is success.
    #[prost(int32, tag = "1")]
    pub(crate) code: i32,
    /// The message of an error.
    #[prost(string, tag = "2")]
    pub(crate) message: String,
    /// The details of an error, as in `grpc-status-details-bin`.
    #[prost(bytes = "bytes", tag = "3")]
    pub(crate) details: Bytes,
    /// The answer's message without its frame; empty for an error.
    #[prost(bytes = "bytes", tag = "4")]
    pub(crate) body: Bytes,
    /// Metadata that the method set, name and value in turn.
    #[prost(string, repeated, tag = "5")]
    pub(crate) metadata: Vec<String>,
}

/// Makes what is stored of a successful answer without metadata.
pub fn success(answer: &impl Message) -> Vec<u8> {
    let answer = Answer {
        body: answer.encode_to_vec().into(),
        ..Answer::default()
    };
    answer.encode_to_vec()
}

/// What a store knows about a call.
pub enum Begun {
    /// Nothing; the call is now marked as running and its answer is to be stored by the claim.
    Fresh(Box<dyn Claim>),
    /// It runs, in this process or another, or its process ended: the key is free again after this time at
    /// the latest.
    Running(Duration),
    /// It was answered: the bytes that were stored.
    Answered(Vec<u8>),
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
    async fn finish(self: Box<Self>, ctx: &Ctx, answer: &[u8]) -> Result<()>;

    /// Removes the mark: the call had no effect and may be tried again.
    async fn abandon(self: Box<Self>, ctx: &Ctx) -> Result<()>;
}
