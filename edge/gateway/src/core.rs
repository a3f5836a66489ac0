//! What all requests share, and what is read anew while the port is open.

use std::{path::PathBuf, sync::Arc};

use arc_swap::ArcSwap;
use futures::future::BoxFuture;
use http::request::Parts as Head;
use sv_listen::Peer;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tonic::transport::Channel;

use crate::{
    answer_limit::AnswerLimit,
    deadline::in_time,
    failure::Failure,
    guard::Guard,
    intake::Intake,
    keys::Remote,
    options::{Jwks, Options, Problems, Upstream},
    set,
    stream_limit::{CallPermit, Caller, StreamLimit},
    table::{Rpc, Table},
};

/// What all requests share.
#[derive(Debug)]
pub(crate) struct Core {
    pub(crate) options: Options,
    pub(crate) channels: Vec<(Upstream, Channel)>,
    /// The keys of tokens, where an address has them.
    pub(crate) remote: Option<Arc<Remote>>,
    /// How many streams and calls each caller has under way.
    pub(crate) stream_limit: StreamLimit,
    pub(crate) now: ArcSwap<Now>,
    /// Room for bodies of requests.
    pub(crate) intake: Intake,
    /// Room for answers that are read whole.
    pub(crate) answer_limit: AnswerLimit,
    /// Ends streams when the drain begins: it waits for what is under way.
    pub(crate) leaving: CancellationToken,
}

/// What was read last.
#[derive(Debug)]
pub(crate) struct Now {
    pub(crate) table: Arc<Table>,
    pub(crate) guard: Option<Guard>,
    stamp: set::Stamp,
}

/// Lists what is read again when it changes.
fn files(options: &Options) -> Vec<PathBuf> {
    let keys = options.guard.iter().filter_map(|guard| match &guard.jwks {
        Jwks::File(file) => Some(file),
        Jwks::Address(_) => None,
    });
    options
        .descriptor_sets
        .iter()
        .chain(keys)
        .cloned()
        .collect()
}

impl Now {
    pub(crate) fn read(
        options: &Options,
        channels: &[(Upstream, Channel)],
        remote: Option<&Arc<Remote>>,
    ) -> Result<Self, Problems> {
        let stamp = set::stamp(&files(options));
        let pool = set::load(&options.descriptor_sets)?;
        Ok(Self {
            table: Arc::new(Table::compile(&pool, options, channels)?),
            guard: options
                .guard
                .as_ref()
                .map(|guard| Guard::read(guard, remote))
                .transpose()?,
            stamp,
        })
    }
    /// Says whether the files have changed since they were read.
    pub(crate) fn is_stale(&self, options: &Options) -> bool {
        set::stamp(&files(options)) != self.stamp
    }
}

/// Returns who calls.
pub(crate) fn caller(head: &Head, peer: &Peer) -> Caller {
    let named = head.extensions.get::<Caller>().cloned();
    named.unwrap_or_else(|| Caller::at(peer.address.ip()))
}

impl Core {
    /// Takes a permit for one more call of who calls, at the service of an RPC; waits a little where he has many.
    pub(crate) async fn permit(
        &self,
        head: &Head,
        peer: &Peer,
        rpc: &Rpc,
        until: Option<Instant>,
    ) -> Result<CallPermit, Failure> {
        let (caller, limit) = (caller(head, peer), &self.stream_limit);
        if rpc.streams {
            return in_time(until, limit.take_stream(&caller, &rpc.upstream)).await;
        }
        in_time(until, limit.take_call(&caller, &rpc.upstream)).await
    }

    /// Waits until a stream has to end: the process goes, or the token that opened it does not hold any more. The caller's
    /// permit is kept as long as somebody may wait.
    pub(crate) fn ended(
        self: &Arc<Self>,
        head: &Head,
        permit: CallPermit,
    ) -> BoxFuture<'static, Failure> {
        let core = self.clone();
        let headers = core.options.guard.as_ref().map(|_| head.headers.clone());
        Box::pin(async move {
            let _permit = permit;
            let refused = async {
                let Some(headers) = headers else {
                    return std::future::pending().await;
                };
                loop {
                    tokio::time::sleep(core.options.token_every).await;
                    let now = core.now.load_full();
                    let checked = now.guard.as_ref().map(|guard| guard.check(&headers));
                    if let Some(Err(failure)) = checked {
                        return failure;
                    }
                }
            };
            tokio::select! {
                biased;
                () = core.leaving.cancelled() => Failure::leaving(),
                failure = refused => failure,
            }
        })
    }
}
