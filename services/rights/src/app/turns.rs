//! Accounts subscribe to one plan at a time.
//!
//! What is written makes certain that an account ends up with one plan, however many calls race; a call that gives
//! another up finds it charged by then, which is given back. In turns, later calls find what the first one did instead.
//! Other processes know nothing of the turns of this one.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use sv_kernel::{Id, Result, User};
use sv_proto::common::CommonReason;
use tokio::{
    sync::{Mutex as Turn, OwnedMutexGuard},
    time::timeout,
};

/// How long a call waits for its turn.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// Whose turn it is, for each account that subscribes at the moment.
#[derive(Clone, Debug, Default)]
pub(super) struct Turns(Arc<Mutex<Paying>>);

type Paying = HashMap<Id<User>, Weak<Turn<()>>>;

impl Turns {
    /// Waits until no other call of an account subscribes.
    ///
    /// Fails with `CONTENDED` where that takes too long.
    pub(super) async fn take(&self, user: Id<User>) -> Result<OwnedMutexGuard<()>> {
        let turn = timeout(LONGEST_WAIT, self.of(user).lock_owned()).await;
        turn.map_err(|_| CommonReason::Contended.into())
    }

    fn of(&self, user: Id<User>) -> Arc<Turn<()>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turn) = all.get(&user).and_then(Weak::upgrade) {
            return turn;
        }
        all.retain(|_, turn| turn.strong_count() > 0);
        let turn = Arc::default();
        all.insert(user, Arc::downgrade(&turn));
        turn
    }
}
