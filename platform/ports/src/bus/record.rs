//! Records: what they carry, how large they may be, and their headers on the wire.

use std::{collections::BTreeMap, fmt, sync::Arc};

use bytes::Bytes;
use sv_kernel::{Tenant, Timestamp};
use uuid::Uuid;

use super::topic::validate_name;
use crate::{PortError, PortResult};

/// How large records and batches may be, so that every bus takes them.
pub mod limits {
    /// The longest key in bytes.
    pub const MAX_KEY: usize = 512;
    /// The largest payload in bytes.
    pub const MAX_PAYLOAD: usize = 900 * 1024;
    /// The largest sum of all header names and values in bytes.
    pub const MAX_HEADERS: usize = 16 * 1024;
    /// The most records of one publish.
    pub const MAX_BATCH: usize = 1000;
}

/// The names of the headers that every record has on the wire.
pub mod headers {
    /// [`Record::event_id`](super::Record::event_id), hyphenated.
    pub const EVENT_ID: &str = "event-id";
    /// [`Record::version`](super::Record::version), decimal.
    pub const VERSION: &str = "version";
    /// [`Record::tenant`](super::Record::tenant).
    pub const TENANT: &str = "tenant";
    /// [`Record::traceparent`](super::Record::traceparent).
    pub const TRACEPARENT: &str = "traceparent";
}

/// Before the names of the headers of a dead letter, which do not count as the record's own.
pub(super) const OF_DEAD_LETTER: &str = "dlq-";

/// Something that happened, told to everyone whom it concerns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The topic.
    pub topic: Arc<str>,
    /// The id of what it happened to (EVT-8). Records of one key are delivered in order.
    pub key: String,
    /// The bytes, usually a protobuf message. `None` is a tombstone: the thing is gone.
    pub payload: Option<Bytes>,
    /// Knows the event again when it is delivered more than once.
    pub event_id: Uuid,
    /// The version of the thing after the event; it only grows.
    pub version: i64,
    /// Whose thing it is.
    pub tenant: Tenant,
    /// The W3C trace context of the request that caused the event.
    pub traceparent: Option<String>,
    /// Further headers, by names that [`headers`] does not use.
    pub headers: BTreeMap<String, String>,
}

impl Record {
    /// Says whether the thing is gone.
    pub fn is_tombstone(&self) -> bool {
        self.payload.is_none()
    }

    /// Says whether a group gave up on the record, which now travels with a note about that.
    pub(crate) fn is_dead_letter(&self) -> bool {
        self.headers
            .keys()
            .any(|name| name.starts_with(OF_DEAD_LETTER))
    }

    /// Refuses records that not every bus takes.
    pub fn validate(&self) -> PortResult<()> {
        validate_name("topic", &self.topic)?;
        let payload = self.payload.as_ref().map_or(0, Bytes::len);
        // Those of a dead letter come on top of what the record had.
        let own = |name: &str| !name.starts_with(OF_DEAD_LETTER);
        let headers = self.wire_headers();
        let headers = headers.iter().filter(|(name, _)| own(name));
        let in_headers: usize = headers.map(|(name, value)| name.len() + value.len()).sum();
        if self.key.is_empty() || self.key.len() > limits::MAX_KEY {
            Err(PortError::invalid("a record's key has 1 to 512 bytes"))
        } else if payload > limits::MAX_PAYLOAD {
            Err(PortError::invalid(format!(
                "a payload of {payload} bytes is too large"
            )))
        } else if in_headers > limits::MAX_HEADERS {
            Err(PortError::invalid(format!(
                "{in_headers} bytes of headers are too many"
            )))
        } else {
            Ok(())
        }
    }

    /// Returns all headers as they travel.
    pub fn wire_headers(&self) -> BTreeMap<String, String> {
        let mut all = self.headers.clone();
        all.insert(headers::EVENT_ID.into(), self.event_id.to_string());
        all.insert(headers::VERSION.into(), self.version.to_string());
        all.insert(headers::TENANT.into(), self.tenant.to_string());
        match &self.traceparent {
            Some(trace) => all.insert(headers::TRACEPARENT.into(), trace.clone()),
            None => all.remove(headers::TRACEPARENT),
        };
        all
    }

