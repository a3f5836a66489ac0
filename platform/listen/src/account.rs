//! What a connection holds at the moment, and when it last moved.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::{Notify, Semaphore},
    time::Instant,
};

use crate::ConnectionOptions;

/// The largest piece of an answer in bytes; there is always room for one.
pub(crate) const PIECE: usize = 64 * 1024;
/// Bytes that one permit of sending stands for.
const UNIT: usize = 4 * 1024;
/// How long a connection that was asked to end and has nothing under way may stay.
const FAREWELL: Duration = Duration::from_secs(5);
/// How long nothing may move where the port's bytes are nearly used up by those who wait.
const UNDER_PRESSURE: Duration = Duration::from_secs(2);

/// The bytes that all connections of a port may keep waiting.
#[derive(Debug)]
pub(crate) struct Pool {
    pub(crate) units: Arc<Semaphore>,
    most: usize,
}

impl Pool {
    pub(crate) fn new(bytes: usize) -> Arc<Self> {
        let most = units(bytes.max(PIECE));
        Arc::new(Self {
            units: Arc::new(Semaphore::new(most)),
            most,
        })
    }

    /// Says whether less than a quarter is left.
    fn is_scarce(&self) -> bool {
        self.units.available_permits() < self.most / 4
    }
}

/// Returns the permits that some bytes take.
pub(crate) const fn units(bytes: usize) -> usize {
    let units = bytes.div_ceil(UNIT);
    if units > Semaphore::MAX_PERMITS {
        Semaphore::MAX_PERMITS
    } else {
        units
    }
}

/// A connection's account.
#[derive(Debug)]
pub(crate) struct Account {
    started: Instant,
    /// Requests whose answer has not been handed over whole.
    under_way: AtomicUsize,
    /// Milliseconds after the start at which the last of them ended.
    idle_since: AtomicU64,
    /// Whether part of a head has arrived; the guard sees to its end.
    in_head: AtomicBool,
    /// Bytes that were handed over and that the socket has not taken.
    in_flight: AtomicUsize,
    /// Milliseconds after the start at which the socket last took some, or the first were handed over.
    moved: AtomicU64,
    /// Bytes of answers that are made and not handed over.
    unsent: AtomicUsize,
    most_unsent: usize,
    sent: Notify,
    /// What answers have earned in frames that ask for nothing.
    earned: AtomicU32,
    pub(crate) room: Arc<Semaphore>,
    pub(crate) pool: Arc<Pool>,
}

/// What is to be done with a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Nothing, but to look again.
    LookAgain(Instant),
    /// It is asked to end.
    Farewell,
    /// It is cut off.
    Cut(&'static str),
}

impl Account {
    pub(crate) fn new(options: &ConnectionOptions, pool: Arc<Pool>) -> Arc<Self> {
        Arc::new(Self {
            started: Instant::now(),
            under_way: AtomicUsize::new(0),
            idle_since: AtomicU64::new(0),
            in_head: AtomicBool::new(false),
            in_flight: AtomicUsize::new(0),
            moved: AtomicU64::new(0),
            unsent: AtomicUsize::new(0),
            most_unsent: options.connection_bytes,
            sent: Notify::new(),
            earned: AtomicU32::new(0),
            room: Arc::new(Semaphore::new(units(options.connection_bytes.max(PIECE)))),
            pool,
        })
    }

