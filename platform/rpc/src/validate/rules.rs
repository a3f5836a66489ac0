//! The rules of all messages, read from their options.

use std::collections::HashMap;

use prost_reflect::{DescriptorPool, FieldDescriptor, Kind as ProtoKind, MessageDescriptor};
use sv_proto::options::{Field as FieldOptions, Format, Within};

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
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one word of the option"
)]
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
    pub(super) absent: bool,
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
        /// The only texts that are taken, in both spellings; none where any is.
        words: Option<Box<Words>>,
        /// Whether a text of which nothing is seen counts as none.
        shown: bool,
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

/// The words that a text may be.
#[derive(Clone, Debug)]
pub(super) struct Words {
    /// As the proto has them.
    offered: Vec<String>,
    /// In JSON's spelling, where it differs.
    camel: Vec<String>,
}

impl Words {
    /// Reads the option; `None` where it says nothing.
    fn of(words: &[String]) -> Option<Box<Self>> {
        let camel = words.iter().map(|word| camel(word));
        let offered = words.to_vec();
        (!words.is_empty()).then(|| {
            Box::new(Self {
                camel: camel.filter(|word| !words.contains(word)).collect(),
                offered,
            })
        })
    }

    pub(super) fn take(&self, text: &str) -> bool {
        self.offered.iter().chain(&self.camel).any(|w| w == text)
    }

    /// Lists them for people.
    pub(super) fn list(&self) -> String {
        self.offered.join(", ")
    }
}

/// `-release_date` becomes `-releaseDate`, as protobuf makes JSON's names.
fn camel(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    let mut raise = false;
    for c in word.chars() {
        match c {
            '_' => raise = true,
            c if raise => {
                out.push(c.to_ascii_uppercase());
                raise = false;
            }
            c => out.push(c),
        }
    }
    out
}

impl Rules {
    /// Reads the rules of every message; lists every rule that makes no sense.
    pub(super) fn compile(pool: &DescriptorPool) -> Result<Self, Vec<String>> {
        let by_name: HashMap<String, usize> = pool
            .all_messages()
            .enumerate()
            .map(|(i, m)| (m.full_name().to_owned(), i))
            .collect();
        let mut compile = Compile {
            pool,
            by_name: &by_name,
            places: HashMap::new(),
            narrowed: Vec::new(),
            problems: Vec::new(),
        };
        let mut messages: Vec<_> = pool
            .all_messages()
            .map(|m| Some(compile.message(&m, &[])))
            .collect();
        messages.extend(compile.narrowed);
        if compile.problems.is_empty() {
            let messages = messages.into_iter().flatten().collect();
            Ok(Self { messages, by_name })
        } else {
            Err(compile.problems)
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

/// What is known while the rules are read.
struct Compile<'p> {
    pool: &'p DescriptorPool,
    by_name: &'p HashMap<String, usize>,
    /// Where fields that say something of what stands within have their message's rules.
    places: HashMap<String, usize>,
    /// The rules of messages in such places, behind those of all messages; none while they are read.
    narrowed: Vec<Option<Message>>,
    problems: Vec<String>,
}

impl Compile<'_> {
    fn message(&mut self, descriptor: &MessageDescriptor, within: &[Within]) -> Message {
        let range = match descriptor.full_name() {
            "google.protobuf.Timestamp" => Some(Range::Timestamp),
            "google.protobuf.Duration" => Some(Range::Duration),
            _ => None,
        };
        let ours = descriptor.package_name().starts_with("streamverse.");
        let mut fields: Vec<Field> = descriptor
            .fields()
            .map(|f| {
                let here = within.iter().find(|within| within.field == f.name());
                let options = match here {
                    Some(here) => here.rules.clone().unwrap_or_default(),
                    None => options::read::<FieldOptions>(self.pool, &f.options(), FIELD)
                        .unwrap_or_default(),
                };
                if let Err(problem) = sensible(&f, &options) {
                    self.problems.push(format!("{}: {problem}", f.full_name()));
                }
                self.field(&f, &options, ours)
            })
            .collect();
        fields.sort_unstable_by_key(|f| f.number);
        Message { fields, range }
    }

    fn field(&mut self, f: &FieldDescriptor, options: &FieldOptions, ours: bool) -> Field {
        let entry = match f.kind() {
            ProtoKind::Message(entry) if f.is_map() => Some(entry),
            _ => None,
        };
        let max_items = match options.max_items {
            0 if ours => MAX_ITEMS,
            0 => u32::MAX,
            most => most,
        };
        let kind = match f.kind() {
            ProtoKind::Message(of) if !options.within.is_empty() => {
                Kind::Message(self.narrowed(f, &of, &options.within))
            }
            _ => kind(f, options, ours, self.by_name),
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
                    self::kind(&entry.map_entry_key_field(), &general, ours, self.by_name),
                    self::kind(&entry.map_entry_value_field(), &general, ours, self.by_name),
                ))
            }),
            presence: f.supports_presence(),
            required: options.required,
            absent: options.absent,
            min_items: options.min_items,
            max_items,
            kind,
        }
    }

    /// Returns where the rules of a message are that hold in one field.
    fn narrowed(
        &mut self,
        f: &FieldDescriptor,
        of: &MessageDescriptor,
        within: &[Within],
    ) -> usize {
        if let Some(known) = self.places.get(f.full_name()) {
            return *known;
        }
        let place = self.narrowed.len();
        let index = self.by_name.len() + place;
        self.places.insert(f.full_name().to_owned(), index);
        self.narrowed.push(None);
        let message = self.message(of, within);
        self.narrowed[place] = Some(message);
        index
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
            words: Words::of(&options.words),
            format: if ours { options.format() } else { Format::Raw },
            shown: ours && options.required && options.format() != Format::Raw,
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

/// Says what makes no sense about the rules within a field.
fn sensible_within(f: &FieldDescriptor, within: &[Within]) -> Result<(), &'static str> {
    let of = match f.kind() {
        ProtoKind::Message(of) if !f.is_map() => of,
        _ if within.is_empty() => return Ok(()),
        _ => return Err("within is for messages"),
    };
    for here in within {
        if of.get_field_by_name(&here.field).is_none() {
            return Err("within names a field that the message does not have");
        } else if here
            .rules
            .as_ref()
            .is_none_or(|rules| !rules.within.is_empty())
        {
            return Err("within has rules, and none of those has any within");
        }
    }
    Ok(())
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
    } else if !text && !options.words.is_empty() {
        Err("words are for strings")
    } else if options.required && options.absent {
        Err("what is required cannot be absent")
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
        sensible_within(f, &options.within)
    }
}
