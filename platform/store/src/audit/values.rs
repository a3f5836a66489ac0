//! Values before and after an act, as JSON of bounded size.

use std::collections::BTreeMap;

use prost_types::{ListValue, Struct, Value as Proto, value::Kind};
use serde_json::{Map, Value};
use sv_proto::admin::AuditActorKind;

/// The longest text that is kept whole, in characters.
const MAX_TEXT: usize = 1_000;
/// The longest list that is kept whole.
const MAX_ITEMS: usize = 100;
/// The most bytes of one side.
const MAX_BYTES: usize = 64 * 1024;
/// How deep values may lie.
const MAX_DEPTH: usize = 16;

/// Keeps the members of two objects that differ; what is no object stays whole.
pub(super) fn differing(old: Value, new: Value) -> (Value, Value) {
    let (old, new) = match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            let only = |of: &Map<String, Value>, other: &Map<String, Value>| {
                let members = of
                    .iter()
                    .filter(|(name, value)| other.get(*name) != Some(value));
                members.map(|(k, v)| (k.clone(), v.clone())).collect()
            };
            let (old_only, new_only) = (only(&old, &new), only(&new, &old));
            (Value::Object(old_only), Value::Object(new_only))
        }
        sides => sides,
    };
    (bounded(old), bounded(new))
}

fn bounded(mut value: Value) -> Value {
    shorten(&mut value, 0);
    let bytes = value.to_string().len();
    if bytes > MAX_BYTES {
        return serde_json::json!({ "omittedBytes": bytes });
    }
    value
}

fn shorten(value: &mut Value, depth: usize) {
    match value {
        _ if depth > MAX_DEPTH => *value = Value::Null,
        Value::String(text) => {
            if let Some((at, _)) = text.char_indices().nth(MAX_TEXT) {
                text.truncate(at);
                text.push('…');
            }
        }
        Value::Array(items) => {
            items.truncate(MAX_ITEMS);
            for item in items {
                shorten(item, depth + 1);
            }
        }
        Value::Object(members) => {
            for member in members.values_mut() {
                shorten(member, depth + 1);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Returns an object as a message; `None` where there is nothing.
pub fn to_struct(value: &Value) -> Option<Struct> {
    match value {
        Value::Null => None,
        Value::Object(members) if members.is_empty() => None,
        Value::Object(members) => Some(of_members(members)),
        other => Some(Struct {
            fields: BTreeMap::from([("value".to_owned(), of_value(other))]),
        }),
    }
}

fn of_members(members: &Map<String, Value>) -> Struct {
    Struct {
        fields: members
            .iter()
            .map(|(name, value)| (name.clone(), of_value(value)))
            .collect(),
    }
}

fn of_value(value: &Value) -> Proto {
    let kind = match value {
        Value::Null => Kind::NullValue(0),
        Value::Bool(is) => Kind::BoolValue(*is),
        Value::Number(number) => Kind::NumberValue(number.as_f64().unwrap_or_default()),
        Value::String(text) => Kind::StringValue(text.clone()),
        Value::Array(items) => Kind::ListValue(ListValue {
            values: items.iter().map(of_value).collect(),
        }),
        Value::Object(members) => Kind::StructValue(of_members(members)),
    };
    Proto { kind: Some(kind) }
}

/// Returns a kind of actor as tables hold it.
pub(super) const fn actor_kind(kind: AuditActorKind) -> &'static str {
    match kind {
        AuditActorKind::Unspecified | AuditActorKind::Anonymous => "anonymous",
        AuditActorKind::Account => "account",
        AuditActorKind::Service => "service",
        AuditActorKind::Operator => "operator",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_differs_is_kept() {
        let (old, new) = differing(
            json!({"title": "Dune", "year": 2020, "tags": ["a"], "gone": true}),
            json!({"title": "Dune", "year": 2021, "tags": ["a", "b"], "come": 1}),
        );
        assert_eq!(old, json!({"year": 2020, "tags": ["a"], "gone": true}));
        assert_eq!(new, json!({"year": 2021, "tags": ["a", "b"], "come": 1}));
    }

    #[test]
    fn values_are_bounded() {
        let (_, new) = differing(
            Value::Null,
            json!({"text": "x".repeat(5_000), "list": vec![1; 500]}),
        );
        assert_eq!(new["text"].as_str().unwrap().chars().count(), 1_001);
        assert_eq!(new["list"].as_array().unwrap().len(), 100);
        let many: Map<String, Value> = (0..500)
            .map(|n| (n.to_string(), "x".repeat(1_000).into()))
            .collect();
        let (_, new) = differing(Value::Null, Value::Object(many));
        assert!(new["omittedBytes"].as_u64().unwrap() > 500_000, "{new}");
    }

    #[test]
    fn nothing_is_no_message() {
        assert_eq!(to_struct(&Value::Null), None);
        assert_eq!(to_struct(&json!({})), None);
        let made = to_struct(&json!({"a": [1, null, {"b": "c"}]})).unwrap();
        assert_eq!(made.fields.len(), 1);
    }
}
