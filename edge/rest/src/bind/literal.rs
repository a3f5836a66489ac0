//! Parameters whose text is a piece of JSON: `labels[color]=red`, `filter={"a":1}`.

use std::borrow::Cow;

use prost_reflect::Kind;
use serde::de::IgnoredAny;

use super::field::{FieldRef, is_text_message};

/// Splits `labels[color]` into the field and the key of its entry.
pub(crate) fn split_entry(key: &str) -> (&str, Option<&str>) {
    let split = key
        .strip_suffix(']')
        .and_then(|inner| inner.split_once('['));
    split.map_or((key, None), |(field, entry)| (field, Some(entry)))
}

/// Returns the JSON of a field that plain text cannot spell: one entry of a map, one value of a type
/// that is JSON of any shape. `None` where the text is no JSON.
pub(crate) fn of<'t>(
    field: &FieldRef,
    entry: Option<&str>,
    text: &'t str,
) -> Option<Result<Cow<'t, str>, &'static str>> {
    let kind = field.descriptor.kind();
    if field.descriptor.is_map() {
        let value = kind.as_message()?.map_entry_value_field().kind();
        let key = serde_json::Value::from(entry?).to_string();
        return Some(value_of(&value, text).map(|value| format!("{{{key}:{value}}}").into()));
    }
    if entry.is_some() || !is_free(&kind) {
        return None;
    }
    let json = checked(text);
    Some(if field.descriptor.is_list() {
        json.map(|json| format!("[{json}]").into())
    } else {
        json
    })
}

/// Returns a truth in the spelling of JSON; others are those that Go reads, and so grpc-gateway.
pub(crate) fn spelled<'t>(field: &FieldRef, text: &'t str) -> &'t str {
    let is_truth = match field.descriptor.kind() {
        Kind::Bool => true,
        Kind::Message(message) => message.full_name() == "google.protobuf.BoolValue",
        _ => false,
    };
    match text {
        "1" | "t" | "T" | "True" | "TRUE" if is_truth => "true",
        "0" | "f" | "F" | "False" | "FALSE" if is_truth => "false",
        text => text,
    }
}

/// Returns the JSON of a map's value.
fn value_of<'t>(kind: &Kind, text: &'t str) -> Result<Cow<'t, str>, &'static str> {
    let quoted = || Ok(serde_json::Value::from(text).to_string().into());
    match kind {
        Kind::Bool if matches!(text, "true" | "false") => Ok(text.into()),
        Kind::Enum(_) if text.parse::<i32>().is_ok() => Ok(text.into()),
        kind if is_free(kind) => checked(text),
        Kind::Message(message) if !is_text_message(message.full_name()) => {
            Err("a query cannot hold values of this map")
        }
        Kind::Message(message) => match message.get_field_by_name("value") {
            Some(wrapped) => value_of(&wrapped.kind(), text),
            None => quoted(),
        },
        _ => quoted(),
    }
}

/// Says whether a type's JSON may be an object of any shape.
fn is_free(kind: &Kind) -> bool {
    let name = kind
        .as_message()
        .map(|message| message.full_name().to_owned());
    let name = name
        .as_deref()
        .and_then(|name| name.strip_prefix("google.protobuf."));
    matches!(
        name,
        Some("Any" | "Empty" | "ListValue" | "Struct" | "Value")
    )
}

/// Returns a text that is one JSON document, so that it cannot end what stands around it.
fn checked(text: &str) -> Result<Cow<'_, str>, &'static str> {
    match serde_json::from_str::<IgnoredAny>(text) {
        Ok(_) => Ok(text.into()),
        Err(_) => Err("expected JSON"),
    }
}
