//! What a password is worth, and whose turn it is.

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

/// Waits until so many jobs wait.
async fn until_waiting(hasher: &Hasher, n: usize) {
    while hasher.0.state().waiting.len() < n {
        tokio::task::yield_now().await;
    }
}

/// Keeps the only thread busy until the sender is used.
async fn stuck(hasher: &Hasher) -> std::sync::mpsc::Sender<()> {
    let (free, wait) = std::sync::mpsc::channel::<()>();
    let busy = hasher.clone();
    let shared = busy.0.clone();
    tokio::spawn(async move {
        let job = busy.run(move || {
            shared.done.fetch_add(1, Ordering::SeqCst);
            wait.recv()
        });
        job.await
    });
    while hasher.done() == 0 {
        tokio::task::yield_now().await;
    }
    free
}

fn from(n: u8, account: &str) -> Asker {
    Asker {
        network: Some([192, 0, 2, n].into()),
        account: account.to_owned(),
        ..Asker::default()
    }
}

/// A31: beyond threads and queue callers are refused at once and told when to come back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_beyond_the_queue_is_refused() {
    let hasher = hasher(4, 1, 2);
    let free = stuck(&hasher).await;
    let waiting: Vec<_> = (0..2)
        .map(|_| {
            let hasher = hasher.clone();
            tokio::spawn(async move { hasher.verify(None, None).await })
        })
        .collect();
    until_waiting(&hasher, 2).await;
    let refused = hasher.verify(None, None).await.unwrap_err();
    assert!(refused.is(&CommonReason::Overloaded), "{refused}");
    assert_eq!(refused.retry_delay(), Some(TRY_AGAIN));
    drop(free);
    for wait in waiting {
        assert_eq!(wait.await.unwrap().unwrap(), Verdict::Wrong);
    }
}

/// Counted by work, not by a clock: forty strangers hammer, and the owner is next but one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_owner_does_not_wait_for_forty_strangers() {
    let hasher = hasher(4, 1, 64);
    let free = stuck(&hasher).await;
    let refused = Arc::new(AtomicU64::new(0));
    for n in 0..40 {
        let (hasher, refused) = (hasher.clone(), refused.clone());
        // All the same account from one address, from many, and many accounts.
        let asker = match n % 3 {
            0 => from(1, "owner"),
            1 => from(n, "owner"),
            _ => from(1, &n.to_string()),
        };
        tokio::spawn(async move {
            if hasher.asked_by(asker).verify(None, None).await.is_err() {
                refused.fetch_add(1, Ordering::SeqCst);
            }
        });
    }
    let waiting = || hasher.0.state().waiting.len();
    while waiting() as u64 + refused.load(Ordering::SeqCst) < 40 {
        tokio::task::yield_now().await;
    }
    let strangers = waiting();
    assert!(strangers >= 8, "{strangers} wait");
    let before = hasher.done();
    let known = Asker {
        known: true,
        ..from(100, "owner")
    };
    let stranger = from(101, "another");
    let (one, other) = (hasher.clone(), hasher.clone());
    let first = tokio::spawn(async move {
        one.asked_by(known)
            .run({
                let one = one.clone();
                move || one.done()
            })
            .await
    });
    let second = tokio::spawn(async move {
        other
            .asked_by(stranger)
            .run({
                let other = other.clone();
                move || other.done()
            })
            .await
    });
    until_waiting(&hasher, strangers + 2).await;
    drop(free);
    let known_at = first.await.unwrap().unwrap() - before + 1;
    assert!(known_at <= 2, "the known owner came as number {known_at}");
    let at = second.await.unwrap().unwrap() - before + 1;
    assert!(at <= 4, "somebody who asks once came as number {at}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_hashed_for_who_has_left_or_whose_time_is_over() {
    let hasher = hasher(4, 1, 8);
    let free = stuck(&hasher).await;
    let before = hasher.done();
    let (leaver, late) = (hasher.clone(), hasher.clone());
    let leaver =
        tokio::spawn(async move { leaver.asked_by(from(1, "a")).verify(None, None).await });
    let over = Asker {
        deadline: Some(Instant::now()),
        ..from(2, "b")
    };
    let late = tokio::spawn(async move { late.asked_by(over).verify(None, None).await });
    until_waiting(&hasher, 2).await;
    leaver.abort();
    let _ = leaver.await;
    drop(free);
    let refused = late.await.unwrap().unwrap_err();
    assert!(refused.is(&CommonReason::Overloaded), "{refused}");
    hasher
        .asked_by(from(3, "c"))
        .verify(None, None)
        .await
        .unwrap();
    assert_eq!(hasher.done(), before + 1, "only the last one was hashed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_that_panics_leaves_the_thread_to_others() {
    let hasher = hasher(4, 1, 8);
    let panics = hasher.run(|| panic!("as the test wishes"));
    let failed: Result<()> = panics.await;
    failed.unwrap_err();
    assert_eq!(hasher.verify(None, None).await.unwrap(), Verdict::Wrong);
}
