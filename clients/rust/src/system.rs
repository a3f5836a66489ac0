//! What this crate takes from the machine and from tokio: a program of others has neither the clock nor
//! the lifecycle of ours.

use std::{
    future::Future,
    time::{Duration, SystemTime},
};

use sv_kernel::{Entropy as _, SystemEntropy};
use tokio::task::JoinHandle;

/// Returns the time of the day, which a session that is kept over restarts goes by.
#[expect(
    clippy::disallowed_methods,
    reason = "no clock of ours in programs of others"
)]
pub(crate) fn now() -> SystemTime {
    SystemTime::now()
}

/// Starts a task that ends with what holds it.
#[expect(
    clippy::disallowed_methods,
    reason = "no lifecycle of ours in programs of others"
)]
pub(crate) fn spawn(task: impl Future<Output = ()> + Send + 'static) -> JoinHandle<()> {
    tokio::spawn(task)
}

/// Makes a name that nobody else makes.
pub(crate) fn unique() -> String {
    let mut bytes = [0; 16];
    SystemEntropy.fill(&mut bytes);
    hex::encode(bytes)
}

/// Shortens a pause by up to a half, so that clients that failed together do not come back together.
pub(crate) fn spread(pause: Duration) -> Duration {
    let mut byte = [0];
    SystemEntropy.fill(&mut byte);
    pause.mul_f64(0.5 + f64::from(byte[0]) / 512.0)
}
