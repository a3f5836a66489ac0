//! Random messages of any type.

use super::entropy::Entropy;
use prost_reflect::prost::Message as _;
use prost_reflect::{
    DynamicMessage, FieldDescriptor, Kind, MapKey, MessageDescriptor, ReflectMessage, Value,
};
use std::collections::HashMap;

const STRINGS: &[&str] = &[
    "",
    "a",
    "plain text of some length, no escapes",
    "quote \" back \\ slash / tab\t nul\0",
    "ünïcödé 谷歌 😁 long enough to need words",
    "\u{2028}\u{7f}\u{80}",
    "12",
    "true",
    "null",
    "@type",
    "NaN",
    "2026-01-01T00:00:00Z",
];

const PATHS: &[&str] = &["a", "foo_bar", "foo.bar_baz", "x1", "a.b.c"];

/// Fills a message; deeper ones with less.
pub(super) fn message(
    of: &MessageDescriptor,
    entropy: &mut Entropy<'_>,
    depth: u32,
) -> DynamicMessage {
    let mut message = DynamicMessage::new(of.clone());
    if of.full_name().starts_with("google.protobuf.") {
        known(&mut message, entropy, depth);
        return message;
    }
    for field in of.fields() {
        let set_by_sibling = field
            .containing_oneof()
            .is_some_and(|oneof| oneof.fields().any(|sibling| message.has_field(&sibling)));
        if entropy.chance(60) && !set_by_sibling {
            let value = field_value(&field, entropy, depth);
            message.set_field(&field, value);
        }
    }
    message
}

fn field_value(field: &FieldDescriptor, entropy: &mut Entropy<'_>, depth: u32) -> Value {
    let count = if depth == 0 { 0 } else { entropy.below(4) };
    if field.is_map() {
        let Kind::Message(entry) = field.kind() else {
            unreachable!()
        };
        let (key, value) = (entry.map_entry_key_field(), entry.map_entry_value_field());
        let entries = (0..count).map(|_| {
            let key = match single(&key.kind(), entropy, depth) {
                Value::Bool(key) => MapKey::Bool(key),
                Value::I32(key) => MapKey::I32(key),
                Value::I64(key) => MapKey::I64(key),
                Value::U32(key) => MapKey::U32(key),
                Value::U64(key) => MapKey::U64(key),
                Value::String(key) => MapKey::String(key),
                other => unreachable!("{other:?}"),
            };
            (key, single(&value.kind(), entropy, depth))
        });
        Value::Map(entries.collect::<HashMap<_, _>>())
    } else if field.is_list() {
        Value::List(
            (0..count)
                .map(|_| single(&field.kind(), entropy, depth))
                .collect(),
        )
    } else {
        single(&field.kind(), entropy, depth)
    }
}

fn single(kind: &Kind, entropy: &mut Entropy<'_>, depth: u32) -> Value {
    #[expect(clippy::cast_possible_truncation, reason = "any bits will do")]
    let (word, half) = {
        let word = entropy.word();
        (word, word as u32)
    };
    match kind {
        Kind::Double => Value::F64(double(entropy)),
        #[expect(clippy::cast_possible_truncation, reason = "any float will do")]
        Kind::Float => Value::F32(double(entropy) as f32),
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => Value::I32(half.cast_signed()),
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => Value::I64(word.cast_signed()),
        Kind::Uint32 | Kind::Fixed32 => Value::U32(half),
        Kind::Uint64 | Kind::Fixed64 => Value::U64(word),
        Kind::Bool => Value::Bool(half & 1 == 1),
        Kind::String => Value::String((*entropy.pick(STRINGS)).to_owned()),
        Kind::Bytes => {
            let bytes: Vec<u8> = (0..entropy.below(7)).map(|_| entropy.byte()).collect();
            Value::Bytes(bytes.into())
        }
        Kind::Enum(of) => {
            let known: Vec<i32> = of.values().map(|value| value.number()).collect();
            // Only open enums may hold what they do not declare.
            let open = of.parent_file().syntax() == prost_reflect::Syntax::Proto3;
            let stray = open && of.full_name() != "google.protobuf.NullValue" && entropy.chance(20);
            Value::EnumNumber(if stray { 77 } else { *entropy.pick(&known) })
        }
        Kind::Message(of) => Value::Message(match depth.checked_sub(1) {
            Some(depth) => message(of, entropy, depth),
            None => leaf(of),
        }),
    }
}

