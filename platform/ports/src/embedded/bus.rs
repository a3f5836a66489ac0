//! A bus that is one SQLite log in the data folder, shared by the processes of one machine.
//!
//! What was acknowledged survives `kill -9` and power loss: a publish is one transaction with
//! `synchronous=FULL`. Consumers of the same process wake at once, those of other processes
//! within [`BusOptions::poll_every`], and within a second of a process that has just come.

mod consumer;
mod lease;
mod log;
mod upkeep;

#[cfg(test)]
#[expect(
    clippy::disallowed_methods,
    reason = "tests end and await what they spawn themselves"
)]
mod tests;

use std::{
    collections::HashMap,
    mem::discriminant,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize},
    },
    time::Duration,
};

use async_trait::async_trait;
use futures::{StreamExt, TryStreamExt, stream};
use sv_kernel::{Clock, SystemClock};
pub use sv_sqlite::Mark;
use tokio::{
    sync::{RwLock, watch},
    task::JoinHandle,
};

use self::{consumer::Member, lease::Instance, log::Log};
use crate::{
    Consumer, Delivery, PortError, PortResult, Position, Record, Replay, Topic, TopicPartition,
    bus::validate_name, limits,
};

/// How many records a replay reads at once.
const REPLAY_PAGE: usize = 200;

/// Settings of the embedded bus; the default suits.
#[derive(Clone, Debug)]
pub struct BusOptions {
    /// Stamps records and decides when they are old.
    pub clock: Arc<dyn Clock>,
    /// How often to look for records of other processes, once they have been there for a second.
    pub poll_every: Duration,
    /// How often to clean up a bounded number of old records per partition; where nothing was old, a dozen times less
    /// often.
    pub clean_every: Duration,
    /// The age from which a superseded record of a compacted topic may go.
    pub compact_after: Duration,
}

impl Default for BusOptions {
    fn default() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            poll_every: Duration::from_millis(25),
            clean_every: Duration::from_secs(10),
            compact_after: Duration::from_mins(10),
        }
    }
}

/// The embedded bus. See the module's text.
#[derive(Debug)]
pub struct Bus {
    shared: Arc<Shared>,
    upkeep: JoinHandle<()>,
}

/// What the bus, its consumers and its upkeep share.
#[derive(Debug)]
struct Shared {
    log: Log,
    options: BusOptions,
    instance: Instance,
    /// Counts what was seen to be published; a change wakes consumers.
    news: watch::Sender<u64>,
    topics: RwLock<HashMap<Arc<str>, Topic>>,
    members: AtomicUsize,
    next_member: AtomicU64,
}

impl Bus {
    /// Opens, and if need be creates, the log `bus.db` in a folder. Must run within tokio.
    pub async fn open(folder: &Path, options: BusOptions) -> PortResult<Self> {
        let folder: PathBuf = folder.into();
        tokio::fs::create_dir_all(&folder).await.map_err(failed)?;
        let log = Log::open(&folder.join("bus.db")).await?;
        let instance = Instance::start(&folder.join("bus.members")).map_err(failed)?;
        let shared = Arc::new(Shared {
            log,
            options,
            instance,
            news: watch::Sender::new(0),
            topics: RwLock::default(),
            members: AtomicUsize::new(0),
            next_member: AtomicU64::new(0),
        });
        #[expect(
            clippy::disallowed_methods,
            reason = "the bus itself ends it, and looks after its failures"
        )]
        let upkeep = tokio::spawn(upkeep::run(Arc::downgrade(&shared)));
        Ok(Self { shared, upkeep })
    }

    /// Looks whose log a folder holds, and changes nothing.
    pub async fn look(folder: &Path) -> PortResult<Mark> {
        Mark::look(&log::options(&folder.join("bus.db")))
            .await
            .map_err(failed)
    }

    /// Marks the log as that of an installation, unless it bears a mark, and returns the mark.
    pub async fn mark(&self, id: &str) -> PortResult<Mark> {
        let change = self.shared.log.writer().begin().await.map_err(failed)?;
        let mark = Mark::set(&change, "bus", id).await.map_err(failed)?;
        change.commit().await.map_err(failed)?;
        Ok(mark)
    }

    /// Cleans up what is old now, instead of waiting for the next turn, and counts what went.
    pub async fn clean(&self) -> PortResult<u64> {
        upkeep::clean(&self.shared).await
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        self.upkeep.abort();
    }
}

