//! The bus on Kafka: an idempotent producer with `acks=all`, and groups that commit by hand
//! (EVT-1..9).
//!
//! Calls of librdkafka that block run on the blocking pool, each with a deadline of its own.

mod consumer;
mod replay;
mod security;
mod topics;
mod wire;

#[cfg(test)]
#[cfg(feature = "test-kafka")]
mod secure_tests;
#[cfg(test)]
#[cfg(feature = "test-kafka")]
#[expect(
    clippy::disallowed_methods,
    reason = "tests end and await what they spawn themselves"
)]
mod tests;

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use futures::future::join_all;
use rdkafka::{
    ClientConfig, ClientContext, TopicPartitionList,
    config::RDKafkaLogLevel,
    consumer::{BaseConsumer, Consumer as _, ConsumerContext},
    error::KafkaError,
    producer::{FutureProducer, Producer as _},
    types::RDKafkaErrorCode,
};
use sv_ports::{
    Bus, Consumer, PortError, PortResult, Position, Record, Replay, Topic, TopicPartition, limits,
};

pub use self::security::{KafkaSecurity, KafkaTls, KafkaUser, SaslMechanism};
use self::{consumer::Member, topics::Topics};

/// How long one question to the brokers may take.
const DEADLINE: Duration = Duration::from_secs(10);

/// How long the first question waits before it is looked whether brokers turn this process away.
const FIRST: Duration = Duration::from_secs(1);

/// How long a record may wait for its acknowledgement, retries included, in milliseconds: less than
/// a relay gives, so that none is still on its way when another relay takes over.
const PUBLISH_DEADLINE_MS: &str = "4000";

/// Where the brokers are and how to talk to them.
#[derive(Clone)]
pub struct KafkaOptions {
    /// The first brokers to ask, as `host:port,host:port`.
    pub brokers: String,
    /// The name of this process in the brokers' logs.
    pub client_id: String,
    /// How many brokers keep each record of a new topic; `-1` leaves it to the brokers.
    pub replication: i32,
    /// How brokers and this process know each other.
    pub security: KafkaSecurity,
    /// Further settings of librdkafka for all clients, e.g. `socket.timeout.ms`.
    pub settings: BTreeMap<String, String>,
}

impl KafkaOptions {
    /// Talks to these brokers, with the usual settings.
    pub fn new(brokers: impl Into<String>) -> Self {
        Self {
            brokers: brokers.into(),
            client_id: "streamverse".into(),
            replication: -1,
            security: KafkaSecurity::default(),
            settings: BTreeMap::new(),
        }
    }

    /// Returns the settings of a client that needs these of its own.
    fn config(&self, own: &[(&str, &str)]) -> ClientConfig {
        let mut config = ClientConfig::new();
        config
            .set("bootstrap.servers", &self.brokers)
            .set("client.id", &self.client_id)
            .set("socket.keepalive.enable", "true")
            .set("reconnect.backoff.max.ms", "2000")
            .set_log_level(RDKafkaLogLevel::Warning);
        for (name, value) in own {
            config.set(*name, *value);
        }
        for (name, value) in self.security.settings() {
            config.set(name, value);
        }
        for (name, value) in &self.settings {
            config.set(name, value);
        }
        config
    }
}

impl fmt::Debug for KafkaOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The settings may hold passwords.
        f.debug_struct("KafkaOptions")
            .field("brokers", &self.brokers)
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

type Producer = FutureProducer<Logged>;
type Asker = BaseConsumer<Logged>;

/// The bus on Kafka. See the module's text.
pub struct KafkaBus {
    options: KafkaOptions,
    topics: Topics,
    producer: Mutex<Producer>,
    /// Clients that ask where groups stand, without joining them.
    askers: Mutex<BTreeMap<String, Arc<Asker>>>,
}

impl fmt::Debug for KafkaBus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KafkaBus")
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

