//! Work that would keep a thread from everybody else: unpacking, large JSON.

mod turns;

use std::{
    net::IpAddr,
    num::NonZero,
    sync::{Arc, LazyLock},
    thread::available_parallelism,
    time::Duration,
};

use sv_kernel::{Error, Result};
use sv_proto::common::CommonReason;
use tokio::runtime::{Handle, RuntimeFlavor};

use self::turns::Turns;

/// Bytes from which work on them is heavy.
const HEAVY: usize = 128 * 1024;
/// How many may wait for their turn, beyond those that work; and how many of one client.
const WAITING: usize = 256;
const OF_ONE: usize = 32;
/// When to come back to a process that has too much of it to do.
const OVERLOADED: Duration = Duration::from_secs(1);

/// As many at once as there are processors: more would only take turns.
static TURNS: LazyLock<Arc<Turns>> = LazyLock::new(|| {
    let threads = available_parallelism().map_or(2, NonZero::get);
    Turns::new(threads, WAITING, OF_ONE)
});

/// Works on so many bytes for a client: small work at once, heavy work in the client's turn, a bounded
/// number at a time, on a thread that others do not wait for.
///
/// Fails with `OVERLOADED` where too many wait, in all or of the client.
pub async fn heavy<T>(client: Option<IpAddr>, bytes: usize, work: impl FnOnce() -> T) -> Result<T> {
    if bytes < HEAVY {
        return Ok(work());
    }
    let overloaded = || Error::from(CommonReason::Overloaded).retry_after(OVERLOADED);
    let _turn = TURNS.take(client).await.ok_or_else(overloaded)?;
    let several = Handle::try_current()
        .is_ok_and(|runtime| runtime.runtime_flavor() == RuntimeFlavor::MultiThread);
    // The tasks of this thread go on on another one.
    Ok(if several {
        tokio::task::block_in_place(work)
    } else {
        work()
    })
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn small_work_does_not_wait_for_heavy_work_and_too_much_of_it_is_refused() {
        let mut busy = Vec::new();
        while let Some(taken) = TURNS.take(None).now_or_never() {
            busy.extend(taken);
        }
        assert_eq!(heavy(None, 10, || 1).await.unwrap(), 1);
        #[expect(clippy::disallowed_methods, reason = "it ends with the test")]
        let waiting: Vec<_> = (TURNS.waiting()..OF_ONE)
            .map(|_| tokio::spawn(heavy(None, HEAVY, || 2)))
            .collect();
        while TURNS.waiting() < OF_ONE {
            tokio::task::yield_now().await;
        }
        let refused = heavy(None, HEAVY, || 3).await.unwrap_err();
        assert!(refused.is(&CommonReason::Overloaded));
        drop(busy);
        for one in waiting {
            assert_eq!(one.await.unwrap().unwrap(), 2);
        }
    }
}
