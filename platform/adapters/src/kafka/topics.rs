//! Topics: created as asked, and known by name, so that a typing error never creates one.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use rdkafka::{
    admin::{AdminClient, AdminOptions, NewTopic, ResourceSpecifier, TopicReplication},
    types::RDKafkaErrorCode,
};
use sv_kernel::Cleanup;
use sv_ports::{PortError, PortResult, Topic};
use tokio::{
    sync::RwLock,
    time::{Instant, sleep},
};

use super::{DEADLINE, KafkaOptions, Logged, blocking, failed};

/// How long tombstones stay in compacted topics, in milliseconds: ten years. A consumer that was
/// away must still hear that something is gone.
const KEEP_TOMBSTONES: &str = "315360000000";

/// How long a record of a compacted topic stays although a newer one supersedes it, in
/// milliseconds.
const COMPACT_AFTER: &str = "600000";

/// The topics of the cluster.
pub(super) struct Topics {
    pub(super) admin: Arc<AdminClient<Logged>>,
    replication: i32,
    /// Names and numbers of partitions.
    known: RwLock<BTreeMap<String, i32>>,
}

impl Topics {
    pub(super) fn new(options: &KafkaOptions) -> PortResult<Self> {
        let admin = options
            .config(&[])
            .create_with_context(Logged::default())
            .map_err(failed)?;
        Ok(Self {
            admin: Arc::new(admin),
            replication: options.replication,
            known: RwLock::default(),
        })
    }

    /// Returns the number of partitions of a topic that exists.
    pub(super) async fn partitions(&self, topic: &str) -> PortResult<i32> {
        if let Some(partitions) = self.known.read().await.get(topic) {
            return Ok(*partitions);
        }
        self.refresh(DEADLINE).await?;
        let known = self.known.read().await;
        let partitions = known.get(topic).copied();
        partitions.ok_or_else(|| PortError::invalid(format!("no topic {topic:?}")))
    }

    /// Asks the brokers which topics there are, for so long at most. Asking for one by name might create it.
    pub(super) async fn refresh(&self, deadline: Duration) -> PortResult<()> {
        let admin = self.admin.clone();
        let found = blocking(move || {
            let metadata = admin.inner().fetch_metadata(None, deadline)?;
            let usable = metadata.topics().iter().filter(|topic| {
                let led = topic
                    .partitions()
                    .iter()
                    .all(|partition| partition.leader() >= 0);
                topic.error().is_none() && !topic.partitions().is_empty() && led
            });
            let counts = usable.map(|topic| (topic.name().to_owned(), topic.partitions().len()));
            Ok(counts.collect::<Vec<_>>())
        });
        let mut known = BTreeMap::new();
        for (name, partitions) in found.await? {
            known.insert(name, i32::try_from(partitions).map_err(failed)?);
        }
        *self.known.write().await = known;
        Ok(())
    }

    /// Creates what does not exist and compares what does.
    pub(super) async fn ensure(&self, topics: &[Topic]) -> PortResult<()> {
        if topics.is_empty() {
            return Ok(()); // The client refuses to ask for nothing.
        }
        let existing = self.create(topics).await?;
        let until = Instant::now() + DEADLINE;
        for topic in topics {
            let asked = i32::try_from(topic.partitions).map_err(failed)?;
            let found = loop {
                match self.partitions(&topic.name).await {
                    // Brokers tell each other of a new topic within moments.
                    Err(PortError::Invalid(_)) if Instant::now() < until => {
                        sleep(Duration::from_millis(50)).await;
                    }
                    found => break found?,
                }
            };
            if found != asked {
                let name = &topic.name;
                return Err(PortError::invalid(format!(
                    "topic {name} has {found} partitions instead of {asked}"
                )));
            }
        }
        self.compare(&existing).await
    }

    /// Creates topics and returns those that existed.
    async fn create<'a>(&self, topics: &'a [Topic]) -> PortResult<Vec<&'a Topic>> {
        let mut keep = Vec::with_capacity(topics.len());
        for topic in topics {
            keep.push(match topic.cleanup {
                Cleanup::Compact => None,
                Cleanup::Retain(time) => Some(time.as_millis().to_string()),
            });
        }
        let mut new = Vec::with_capacity(topics.len());
        for (topic, keep) in topics.iter().zip(&keep) {
            let partitions = i32::try_from(topic.partitions).map_err(failed)?;
            let replication = TopicReplication::Fixed(self.replication);
            let settings = NewTopic::new(&topic.name, partitions, replication);
            new.push(match keep {
                None => settings
                    .set("cleanup.policy", "compact")
                    .set("delete.retention.ms", KEEP_TOMBSTONES)
                    .set("min.compaction.lag.ms", COMPACT_AFTER),
                Some(millis) => settings
                    .set("cleanup.policy", "delete")
                    .set("retention.ms", millis),
            });
        }
        let options = AdminOptions::new().operation_timeout(Some(DEADLINE));
        let results = self
            .admin
            .create_topics(&new, &options)
            .await
            .map_err(failed)?;
        let mut existing = Vec::new();
        for result in results {
            match result {
                Ok(_) => {}
                Err((name, RDKafkaErrorCode::TopicAlreadyExists)) => {
                    existing.extend(topics.iter().find(|topic| topic.name == name));
                }
                Err((name, code)) => return Err(failed(format!("topic {name}: {code}"))),
            }
        }
        Ok(existing)
    }

    /// Refuses topics that treat old records in the other way than asked. How long exactly records
    /// are kept is left to whoever runs the brokers.
    async fn compare(&self, topics: &[&Topic]) -> PortResult<()> {
        if topics.is_empty() {
            return Ok(());
        }
        let asked: Vec<_> = topics
            .iter()
            .map(|topic| ResourceSpecifier::Topic(&topic.name))
            .collect();
        let options = AdminOptions::new().request_timeout(Some(DEADLINE));
        let found = self
            .admin
            .describe_configs(&asked, &options)
            .await
            .map_err(failed)?;
        for (topic, found) in topics.iter().zip(found) {
            let found = found.map_err(failed)?;
            let policy = found
                .get("cleanup.policy")
                .and_then(|entry| entry.value.clone());
            let compacts = policy.is_some_and(|policy| policy.contains("compact"));
            if compacts != (topic.cleanup == Cleanup::Compact) {
                let name = &topic.name;
                return Err(PortError::invalid(format!(
                    "topic {name} has another cleanup policy"
                )));
            }
        }
        Ok(())
    }
}
