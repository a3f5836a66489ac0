//! Asks only what has called: a connection with a stream is polled for each of its events, and most of what it waits
//! for besides (ends, timers, what a body has not got yet) has nothing to say then.
//!
//! To ask all of it again costs more than to hand the event on: each timer and token takes a lock to remember who waits.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

use futures::task::AtomicWaker;

/// Remembers whether something has called since it was asked last, and wakes the task that asks.
#[derive(Debug)]
pub(crate) struct Bell {
    shared: Arc<Shared>,
    /// Rings it; kept, because who is asked again with the same waker need not take another.
    waker: Waker,
}

#[derive(Debug)]
struct Shared {
    rung: AtomicBool,
    task: AtomicWaker,
}

impl Wake for Shared {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.rung.store(true, Ordering::Release);
        self.task.wake();
    }
}

impl Bell {
    /// Makes one that has rung: what has never been asked is asked once.
    pub(crate) fn new() -> Self {
        let shared = Arc::new(Shared {
            rung: AtomicBool::new(true),
            task: AtomicWaker::new(),
        });
        let waker = Waker::from(shared.clone());
        Self { shared, waker }
    }

    /// Says whether it has rung since this was asked last; the task hears of the next time.
    pub(crate) fn has_rung(&self, cx: &Context<'_>) -> bool {
        // In this order: who rings in between wakes the task or is seen.
        self.shared.task.register(cx.waker());
        self.shared.rung.swap(false, Ordering::AcqRel)
    }

    /// Returns what rings it.
    pub(crate) fn context(&self) -> Context<'_> {
        Context::from_waker(&self.waker)
    }
}

/// A future that is polled when it has called, whatever else its task is woken for.
#[derive(Debug)]
pub(crate) struct Seldom<F> {
    future: F,
    bell: Bell,
}

impl<F: Future + Unpin> Seldom<F> {
    pub(crate) fn new(future: F) -> Self {
        let bell = Bell::new();
        Self { future, bell }
    }
}

impl<F: Future + Unpin> Future for Seldom<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = &mut *self;
        if this.bell.has_rung(cx) {
            Pin::new(&mut this.future).poll(&mut this.bell.context())
        } else {
            Poll::Pending
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{future::poll_fn, pin::pin};

    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn it_is_asked_once_and_then_when_it_has_called() {
        let (tell, told) = oneshot::channel();
        let mut asked = 0;
        let mut told = pin!(told);
        let counted = poll_fn(|cx| {
            asked += 1;
            told.as_mut().poll(cx)
        });
        let mut seldom = Seldom::new(counted);
        for _ in 0..3 {
            let polled = poll_fn(|cx| Poll::Ready(Pin::new(&mut seldom).poll(cx))).await;
            assert!(polled.is_pending());
        }
        tell.send(7).unwrap();
        assert_eq!(seldom.await, Ok(7));
        assert_eq!(asked, 2);
    }

    #[test]
    fn the_task_that_asked_last_is_woken() {
        struct Counts(AtomicBool);
        impl Wake for Counts {
            fn wake(self: Arc<Self>) {
                self.0.store(true, Ordering::Relaxed);
            }
        }
        let task = || Arc::new(Counts(AtomicBool::new(false)));
        let (before, now) = (task(), task());
        let bell = Bell::new();
        assert!(bell.has_rung(&Context::from_waker(&before.clone().into())));
        assert!(!bell.has_rung(&Context::from_waker(&now.clone().into())));
        bell.context().waker().wake_by_ref();
        assert!(!before.0.load(Ordering::Relaxed));
        assert!(now.0.load(Ordering::Relaxed));
        assert!(bell.has_rung(&Context::from_waker(&now.into())));
    }
}
