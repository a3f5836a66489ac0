//! Renders `impl Event` for every message that carries the event option.

use std::{collections::HashMap, error::Error, fmt::Write as _};

use prost_reflect::{DescriptorPool, DynamicMessage, Kind, MessageDescriptor, Value};

const OPTION: &str = "streamverse.options.v1.event";

/// Renders the file. Fails where an event says less, or other things, than the bus needs.
pub(crate) fn render(pool: &DescriptorPool) -> Result<String, Box<dyn Error>> {
    let option = pool
        .get_extension_by_name(OPTION)
        .ok_or("the event option is missing")?;
    let mut out = String::from("// @generated from the event options of proto/.\n");
    let mut topics = HashMap::new();
    let mut messages: Vec<_> = pool.all_messages().collect();
    messages.sort_by(|a, b| a.full_name().cmp(b.full_name()));
    for message in messages {
        let options = message.options();
        if !options.has_extension(&option) {
            continue;
        }
        if let Value::Message(event) = options.get_extension(&option).as_ref() {
            let name = message.full_name();
            let topic = implementation(&mut out, &message, event)
                .map_err(|problem| format!("{name}: {problem}"))?;
            if let Some(other) = topics.insert(topic, name.to_owned()) {
                return Err(format!("{name} has the topic of {other}").into());
            }
        }
    }
    Ok(out)
}

/// Renders one event, and returns its topic.
fn implementation(
    out: &mut String,
    message: &MessageDescriptor,
    event: &DynamicMessage,
) -> Result<String, Box<dyn Error>> {
    let text = |name: &str| {
        let value = event.get_field_by_name(name);
        let text = value.as_deref().and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    };
    let topic = text("topic");
    if topic.is_empty() || !topic.bytes().all(|b| b.is_ascii_lowercase() || b == b'.') {
        return Err("a topic has lower-case words with dots between".into());
    }
    let days = event.get_field_by_name("retention_days");
    let days = days.as_deref().and_then(Value::as_u32).unwrap_or_default();
    let compacted = event.get_field_by_name("compacted");
    let compacted = compacted.as_deref().and_then(Value::as_bool);
    let cleanup = match (compacted.unwrap_or_default(), days) {
        (true, _) => "Compact".to_owned(),
        (false, 0) => return Err("is neither compacted nor kept for some days".into()),
        (false, days) => format!("Retain(std::time::Duration::from_hours({days} * 24))"),
    };
    let path = message.full_name().replace('.', "::");
    writeln!(
        out,
        "\nimpl sv_kernel::Event for crate::pb::{path} {{\n    \
             const TOPIC: &'static str = {topic:?};\n    \
             const CLEANUP: sv_kernel::Cleanup = sv_kernel::Cleanup::{cleanup};\n}}"
    )?;
    let (key, version) = (text("key"), text("version"));
    if key.is_empty() && version.is_empty() {
        return Ok(topic);
    }
    let is = |name: &str, kinds: &[Kind]| {
        let field = message.get_field_by_name(name);
        field.is_some_and(|field| kinds.contains(&field.kind()) && !field.is_list())
    };
    if !is(&key, &[Kind::String]) {
        return Err(format!("the key {key:?} is no string of the message").into());
    }
    if !is(&version, &[Kind::Int32, Kind::Int64]) {
        return Err(format!("the version {version:?} is no number of the message").into());
    }
    writeln!(
        out,
        "\nimpl sv_kernel::Versioned for crate::pb::{path} {{\n    \
             fn key(&self) -> &str {{\n        &self.{key}\n    }}\n\n    \
             fn version(&self) -> i64 {{\n        self.{version}.into()\n    }}\n}}"
    )?;
    Ok(topic)
}
