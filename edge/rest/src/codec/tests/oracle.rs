//! Random messages of random types, both ways, against prost-reflect.

use super::entropy::{Entropy, seed};
use super::{schema, values};
use crate::codec::format::wire;
use crate::codec::{Codec, ReadOptions, WriteOptions};
use proptest::prelude::*;
use prost_reflect::prost::Message as _;
use prost_reflect::{DeserializeOptions, DynamicMessage, MessageDescriptor, SerializeOptions};
use serde_json::Value;

/// The oracle's JSON, or `None` where it refuses.
pub(super) fn their_json(message: &DynamicMessage, options: WriteOptions) -> Option<Value> {
    let style = SerializeOptions::new()
        .use_proto_field_name(options.preserve_names)
        .skip_default_fields(!options.defaults);
    let mut text = serde_json::Serializer::new(Vec::new());
    message.serialize_with_options(&mut text, &style).ok()?;
    Some(normal(serde_json::from_slice(&text.into_inner()).unwrap()))
}

/// The oracle's message of a JSON document, or why it refuses.
pub(super) fn their_message(of: &MessageDescriptor, json: &[u8]) -> Result<DynamicMessage, String> {
    let mut source = serde_json::Deserializer::from_slice(json);
    let options = DeserializeOptions::new().deny_unknown_fields(true);
    let message = DynamicMessage::deserialize_with_options(of.clone(), &mut source, &options);
    let message = message.map_err(|error| error.to_string())?;
    source.end().map_err(|error| error.to_string())?;
    Ok(message)
}

/// One spelling for equal numbers (`1` and `1.0`), without the last digits: the oracle's parser
/// rounds twice.
pub(super) fn normal(value: Value) -> Value {
    match value {
        Value::Number(number) => Value::String(format!("number {:.13e}", number.as_f64().unwrap())),
        Value::Array(items) => items.into_iter().map(normal).collect(),
        Value::Object(members) => members
            .into_iter()
            .map(|(key, value)| (key, normal(value)))
            .collect(),
        value => value,
    }
}

fn our_json(
    codec: &Codec,
    of: &MessageDescriptor,
    bytes: &[u8],
    options: WriteOptions,
) -> Result<String, String> {
    let mut json = Vec::new();
    let id = codec.message(of.full_name()).unwrap();
    match codec.wire_to_json(id, bytes, &mut json, &options) {
        Ok(()) => Ok(String::from_utf8(json).unwrap()),
        Err(error) => Err(error.to_string()),
    }
}

const STYLES: [WriteOptions; 3] = [
    WriteOptions::CANONICAL,
    WriteOptions {
        defaults: true,
        ..WriteOptions::CANONICAL
    },
    WriteOptions {
        preserve_names: true,
        ..WriteOptions::CANONICAL
    },
];

