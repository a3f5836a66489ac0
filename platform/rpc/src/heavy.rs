//! Work that would keep a thread from everybody else: unpacking, large JSON.

use std::{num::NonZero, sync::LazyLock, thread::available_parallelism, time::Duration};

use sv_kernel::{Error, Result};
use sv_proto::common::CommonReason;
use tokio::{
    runtime::{Handle, RuntimeFlavor},
    sync::Semaphore,
};

/// Bytes from which work on them is heavy.
const HEAVY: usize = 128 * 1024;
/// How many may wait for their turn, beyond those that work.
const WAITING: usize = 256;
/// When to come back to a process that has too much of it to do.
const OVERLOADED: Duration = Duration::from_secs(1);

/// As many at once as there are processors: more would only take turns.
static AT_WORK: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(available_parallelism().map_or(2, NonZero::get)));
static IN_LINE: Semaphore = Semaphore::const_new(WAITING);

/// Works on so many bytes: small work at once, heavy work in the order of its coming, a bounded number
/// at a time, on a thread that others do not wait for.
///
/// Fails with `OVERLOADED` where too many wait.
pub async fn heavy<T>(bytes: usize, work: impl FnOnce() -> T) -> Result<T> {
    if bytes < HEAVY {
        return Ok(work());
    }
    let overloaded = || Error::from(CommonReason::Overloaded).retry_after(OVERLOADED);
    let in_line = IN_LINE.try_acquire().map_err(|_| overloaded())?;
    let _at_work = AT_WORK.acquire().await.map_err(|_| overloaded())?;
    drop(in_line);
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
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn heavy_work_is_bounded_and_the_rest_goes_on() {
        let all = u32::try_from(AT_WORK.available_permits()).unwrap();
        let busy = AT_WORK.acquire_many(all).await.unwrap();
        assert_eq!(heavy(10, || 1).await.unwrap(), 1);
        #[expect(clippy::disallowed_methods, reason = "it ends with the test")]
        let waiting: Vec<_> = (0..WAITING)
            .map(|_| tokio::spawn(heavy(HEAVY, || 2)))
            .collect();
        while IN_LINE.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        let refused = heavy(HEAVY, || 3).await.unwrap_err();
        assert!(refused.is(&CommonReason::Overloaded));
        drop(busy);
        for one in waiting {
            assert_eq!(one.await.unwrap().unwrap(), 2);
        }
    }
}