    /// Reads a record as it travelled. What a foreign producer left out is filled in: an id that
    /// follows from the position, version 0, the default tenant.
    pub fn from_wire(
        at: &Position,
        key: String,
        payload: Option<Bytes>,
        mut wire: BTreeMap<String, String>,
    ) -> Self {
        let mut take = |name: &str| wire.remove(name);
        let event_id = take(headers::EVENT_ID).and_then(|id| Uuid::try_parse(&id).ok());
        let version = take(headers::VERSION).and_then(|version| version.parse().ok());
        let tenant = take(headers::TENANT).and_then(|name| Tenant::parse(&name).ok());
        let traceparent = take(headers::TRACEPARENT);
        Self {
            topic: at.partition.topic.clone(),
            key,
            payload,
            event_id: event_id.unwrap_or_else(|| at.event_id()),
            version: version.unwrap_or(0),
            tenant: tenant.unwrap_or_default(),
            traceparent,
            headers: wire,
        }
    }
}

/// One partition of a topic.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TopicPartition {
    /// The topic.
    pub topic: Arc<str>,
    /// The partition's number, from 0.
    pub partition: u32,
}

impl fmt::Display for TopicPartition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}]", self.topic, self.partition)
    }
}

/// Where a record stands.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position {
    /// The partition.
    pub partition: TopicPartition,
    /// The record's number within it, from 0. Numbers grow, with gaps.
    pub offset: u64,
}

impl Position {
    /// Makes an id that only this position has (RFC 9562 section 5.8, version 8).
    fn event_id(&self) -> Uuid {
        let mut bytes = [0; 16];
        bytes[..4].copy_from_slice(&self.partition.partition.to_be_bytes());
        bytes[4..8].copy_from_slice(&fnv_1a(self.partition.topic.as_bytes()).to_be_bytes());
        bytes[8..].copy_from_slice(&self.offset.to_be_bytes());
        uuid::Builder::from_custom_bytes(bytes).into_uuid()
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.partition, self.offset)
    }
}

/// A record as a consumer gets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Where it stands.
    pub position: Position,
    /// When the bus took it.
    pub at: Timestamp,
    /// The record.
    pub record: Record,
    /// Why the bus could not read the record whole; what it could read is there.
    pub damage: Option<String>,
}

/// Hashes bytes the same way on every machine and in every version (FNV-1a, 32 bits).
pub(crate) fn fnv_1a(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811C_9DC5, |hash, byte| {
        (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record() -> Record {
        Record {
            topic: "content.changed".into(),
            key: "a".into(),
            payload: None,
            event_id: Uuid::from_u128(7),
            version: 3,
            tenant: Tenant::parse("acme").unwrap(),
            traceparent: Some("00-1-2-01".into()),
            headers: BTreeMap::from([("kind".into(), "deleted".into())]),
        }
    }

    fn at(offset: u64) -> Position {
        Position {
            partition: TopicPartition {
                topic: "content.changed".into(),
                partition: 1,
            },
            offset,
        }
    }

    #[test]
    fn a_record_survives_the_wire() {
        let sent = record();
        let got = Record::from_wire(&at(0), "a".into(), None, sent.wire_headers());
        assert_eq!(got, sent);
        assert!(got.is_tombstone());
    }

    #[test]
    fn a_foreign_record_gets_an_id_of_its_own_that_repeats() {
        let foreign = |offset| Record::from_wire(&at(offset), "k".into(), None, BTreeMap::new());
        assert_eq!(foreign(5).event_id, foreign(5).event_id);
        assert_ne!(foreign(5).event_id, foreign(6).event_id);
        assert_eq!(foreign(5).version, 0);
    }

    #[test]
    fn records_are_bounded() {
        assert!(record().validate().is_ok());
        let broken: [fn(&mut Record); 5] = [
            |r| r.key.clear(),
            |r| r.key = "k".repeat(limits::MAX_KEY + 1),
            |r| r.payload = Some(vec![0; limits::MAX_PAYLOAD + 1].into()),
            |r| r.topic = "No Topic".into(),
            |r| {
                r.headers
                    .insert("h".into(), "v".repeat(limits::MAX_HEADERS));
            },
        ];
        for (index, breaks) in broken.iter().enumerate() {
            let mut bad = record();
            breaks(&mut bad);
            assert!(bad.validate().is_err(), "case {index}");
        }
    }
}
