//! Runs the streams of HTTP/2 connections, and ends those whose client takes nothing.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use hyper::rt::Executor;
use tokio::time::{Instant, Sleep, sleep_until};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    account::{Account, Progress},
    bell::Seldom,
};

tokio::task_local! {
    static PROGRESS: Arc<Progress>;
}

/// Returns the progress of the stream in whose task this is asked.
pub(crate) fn progress() -> Arc<Progress> {
    PROGRESS.try_with(Arc::clone).unwrap_or_default()
}

/// Runs streams as tasks that the drain waits for.
#[derive(Clone, Debug)]
pub(crate) struct Overseer {
    pub(crate) tracker: TaskTracker,
    pub(crate) cut: CancellationToken,
    pub(crate) account: Arc<Account>,
    /// How long a client may take nothing of an answer.
    pub(crate) timeout: Duration,
}

impl<F> Executor<F> for Overseer
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    fn execute(&self, task: F) {
        let overseen = Overseen {
            task: Box::pin(task),
            progress: Arc::default(),
            account: self.account.clone(),
            timeout: self.timeout,
            due: None,
        };
        let cut = Seldom::new(Box::pin(self.cut.clone().cancelled_owned()));
        self.tracker.spawn(async move {
            tokio::select! {
                biased;
                () = cut => {}
                () = overseen => {}
            }
        });
    }
}

/// A stream under watch. hyper waits for room in the client's window without asking the body again,
/// so nobody but its task can see that it is stuck.
struct Overseen<F> {
    task: Pin<Box<F>>,
    progress: Arc<Progress>,
    account: Arc<Account>,
    timeout: Duration,
    due: Option<Pin<Box<Sleep>>>,
}

impl<F: Future> Future for Overseen<F> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        let progress = this.progress.clone();
        let polled = PROGRESS.sync_scope(progress, || this.task.as_mut().poll(cx));
        if polled.is_ready() {
            return Poll::Ready(());
        }
        while let Some(since) = this.progress.since() {
            let end = this.account.at(since) + this.timeout;
            if Instant::now() >= end {
                tracing::debug!("a stream was ended: nothing of its answer was taken in time");
                metrics::counter!("streamverse_streams_cut_total").increment(1);
                return Poll::Ready(());
            }
            let due = this.due.get_or_insert_with(|| Box::pin(sleep_until(end)));
            if due.deadline() != end {
                due.as_mut().reset(end);
            }
            if due.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
        }
        this.due = None;
        Poll::Pending
    }
}
