//! The rules of all messages, read from their options.

use std::collections::HashMap;

use prost_reflect::{DescriptorPool, FieldDescriptor, Kind as ProtoKind, MessageDescriptor};
use sv_proto::options::{Field as FieldOptions, Format};

use super::number::Number;
use crate::options::{self, FIELD};

/// The most characters of a string, or bytes of a bytes field, that says nothing else.
const MAX_LENGTH: u32 = 1_000;
/// The most items of a list that says nothing else.
const MAX_ITEMS: u32 = 100;

/// Rules by message.
#[derive(Debug)]
pub(super) struct Rules {
    messages: Vec<Message>,
    by_name: HashMap<String, usize>,
}

/// The rules of one message.
#[derive(Debug)]
pub(super) struct Message {
    /// In increasing order of their numbers.
    pub(super) fields: Vec<Field>,
    pub(super) range: Option<Range>,
}

/// A message whose two fields make one value with limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Range {
    Timestamp,
    Duration,
}

/// The rules of one field.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) number: u32,
    pub(super) name: String,
    pub(super) json_name: String,
    pub(super) many: bool,
    /// The kinds of key and value, if the field is a map.
    pub(super) map: Option<Box<(Kind, Kind)>>,
    /// Whether a zero that is sent counts as a value.
    pub(super) presence: bool,
    pub(super) required: bool,
    pub(super) min_items: u32,
    pub(super) max_items: u32,
    pub(super) kind: Kind,
}

/// What a value may be.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    Text {
        min: u32,
        max: u32,
        format: Format,
    },
    Bytes {
        max: u32,
    },
    Number {
        wire: Number,
        min: Option<f64>,
        max: Option<f64>,
    },
    /// The numbers that exist, in increasing order.
    Enum(Vec<i32>),
    Message(usize),
    Group,
}

impl Rules {
    /// Reads the rules of every message; lists every rule that makes no sense.
    pub(super) fn compile(pool: &DescriptorPool) -> Result<Self, Vec<String>> {
        let by_name: HashMap<String, usize> = pool
            .all_messages()
            .enumerate()
            .map(|(i, m)| (m.full_name().to_owned(), i))
            .collect();
        let mut problems = Vec::new();
        let messages = pool
            .all_messages()
            .map(|m| message(pool, &m, &by_name, &mut problems))
            .collect();
        if problems.is_empty() {
            Ok(Self { messages, by_name })
        } else {
            Err(problems)
        }
    }

    pub(super) fn index(&self, full_name: &str) -> Option<usize> {
        self.by_name.get(full_name).copied()
    }

    pub(super) fn message(&self, index: usize) -> Option<&Message> {
        self.messages.get(index)
    }
}

impl Message {
    /// Finds a field's place by its number.
    pub(super) fn find(&self, number: u32) -> Option<usize> {
        self.fields.binary_search_by_key(&number, |f| f.number).ok()
    }

    /// Finds a field by either of its names.
    pub(super) fn named(&self, name: &str) -> Option<&Field> {
        self.fields
            .iter()
            .find(|f| f.name == name || f.json_name == name)
    }
}

fn message(
    pool: &DescriptorPool,
    descriptor: &MessageDescriptor,
    by_name: &HashMap<String, usize>,
    problems: &mut Vec<String>,
) -> Message {
    let range = match descriptor.full_name() {
        "google.protobuf.Timestamp" => Some(Range::Timestamp),
        "google.protobuf.Duration" => Some(Range::Duration),
        _ => None,
    };
    let ours = descriptor.package_name().starts_with("streamverse.");
    let mut fields: Vec<Field> = descriptor
        .fields()
        .map(|f| {
            let options =
                options::read::<FieldOptions>(pool, &f.options(), FIELD).unwrap_or_default();
            if let Err(problem) = sensible(&f, &options) {
                problems.push(format!("{}: {problem}", f.full_name()));
            }
            field(&f, &options, ours, by_name)
        })
        .collect();
    fields.sort_unstable_by_key(|f| f.number);
    Message { fields, range }
}

