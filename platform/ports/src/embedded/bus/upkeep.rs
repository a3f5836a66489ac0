//! What the bus does by itself: looks for news of other processes, renews leases, cleans up.

use std::{sync::Weak, sync::atomic::Ordering, time::Duration};

use sv_kernel::{Clock as _, SystemClock};
use tokio::time::{Instant, sleep};

use super::{Shared, lease::RENEW_EVERY};
use crate::{PortResult, TopicPartition};
use sv_kernel::Cleanup;

/// How many records one step of the cleanup takes, so that publishers never wait for long.
const CLEAN_BATCH: usize = 500;

/// How many such steps one turn makes per partition.
const CLEAN_STEPS: usize = 20;

/// How long to wait after the log could not be read.
const AFTER_FAILURE: Duration = Duration::from_secs(1);

/// How often to look where there is no consumer, or nobody else who could publish. A process that is alone
/// shall cost next to nothing.
const IDLE: Duration = Duration::from_secs(1);

/// How often a process that is alone looks nevertheless.
const ALONE: Duration = Duration::from_secs(5);

/// How often to look whether another bus has been opened on the log.
const COMPANY: Duration = Duration::from_secs(1);

/// How much longer the log rests after a cleanup that found nothing: what grows old does so within minutes or days, and
/// each look costs a transaction for every partition.
const NOTHING_TO_CLEAN: u32 = 12;

/// Runs until the bus is gone.
pub(super) async fn run(bus: Weak<Shared>) {
    let mut news = News::default();
    let mut next_renewal = Instant::now() + RENEW_EVERY;
    let mut next_clean: Option<Instant> = None;
    loop {
        let Some(shared) = bus.upgrade() else {
            return;
        };
        let listening = shared.members.load(Ordering::Relaxed) > 0;
        let mut pause = if listening && news.may_come(&shared) {
            shared.options.poll_every
        } else {
            IDLE
        };
        if listening
            && news.is_due(pause)
            && let Err(error) = news.look(&shared).await
        {
            tracing::warn!(error = %error, cause = ?error, "bus.news.failed");
            pause = AFTER_FAILURE;
        }
        let now = Instant::now();
        if now >= next_renewal {
            next_renewal = now + RENEW_EVERY;
            if let Err(error) = renew(&shared).await {
                tracing::warn!(error = %error, cause = ?error, "bus.renewal.failed");
            }
        }
        let clean_at = *next_clean.get_or_insert(now + shared.options.clean_every);
        if now >= clean_at {
            let often = shared.options.clean_every;
            let rest = match clean(&shared).await {
                Ok(0) => often * NOTHING_TO_CLEAN,
                Ok(_) => often,
                Err(error) => {
                    tracing::warn!(error = %error, cause = ?error, "bus.cleanup.failed");
                    often
                }
            };
            next_clean = Some(now + rest);
        }
        drop(shared);
        sleep(pause).await;
    }
}

/// What was seen of the log.
#[derive(Default)]
struct News {
    /// The log's version, and how many records it had then.
    seen: Option<(i64, i64)>,
    /// Whether another bus was open on the log, and when that was looked at.
    company: Option<(bool, Instant)>,
    /// When the log was last looked at.
    looked: Option<Instant>,
}

impl News {
    /// Says whether another bus is open on the log: a process that is alone, as most are, sees all
    /// that is published by itself.
    fn may_come(&mut self, shared: &Shared) -> bool {
        match self.company {
            Some((company, looked)) if looked.elapsed() < COMPANY => company,
            _ => {
                let company = shared.instance.has_company();
                self.company = Some((company, Instant::now()));
                company
            }
        }
    }

    /// Says whether it is time for a look. Who is alone is told by itself of all that is published; looking is for
    /// those who were here too shortly to be noticed.
    fn is_due(&self, pause: Duration) -> bool {
        pause < IDLE || self.looked.is_none_or(|at| at.elapsed() >= ALONE)
    }

    /// Wakes consumers when another process appended something.
    async fn look(&mut self, shared: &Shared) -> PortResult<()> {
        self.looked = Some(Instant::now());
        let version = shared.log.data_version().await?;
        if self.seen.is_some_and(|(seen, _)| seen == version) {
            return Ok(());
        }
        // Commits of offsets change the version, too; only records are news.
        let appended = shared.log.appended().await?;
        let before = self.seen.replace((version, appended));
        if before.is_none_or(|(_, before)| before != appended) {
            shared.wake();
        }
        Ok(())
    }
}

async fn renew(shared: &Shared) -> PortResult<()> {
    let owners = shared.instance.owners();
    if owners.is_empty() {
        return Ok(());
    }
    shared.log.renew(&owners, SystemClock.now()).await
}

/// Deletes a bounded number of records that are too old or superseded.
pub(super) async fn clean(shared: &Shared) -> PortResult<u64> {
    let now = shared.options.clock.now();
    let mut deleted = 0;
    for topic in shared.log.topics().await? {
        for partition in 0..topic.partitions {
            let partition = TopicPartition {
                topic: topic.name.as_str().into(),
                partition,
            };
            for _ in 0..CLEAN_STEPS {
                let (taken, gone) = match topic.cleanup {
                    Cleanup::Compact => {
                        let cutoff = now - shared.options.compact_after;
                        shared.log.compact(&partition, cutoff, CLEAN_BATCH).await?
                    }
                    Cleanup::Retain(keep) => {
                        let gone = shared
                            .log
                            .expire(&partition, now - keep, CLEAN_BATCH)
                            .await?;
                        (gone, gone)
                    }
                };
                deleted += gone;
                if taken < CLEAN_BATCH as u64 {
                    break;
                }
            }
        }
    }
    Ok(deleted)
}
