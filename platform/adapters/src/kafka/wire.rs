//! Records as Kafka carries them: the key as it is, everything else beside the payload in headers,
//! a null payload for a tombstone.

use std::{collections::BTreeMap, sync::Arc};

use bytes::Bytes;
use rdkafka::{
    error::KafkaError,
    message::{BorrowedMessage, Header, Message as _, OwnedHeaders},
    producer::{FutureRecord, future_producer::DeliveryFuture},
};
use sv_kernel::Timestamp;
use sv_ports::{Delivery, Position, Record, TopicPartition};

use super::Producer;

/// Hands a record to the producer.
pub(super) fn send(producer: &Producer, record: &Record) -> Result<DeliveryFuture, KafkaError> {
    let all = record.wire_headers();
    let mut headers = OwnedHeaders::new_with_capacity(all.len());
    for (name, value) in &all {
        headers = headers.insert(Header {
            key: name,
            value: Some(value),
        });
    }
    let message: FutureRecord<'_, str, [u8]> = FutureRecord {
        topic: &record.topic,
        partition: None,
        payload: record.payload.as_deref(),
        key: Some(&record.key),
        timestamp: None,
        headers: Some(headers),
    };
    producer.send_result(message).map_err(|(error, _)| error)
}

/// Reads a message. What is not UTF-8, which only foreign producers write, is replaced.
pub(super) fn delivery(message: &BorrowedMessage<'_>) -> Delivery {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let position = Position {
        partition: TopicPartition {
            topic: Arc::from(message.topic()),
            partition: message.partition().unsigned_abs(),
        },
        offset: message.offset().unsigned_abs(),
    };
    let headers: BTreeMap<_, _> = message
        .headers()
        .into_iter()
        .flat_map(rdkafka::message::Headers::iter)
        .map(|header| {
            (
                header.key.to_owned(),
                text(header.value.unwrap_or_default()),
            )
        })
        .collect();
    let key = text(message.key().unwrap_or_default());
    let payload = message.payload().map(Bytes::copy_from_slice);
    let millis = message.timestamp().to_millis().unwrap_or(0);
    Delivery {
        record: Record::from_wire(&position, key, payload, headers),
        at: Timestamp::from_micros(millis.saturating_mul(1000)),
        position,
        damage: None,
    }
}
