//! When a client was last heard, and when anything was last said.

use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    time::Duration,
};

use tokio::time::Instant;

/// Signs of life, in milliseconds after the beginning.
#[derive(Debug)]
pub(super) struct Heard {
    begun: Instant,
    last: AtomicU64,
    spoke: AtomicU64,
    /// Whether the client is listened to: while the service takes nothing more, it is not, and cannot be heard.
    listens: AtomicBool,
}

impl Heard {
    pub(super) fn new() -> Self {
        Self {
            begun: Instant::now(),
            last: AtomicU64::new(0),
            spoke: AtomicU64::new(0),
            listens: AtomicBool::new(false),
        }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// The client is listened to from now on, or is not.
    pub(super) fn listens(&self, is: bool) {
        self.last.store(self.now(), Ordering::Relaxed);
        self.listens.store(is, Ordering::Relaxed);
    }

    /// A message went one way or the other.
    pub(super) fn spoke(&self) {
        self.spoke.store(self.now(), Ordering::Relaxed);
    }

    /// Says whether the client was listened to for so long and gave no sign.
    pub(super) fn silent_for(&self, time: Duration) -> bool {
        self.listens.load(Ordering::Relaxed) && self.is_past(&self.last, time)
    }

    /// Says whether no message went either way for so long.
    pub(super) fn unspoken_for(&self, time: Duration) -> bool {
        self.is_past(&self.spoke, time)
    }

    fn is_past(&self, since: &AtomicU64, time: Duration) -> bool {
        let since = Duration::from_millis(since.load(Ordering::Relaxed));
        self.begun.elapsed() >= since + time
    }
}