    /// Returns the milliseconds since the start.
    pub(crate) fn now(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Returns the moment so many milliseconds after the start.
    pub(crate) fn at(&self, millis: u64) -> Instant {
        self.started + Duration::from_millis(millis)
    }

    /// Notes whether part of a head has arrived.
    pub(crate) fn in_head(&self, is: bool) {
        self.in_head.store(is, Ordering::Relaxed);
    }

    /// Returns since when nothing has been under way; `None` while something is.
    pub(crate) fn idle_since(&self) -> Option<Instant> {
        let busy = self.under_way.load(Ordering::Relaxed) > 0
            || self.in_flight.load(Ordering::Relaxed) > 0
            || self.in_head.load(Ordering::Relaxed);
        (!busy).then(|| self.at(self.idle_since.load(Ordering::Relaxed)))
    }

    /// Counts a request until the end of its answer.
    pub(crate) fn begin(self: &Arc<Self>) -> UnderWay {
        self.under_way.fetch_add(1, Ordering::Relaxed);
        UnderWay(self.clone())
    }

    /// Notes bytes that were handed over.
    pub(crate) fn hand_over(&self, bytes: usize) {
        if self.in_flight.fetch_add(bytes, Ordering::Relaxed) == 0 {
            self.moved.store(self.now(), Ordering::Relaxed);
        }
        let earned = u32::try_from(bytes / 1024).unwrap_or(u32::MAX);
        self.earn(earned.saturating_add(4));
    }

    /// Notes bytes that the socket has, or that nobody wants any more.
    pub(crate) fn taken(&self, bytes: usize) {
        self.in_flight.fetch_sub(bytes, Ordering::Relaxed);
        self.moved.store(self.now(), Ordering::Relaxed);
    }

    /// Notes an answer that is made; to be paid back by [`Self::send`].
    pub(crate) fn owe(&self, bytes: usize) {
        self.unsent.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Notes bytes of answers that are not owed any more.
    pub(crate) fn send(&self, bytes: usize) {
        let before = self.unsent.fetch_sub(bytes, Ordering::Relaxed);
        if before > self.most_unsent {
            self.sent.notify_waiters();
        }
    }

    /// Says whether the client has taken so much that another answer may be made for it.
    pub(crate) fn has_room_for_an_answer(&self) -> bool {
        self.unsent.load(Ordering::Relaxed) <= self.most_unsent
    }

    /// Waits until it has.
    pub(crate) async fn room_for_an_answer(&self) {
        loop {
            let sent = self.sent.notified();
            if self.has_room_for_an_answer() {
                return;
            }
            sent.await;
        }
    }

    fn earn(&self, frames: u32) {
        let _ = self
            .earned
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |earned| {
                Some(earned.saturating_add(frames))
            });
    }

    /// Takes what was earned.
    pub(crate) fn earned(&self) -> u32 {
        self.earned.swap(0, Ordering::Relaxed)
    }

    /// Judges the connection. `leaving` says that it has been asked to end.
    pub(crate) fn judge(
        &self,
        options: &ConnectionOptions,
        age: Duration,
        leaving: bool,
        now: Instant,
    ) -> Verdict {
        if self.in_flight.load(Ordering::Relaxed) > 0 {
            let scarce = self.pool.is_scarce();
            // Streams that are stuck end before it, and with them what the others wait for.
            let timeout = if scarce {
                options.write().min(UNDER_PRESSURE)
            } else {
                options.write() + FAREWELL
            };
            let due = self.at(self.moved.load(Ordering::Relaxed)) + timeout;
            if now >= due {
                return Verdict::Cut("nothing of the answers was taken in time");
            }
            return Verdict::LookAgain(due.min(now + UNDER_PRESSURE));
        }
        let old = self.started + age;
        if !leaving && now >= old {
            return Verdict::Farewell;
        }
        let again = if leaving { now + FAREWELL } else { old };
        let head = !leaving && self.in_head.load(Ordering::Relaxed);
        if head || self.under_way.load(Ordering::Relaxed) > 0 {
            return Verdict::LookAgain(again.min(now + options.head()));
        }
        let since = self.at(self.idle_since.load(Ordering::Relaxed));
        let idle = since + if leaving { FAREWELL } else { options.idle() };
        match (now >= idle, leaving) {
            (true, true) => Verdict::Cut("it was asked to end and did not"),
            (true, false) => Verdict::Farewell,
            (false, _) => Verdict::LookAgain(again.min(idle)),
        }
    }

    /// Lets the time of a farewell begin.
    pub(crate) fn farewell(&self) {
        self.idle_since.store(self.now(), Ordering::Relaxed);
    }
}

/// A request under way; ends when it is dropped.
#[derive(Debug)]
pub(crate) struct UnderWay(Arc<Account>);

impl UnderWay {
    pub(crate) fn account(&self) -> &Arc<Account> {
        &self.0
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.idle_since.store(self.0.now(), Ordering::Relaxed);
        self.0.under_way.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Since when an answer waits for its client.
#[derive(Debug, Default)]
pub(crate) struct Progress(AtomicU64);

impl Progress {
    /// The client's turn begins, so many milliseconds after the connection's start.
    pub(crate) fn client(&self, now: u64) {
        self.0.store(now.saturating_add(1), Ordering::Relaxed);
    }

    /// It is our turn.
    pub(crate) fn ours(&self) {
        self.0.store(0, Ordering::Relaxed);
    }

    /// Returns since when it is the client's turn.
    pub(crate) fn since(&self) -> Option<u64> {
        self.0.load(Ordering::Relaxed).checked_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account() -> (ConnectionOptions, Arc<Account>) {
        let options = ConnectionOptions::default();
        let pool = Pool::new(options.bytes_in_all);
        (options.clone(), Account::new(&options, pool))
    }

    /// Judges the connection so many seconds after its start.
    fn judged(account: &Account, seconds: u64, leaving: bool) -> Verdict {
        let options = ConnectionOptions::default();
        let now = account.started + Duration::from_secs(seconds);
        account.judge(&options, options.max_age(), leaving, now)
    }

    fn waits(verdict: Verdict) -> bool {
        matches!(verdict, Verdict::LookAgain(_))
    }

    fn is_cut(verdict: Verdict) -> bool {
        matches!(verdict, Verdict::Cut(_))
    }

    #[test]
    fn a_connection_without_requests_is_idle_whatever_else_arrives() {
        let (_, account) = account();
        assert!(waits(judged(&account, 59, false)));
        assert_eq!(judged(&account, 61, false), Verdict::Farewell);
        // It does not go: it is cut off.
        account.farewell();
        assert!(waits(judged(&account, 4, true)));
        assert!(is_cut(judged(&account, 6, true)));
    }

    #[test]
    fn a_request_under_way_keeps_it_until_it_is_old() {
        let (_, account) = account();
        let request = account.begin();
        assert!(waits(judged(&account, 3500, false)));
        assert_eq!(judged(&account, 3601, false), Verdict::Farewell);
        assert!(waits(judged(&account, 5000, true)));
        drop(request);
        assert!(is_cut(judged(&account, 6, true)));
    }

    #[tokio::test]
    async fn bytes_that_nobody_takes_end_it_and_sooner_where_bytes_are_scarce() {
        let (_, account) = account();
        account.hand_over(10);
        assert!(waits(judged(&account, 34, false)));
        assert!(is_cut(judged(&account, 36, false)));
        account.moved.store(30_000, Ordering::Relaxed);
        assert!(waits(judged(&account, 64, false)));
        let most = u32::try_from(account.pool.most).unwrap();
        let all = account.pool.units.clone().acquire_many_owned(most).await;
        assert!(waits(judged(&account, 31, false)));
        assert!(is_cut(judged(&account, 33, false)));
        drop(all);
        assert!(waits(judged(&account, 33, false)));
    }

    #[tokio::test]
    async fn no_answer_is_made_before_there_is_room_for_it() {
        let (options, account) = account();
        account.owe(options.connection_bytes + 1);
        #[expect(clippy::disallowed_methods, reason = "it ends with the test")]
        let waiting = tokio::spawn({
            let account = account.clone();
            async move { account.room_for_an_answer().await }
        });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        account.send(1);
        waiting.await.unwrap();
    }
}
