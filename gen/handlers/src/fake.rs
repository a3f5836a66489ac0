//! What a method of a fake answers.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use futures::future::BoxFuture;
use sv_kernel::{Ctx, Result};
use sv_proto::common::CommonReason;

type Answer<I, A> = Arc<dyn Fn(Ctx, I) -> BoxFuture<'static, Result<A>> + Send + Sync>;

/// What a method answers; nothing until a test says so. Clones are one.
pub(crate) struct Script<I, A>(Arc<Mutex<Option<Answer<I, A>>>>);

impl<I, A> Script<I, A> {
    pub(crate) fn set<F, Fut>(&self, answer: F)
    where
        F: Fn(Ctx, I) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        let answer: Answer<I, A> = Arc::new(move |ctx, request| Box::pin(answer(ctx, request)));
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer);
    }

    pub(crate) async fn answer(&self, ctx: &Ctx, request: I) -> Result<A> {
        let answer = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        match answer {
            Some(answer) => answer(ctx.clone(), request).await,
            None => Err(CommonReason::Unimplemented.into()),
        }
    }
}

impl<I, A> Clone for Script<I, A> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<I, A> Default for Script<I, A> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<I, A> fmt::Debug for Script<I, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Script(…)")
    }
}
