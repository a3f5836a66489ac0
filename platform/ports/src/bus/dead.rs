//! Dead letters: records that a group gave up on, listed, tried again or dropped (EVT-9).
//!
//! A dead letter stands in `<topic>.dlq`, compacted by its id, with the record's own payload and
//! headers and more headers that say where it came from. Trying it again moves it to
//! `<group>.retry`, which every consumer of the group also listens to, so that neither other
//! groups nor the topic itself see it a second time.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use bytes::Bytes;
use futures::TryStreamExt as _;
use sv_kernel::{Tenant, Timestamp};

use super::{
    Bus, Delivery, Position, Record, Topic, TopicPartition, record::OF_DEAD_LETTER,
    topic::dead_letter_topic,
};
use crate::{PortError, PortResult, limits};

const GROUP: &str = "dlq-group";
const TOPIC: &str = "dlq-topic";
const PARTITION: &str = "dlq-partition";
const OFFSET: &str = "dlq-offset";
const AT: &str = "dlq-at";
const KEY: &str = "dlq-key";
const TOMBSTONE: &str = "dlq-tombstone";
const ATTEMPTS: &str = "dlq-attempts";
const ERROR: &str = "dlq-error";

/// The longest error text that is kept, in bytes.
const MAX_ERROR: usize = 1000;

/// How long records wait to be tried again while no consumer runs.
const KEEP_RETRIES: Duration = Duration::from_hours(30 * 24);

/// A record that a group gave up on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    /// Names the letter within its topic's dead letters.
    pub id: String,
    /// The group that gave up.
    pub group: String,
    /// Where the record stands.
    pub position: Position,
    /// The record's key.
    pub key: String,
    /// The record's version.
    pub version: i64,
    /// Whose record it is.
    pub tenant: Tenant,
    /// How often it was tried.
    pub attempts: u32,
    /// Why it failed, causes included. For operators only.
    pub error: String,
    /// When the group gave up.
    pub buried_at: Timestamp,
}

/// Lists up to `limit` dead letters of a topic, oldest first.
pub async fn dead_letters(bus: &dyn Bus, topic: &str, limit: usize) -> PortResult<Vec<DeadLetter>> {
    let all = collect(bus, topic, describe).await?;
    Ok(all.into_iter().take(limit).collect())
}

/// Returns a dead letter of a topic with the payload of its record, which is `None` for a tombstone.
pub async fn dead_letter(
    bus: &dyn Bus,
    topic: &str,
    id: &str,
) -> PortResult<Option<(DeadLetter, Option<Bytes>)>> {
    let wanted = |delivery: &Delivery| {
        let letter = (delivery.record.key == id).then(|| describe(delivery))??;
        Some((letter, original_payload(&delivery.record)))
    };
    Ok(collect(bus, topic, wanted).await?.pop())
}

/// Counts the dead letters of a topic that nobody has settled.
pub(super) async fn count(bus: &dyn Bus, topic: &str) -> PortResult<usize> {
    let all = collect(bus, topic, |_| Some(())).await?;
    Ok(all.len())
}

/// Has the group try these dead letters again, in their order, and counts those found.
pub async fn retry_dead_letters(bus: &dyn Bus, topic: &str, ids: &[String]) -> PortResult<usize> {
    let found = collect_ids(bus, topic, ids).await?;
    for letter in &found {
        let group = letter
            .record
            .headers
            .get(GROUP)
            .cloned()
            .unwrap_or_default();
        let retries = retry_topic(&group);
        let mut again = letter.record.clone();
        again.topic = retries.name.as_str().into();
        again.key = original_key(&letter.record);
        bus.ensure_topics(&[retries]).await?;
        // Tried again before it is settled: a crash in between has it tried twice, never lost.
        bus.publish(vec![again]).await?;
        bus.publish(vec![settled(letter)]).await?;
    }
    Ok(found.len())
}

/// Drops these dead letters for good and counts those found.
pub async fn drop_dead_letters(bus: &dyn Bus, topic: &str, ids: &[String]) -> PortResult<usize> {
    let found = collect_ids(bus, topic, ids).await?;
    for letter in &found {
        bus.publish(vec![settled(letter)]).await?;
    }
    Ok(found.len())
}

/// Describes the topic whose records a group tries again.
pub(super) fn retry_topic(group: &str) -> Topic {
    Topic::retained(format!("{group}.retry"), KEEP_RETRIES).with_partitions(1)
}

