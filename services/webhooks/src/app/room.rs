//! How much may yet wait for each webhook, without counting what waits at every event.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use sv_kernel::{Ctx, Id};
use sv_store::{StoreError, Tx};

use crate::{domain::Webhook, store::deliveries};

/// The part of the room that a count found, which this process fills before it counts again. Other processes fill it,
/// too: so many of them together stay within the bound.
const PARTS: u64 = 8;
/// The webhooks of which it is known what may be written for them; where there are more, all are counted anew.
const MOST_KNOWN: usize = 10_000;

/// How much may yet wait for each webhook.
#[derive(Debug)]
pub(crate) struct Room {
    /// The most that may wait for one.
    most: u64,
    /// What this process may write without counting.
    left: Mutex<HashMap<Id<Webhook>, u64>>,
}

impl Room {
    /// Lets at most so many wait for each.
    pub(crate) fn of(most: u32) -> Self {
        Self {
            most: most.into(),
            left: Mutex::default(),
        }
    }

    /// Takes the place of a delivery that is about to be written, and says whether there was one.
    pub(crate) async fn take(
        &self,
        tx: &Tx,
        ctx: &Ctx,
        webhook: Id<Webhook>,
    ) -> Result<bool, StoreError> {
        if self.take_known(webhook) {
            return Ok(true);
        }
        let waiting = deliveries::count_waiting(tx, ctx, webhook).await?;
        Ok(self.take_counted(webhook, waiting))
    }

    fn take_known(&self, webhook: Id<Webhook>) -> bool {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(of_it) = left.get_mut(&webhook) else {
            return false;
        };
        *of_it -= 1;
        if *of_it == 0 {
            left.remove(&webhook);
        }
        true
    }

    fn take_counted(&self, webhook: Id<Webhook>, waiting: u64) -> bool {
        let free = self.most.saturating_sub(waiting);
        let more = free / PARTS;
        if more > 0 {
            let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
            if left.len() >= MOST_KNOWN {
                left.clear();
            }
            left.insert(webhook, more);
        }
        free > 0
    }
}

#[cfg(test)]
mod tests {
    use sv_kernel::Id;

    use super::*;

    /// Writes deliveries that nobody takes until there is no room; returns how many there are and how often it was
    /// counted.
    fn fill(most: u32) -> (u64, u64) {
        let (room, webhook) = (Room::of(most), Id::from_uuid(uuid::Uuid::from_u128(1)));
        let (mut waiting, mut counted) = (0, 0);
        loop {
            if !room.take_known(webhook) {
                counted += 1;
                if !room.take_counted(webhook, waiting) {
                    return (waiting, counted);
                }
            }
            waiting += 1;
        }
    }

    #[test]
    fn all_of_the_room_is_filled_and_seldom_counted() {
        assert_eq!(fill(10).0, 10);
        assert_eq!(fill(0), (0, 1));
        let (waiting, counted) = fill(20_000);
        assert_eq!(waiting, 20_000);
        assert!(counted < 80, "{counted}");
    }

    #[test]
    fn each_webhook_has_its_own_room_and_few_are_known() {
        let room = Room::of(1000);
        let id = |n| Id::from_uuid(uuid::Uuid::from_u128(n));
        assert!(room.take_counted(id(0), 0) && room.take_known(id(0)));
        assert!(!room.take_known(id(1)));
        for n in 0..30_000 {
            assert!(room.take_counted(id(n), 0));
        }
        assert!(room.left.lock().unwrap().len() <= MOST_KNOWN);
    }
}
