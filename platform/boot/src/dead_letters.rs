//! Dead letters as operators see them, wherever they lie: in the outbox of a service, or beside a topic (EVT-9).

use std::{fmt, str::FromStr};

use sv_ports::DeadLetter;
use sv_proto::{
    convert::{count, timestamp},
    jobs as pb,
};
use sv_store::outbox::dead::DeadEvent;
use uuid::Uuid;

/// What stands between the parts of an id; no service, topic or group has it in its name.
const BETWEEN: char = '~';

/// Names a dead letter among all, e.g. `outbox~content~01936f00-0002-7000-8000-000000000002` or
/// `topic~content.changed~search~0~17`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeadLetterId {
    /// An event that the bus refused for good.
    Outbox {
        /// Whose event.
        service: String,
        /// Which.
        event: Uuid,
    },
    /// A record that a group of consumers gave up.
    Topic {
        /// Where the record came from.
        topic: String,
        /// The letter's name beside this topic.
        letter: String,
    },
}

/// A text is no id of a dead letter.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is no id of a dead letter; `streamverse dead-letters list` names them")]
pub struct NoLetterId(String);

impl fmt::Display for DeadLetterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Outbox { service, event } => write!(f, "outbox~{service}~{event}"),
            Self::Topic { topic, letter } => {
                write!(f, "topic~{topic}~{}", letter.replace('/', "~"))
            }
        }
    }
}

impl FromStr for DeadLetterId {
    type Err = NoLetterId;

    fn from_str(text: &str) -> Result<Self, NoLetterId> {
        let context: Vec<&str> = text.split(BETWEEN).collect();
        match *context {
            ["outbox", service, event] => {
                let event = Uuid::try_parse(event).map_err(|_| NoLetterId(text.to_owned()))?;
                let service = service.to_owned();
                Ok(Self::Outbox { service, event })
            }
            ["topic", topic, group, partition, offset] => Ok(Self::Topic {
                topic: topic.to_owned(),
                letter: format!("{group}/{partition}/{offset}"),
            }),
            _ => Err(NoLetterId(text.to_owned())),
        }
    }
}

/// Tells of an event that the bus refused.
pub fn of_outbox(service: &str, dead: DeadEvent) -> pb::DeadLetter {
    let id = DeadLetterId::Outbox {
        service: service.to_owned(),
        event: dead.event_id,
    };
    pb::DeadLetter {
        id: id.to_string(),
        source: pb::DeadLetterSource::Outbox.into(),
        service: service.to_owned(),
        topic: dead.topic,
        key: dead.key,
        version: dead.version,
        cause: dead.cause,
        dead_time: Some(timestamp(dead.buried_at)),
        ..pb::DeadLetter::default()
    }
}

/// Tells of a record of a topic that a consumer gave up.
pub fn of_topic(topic: &str, dead: DeadLetter) -> pb::DeadLetter {
    let id = DeadLetterId::Topic {
        topic: topic.to_owned(),
        letter: dead.id,
    };
    pb::DeadLetter {
        id: id.to_string(),
        source: pb::DeadLetterSource::Consumer.into(),
        group: dead.group,
        topic: topic.to_owned(),
        key: dead.key,
        version: dead.version,
        attempts: count(dead.attempts),
        cause: dead.error,
        dead_time: Some(timestamp(dead.buried_at)),
        ..pb::DeadLetter::default()
    }
}

/// Adds to a letter what it says, without its secrets. A tombstone says nothing, nor does what cannot be read.
#[must_use]
pub fn with_payload(mut letter: pb::DeadLetter, payload: Option<&[u8]>) -> pb::DeadLetter {
    let told = payload.and_then(|payload| sv_rpc::events::payload(&letter.topic, payload));
    if let Some((message, json)) = told {
        letter.message = message;
        letter.payload = Some(sv_store::audit::to_struct(&json).unwrap_or_default());
    }
    letter
}

#[cfg(test)]
mod tests {
    use super::DeadLetterId;

    #[test]
    fn an_id_is_read_as_it_is_written_and_nothing_else_is() {
        for text in [
            "outbox~content~01936f00-0002-7000-8000-000000000002",
            "topic~content.changed~search.index~0~17",
        ] {
            assert_eq!(text.parse::<DeadLetterId>().unwrap().to_string(), text);
        }
        for text in [
            "",
            "x",
            "outbox~content~1",
            "topic~a~b~0",
            "topic~a~b~0~1~2",
        ] {
            text.parse::<DeadLetterId>().unwrap_err();
        }
        let topic = DeadLetterId::Topic {
            topic: "content.changed".into(),
            letter: "search/0/17".into(),
        };
        assert_eq!(topic.to_string(), "topic~content.changed~search~0~17");
    }
}
