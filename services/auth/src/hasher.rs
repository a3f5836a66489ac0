//! Hashes passwords on a few threads, so that logins cannot starve the rest (AUTH-9, C21).

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use sv_kernel::{Entropy, Error, Result};
use sv_proto::common::CommonReason;
use tokio::sync::Semaphore;

use crate::{Options, domain::Password};

/// When a refused caller should try again.
const TRY_AGAIN: Duration = Duration::from_secs(1);
/// Salt and hash that belong to no password.
const NOBODYS: &str = "abcdefghijklmnopqrstuuJRTNUQcbYwcZtDlnyHCkZbLrHTvDkhG";

/// Hashes and verifies passwords. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Hasher(Arc<Shared>);

struct Shared {
    cost: u32,
    entropy: Arc<dyn Entropy>,
    /// One for each password that is hashed or waits.
    places: Arc<Semaphore>,
    /// One for each password that is hashed.
    threads: Arc<Semaphore>,
    done: AtomicU64,
}

/// What a password is to a hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Another one.
    Wrong,
    /// The right one.
    Right,
    /// The right one, but the hash is of another cost than new ones are.
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
    pub(crate) fn new(options: &Options, entropy: Arc<dyn Entropy>) -> Self {
        let half = thread::available_parallelism().map_or(1, |n| n.get().div_ceil(2));
        let threads = match options.hash_threads {
            0 => half,
            n => n,
        };
        Self(Arc::new(Shared {
            cost: options.bcrypt_cost,
            entropy,
            places: Arc::new(Semaphore::new(threads + options.hash_queue)),
            threads: Arc::new(Semaphore::new(threads)),
            done: AtomicU64::new(0),
        }))
    }

    /// Hashes a password. Fails with OVERLOADED when too many wait.
    pub(crate) async fn hash(&self, password: &Password) -> Result<String> {
        let (cost, password) = (self.0.cost, password.clone());
        let mut salt = [0; 16];
        self.0.entropy.fill(&mut salt);
        // The crate's non-truncating functions refuse the 72nd byte, which bcrypt does take in. A
        // `Password` has no 73rd, so nothing is cut off here.
        let hashed = self
            .run(move || bcrypt::hash_with_salt(password.reveal(), cost, salt))
            .await?;
        Ok(hashed.map_err(internal)?.to_string())
    }

    /// Compares a password with a hash, and does the same work where there is no hash or no
    /// possible password, so that the answer takes as long. Fails with OVERLOADED when too many
    /// wait.
    pub(crate) async fn verify(
        &self,
        password: Option<&Password>,
        hash: Option<&str>,
    ) -> Result<Verdict> {
        let own_cost = self.0.cost;
        let stored = hash.map_or_else(|| format!("$2b${own_cost:02}${NOBODYS}"), str::to_owned);
        let possible = hash.is_some() && password.is_some();
        let given = password.map_or_else(Vec::new, |password| password.reveal().to_vec());
        let (right, cost) = self
            .run(move || {
                let parts: bcrypt::HashParts = stored.parse()?;
                bcrypt::verify(&given, &stored).map(|right| (right, parts.get_cost()))
            })
            .await?
            .map_err(internal)?;
        Ok(match (right && possible, cost == own_cost) {
            (false, _) => Verdict::Wrong,
            (true, true) => Verdict::Right,
            (true, false) => Verdict::Outdated,
        })
    }

    /// Counts what was hashed or verified since the start.
    #[cfg(test)]
    pub(crate) fn done(&self) -> u64 {
        self.0.done.load(Ordering::SeqCst)
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let place = self.0.places.clone().try_acquire_owned();
        let place =
            place.map_err(|_| Error::from(CommonReason::Overloaded).retry_after(TRY_AGAIN))?;
        let thread = self
            .0
            .threads
            .clone()
            .acquire_owned()
            .await
            .map_err(internal)?;
        let shared = self.0.clone();
        let job = tokio::task::spawn_blocking(move || {
            // A caller who leaves does not stop the work, so the work keeps its place.
            let _held = (place, thread);
            shared.done.fetch_add(1, Ordering::SeqCst);
            work()
        });
        job.await.map_err(internal)
    }
}

fn internal(cause: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::from(CommonReason::Internal).because(cause)
}