impl Shared {
    async fn topic(&self, name: &str) -> PortResult<Topic> {
        if let Some(topic) = self.topics.read().await.get(name) {
            return Ok(topic.clone());
        }
        let found = self.log.topic(name).await?;
        let topic = found.ok_or_else(|| PortError::invalid(format!("no topic {name:?}")))?;
        self.topics.write().await.insert(name.into(), topic.clone());
        Ok(topic)
    }

    fn wake(&self) {
        self.news.send_modify(|count| *count += 1);
    }
}

#[async_trait]
impl crate::Bus for Bus {
    async fn ensure_topics(&self, topics: &[Topic]) -> PortResult<()> {
        for topic in topics {
            topic.validate()?;
        }
        self.shared.log.create_topics(topics).await?;
        for asked in topics {
            let found = self.shared.topic(&asked.name).await?;
            let same_kind = discriminant(&found.cleanup) == discriminant(&asked.cleanup);
            if found.partitions != asked.partitions || !same_kind {
                return Err(PortError::invalid(format!(
                    "topic {} exists otherwise: {found:?}",
                    asked.name
                )));
            }
        }
        Ok(())
    }

    async fn publish(&self, records: Vec<Record>) -> PortResult<Vec<Position>> {
        if records.len() > limits::MAX_BATCH {
            return Err(PortError::invalid("too many records for one publish"));
        }
        let mut partitions = Vec::with_capacity(records.len());
        for record in &records {
            record.validate()?;
            let topic = self.shared.topic(&record.topic).await?;
            partitions.push(TopicPartition {
                topic: record.topic.clone(),
                partition: crate::bus::fnv_1a(record.key.as_bytes()) % topic.partitions,
            });
        }
        let now = self.shared.options.clock.now();
        let positions = self.shared.log.append(&records, partitions, now).await?;
        self.shared.wake();
        Ok(positions)
    }

    async fn subscribe(&self, group: &str, topics: &[&str]) -> PortResult<Box<dyn Consumer>> {
        validate_name("group", group)?;
        let mut partitions = Vec::new();
        for name in topics {
            let topic = self.shared.topic(name).await?;
            let name: Arc<str> = topic.name.into();
            partitions.extend((0..topic.partitions).map(|partition| TopicPartition {
                topic: name.clone(),
                partition,
            }));
        }
        Ok(Box::new(Member::new(
            self.shared.clone(),
            group,
            partitions,
        )))
    }

    async fn replay(&self, topic: &str) -> PortResult<Replay> {
        self.shared.topic(topic).await?;
        let ends = self.shared.log.ends(topic).await?;
        let (shared, topic): (_, Arc<str>) = (self.shared.clone(), topic.into());
        let partitions: Vec<_> = (0_u32..).zip(ends.clone()).collect();
        let records = stream::iter(partitions)
            .map(move |(partition, end)| {
                let partition = TopicPartition {
                    topic: topic.clone(),
                    partition,
                };
                read_to(shared.clone(), partition, end)
            })
            .flatten();
        Ok(Replay {
            ends,
            records: Box::pin(records),
        })
    }

    async fn lag(&self, group: &str, topic: &str) -> PortResult<u64> {
        self.shared.topic(topic).await?;
        self.shared.log.lag(group, topic).await
    }

    async fn check_room(&self) -> PortResult<()> {
        let room = self.shared.log.writer().has_room().await.map_err(failed)?;
        if room {
            Ok(())
        } else {
            Err(failed("there is no room left for the log; free some space"))
        }
    }

    async fn check_place(&self) -> PortResult<()> {
        let place = self.shared.log.writer().check_place();
        place.map_err(|error| match sv_sqlite::lost(&error) {
            Some(lost) => failed(lost.clone()),
            None => failed(error),
        })
    }

    async fn close(&self) -> PortResult<()> {
        self.upkeep.abort();
        self.shared.log.close().await
    }
}

/// Reads a partition page by page from its start to an end.
fn read_to(
    shared: Arc<Shared>,
    partition: TopicPartition,
    end: u64,
) -> impl stream::Stream<Item = PortResult<Delivery>> {
    let pages = stream::try_unfold(0, move |from| {
        let (shared, partition) = (shared.clone(), partition.clone());
        async move {
            let page = shared.log.read(&partition, from, end, REPLAY_PAGE).await?;
            let next = page.last().map(|last| last.position.offset + 1);
            PortResult::Ok(next.map(|next| (stream::iter(page).map(Ok), next)))
        }
    });
    pages.try_flatten()
}

/// Wraps a failure of the log or its folder.
fn failed(error: impl Into<sv_kernel::BoxError>) -> PortError {
    PortError::unavailable("bus", error)
}
