//! Processes that end at any moment: what was acknowledged stays, once, in the tables, in the event
//! log and in the index (EVT-7, C40).
//!
//! A [`burst`] of writes or an [`import`] runs while the program is killed (SIGKILL) again and again
//! at random moments. What was acknowledged stands in a [`ledger`], which is then held against
//! what is [`stored`]. The [`guards`] tamper behind the program's back and show that each kind of
//! loss and doubling is found.

#[cfg(feature = "test-faults")]
mod away;
mod background;
mod burst;
#[cfg(feature = "test-stack")]
mod counters;
#[cfg(target_os = "linux")]
mod files;
#[cfg(all(feature = "test-stack", target_os = "linux"))]
mod full;
mod guards;
mod import;
mod ledger;
pub(crate) mod log;
#[cfg(target_os = "linux")]
mod lost;
#[cfg(feature = "test-faults")]
mod money;
#[cfg(feature = "test-faults")]
mod servers;
mod stop;
mod stored;
#[cfg(target_os = "linux")]
mod storm;
#[cfg(feature = "test-media")]
mod uploads;
mod writers;

use std::{
    hash::{BuildHasher as _, Hasher as _, RandomState},
    time::Duration,
};

use crate::harness::{Client, Deployment};

/// How often each test kills.
const KILLS: usize = 20;
/// The longest that a call may stay without an answer, repeated as often as it takes.
const TIMEOUT: Duration = Duration::from_secs(90);
/// The pause after a call that failed, where it is not the breaker that is tried: five failures
/// within 30 s would open it (RES-1).
const BREATH: Duration = Duration::from_secs(8);

/// Returns a random number below another.
fn random(below: u64) -> u64 {
    RandomState::new().build_hasher().finish() % below
}

/// Returns a random time up to another.
fn moment(longest: Duration) -> Duration {
    let micros = u64::try_from(longest.as_micros()).unwrap_or(u64::MAX);
    Duration::from_micros(random(micros.max(1)))
}

/// The settings under which the burst is not held back.
fn unlimited() -> [(&'static str, String); 1] {
    [("STREAMVERSE_EDGE__RATES__ENABLED", "false".to_owned())]
}

/// Signs in as the installation's administrator, who is made where there is none.
fn editor(deployment: &Deployment) -> Client {
    let mut editor = Client::new(&deployment.edge);
    let (email, password) = deployment.admin();
    editor.login(&email, &password);
    editor
}
