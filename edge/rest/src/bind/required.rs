//! Required fields of proto2, looked for once path, query and body are together.

use std::collections::HashSet;

use prost_reflect::{
    Cardinality, DynamicMessage, Kind, MessageDescriptor, ReflectMessage as _, Value,
};

/// Says whether a message, or one that it may hold, has required fields.
pub(crate) fn has_required(message: &MessageDescriptor) -> bool {
    let mut seen = HashSet::new();
    let mut left = vec![message.clone()];
    while let Some(message) = left.pop() {
        if !seen.insert(message.full_name().to_owned()) {
            continue;
        }
        for field in message.fields() {
            if field.cardinality() == Cardinality::Required {
                return true;
            }
            if let Kind::Message(inner) = field.kind() {
                left.push(inner);
            }
        }
    }
    false
}

/// Returns the path of a required field that a message lacks, in JSON names. Bytes that are no message lack none: the
/// service judges them.
pub(super) fn missing(descriptor: &MessageDescriptor, wire: &[u8]) -> Option<String> {
    let message = DynamicMessage::decode(descriptor.clone(), wire).ok()?;
    in_message(&message)
}

fn in_message(message: &DynamicMessage) -> Option<String> {
    let lacks = message
        .descriptor()
        .fields()
        .find(|field| field.cardinality() == Cardinality::Required && !message.has_field(field));
    if let Some(field) = lacks {
        return Some(field.json_name().to_owned());
    }
    message.fields().find_map(|(field, value)| {
        in_value(value).map(|rest| format!("{}{rest}", field.json_name()))
    })
}

fn in_value(value: &Value) -> Option<String> {
    match value {
        Value::Message(message) => in_message(message).map(|rest| format!(".{rest}")),
        Value::List(items) => items
            .iter()
            .enumerate()
            .find_map(|(index, item)| in_value(item).map(|rest| format!("[{index}]{rest}"))),
        Value::Map(entries) => entries.values().find_map(in_value),
        _ => None,
    }
}