/// Makes the dead letter of a record.
pub(super) fn letter(group: &str, delivery: &Delivery, attempts: u32, error: &str) -> Record {
    let (record, at) = (&delivery.record, &delivery.position);
    let mut headers = record.headers.clone();
    headers.retain(|name, _| !name.starts_with(OF_DEAD_LETTER));
    let ours = [
        (GROUP, group.to_owned()),
        (TOPIC, at.partition.topic.to_string()),
        (PARTITION, at.partition.partition.to_string()),
        (OFFSET, at.offset.to_string()),
        (AT, delivery.at.micros().to_string()),
        (KEY, record.key.clone()),
        (TOMBSTONE, record.is_tombstone().to_string()),
        (ATTEMPTS, attempts.to_string()),
        (ERROR, cut(error)),
    ];
    headers.extend(ours.map(|(name, value)| (name.to_owned(), value)));
    Record {
        topic: dead_letter_topic(&at.partition.topic).into(),
        key: format!("{group}/{}/{}", at.partition.partition, at.offset),
        // A letter without payload would say that it is settled.
        payload: Some(record.payload.clone().unwrap_or_default()),
        headers,
        ..record.clone()
    }
}

/// Turns a record of a retry topic into the delivery it once was; any other stays as it is.
pub(super) fn restore(delivery: Delivery) -> Delivery {
    let Some(position) = original_position(&delivery.record) else {
        return delivery;
    };
    let mut record = delivery.record;
    let at = record.headers.get(AT).and_then(|at| at.parse().ok());
    record.key = original_key(&record);
    record.topic = position.partition.topic.clone();
    record.payload = original_payload(&record);
    record
        .headers
        .retain(|name, _| !name.starts_with(OF_DEAD_LETTER));
    Delivery {
        at: at.map_or(delivery.at, Timestamp::from_micros),
        position,
        record,
        damage: delivery.damage,
    }
}

fn cut(text: &str) -> String {
    let end = (0..=MAX_ERROR.min(text.len()))
        .rev()
        .find(|end| text.is_char_boundary(*end));
    text[..end.unwrap_or(0)].to_owned()
}

fn settled(letter: &Delivery) -> Record {
    Record {
        payload: None,
        ..letter.record.clone()
    }
}

fn original_key(record: &Record) -> String {
    record.headers.get(KEY).cloned().unwrap_or_default()
}

fn original_payload(record: &Record) -> Option<Bytes> {
    let gone = record
        .headers
        .get(TOMBSTONE)
        .is_some_and(|gone| gone == "true");
    if gone { None } else { record.payload.clone() }
}

fn original_position(record: &Record) -> Option<Position> {
    Some(Position {
        partition: TopicPartition {
            topic: Arc::from(record.headers.get(TOPIC)?.as_str()),
            partition: record.headers.get(PARTITION)?.parse().ok()?,
        },
        offset: record.headers.get(OFFSET)?.parse().ok()?,
    })
}

fn describe(delivery: &Delivery) -> Option<DeadLetter> {
    let record = &delivery.record;
    let header = |name: &str| record.headers.get(name).cloned();
    Some(DeadLetter {
        id: record.key.clone(),
        group: header(GROUP)?,
        position: original_position(record)?,
        key: header(KEY)?,
        version: record.version,
        tenant: record.tenant.clone(),
        attempts: header(ATTEMPTS)?.parse().ok()?,
        error: header(ERROR)?,
        buried_at: delivery.at,
    })
}

async fn collect_ids(bus: &dyn Bus, topic: &str, ids: &[String]) -> PortResult<Vec<Delivery>> {
    if ids.len() > limits::MAX_BATCH {
        return Err(PortError::invalid("too many dead letters at once"));
    }
    let wanted = |delivery: &Delivery| ids.contains(&delivery.record.key).then(|| delivery.clone());
    collect(bus, topic, wanted).await
}

/// Returns what `take` makes of those dead letters that are not settled, oldest first.
async fn collect<T>(
    bus: &dyn Bus,
    topic: &str,
    take: impl Fn(&Delivery) -> Option<T>,
) -> PortResult<Vec<T>> {
    let mut letters = BTreeMap::<String, (u64, T)>::new();
    let mut records = match bus.replay(&dead_letter_topic(topic)).await {
        Ok(replay) => replay.records,
        // The first consumer of a topic makes the one of its dead letters: nobody has listened yet.
        Err(PortError::Invalid(_)) => return Ok(Vec::new()),
        Err(failure) => return Err(failure),
    };
    while let Some(delivery) = records.try_next().await? {
        let id = delivery.record.key.clone();
        if delivery.record.is_tombstone() {
            letters.remove(&id);
        } else if let Some(taken) = take(&delivery) {
            letters.insert(id, (delivery.position.offset, taken));
        }
    }
    let mut letters: Vec<_> = letters.into_values().collect();
    letters.sort_by_key(|(offset, _)| *offset);
    Ok(letters.into_iter().map(|(_, letter)| letter).collect())
}
