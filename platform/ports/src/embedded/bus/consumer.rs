//! A member of a group on the embedded bus.

use std::{
    collections::BTreeMap,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use async_trait::async_trait;
use sv_kernel::{Clock as _, SystemClock};
use tokio::{
    sync::watch,
    time::{Instant, timeout},
};

use super::{Shared, lease::RENEW_EVERY, log::LeaseRow};
use crate::{Batch, Consumer, Delivery, PortResult, Position, TopicPartition};

/// How often a member looks for partitions to take over and for those taken from it, where another process
/// has members, too. Alone, it looks as often as leases are renewed: a process at rest shall cost next to
/// nothing.
const CLAIM_EVERY: Duration = Duration::from_secs(1);

/// A member of a group. The first one takes all partitions; others stand by and take over what
/// becomes free.
#[derive(Debug)]
pub(super) struct Member {
    shared: Arc<Shared>,
    group: String,
    owner: String,
    wanted: Vec<TopicPartition>,
    held: BTreeMap<TopicPartition, Held>,
    revoked: Vec<TopicPartition>,
    news: watch::Receiver<u64>,
    /// Whether there may be something to read that no news told of.
    unread: bool,
    next_claim: Instant,
}

#[derive(Debug)]
struct Held {
    epoch: i64,
    /// The next offset to deliver.
    next: u64,
    paused: bool,
}

impl Member {
    pub(super) fn new(shared: Arc<Shared>, group: &str, wanted: Vec<TopicPartition>) -> Self {
        let number = shared.next_member.fetch_add(1, Ordering::Relaxed);
        let owner = shared.instance.join(number);
        shared.members.fetch_add(1, Ordering::Relaxed);
        Self {
            news: shared.news.subscribe(),
            group: group.into(),
            owner,
            wanted,
            held: BTreeMap::new(),
            revoked: Vec::new(),
            unread: true,
            next_claim: Instant::now(),
            shared,
        }
    }

    /// Drops what others took and takes what is free.
    async fn claim(&mut self) -> PortResult<()> {
        let alone = !self.shared.instance.has_company();
        // No other process is there to take anything, and what this one takes over from a member that stands still is
        // found lost with the next commit, by its epoch.
        if alone && self.wanted.iter().all(|one| self.held.contains_key(one)) {
            self.next_claim = Instant::now() + RENEW_EVERY;
            return Ok(());
        }
        let leases = self.shared.log.leases(&self.group).await?;
        let is_mine = |partition: &TopicPartition, held: &Held| {
            leases.iter().any(|lease| {
                lease.partition == *partition
                    && lease.owner == self.owner
                    && lease.epoch == held.epoch
            })
        };
        let lost: Vec<_> = self
            .held
            .iter()
            .filter(|(partition, held)| !is_mine(partition, held))
            .map(|(partition, _)| partition.clone())
            .collect();
        let free = |partition: &TopicPartition| {
            let lease = leases.iter().find(|lease| lease.partition == *partition);
            lease.is_none_or(|lease| self.shared.instance.is_free(lease))
        };
        let wanted: Vec<_> = self.wanted.iter().filter(|p| free(p)).cloned().collect();
        self.lose(lost);
        if !wanted.is_empty() {
            let (shared, now) = (&self.shared, SystemClock.now());
            let free = |lease: &LeaseRow| shared.instance.is_free(lease);
            let claim = shared
                .log
                .claim(&self.group, &wanted, &self.owner, now, &free);
            for claimed in claim.await? {
                let held = Held {
                    epoch: claimed.epoch,
                    next: claimed.next_offset,
                    paused: false,
                };
                self.unread = true;
                // Its own lease that went stale: what was delivered under it comes again.
                if self.held.insert(claimed.partition.clone(), held).is_some() {
                    self.revoked.push(claimed.partition);
                }
            }
        }
        let pause = if alone { RENEW_EVERY } else { CLAIM_EVERY };
        self.next_claim = Instant::now() + pause;
        Ok(())
    }

    fn lose(&mut self, lost: Vec<TopicPartition>) {
        for partition in lost {
            if self.held.remove(&partition).is_some() {
                self.revoked.push(partition);
            }
        }
    }

    /// Reads what is new. Delivered positions move only when the caller takes the batch.
    async fn fetch(&self, max: usize) -> PortResult<Vec<Delivery>> {
        let ends = self.shared.log.ends_for_group(&self.group).await?;
        let end = |partition: &TopicPartition| ends.get(partition).copied().unwrap_or(0);
        let active: Vec<_> = self
            .held
            .iter()
            .filter(|(partition, held)| !held.paused && held.next < end(partition))
            .collect();
        // An equal share for each, so that a long backlog of one does not hold up the others.
        let share = (max / active.len().max(1)).max(1);
        let mut found = Vec::new();
        for (partition, held) in active {
            let room = share.min(max.saturating_sub(found.len()));
            let log = &self.shared.log;
            found.extend(log.read(partition, held.next, end(partition), room).await?);
        }
        Ok(found)
    }

    fn set_paused(&mut self, partition: &TopicPartition, paused: bool) {
        if let Some(held) = self.held.get_mut(partition) {
            held.paused = paused;
            self.unread |= !paused;
        }
    }
}

#[async_trait]
impl Consumer for Member {
    async fn poll(&mut self, max: usize, wait: Duration) -> PortResult<Batch> {
        let until = Instant::now() + wait;
        loop {
            if Instant::now() >= self.next_claim {
                self.claim().await?;
            }
            // Seen before reading, so that what is published meanwhile wakes again.
            if self.news.has_changed().unwrap_or(true) {
                self.news.mark_unchanged();
                self.unread = true;
            }
            let deliveries = if self.unread {
                self.fetch(max).await?
            } else {
                Vec::new()
            };
            self.unread = !deliveries.is_empty();
            if !deliveries.is_empty() || !self.revoked.is_empty() {
                for delivery in &deliveries {
                    if let Some(held) = self.held.get_mut(&delivery.position.partition) {
                        held.next = delivery.position.offset + 1;
                    }
                }
                let revoked = std::mem::take(&mut self.revoked);
                return Ok(Batch {
                    revoked,
                    deliveries,
                });
            }
            let now = Instant::now();
            if now >= until {
                return Ok(Batch::default());
            }
            let wait = until.min(self.next_claim) - now;
            self.unread |= timeout(wait, self.news.changed()).await.is_ok();
        }
    }

    async fn commit(&mut self, done: &[Position]) -> PortResult<()> {
        let mut stands = BTreeMap::new();
        for position in done {
            let Some(held) = self.held.get(&position.partition) else {
                continue;
            };
            let next = stands
                .entry(position.partition.clone())
                .or_insert((held.epoch, 0));
            next.1 = next.1.max(position.offset + 1);
        }
        let stands: Vec<_> = stands
            .into_iter()
            .map(|(p, (epoch, next))| (p, epoch, next))
            .collect();
        if stands.is_empty() {
            return Ok(());
        }
        let lost = self
            .shared
            .log
            .commit(&self.group, &self.owner, &stands)
            .await?;
        self.lose(lost);
        Ok(())
    }

    async fn pause(&mut self, partition: &TopicPartition) -> PortResult<()> {
        self.set_paused(partition, true);
        Ok(())
    }

    async fn resume(&mut self, partition: &TopicPartition) -> PortResult<()> {
        self.set_paused(partition, false);
        Ok(())
    }

    async fn close(mut self: Box<Self>) -> PortResult<()> {
        self.held.clear();
        self.shared.log.release(&self.owner).await
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        self.shared.instance.leave(&self.owner);
        self.shared.members.fetch_sub(1, Ordering::Relaxed);
        if let (false, Ok(runtime)) = (self.held.is_empty(), tokio::runtime::Handle::try_current())
        {
            // Without this, members in other processes would wait until the leases are stale.
            let (shared, owner) = (self.shared.clone(), std::mem::take(&mut self.owner));
            runtime.spawn(async move { shared.log.release(&owner).await });
        }
    }
}
