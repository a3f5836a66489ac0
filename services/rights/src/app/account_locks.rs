//! Accounts subscribe to one plan at a time.
//!
//! What is written makes certain that an account ends up with one plan, however many calls race; a call that gives
//! another up finds it charged by then, which is given back. One after the other, later calls find what the first one did
//! instead. Other processes know nothing of the locks of this one.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use sv_kernel::{Id, Result, User};
use sv_proto::common::CommonReason;
use tokio::{sync::OwnedMutexGuard, time::timeout};

/// How long a call waits for its account.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// A lock for each account that subscribes at the moment.
#[derive(Clone, Debug, Default)]
pub(super) struct AccountLocks(Arc<Mutex<Locks>>);

type Locks = HashMap<Id<User>, Weak<tokio::sync::Mutex<()>>>;

impl AccountLocks {
    /// Waits until no other call of an account subscribes.
    ///
    /// Fails with `CONTENDED` where that takes too long.
    pub(super) async fn lock(&self, user: Id<User>) -> Result<OwnedMutexGuard<()>> {
        let locked = timeout(LONGEST_WAIT, self.of(user).lock_owned()).await;
        locked.map_err(|_| CommonReason::Contended.into())
    }

    fn of(&self, user: Id<User>) -> Arc<tokio::sync::Mutex<()>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lock) = all.get(&user).and_then(Weak::upgrade) {
            return lock;
        }
        all.retain(|_, lock| lock.strong_count() > 0);
        let lock = Arc::default();
        all.insert(user, Arc::downgrade(&lock));
        lock
    }
}