impl KafkaBus {
    /// Makes the clients, and fails if no broker answers, or at once where one turns this process away: then it says
    /// why. Must run within tokio.
    pub async fn connect(options: KafkaOptions) -> PortResult<Self> {
        let heard = Logged::default();
        let bus = Self {
            topics: Topics::new(&options)?,
            producer: Mutex::new(producer(&options, heard.clone())?),
            askers: Mutex::default(),
            options,
        };
        let until = Instant::now() + DEADLINE;
        while let Err(failure) = bus.topics.refresh(FIRST).await {
            let trouble = heard.trouble();
            if trouble.turned_away || Instant::now() > until {
                return Err(match &*trouble.why {
                    "" => failure,
                    why => failed(why),
                });
            }
        }
        Ok(bus)
    }

    fn producer(&self) -> Producer {
        self.producer
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Replaces a producer that can no longer be used; librdkafka says so when it cannot go on
    /// without the risk of doubled or reordered records.
    fn replace_if_spent(&self, used: &Producer) -> PortResult<()> {
        let Some((code, why)) = used.client().fatal_error() else {
            return Ok(());
        };
        tracing::error!(%code, why, "bus.producer.spent");
        let mut current = self.producer.lock().unwrap_or_else(PoisonError::into_inner);
        if current.client().fatal_error().is_some() {
            *current = producer(&self.options, Logged::default())?;
        }
        Ok(())
    }

    fn asker(&self, group: &str) -> PortResult<Arc<Asker>> {
        let mut askers = self.askers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(asker) = askers.get(group) {
            return Ok(asker.clone());
        }
        let own = [("group.id", group), ("enable.auto.commit", "false")];
        let config = self.options.config(&own);
        let asker: Asker = config
            .create_with_context(Logged::default())
            .map_err(failed)?;
        let asker = Arc::new(asker);
        askers.insert(group.into(), asker.clone());
        Ok(asker)
    }
}

fn producer(options: &KafkaOptions, heard: Logged) -> PortResult<Producer> {
    let config = options.config(&[
        ("enable.idempotence", "true"),
        ("acks", "all"),
        ("linger.ms", "2"),
        ("partitioner", "murmur2_random"),
        ("message.max.bytes", "1048576"),
        ("message.timeout.ms", PUBLISH_DEADLINE_MS),
        ("queue.buffering.max.kbytes", "65536"),
    ]);
    config.create_with_context(heard).map_err(failed)
}

#[async_trait]
impl Bus for KafkaBus {
    async fn ensure_topics(&self, topics: &[Topic]) -> PortResult<()> {
        for topic in topics {
            topic.validate()?;
        }
        self.topics.ensure(topics).await
    }

    async fn publish(&self, records: Vec<Record>) -> PortResult<Vec<Position>> {
        if records.len() > limits::MAX_BATCH {
            return Err(PortError::invalid("too many records for one publish"));
        }
        for record in &records {
            record.validate()?;
            self.topics.partitions(&record.topic).await?;
        }
        let producer = self.producer();
        let mut sent = Vec::with_capacity(records.len());
        let mut refused = None;
        for record in &records {
            // In order: the client keeps the order in which it takes them.
            match wire::send(&producer, record) {
                Ok(delivery) => sent.push(delivery),
                Err(error) => {
                    refused = Some(error);
                    break;
                }
            }
        }
        // What was taken is awaited in any case, so that the next publish comes after it.
        let acknowledged = join_all(sent).await;
        self.replace_if_spent(&producer)?;
        if let Some(error) = refused {
            return Err(not_taken(error));
        }
        let mut positions = Vec::with_capacity(records.len());
        for (record, delivery) in records.iter().zip(acknowledged) {
            let delivery = delivery
                .map_err(failed)?
                .map_err(|(error, _)| not_taken(error))?;
            positions.push(Position {
                partition: TopicPartition {
                    topic: record.topic.clone(),
                    partition: u32::try_from(delivery.partition).map_err(failed)?,
                },
                offset: u64::try_from(delivery.offset).map_err(failed)?,
            });
        }
        Ok(positions)
    }

    async fn subscribe(&self, group: &str, topics: &[&str]) -> PortResult<Box<dyn Consumer>> {
        for topic in topics {
            self.topics.partitions(topic).await?;
        }
        Ok(Box::new(Member::join(&self.options, group, topics)?))
    }

    async fn replay(&self, topic: &str) -> PortResult<Replay> {
        let partitions = self.topics.partitions(topic).await?;
        replay::replay(&self.options, topic, partitions).await
    }

