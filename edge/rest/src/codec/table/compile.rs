//! Builds the tables from descriptors.

use super::{Enum, Field, Key, Kind, Label, Message, Names, Numbers, Shape, Tag};
use crate::codec::{CompileErrors, MessageId};
use prost_reflect::{
    Cardinality, DescriptorPool, EnumDescriptor, ExtensionDescriptor, FieldDescriptor,
    MessageDescriptor,
};
use std::collections::HashMap;

/// All messages and enums of a pool, each in the order of the pool.
pub(in crate::codec) struct Tables {
    pub(in crate::codec) messages: Vec<Message>,
    pub(in crate::codec) enums: Vec<Enum>,
    pub(in crate::codec) ids: HashMap<Box<str>, MessageId>,
}

/// Builds the tables of a pool, or reports all that is wrong with it.
pub(in crate::codec) fn compile(pool: &DescriptorPool) -> Result<Tables, CompileErrors> {
    let mut builder = Builder {
        ids: (0..)
            .zip(pool.all_messages())
            .map(|(index, message)| (message.full_name().into(), MessageId(index)))
            .collect(),
        enums: (0..)
            .zip(pool.all_enums())
            .map(|(index, item)| (item.full_name().into(), index))
            .collect(),
        errors: Vec::new(),
    };
    let messages = pool
        .all_messages()
        .map(|message| builder.message(&message))
        .collect();
    let enums = pool.all_enums().map(|item| Enum::new(&item)).collect();
    if !builder.errors.is_empty() {
        return Err(CompileErrors(builder.errors));
    }
    Ok(Tables {
        messages,
        enums,
        ids: builder.ids,
    })
}

struct Builder {
    ids: HashMap<Box<str>, MessageId>,
    enums: HashMap<Box<str>, u32>,
    errors: Vec<String>,
}

impl Builder {
    fn message(&mut self, message: &MessageDescriptor) -> Message {
        let mut fields: Vec<Field> = message.fields().map(|field| self.field(&field)).collect();
        fields.extend(
            message
                .extensions()
                .map(|extension| self.extension(&extension)),
        );
        fields.sort_by_key(|field| field.number);
        if fields.len() >= usize::from(u16::MAX) {
            self.errors
                .push(format!("{} has too many fields", message.full_name()));
            fields.clear();
        }
        // A JSON name wins over another field's proto name.
        let json = (0..)
            .zip(&fields)
            .map(|(index, field)| (field.json_name.clone(), index));
        let proto = (0..).zip(&fields).filter(|(_, field)| !field.extension);
        let proto = proto.map(|(index, field)| (field.proto_name.clone(), index));
        Message {
            full_name: message.full_name().into(),
            shape: shape(message.full_name()),
            names: Names::new(json.chain(proto)),
            numbers: Numbers::new(&fields),
            oneofs: message.oneofs().map(|oneof| oneof.name().into()).collect(),
            has_required: fields.iter().any(|field| field.required),
            fields: fields.into(),
        }
    }

    fn field(&mut self, field: &FieldDescriptor) -> Field {
        let kind = self.kind(&field.kind(), field.is_group().then(|| field.number()));
        let oneof = field
            .containing_oneof()
            .filter(|oneof| !oneof.is_synthetic());
        let oneof = oneof.and_then(|oneof| {
            let mut all = oneof.parent_message().oneofs();
            all.position(|known| known.name() == oneof.name())
        });
        let (label, kind) = if field.is_map() {
            self.map(&field.kind(), kind)
        } else if field.is_list() {
            (
                Label::List {
                    packed: field.is_packed(),
                },
                kind,
            )
        } else if field.supports_presence() {
            (Label::Explicit, kind)
        } else {
            (Label::Implicit, kind)
        };
        Field {
            oneof: oneof.and_then(|index| u16::try_from(index).ok()),
            required: field.cardinality() == Cardinality::Required,
            ..new_field(field.number(), label, kind, field.name(), field.json_name())
        }
    }

