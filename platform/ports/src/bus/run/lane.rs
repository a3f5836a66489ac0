//! What waits in one partition.

use std::collections::VecDeque;

use tokio::time::Instant;

use crate::{Delivery, Position, bus::dead};

/// A record to handle, and where to commit once that is done. The two differ for dead letters
/// that are tried again: these carry their first position.
#[derive(Debug)]
pub(super) struct Work {
    pub(super) at: Position,
    pub(super) delivery: Delivery,
}

impl Work {
    pub(super) fn new(delivery: Delivery) -> Self {
        Self {
            at: delivery.position.clone(),
            delivery: dead::restore(delivery),
        }
    }
}

/// What waits in one partition, in order.
#[derive(Debug, Default)]
pub(super) struct Lane {
    pub(super) queue: VecDeque<Work>,
    /// When the first of the queue may be tried again.
    pub(super) due: Option<Instant>,
    /// How often the first of the queue was found poisonous.
    pub(super) tries: u32,
    /// How often the first of the queue failed in any way.
    pub(super) failures: u32,
    /// How many of the queue must be flushed one by one, since flushing them together failed.
    pub(super) alone: usize,
    pub(super) paused: bool,
}

impl Lane {
    pub(super) fn is_due(&self) -> bool {
        self.due.is_none_or(|due| due <= Instant::now())
    }

    pub(super) fn succeeded(&mut self) {
        self.due = None;
        self.tries = 0;
        self.failures = 0;
        self.alone = self.alone.saturating_sub(1);
    }
}