/// The least that a type may hold; an `Any` without a type has no JSON in every implementation.
fn leaf(of: &MessageDescriptor) -> DynamicMessage {
    message(of, &mut Entropy(&[]), 0)
}

fn double(entropy: &mut Entropy<'_>) -> f64 {
    match entropy.below(10) {
        0 => 0.0,
        1 => -0.0,
        2 => f64::INFINITY,
        3 => f64::NAN,
        4 => 1e22,
        5 => 0.1,
        6 => 8.0,
        7 => f64::from(entropy.byte()) / 7.0,
        _ => Some(f64::from_bits(entropy.word()))
            .filter(|value| value.is_finite())
            .unwrap_or(1.5),
    }
}

fn known(message: &mut DynamicMessage, entropy: &mut Entropy<'_>, depth: u32) {
    let of = message.descriptor().clone();
    let mut set = |name: &str, value: Value| message.set_field_by_name(name, value);
    match of.name() {
        "Timestamp" => {
            set(
                "seconds",
                Value::I64((entropy.word() % 253_402_300_799).cast_signed() - 62_135_596_800 % 7),
            );
            set("nanos", Value::I32(nanos(entropy)));
        }
        "Duration" => {
            let sign = if entropy.chance(40) { -1 } else { 1 };
            set(
                "seconds",
                Value::I64((entropy.word() % 315_576_000_000).cast_signed() * sign),
            );
            set(
                "nanos",
                Value::I32(nanos(entropy) * i32::try_from(sign).unwrap()),
            );
        }
        "FieldMask" => {
            let paths = (0..entropy.below(3)).map(|_| Value::String((*entropy.pick(PATHS)).into()));
            set("paths", Value::List(paths.collect()));
        }
        "Any" => {
            let pool = of.parent_pool();
            let name =
                *entropy.pick(&["t.M0", "google.protobuf.Duration", "google.protobuf.Empty"]);
            let of = pool.get_message_by_name(name).unwrap();
            let inner = match depth.checked_sub(1) {
                Some(depth) => self::message(&of, entropy, depth),
                None => DynamicMessage::new(of),
            };
            set(
                "type_url",
                Value::String(format!("type.googleapis.com/{name}")),
            );
            set("value", Value::Bytes(inner.encode_to_vec().into()));
        }
        "Value" => {
            let names = [
                "null_value",
                "number_value",
                "string_value",
                "bool_value",
                "struct_value",
                "list_value",
            ];
            let name = names[entropy.below(if depth == 0 { 4 } else { 6 })];
            let kind = of.get_field_by_name(name).unwrap().kind();
            let value = match single(&kind, entropy, depth) {
                Value::F64(value) if !value.is_finite() => Value::F64(2.5),
                value => value,
            };
            set(name, value);
        }
        "Struct" | "ListValue" | "Empty" => {
            for field in of.fields() {
                set(field.name(), field_value(&field, entropy, depth));
            }
        }
        _ => {
            let field = of.get_field(1).unwrap();
            // Wrappers of these would not come back: JSON has no number for them there.
            let value = match single(&field.kind(), entropy, depth) {
                Value::F64(value) if !value.is_finite() => Value::F64(0.5),
                Value::F32(value) if !value.is_finite() => Value::F32(0.5),
                value => value,
            };
            set("value", value);
        }
    }
}

fn nanos(entropy: &mut Entropy<'_>) -> i32 {
    let nanos = i32::try_from(entropy.word() % 1_000_000_000).unwrap();
    match entropy.below(4) {
        0 => 0,
        1 => nanos - nanos % 1_000_000,
        2 => nanos - nanos % 1_000,
        _ => nanos,
    }
}