/// The fields of a message in another order.
fn shuffled(bytes: &[u8], entropy: &mut Entropy<'_>) -> Vec<u8> {
    let mut fields = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let start = rest;
        let key = wire::key(&mut rest).unwrap();
        wire::raw(&mut rest, key, 100).unwrap();
        fields.push(&start[..start.len() - rest.len()]);
    }
    for index in (1..fields.len()).rev() {
        fields.swap(index, entropy.below(index + 1));
    }
    fields.concat()
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn wire_becomes_the_same_json(seed in seed(900)) {
        let mut entropy = Entropy(&seed.0);
        let (text, pool) = schema::random(&mut entropy);
        let codec = Codec::compile(&pool).unwrap();
        for of in pool.all_messages().filter(|of| of.full_name().starts_with("t.M") && !of.is_map_entry()) {
            let one = values::message(&of, &mut entropy, 4);
            let two = values::message(&of, &mut entropy, 3);
            let in_order = one.encode_to_vec();
            let merged = [&in_order[..], &two.encode_to_vec()].concat();
            let other_order = shuffled(&merged, &mut entropy);
            for bytes in [in_order, merged, other_order] {
                let theirs = DynamicMessage::decode(of.clone(), &bytes[..]).unwrap();
                for options in STYLES {
                    let ours = our_json(&codec, &of, &bytes, options);
                    let Some(theirs) = their_json(&theirs, options) else {
                        continue;
                    };
                    if ours.as_ref().is_err_and(|error| error.starts_with("a duration")) {
                        // Merged parts of different sign, which the oracle adds up.
                        continue;
                    }
                    let ours = ours.unwrap_or_else(|error| panic!("{error}: {theirs}\n{text}\n{bytes:?}"));
                    let ours_read = normal(serde_json::from_str(&ours).unwrap());
                    prop_assert_eq!(ours_read, theirs, "{} {:?} {:?}", text, bytes, options);
                }
            }
        }
    }

    #[test]
    fn json_becomes_the_same_message(seed in seed(900)) {
        let mut entropy = Entropy(&seed.0);
        let (text, pool) = schema::random(&mut entropy);
        let codec = Codec::compile(&pool).unwrap();
        for of in pool.all_messages().filter(|of| of.full_name().starts_with("t.M") && !of.is_map_entry()) {
            let id = codec.message(of.full_name()).unwrap();
            let message = values::message(&of, &mut entropy, 4);
            let bytes = message.encode_to_vec();
            for options in STYLES {
                let Ok(json) = our_json(&codec, &of, &bytes, options) else { continue };
                let mut document: Value = serde_json::from_str(&json).unwrap();
                for _ in 0..4 {
                    let json = document.to_string();
                    let mut ours = Vec::new();
                    let accepted = codec.json_to_wire(id, json.as_bytes(), &mut ours, &ReadOptions::CANONICAL);
                    match (accepted, their_message(&of, json.as_bytes())) {
                        (Ok(_), Ok(theirs)) => {
                            let ours = DynamicMessage::decode(of.clone(), &ours[..]).unwrap();
                            prop_assert_eq!(
                                their_json(&ours, WriteOptions::CANONICAL),
                                their_json(&theirs, WriteOptions::CANONICAL),
                                "{} {} {}", text, of.full_name(), json
                            );
                        }
                        (Err(ours), Ok(_)) => {
                            prop_assert!(stricter(&ours.problem), "{ours}: {json}\n{text}");
                        }
                        (Ok(_), Err(theirs)) => {
                            prop_assert!(looser(&theirs), "{theirs}: {json}\n{text}");
                        }
                        (Err(_), Err(_)) => {}
                    }
                    disturb(&mut document, &mut entropy);
                }
            }
        }
    }
}

/// What we refuse and the oracle takes, on purpose: keys given twice, and numbers that a closed
/// enum does not declare.
fn stricter(problem: &str) -> bool {
    problem == "given twice" || problem.starts_with("unknown enum value -")
}

/// What the oracle refuses and we take, on purpose: integers as `1e2` also in quotes and for
/// enums, and an empty object as an empty `Any`, as protobuf's own parsers do.
fn looser(problem: &str) -> bool {
    let empty = problem.starts_with("expected '@type' field");
    let quoted = problem.starts_with("invalid digit found in string");
    empty
        || quoted
        || problem.starts_with("invalid type: floating") && problem.contains("a string or integer")
}

/// Puts another value in some place of a document.
fn disturb(value: &mut Value, entropy: &mut Entropy<'_>) {
    let place = match value {
        Value::Array(items) if !items.is_empty() && entropy.chance(80) => {
            let index = entropy.below(items.len());
            items.get_mut(index)
        }
        Value::Object(members) if !members.is_empty() && entropy.chance(85) => {
            let index = entropy.below(members.len());
            members.values_mut().nth(index)
        }
        _ => None,
    };
    if let Some(place) = place {
        disturb(place, entropy);
    } else {
        let other = [
            "null",
            "true",
            "1",
            "-1",
            "0",
            "1.5",
            "1e3",
            "\"\"",
            "\"7\"",
            "\"x\"",
            "[]",
            "{}",
            "[1]",
            "{\"a\":1}",
            "4294967296",
            "-9223372036854775808",
            "\"AQI\"",
            "\"KIND_ONE\"",
            "\"1s\"",
            "\"2026-02-29T00:00:00Z\"",
            "\"1e2\"",
            "\"NaN\"",
            "[null]",
            "{\"1\":null}",
        ];
        *value = serde_json::from_str(other[entropy.below(other.len())]).unwrap_or(Value::Null);
    }
}