    async fn lag(&self, group: &str, topic: &str) -> PortResult<u64> {
        let partitions = self.topics.partitions(topic).await?;
        let asker = self.asker(group)?;
        let topic = topic.to_owned();
        blocking(move || {
            let mut asked = TopicPartitionList::new();
            asked.add_partition_range(&topic, 0, partitions - 1);
            let committed = asker.committed_offsets(asked, DEADLINE)?;
            let mut lag = 0;
            for stands in committed.elements() {
                let (low, high) = watermarks(&*asker, &topic, stands.partition())?;
                let next = stands.offset().to_raw().unwrap_or(0).max(low);
                lag += u64::try_from(high - next).unwrap_or(0);
            }
            Ok(lag)
        })
        .await
    }
}

/// Writes what librdkafka says to our log, and remembers why there is no connection.
#[derive(Clone, Debug, Default)]
struct Logged(Arc<Mutex<Trouble>>);

/// Why there is no connection.
#[derive(Clone, Debug, Default)]
struct Trouble {
    /// What was said last; empty where nothing was.
    why: String,
    /// Whether a broker did not let the client in, or was not believed to be one: asking again does not help.
    turned_away: bool,
}

impl Logged {
    fn trouble(&self) -> Trouble {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl ClientContext for Logged {
    fn log(&self, level: RDKafkaLogLevel, part: &str, text: &str) {
        log(level, part, text);
    }

    fn error(&self, error: KafkaError, why: &str) {
        tracing::warn!(cause = %error, why, "bus.client.failed");
        let code = error.rdkafka_error_code();
        let turned_away = matches!(
            code,
            Some(RDKafkaErrorCode::Authentication | RDKafkaErrorCode::SSL)
        );
        // That none is left says nothing of why.
        let says_why = code != Some(RDKafkaErrorCode::AllBrokersDown);
        let mut trouble = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if turned_away || (says_why && !trouble.turned_away) {
            *trouble = Trouble {
                why: why.to_owned(),
                turned_away,
            };
        }
    }
}

impl ConsumerContext for Logged {}

fn log(level: RDKafkaLogLevel, part: &str, text: &str) {
    match level {
        RDKafkaLogLevel::Emerg
        | RDKafkaLogLevel::Alert
        | RDKafkaLogLevel::Critical
        | RDKafkaLogLevel::Error
        | RDKafkaLogLevel::Warning => tracing::warn!(part, text, "bus.client.logged"),
        _ => tracing::debug!(part, text, "bus.client.logged"),
    }
}

/// Asks for the first and the next offset of a partition; blocks. A topic that was just created
/// needs a moment until its leader knows that it leads.
fn watermarks<C: ConsumerContext>(
    client: &impl rdkafka::consumer::Consumer<C>,
    topic: &str,
    partition: i32,
) -> Result<(i64, i64), KafkaError> {
    let until = Instant::now() + DEADLINE;
    loop {
        let answer = client.fetch_watermarks(topic, partition, DEADLINE);
        let code = answer
            .as_ref()
            .err()
            .and_then(KafkaError::rdkafka_error_code);
        let settling = matches!(
            code,
            Some(
                RDKafkaErrorCode::NotLeaderForPartition
                    | RDKafkaErrorCode::LeaderNotAvailable
                    | RDKafkaErrorCode::UnknownTopicOrPartition
            )
        );
        if !settling || Instant::now() > until {
            return answer;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Runs a call that blocks, outside the runtime's threads.
async fn blocking<T: Send + 'static>(
    call: impl FnOnce() -> Result<T, KafkaError> + Send + 'static,
) -> PortResult<T> {
    let done = tokio::task::spawn_blocking(call).await;
    done.map_err(failed)?.map_err(failed)
}

/// Says why a record was not taken, and whether it ever can be.
fn not_taken(error: KafkaError) -> PortError {
    match error.rdkafka_error_code() {
        Some(
            RDKafkaErrorCode::MessageSizeTooLarge
            | RDKafkaErrorCode::InvalidRecord
            | RDKafkaErrorCode::InvalidTimestamp,
        ) => PortError::invalid(error.to_string()),
        _ => failed(error),
    }
}

fn failed(error: impl Into<sv_kernel::BoxError>) -> PortError {
    PortError::unavailable("bus", error)
}
