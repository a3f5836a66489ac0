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
use sv_proto::{auth::AuthReason, common::CommonReason};
use tokio::sync::Semaphore;

use crate::{
    Options,
    domain::{Password, PasswordHash, Pepper, Scheme},
};

/// When a refused caller should try again.
const TRY_AGAIN: Duration = Duration::from_secs(1);
/// Salt and hash that belong to no password.
const NOBODYS: &str = "abcdefghijklmnopqrstuuJRTNUQcbYwcZtDlnyHCkZbLrHTvDkhG";

/// Hashes and verifies passwords. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Hasher(Arc<Shared>);

struct Shared {
    cost: u32,
    pepper: Pepper,
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
        Self(Arc::new(Shared {
            cost: options.bcrypt_cost,
            pepper,
            entropy,
            places: Arc::new(Semaphore::new(threads + options.hash_queue)),
            threads: Arc::new(Semaphore::new(threads)),
            done: AtomicU64::new(0),
        }))
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
    pub(crate) async fn refuse_common(&self, password: &Password, about: &str) -> Result<()> {
        let (password, about) = (password.clone(), about.to_owned());
        // On the threads of hashing, because it may take as long as some milliseconds.
        if self.run(move || password.is_common(&[&about])).await? {
            return Err(AuthReason::PasswordTooCommon.into());
        }
        Ok(())
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
        let job = tokio::task::spawn_blocking(move || {
            // A caller who leaves does not stop the work, so the work keeps its place.
            let _held = (place, thread);
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
        Hasher::new(&options, Pepper::new(&[7; 32]), Arc::new(SystemEntropy))
    }

    fn password(text: &str) -> Password {
        Password::chosen(text).unwrap()
    }

    /// Makes the hash of a password as it was made before there was a pepper.
    fn plain(text: &str, cost: u32) -> PasswordHash {
        PasswordHash {
            scheme: Scheme::Plain,
            text: bcrypt::hash(text, cost).unwrap(),
        }
    }

    /// A26: every character counts, up to the last of 256.
    #[tokio::test]
    async fn long_passwords_differ_in_their_last_character() {
        let hasher = hasher(4, 2, 8);
        for length in [8, 71, 72, 73, 255, 256] {
            let right = password(&("x".repeat(length - 1) + "y"));
            let hash = hasher.hash(&right).await.unwrap();
            let verdict = async |password| hasher.verify(Some(password), Some(&hash)).await;
            assert_eq!(verdict(&right).await.unwrap(), Verdict::Right);
            let wrong = password(&"x".repeat(length));
            assert_eq!(verdict(&wrong).await.unwrap(), Verdict::Wrong);
            if length > 8 {
                let shorter = password(&"x".repeat(length - 1));
                assert_eq!(verdict(&shorter).await.unwrap(), Verdict::Wrong);
            }
        }
    }

    #[tokio::test]
    async fn an_older_hash_still_verifies_and_is_outdated() {
        let hasher = hasher(4, 1, 1);
        // An older hash knows 72 bytes; a longer password is another one.
        let full = "x".repeat(72);
        for (chosen, other) in [
            ("correct horse", "correct house"),
            (&full, &(full.clone() + "x")),
        ] {
            let hash = plain(chosen, 4);
            let (chosen, other) = (password(chosen), password(other));
            let verdict = hasher.verify(Some(&chosen), Some(&hash)).await;
            assert_eq!(verdict.unwrap(), Verdict::Outdated);
            let verdict = hasher.verify(Some(&other), Some(&hash)).await;
            assert_eq!(verdict.unwrap(), Verdict::Wrong);
        }
    }

    #[tokio::test]
    async fn a_hash_is_worth_nothing_without_its_pepper() {
        let one = hasher(4, 1, 1);
        let options = Options {
            bcrypt_cost: 4,
            ..Options::default()
        };
        let two = Hasher::new(&options, Pepper::new(&[8; 32]), Arc::new(SystemEntropy));
        let password = password("correct horse");
        let hash = one.hash(&password).await.unwrap();
        let verdict = two.verify(Some(&password), Some(&hash)).await.unwrap();
        assert_eq!(verdict, Verdict::Wrong);
    }

    /// AUTH-9: the one test at the real cost.
    #[tokio::test]
    async fn the_default_cost_is_twelve() {
        let hasher = hasher(Options::default().bcrypt_cost, 1, 1);
        let password = password("correct horse");
        let hash = hasher.hash(&password).await.unwrap();
        assert!(hash.text.starts_with("$2b$12$"), "{hash:?}");
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
            let bad = PasswordHash {
                scheme: Scheme::Peppered,
                text: (*bad).to_owned(),
            };
            let failed = hasher.verify(Some(&password), Some(&bad)).await;
            let failed = failed.unwrap_err();
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
