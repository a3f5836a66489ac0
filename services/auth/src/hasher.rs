//! Hashes passwords on a few threads, so that logins cannot starve the rest, each in its turn
//! (AUTH-9, C21).

mod queue;
#[cfg(test)]
#[expect(
    clippy::disallowed_methods,
    reason = "tests end and await what they spawn themselves"
)]
mod tests;

use std::{
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use metrics::{Counter, Gauge, counter, gauge};
use sv_kernel::{Entropy, Error, Result};
use sv_proto::{auth::AuthReason, common::CommonReason};
use tokio::sync::oneshot;

pub(crate) use self::queue::Asker;
use self::queue::Queue;
use crate::{
    Options,
    domain::{About, Password, PasswordHash, Pepper, Scheme},
};

/// When a refused caller should try again.
const TRY_AGAIN: Duration = Duration::from_secs(1);
/// Salt and hash that belong to no password.
const NOBODYS: &str = "abcdefghijklmnopqrstuuJRTNUQcbYwcZtDlnyHCkZbLrHTvDkhG";

/// Hashes and verifies passwords for somebody. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Hasher(Arc<Shared>, Asker);

struct Shared {
    cost: u32,
    pepper: Pepper,
    entropy: Arc<dyn Entropy>,
    threads: usize,
    state: Mutex<State>,
    done: AtomicU64,
    figures: Figures,
}

/// What metrics tell of the threads and the queue.
struct Figures {
    busy: Gauge,
    waiting: Gauge,
    refused: Counter,
}

impl Figures {
    fn new(threads: usize) -> Self {
        gauge!("streamverse_auth_hash_threads").set(float(threads));
        let refused = counter!("streamverse_auth_hash_refused_total");
        refused.increment(0);
        Self {
            busy: gauge!("streamverse_auth_hash_busy"),
            waiting: gauge!("streamverse_auth_hash_waiting"),
            refused,
        }
    }

    fn tell(&self, state: &State) {
        self.busy.set(float(state.busy));
        self.waiting.set(float(state.waiting.len()));
    }
}

#[expect(clippy::cast_precision_loss, reason = "a gauge needs no last digit")]
fn float(count: usize) -> f64 {
    count as f64
}

struct State {
    /// How many threads hash.
    busy: usize,
    waiting: Queue<Job>,
}

/// A password to be hashed. Dropped undone where it has to give way; its caller hears that.
struct Job {
    work: Box<dyn FnOnce() + Send>,
    /// Says whether the caller is still there.
    wanted: Box<dyn Fn() -> bool + Send>,
}

/// What a password is to a hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Another one.
    Wrong,
    /// The right one.
    Right,
    /// The right one, but new hashes are made at another cost or in another way.
    Outdated,
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hasher")
            .field("cost", &self.0.cost)
            .finish_non_exhaustive()
    }
}

impl Hasher {
    pub(crate) fn new(options: &Options, pepper: Pepper, entropy: Arc<dyn Entropy>) -> Self {
        let half = thread::available_parallelism().map_or(1, |n| n.get().div_ceil(2));
        let threads = match options.hash_threads {
            0 => half,
            n => n,
        };
        let shared = Shared {
            cost: options.bcrypt_cost,
            pepper,
            entropy,
            threads,
            state: Mutex::new(State {
                busy: 0,
                waiting: Queue::new(options.hash_queue),
            }),
            done: AtomicU64::new(0),
            figures: Figures::new(threads),
        };
        Self(Arc::new(shared), Asker::default())
    }

    /// Returns the same for somebody: whose turn it is depends on who asks.
    pub(crate) fn asked_by(&self, asker: Asker) -> Self {
        Self(self.0.clone(), asker)
    }

    /// Hashes a password. Fails with OVERLOADED when too many wait.
    pub(crate) async fn hash(&self, password: &Password) -> Result<PasswordHash> {
        let scheme = Scheme::Peppered;
        let input = password.input(scheme, &self.0.pepper).unwrap_or_default();
        let cost = self.0.cost;
        let mut salt = [0; 16];
        self.0.entropy.fill(&mut salt);
        let shared = self.0.clone();
        let hashed = self
            .run(move || {
                shared.done.fetch_add(1, Ordering::SeqCst);
                bcrypt::hash_with_salt(input, cost, salt)
            })
            .await?;
        let text = hashed.map_err(internal)?.to_string();
        Ok(PasswordHash { scheme, text })
    }

