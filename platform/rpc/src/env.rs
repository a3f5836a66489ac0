//! What the surroundings give to calls: time, randomness, ids.

use std::sync::Arc;

use sv_kernel::{Clock, Entropy, IdGen, SystemClock, SystemEntropy};

/// Time, randomness and ids of a process. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Env {
    /// Real time: tokens, breakers, budgets.
    pub clock: Arc<dyn Clock>,
    /// Business time: what `Ctx::now` tells, by the clock of its tenant.
    pub business_clock: Arc<dyn Clock>,
    /// Randomness for secrets.
    pub entropy: Arc<dyn Entropy>,
    /// Makes ids; one per process, so that they increase.
    pub ids: IdGen,
}

impl Env {
    /// The machine's own clock and randomness.
    pub fn system() -> Self {
        Self::new(Arc::new(SystemClock), Arc::new(SystemEntropy))
    }

    /// One clock for real and business time, e.g. a movable one in tests.
    pub fn new(clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self {
            ids: IdGen::new(clock.clone(), entropy.clone()),
            business_clock: clock.clone(),
            clock,
            entropy,
        }
    }
}
