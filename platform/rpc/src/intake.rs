//! The bytes of requests that a process holds at once.

use std::{sync::Arc, time::Duration};

use sv_kernel::{Error, Result};
use sv_proto::common::CommonReason;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Bytes of a request that are always taken: who asks for little is not refused for who sends much.
const FREE: usize = 64 * 1024;
/// Bytes that one permit stands for.
const UNIT: usize = 1024;
/// When to come back to a process that holds too much.
const OVERLOADED: Duration = Duration::from_secs(1);

/// A budget of bytes. Cheap to clone; all clones are one.
#[derive(Clone, Debug)]
pub struct Intake(Arc<Semaphore>);

/// What a request takes of it, until it is dropped.
#[derive(Debug)]
pub struct Held {
    intake: Intake,
    bytes: usize,
    units: usize,
    permits: Vec<OwnedSemaphorePermit>,
}

impl Intake {
    /// Makes a budget of so many bytes.
    pub fn new(bytes: usize) -> Self {
        let units = (bytes / UNIT).min(Semaphore::MAX_PERMITS);
        Self(Arc::new(Semaphore::new(units)))
    }

    /// Begins to count a request.
    pub fn hold(&self) -> Held {
        Held {
            intake: self.clone(),
            bytes: 0,
            units: 0,
            permits: Vec::new(),
        }
    }
}

impl Held {
    /// Counts more bytes of the request.
    ///
    /// Fails with `OVERLOADED` where the process holds too many.
    pub fn grow(&mut self, bytes: usize) -> Result<()> {
        self.bytes = self.bytes.saturating_add(bytes);
        let wanted = self.bytes.saturating_sub(FREE).div_ceil(UNIT);
        let more = wanted.saturating_sub(self.units);
        if more == 0 {
            return Ok(());
        }
        let permit = u32::try_from(more)
            .ok()
            .and_then(|more| self.intake.0.clone().try_acquire_many_owned(more).ok())
            .ok_or_else(|| Error::from(CommonReason::Overloaded).retry_after(OVERLOADED))?;
        match self.permits.last_mut() {
            Some(held) => held.merge(permit),
            None => self.permits.push(permit),
        }
        self.units = wanted;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_requests_share_a_budget_and_small_ones_always_pass() {
        let intake = Intake::new(100 * UNIT);
        let (mut one, mut two, mut small) = (intake.hold(), intake.hold(), intake.hold());
        one.grow(FREE + 50 * UNIT).unwrap();
        one.grow(50 * UNIT).unwrap();
        let refused = two.grow(FREE + 1).unwrap_err();
        assert!(refused.is(&CommonReason::Overloaded));
        assert_eq!(refused.info().http, 503);
        small.grow(FREE).unwrap();
        drop(one);
        two.grow(1).unwrap();
    }
}
