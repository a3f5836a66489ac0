//! The use cases.

mod change;
mod collections;
mod flow;
mod home;
mod import;
mod next;
mod owners;
mod people;
mod playlists;
mod plays;
mod publish;
mod read;
mod recommend;
mod rewrite;
mod save;
mod series;
mod watch;

use bytes::Bytes;
use prost::Message;
use sv_boot::{Audience, Lifecycle, ServiceContext};
use sv_kernel::{Ctx, Error, PageSigner, Result};
use sv_proto::common::CommonReason;
use sv_rpc::Mesh;
use sv_store::{Db, feed::Feed};

pub(crate) use change::Change;
pub(crate) use collections::CollectionChange;
pub(crate) use people::PersonChange;
pub(crate) use playlists::PlaylistChange;
pub(crate) use plays::listening;
pub(crate) use rewrite::{CREDITS, EPISODES};

use crate::{cache::ResponseCache, domain::Seer};

/// The catalogue.
#[derive(Debug)]
pub(crate) struct App {
    db: Db,
    pages: PageSigner,
    answers: ResponseCache,
    lifecycle: Lifecycle,
    audience: Audience,
    mesh: Mesh,
    feed: Feed,
}

impl App {
    pub(crate) fn new(context: &ServiceContext, feed: Feed) -> Self {
        Self {
            feed,
            db: context.db.clone(),
            pages: context.pages.clone(),
            answers: ResponseCache::new(),
            lifecycle: context.lifecycle.clone(),
            audience: Audience::new(context.mesh.clone()),
            mesh: context.mesh.clone(),
        }
    }

    /// Forgets all remembered answers.
    #[cfg(test)]
    pub(crate) fn forget(&self) {
        self.answers.invalidation().now();
    }

    /// Returns the remembered answer, or makes it.
    async fn remembered<Q: Message, A: Message>(
        &self,
        ctx: &Ctx,
        method: &'static str,
        seer: Seer,
        request: &Q,
        answer: impl Future<Output = Result<A>>,
    ) -> Result<Bytes> {
        let question = self.answers.question(
            (&ctx.tenant, &ctx.locale),
            method,
            seer,
            request.encode_to_vec(),
        );
        if let Some(bytes) = self.answers.get(&question) {
            return Ok(bytes);
        }
        let bytes = Bytes::from(answer.await?.encode_to_vec());
        self.answers.put(question, bytes.clone());
        Ok(bytes)
    }

    /// Runs a change to its end, though the caller may go away meanwhile: between the commit and the end of
    /// the remembered answers nothing may be lost.
    async fn change<T, E>(
        &self,
        change: impl Future<Output = Result<T, E>> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let invalidation = self.answers.invalidation();
        let task = async move {
            let done = change.await;
            // Also after a failure: a commit may have happened although its answer was lost.
            invalidation.now();
            done
        };
        match self.lifecycle.work(task).await {
            Ok(done) => done,
            Err(cause) => Err(Error::from(CommonReason::Internal).because(cause).into()),
        }
    }
}
