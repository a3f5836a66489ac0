//! JSON to protobuf bytes and back, by tables compiled from descriptors.
//!
//! The mapping is protobuf's own JSON mapping (<https://protobuf.dev/programming-guides/json/>).

mod error;
mod options;

pub use error::{CompileErrors, JsonError, WireError};
pub use options::{DEPTH_LIMIT, EnumStyle, ReadOptions, WriteOptions};

use prost_reflect::prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor};
use std::collections::HashMap;

/// A message type of a [`Codec`], resolved once at start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MessageId(u32);

/// The fields that a JSON document named, for update masks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    paths: Vec<String>,
}

impl Seen {
    /// The paths in proto names (`content.release_date`), in the order of the JSON: leaves of
    /// singular messages, and whole lists, maps and well-known types. Empty unless asked for
    /// by [`ReadOptions::record_seen`].
    pub fn paths(&self) -> &[String] {
        &self.paths
    }
}

/// The compiled tables of all messages of a descriptor pool.
#[derive(Debug)]
pub struct Codec {
    messages: Vec<MessageDescriptor>,
    ids: HashMap<String, MessageId>,
}

impl Codec {
    /// Compiles the tables of every message in the pool.
    pub fn compile(pool: &DescriptorPool) -> Result<Self, CompileErrors> {
        let messages: Vec<_> = pool.all_messages().collect();
        let ids = (0u32..)
            .zip(&messages)
            .map(|(index, message)| (message.full_name().to_owned(), MessageId(index)))
            .collect();
        Ok(Self { messages, ids })
    }

    /// Finds a message by its full name (`streamverse.content.v1.Content`).
    pub fn message(&self, full_name: &str) -> Option<MessageId> {
        self.ids.get(full_name).copied()
    }

    /// Appends the wire form of a JSON document to `out`; on an error `out` is as before.
    pub fn json_to_wire(
        &self,
        message: MessageId,
        json: &[u8],
        out: &mut Vec<u8>,
        _options: &ReadOptions,
    ) -> Result<Seen, JsonError> {
        let mut source = serde_json::Deserializer::from_slice(json);
        let value = DynamicMessage::deserialize(self.descriptor(message), &mut source);
        let value = value.and_then(|value| source.end().map(|()| value));
        let value = value.map_err(|error| JsonError {
            path: String::new(),
            line: u32::try_from(error.line()).unwrap_or(u32::MAX),
            column: u32::try_from(error.column()).unwrap_or(u32::MAX),
            problem: error.to_string(),
        })?;
        out.extend_from_slice(&value.encode_to_vec());
        Ok(Seen::default())
    }

    /// Appends the JSON form of wire bytes to `out`; on an error `out` is as before.
    pub fn wire_to_json(
        &self,
        message: MessageId,
        wire: &[u8],
        out: &mut Vec<u8>,
        options: &WriteOptions,
    ) -> Result<(), WireError> {
        let descriptor = self.descriptor(message);
        let name = descriptor.full_name().to_owned();
        let failed = |problem| WireError {
            problem,
            message: name.clone(),
        };
        let value =
            DynamicMessage::decode(descriptor, wire).map_err(|_| failed("malformed bytes"))?;
        let style = prost_reflect::SerializeOptions::new()
            .use_proto_field_name(options.preserve_names)
            .skip_default_fields(!options.defaults);
        let mut json = serde_json::Serializer::new(Vec::new());
        value
            .serialize_with_options(&mut json, &style)
            .map_err(|_| failed("a value that JSON cannot carry"))?;
        out.extend_from_slice(&json.into_inner());
        Ok(())
    }

    /// Appends one field, tag included, from the JSON of its value alone: what a route with
    /// `body: "content"` receives. Lists and maps come whole.
    pub fn json_to_wire_field(
        &self,
        message: MessageId,
        field: u32,
        json: &[u8],
        out: &mut Vec<u8>,
        options: &ReadOptions,
    ) -> Result<Seen, JsonError> {
        let Some(field) = self.descriptor(message).get_field(field) else {
            return Err(unknown_field());
        };
        let mut whole = format!("{{\"{}\":", field.json_name()).into_bytes();
        whole.extend_from_slice(json);
        whole.push(b'}');
        self.json_to_wire(message, &whole, out, options)
    }

    /// Appends one field, tag included, from the text of a path variable or query parameter:
    /// scalars, enums, and the well-known types that JSON spells as a string or a scalar. One
    /// text is one element where the field is a list. A default value is written too, so that it
    /// wins over what stands before it.
    pub fn text_to_wire(
        &self,
        message: MessageId,
        field: u32,
        text: &str,
        out: &mut Vec<u8>,
        options: &ReadOptions,
    ) -> Result<(), JsonError> {
        let Some(descriptor) = self.descriptor(message).get_field(field) else {
            return Err(unknown_field());
        };
        let mut json = match descriptor.kind() {
            prost_reflect::Kind::Bool => text.to_owned(),
            _ => serde_json::Value::from(text).to_string(),
        };
        if descriptor.is_list() {
            json = format!("[{json}]");
        }
        self.json_to_wire_field(message, field, json.as_bytes(), out, options)
            .map(|_| ())
    }

    /// Appends the JSON of one field's value alone: what a route with `response_body: "items"`
    /// answers. An absent field is its default, `{}` for a message.
    pub fn wire_to_json_field(
        &self,
        message: MessageId,
        field: u32,
        wire: &[u8],
        out: &mut Vec<u8>,
        options: &WriteOptions,
    ) -> Result<(), WireError> {
        let descriptor = self.descriptor(message);
        let failed = || WireError {
            problem: "unknown field",
            message: descriptor.full_name().to_owned(),
        };
        let field = descriptor.get_field(field).ok_or_else(failed)?;
        let mut json = Vec::new();
        let options = WriteOptions {
            defaults: true,
            ..*options
        };
        self.wire_to_json(message, wire, &mut json, &options)?;
        let json: serde_json::Value = serde_json::from_slice(&json).map_err(|_| failed())?;
        let name = if options.preserve_names {
            field.name()
        } else {
            field.json_name()
        };
        let value = json
            .get(name)
            .cloned()
            .unwrap_or_else(|| serde_json::json!({}));
        out.extend_from_slice(value.to_string().as_bytes());
        Ok(())
    }

    fn descriptor(&self, message: MessageId) -> MessageDescriptor {
        self.messages[message.0 as usize].clone()
    }
}

fn unknown_field() -> JsonError {
    JsonError {
        path: String::new(),
        problem: "unknown field".into(),
        line: 1,
        column: 1,
    }
}