#[cfg(test)]
#[expect(
    clippy::disallowed_methods,
    reason = "tests end and await what they spawn themselves"
)]
mod tests {
    use sv_kernel::SystemEntropy;

    use super::*;

    fn hasher(cost: u32, threads: usize, queue: usize) -> Hasher {
        let options = Options {
            bcrypt_cost: cost,
            hash_threads: threads,
            hash_queue: queue,
            ..Options::default()
        };
        Hasher::new(&options, Arc::new(SystemEntropy))
    }

    fn password(text: &str) -> Password {
        Password::chosen(text).unwrap()
    }

    /// A26: every byte counts, up to the last.
    #[tokio::test]
    async fn passwords_of_71_and_72_bytes_differ_in_their_last_byte() {
        let hasher = hasher(4, 2, 8);
        for length in [8, 71, 72] {
            let right = password(&("x".repeat(length - 1) + "y"));
            let hash = hasher.hash(&right).await.unwrap();
            assert_eq!(
                hasher.verify(Some(&right), Some(&hash)).await.unwrap(),
                Verdict::Right
            );
            let wrong = password(&"x".repeat(length));
            assert_eq!(
                hasher.verify(Some(&wrong), Some(&hash)).await.unwrap(),
                Verdict::Wrong
            );
        }
        let short = password(&"x".repeat(71));
        let hash = hasher.hash(&short).await.unwrap();
        let longer = password(&"x".repeat(72));
        assert_eq!(
            hasher.verify(Some(&longer), Some(&hash)).await.unwrap(),
            Verdict::Wrong
        );
    }

    /// AUTH-9: the one test at the real cost.
    #[tokio::test]
    async fn the_default_cost_is_twelve() {
        let hasher = hasher(Options::default().bcrypt_cost, 1, 1);
        let password = password("correct horse");
        let hash = hasher.hash(&password).await.unwrap();
        assert!(hash.starts_with("$2b$12$"), "{hash}");
        assert_eq!(
            hasher.verify(Some(&password), Some(&hash)).await.unwrap(),
            Verdict::Right
        );
    }

    #[tokio::test]
    async fn a_hash_of_another_cost_is_outdated() {
        let (old, new) = (hasher(4, 1, 1), hasher(5, 1, 1));
        let password = password("correct horse");
        let hash = old.hash(&password).await.unwrap();
        assert_eq!(
            new.verify(Some(&password), Some(&hash)).await.unwrap(),
            Verdict::Outdated
        );
    }

    /// A22.
    #[tokio::test]
    async fn the_unknown_cost_the_same_work_and_match_nothing() {
        let hasher = hasher(4, 1, 1);
        let password = password("correct horse");
        for (password, hash) in [(Some(&password), None), (None, None)] {
            let before = hasher.done();
            assert_eq!(hasher.verify(password, hash).await.unwrap(), Verdict::Wrong);
            assert_eq!(hasher.done(), before + 1);
        }
    }

    /// A32.
    #[tokio::test]
    async fn a_malformed_hash_is_an_error_and_no_panic() {
        let hasher = hasher(4, 1, 1);
        let password = password("correct horse");
        for bad in ["", "$2b$04$", &"é".repeat(30), &format!("$2b$99${NOBODYS}")] {
            let failed = hasher.verify(Some(&password), Some(bad)).await.unwrap_err();
            assert!(failed.is(&CommonReason::Internal), "{bad:?}: {failed}");
        }
    }

    /// A31: beyond threads and queue callers are refused at once and told when to come back.
    #[tokio::test]
    async fn what_is_beyond_the_queue_is_refused() {
        let hasher = hasher(4, 1, 2);
        let stuck = hasher.0.threads.clone().acquire_owned().await.unwrap();
        let waiting: Vec<_> = (0..3)
            .map(|_| {
                let hasher = hasher.clone();
                tokio::spawn(async move { hasher.verify(None, None).await })
            })
            .collect();
        while hasher.0.places.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        let refused = hasher.verify(None, None).await.unwrap_err();
        assert!(refused.is(&CommonReason::Overloaded), "{refused}");
        assert_eq!(refused.retry_delay(), Some(TRY_AGAIN));
        drop(stuck);
        for wait in waiting {
            assert_eq!(wait.await.unwrap().unwrap(), Verdict::Wrong);
        }
    }
}
