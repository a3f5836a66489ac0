//! The events of this build: their topics, and what a payload says.

use prost_reflect::{DynamicMessage, SerializeOptions};
use serde_json::Value as Json;
use sv_proto::options::Event;

use crate::{
    audit::strip,
    options::{self, EVENT, our_pool},
};

/// Returns the payload of an event of a topic as JSON, as [`values`](crate::audit::values) does, with the name of its message. `None`
/// where no event of this build has the topic, or the payload is none of it.
pub fn payload(topic: &str, payload: &[u8]) -> Option<(String, Json)> {
    let mut messages = our_pool().all_messages();
    let descriptor = messages.find(|message| {
        let event = options::read::<Event>(our_pool(), &message.options(), EVENT);
        event.is_some_and(|event| event.topic == topic)
    })?;
    let name = descriptor.full_name().to_owned();
    let mut decoded = DynamicMessage::decode(descriptor, payload).ok()?;
    strip(&mut decoded);
    let options = SerializeOptions::new().skip_default_fields(true);
    let json = decoded.serialize_with_options(serde_json::value::Serializer, &options);
    Some((name, json.ok()?))
}

/// Lists the topics of all events of this build, in their order.
pub fn topics() -> Vec<String> {
    let events = our_pool()
        .all_messages()
        .filter_map(|message| options::read::<Event>(our_pool(), &message.options(), EVENT));
    let mut topics: Vec<String> = events.map(|event| event.topic).collect();
    topics.sort();
    topics
}

#[cfg(test)]
mod tests {
    use prost::Message as _;
    use sv_proto::admin::AuditRecord;

    #[test]
    fn a_payload_is_told_by_its_topic_and_what_is_none_of_it_is_not() {
        let record = AuditRecord {
            action: "content.updated".into(),
            ..AuditRecord::default()
        };
        let (name, json) = super::payload("audit.recorded", &record.encode_to_vec()).unwrap();
        assert_eq!(name, "streamverse.admin.v1.AuditRecord");
        assert_eq!(json, serde_json::json!({"action": "content.updated"}));
        assert_eq!(super::payload("audit.recorded", b"\xff\xff"), None);
        assert_eq!(super::payload("no.such.topic", b""), None);
        assert!(super::topics().is_sorted());
        assert!(super::topics().contains(&"audit.recorded".to_owned()));
    }
}