    /// Compares a password with a hash, and does the same work where there is no hash or no
    /// possible password, so that the answer takes as long. Fails with OVERLOADED when too many
    /// wait.
    pub(crate) async fn verify(
        &self,
        password: Option<&Password>,
        hash: Option<&PasswordHash>,
    ) -> Result<Verdict> {
        let own_cost = self.0.cost;
        let scheme = hash.map_or(Scheme::Peppered, |hash| hash.scheme);
        let stored = hash.map_or_else(
            || format!("$2b${own_cost:02}${NOBODYS}"),
            |hash| hash.text.clone(),
        );
        let given = password.and_then(|password| password.input(scheme, &self.0.pepper));
        let possible = hash.is_some() && given.is_some();
        let given = given.unwrap_or_default();
        let shared = self.0.clone();
        let (right, cost) = self
            .run(move || {
                shared.done.fetch_add(1, Ordering::SeqCst);
                let parts: bcrypt::HashParts = stored.parse()?;
                bcrypt::verify(&given, &stored).map(|right| (right, parts.get_cost()))
            })
            .await?
            .map_err(internal)?;
        let as_new = cost == own_cost && scheme == Scheme::Peppered;
        Ok(match (right && possible, as_new) {
            (false, _) => Verdict::Wrong,
            (true, true) => Verdict::Right,
            (true, false) => Verdict::Outdated,
        })
    }

    /// Refuses a password that is one of the first that anybody tries, with `PASSWORD_TOO_COMMON`;
    /// `about` is what is known of its owner.
    pub(crate) async fn refuse_common(&self, password: &Password, about: About) -> Result<()> {
        let password = password.clone();
        // On the threads of hashing, because it may take as long as some milliseconds.
        if self.run(move || password.is_common(&about)).await? {
            return Err(AuthReason::PasswordTooCommon.into());
        }
        Ok(())
    }

    /// Counts what was hashed or verified since the start.
    #[cfg(test)]
    pub(crate) fn done(&self) -> u64 {
        self.0.done.load(Ordering::SeqCst)
    }

    /// Does work in its turn. Fails with OVERLOADED where there is no room, or where others come first
    /// until the caller's time is over.
    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let (tell, told) = oneshot::channel();
        let tell = Arc::new(Mutex::new(Some(tell)));
        let (waits, tells) = (tell.clone(), tell);
        let job = Job {
            wanted: Box::new(move || {
                let waits = waits.lock().unwrap_or_else(PoisonError::into_inner);
                waits
                    .as_ref()
                    .is_some_and(|tell: &oneshot::Sender<T>| !tell.is_closed())
            }),
            work: Box::new(move || {
                let done = work();
                let tell = tells.lock().unwrap_or_else(PoisonError::into_inner).take();
                if let Some(tell) = tell {
                    // A caller who leaves does not stop the work.
                    let _ = tell.send(done);
                }
            }),
        };
        self.0.clone().take(self.1.clone(), job);
        let overloaded = |_| Error::from(CommonReason::Overloaded).retry_after(TRY_AGAIN);
        told.await.map_err(overloaded)
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts a job on a free thread, or lets it wait for one.
    fn take(self: Arc<Self>, asker: Asker, job: Job) {
        let gives_way = {
            let mut state = self.state();
            if state.busy < self.threads {
                state.busy += 1;
                self.figures.tell(&state);
                drop(state);
                tokio::task::spawn_blocking(move || self.work(job));
                return;
            }
            let gives_way = state.waiting.push(asker, job);
            self.figures.tell(&state);
            gives_way
        };
        if gives_way.is_some() {
            self.figures.refused.increment(1);
        }
        // Outside the lock: its caller wakes up.
        drop(gives_way);
    }

    /// Does jobs until none waits.
    fn work(self: Arc<Self>, first: Job) {
        // A job that panics must not take its thread's place along.
        let place = Place(self);
        let mut next = Some(first);
        while let Some(job) = next {
            (job.work)();
            next = place.0.next();
        }
    }

    /// Returns the next job that is still wanted.
    fn next(&self) -> Option<Job> {
        loop {
            let (asker, job) = {
                let mut state = self.state();
                let popped = state.waiting.pop();
                self.figures.tell(&state);
                popped?
            };
            let in_time = asker
                .deadline
                .is_none_or(|deadline| Instant::now() < deadline);
            if in_time && (job.wanted)() {
                return Some(job);
            }
        }
    }
}

/// A thread's place. When it is given up while jobs wait, another thread takes them up.
struct Place(Arc<Shared>);

impl Drop for Place {
    fn drop(&mut self) {
        let next = {
            let mut state = self.0.state();
            let next = state.waiting.pop();
            if next.is_none() {
                state.busy -= 1;
            }
            self.0.figures.tell(&state);
            next
        };
        if let Some((_, job)) = next {
            let shared = self.0.clone();
            tokio::task::spawn_blocking(move || shared.work(job));
        }
    }
}

fn internal(cause: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::from(CommonReason::Internal).because(cause)
}