fn field(
    f: &FieldDescriptor,
    options: &FieldOptions,
    ours: bool,
    by_name: &HashMap<String, usize>,
) -> Field {
    let entry = match f.kind() {
        ProtoKind::Message(entry) if f.is_map() => Some(entry),
        _ => None,
    };
    let max_items = match options.max_items {
        0 if ours => MAX_ITEMS,
        0 => u32::MAX,
        most => most,
    };
    Field {
        number: f.number(),
        name: f.name().to_owned(),
        json_name: f.json_name().to_owned(),
        many: f.is_list() || f.is_map(),
        // The field's own rules count entries; keys and values obey the general ones.
        map: entry.map(|entry| {
            let general = FieldOptions::default();
            Box::new((
                kind(&entry.map_entry_key_field(), &general, ours, by_name),
                kind(&entry.map_entry_value_field(), &general, ours, by_name),
            ))
        }),
        presence: f.supports_presence(),
        required: options.required,
        min_items: options.min_items,
        max_items,
        kind: kind(f, options, ours, by_name),
    }
}

fn kind(
    f: &FieldDescriptor,
    options: &FieldOptions,
    ours: bool,
    by_name: &HashMap<String, usize>,
) -> Kind {
    let longest = match options.max_length {
        0 if ours => MAX_LENGTH,
        0 => u32::MAX,
        most => most,
    };
    let number = |wire| Kind::Number {
        wire,
        min: options.min,
        max: options.max,
    };
    match f.kind() {
        ProtoKind::String => Kind::Text {
            min: options.min_length,
            max: longest,
            format: if ours { options.format() } else { Format::Raw },
        },
        ProtoKind::Bytes => Kind::Bytes { max: longest },
        ProtoKind::Bool => number(Number::Bool),
        ProtoKind::Int32 => number(Number::Int32),
        ProtoKind::Int64 => number(Number::Int64),
        ProtoKind::Uint32 => number(Number::Uint32),
        ProtoKind::Uint64 => number(Number::Uint64),
        ProtoKind::Sint32 => number(Number::Sint32),
        ProtoKind::Sint64 => number(Number::Sint64),
        ProtoKind::Fixed32 => number(Number::Fixed32),
        ProtoKind::Sfixed32 => number(Number::Sfixed32),
        ProtoKind::Float => number(Number::Float),
        ProtoKind::Fixed64 => number(Number::Fixed64),
        ProtoKind::Sfixed64 => number(Number::Sfixed64),
        ProtoKind::Double => number(Number::Double),
        ProtoKind::Enum(of) => {
            let taken = |number: &i32| options.values.is_empty() || options.values.contains(number);
            let numbers = of.values().map(|v| v.number()).filter(taken);
            let mut numbers: Vec<i32> = numbers.collect();
            numbers.sort_unstable();
            Kind::Enum(numbers)
        }
        ProtoKind::Message(_) if f.is_group() => Kind::Group,
        ProtoKind::Message(of) => by_name
            .get(of.full_name())
            .map_or(Kind::Group, |i| Kind::Message(*i)),
    }
}

/// Says what makes no sense about a field's options.
fn sensible(f: &FieldDescriptor, options: &FieldOptions) -> Result<(), &'static str> {
    let text = matches!(f.kind(), ProtoKind::String);
    let sized = text || matches!(f.kind(), ProtoKind::Bytes);
    let number = !sized
        && !matches!(
            f.kind(),
            ProtoKind::Message(_) | ProtoKind::Enum(_) | ProtoKind::Bool
        );
    let many = f.is_list() || f.is_map();
    if Format::try_from(options.format).is_err() {
        Err("unknown format")
    } else if !text && (options.format() != Format::Unspecified || options.min_length > 0) {
        Err("format and min_length are for strings")
    } else if !sized && options.max_length > 0 {
        Err("max_length is for strings and bytes")
    } else if options.max_length > 0 && options.min_length > options.max_length {
        Err("min_length is above max_length")
    } else if !number && (options.min.is_some() || options.max.is_some()) {
        Err("min and max are for numbers")
    } else if matches!((options.min, options.max), (Some(min), Some(max)) if min > max) {
        Err("min is above max")
    } else if !matches!(f.kind(), ProtoKind::Enum(_)) && !options.values.is_empty() {
        Err("values are for enums")
    } else if !many && (options.min_items > 0 || options.max_items > 0) {
        Err("min_items and max_items are for lists and maps")
    } else if options.max_items > 0 && options.min_items > options.max_items {
        Err("min_items is above max_items")
    } else {
        Ok(())
    }
}