    fn extension(&mut self, field: &ExtensionDescriptor) -> Field {
        let kind = self.kind(&field.kind(), field.is_group().then(|| field.number()));
        let packed = field.is_packed();
        let label = if field.is_list() {
            Label::List { packed }
        } else {
            Label::Explicit
        };
        Field {
            extension: true,
            ..new_field(
                field.number(),
                label,
                kind,
                field.json_name(),
                field.json_name(),
            )
        }
    }

    fn map(&mut self, entry: &prost_reflect::Kind, whole: Kind) -> (Label, Kind) {
        let Some(entry) = entry.as_message() else {
            return (Label::List { packed: false }, whole);
        };
        let key = self.kind(&entry.map_entry_key_field().kind(), None);
        let value = self.kind(&entry.map_entry_value_field().kind(), None);
        (Label::Map { key }, value)
    }

    fn kind(&mut self, kind: &prost_reflect::Kind, group: Option<u32>) -> Kind {
        match kind {
            prost_reflect::Kind::Double => Kind::Double,
            prost_reflect::Kind::Float => Kind::Float,
            prost_reflect::Kind::Int32 => Kind::Int32,
            prost_reflect::Kind::Int64 => Kind::Int64,
            prost_reflect::Kind::Uint32 => Kind::Uint32,
            prost_reflect::Kind::Uint64 => Kind::Uint64,
            prost_reflect::Kind::Sint32 => Kind::Sint32,
            prost_reflect::Kind::Sint64 => Kind::Sint64,
            prost_reflect::Kind::Fixed32 => Kind::Fixed32,
            prost_reflect::Kind::Fixed64 => Kind::Fixed64,
            prost_reflect::Kind::Sfixed32 => Kind::Sfixed32,
            prost_reflect::Kind::Sfixed64 => Kind::Sfixed64,
            prost_reflect::Kind::Bool => Kind::Bool,
            prost_reflect::Kind::String => Kind::String,
            prost_reflect::Kind::Bytes => Kind::Bytes,
            prost_reflect::Kind::Enum(item) => self.enumeration(item),
            prost_reflect::Kind::Message(message) => {
                let id = self
                    .ids
                    .get(message.full_name())
                    .copied()
                    .unwrap_or_else(|| {
                        self.errors
                            .push(format!("{} is not in the pool", message.full_name()));
                        MessageId(0)
                    });
                group.map_or(Kind::Message(id), |number| Kind::Group(id, number))
            }
        }
    }

    fn enumeration(&mut self, item: &EnumDescriptor) -> Kind {
        if item.full_name() == "google.protobuf.NullValue" {
            return Kind::Null;
        }
        Kind::Enum(
            self.enums
                .get(item.full_name())
                .copied()
                .unwrap_or_else(|| {
                    self.errors
                        .push(format!("{} is not in the pool", item.full_name()));
                    0
                }),
        )
    }
}

fn new_field(number: u32, label: Label, kind: Kind, proto_name: &str, json_name: &str) -> Field {
    let wire_type = match label {
        Label::Map { .. } => crate::codec::format::wire::LEN,
        _ => kind.wire_type(),
    };
    let key = number << 3 | wire_type;
    Field {
        number,
        label,
        kind,
        key,
        tag: Tag::new(key),
        packed_tag: Tag::new(number << 3 | crate::codec::format::wire::LEN),
        oneof: None,
        required: false,
        extension: false,
        json_name: json_name.into(),
        proto_name: proto_name.into(),
        json_key: Key::new(json_name),
        proto_key: Key::new(proto_name),
    }
}

fn shape(full_name: &str) -> Shape {
    let Some(name) = full_name.strip_prefix("google.protobuf.") else {
        return Shape::Plain;
    };
    match name {
        "Any" => Shape::Any,
        "Duration" => Shape::Duration,
        "Empty" => Shape::Empty,
        "FieldMask" => Shape::FieldMask,
        "ListValue" => Shape::ListValue,
        "Struct" => Shape::Struct,
        "Timestamp" => Shape::Timestamp,
        "Value" => Shape::Value,
        "BoolValue" | "BytesValue" | "DoubleValue" | "FloatValue" | "Int32Value" | "Int64Value"
        | "StringValue" | "UInt32Value" | "UInt64Value" => Shape::Wrapper,
        _ => Shape::Plain,
    }
}
