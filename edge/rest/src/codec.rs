//! JSON to protobuf bytes and back, by tables compiled from descriptors.
//!
//! The mapping is protobuf's own JSON mapping (<https://protobuf.dev/programming-guides/json/>).

mod error;
mod format;
mod hash;
mod options;
mod read;
mod table;
#[cfg(test)]
mod tests;
mod write;

pub use error::{CompileErrors, JsonError, WireError, WireErrorKind};
pub use options::{DEPTH_LIMIT, EnumStyle, ReadOptions, WriteOptions};
pub use read::Seen;

use prost_reflect::DescriptorPool;
use std::collections::HashMap;
use table::{Enum, Message};

/// A message type of a [`Codec`], resolved once at start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MessageId(u32);

/// The compiled tables of all messages of a descriptor pool.
#[derive(Debug)]
pub struct Codec {
    messages: Vec<Message>,
    enums: Vec<Enum>,
    ids: HashMap<Box<str>, MessageId>,
}

impl Codec {
    /// Compiles the tables of every message in the pool.
    pub fn compile(pool: &DescriptorPool) -> Result<Self, CompileErrors> {
        let table::Tables {
            messages,
            enums,
            ids,
        } = table::compile(pool)?;
        Ok(Self {
            messages,
            enums,
            ids,
        })
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
        options: &ReadOptions,
    ) -> Result<Seen, JsonError> {
        read::message(self, message, json, out, *options)
    }

    /// Appends one field, tag included, from the JSON of its value alone: what a route with
    /// `body: "content"` receives. Lists and maps come whole; `null` is the absence of the field.
    pub fn json_to_wire_field(
        &self,
        message: MessageId,
        field: u32,
        json: &[u8],
        out: &mut Vec<u8>,
        options: &ReadOptions,
    ) -> Result<Seen, JsonError> {
        let table = self.table(message);
        let index = table.field(field).ok_or_else(unknown_field)?;
        read::field(self, &table.fields[index], json, out, *options)
    }

    /// Appends one value of a field, tag included, from the text of a path variable or query
    /// parameter: scalars, enums, wrappers, and the well-known types that JSON spells as a
    /// string; a field mask also with the names of the proto file. One text is one element where
    /// the field is a list. A default is written too, so that it wins over what stands before it.
    pub fn text_to_wire(
        &self,
        message: MessageId,
        field: u32,
        text: &str,
        out: &mut Vec<u8>,
        options: &ReadOptions,
    ) -> Result<(), JsonError> {
        let table = self.table(message);
        let index = table.field(field).ok_or_else(unknown_field)?;
        read::text(self, &table.fields[index], text, out, *options)
    }

    /// Appends the JSON form of wire bytes to `out`; on an error `out` is as before.
    pub fn wire_to_json(
        &self,
        message: MessageId,
        wire: &[u8],
        out: &mut Vec<u8>,
        options: &WriteOptions,
    ) -> Result<(), WireError> {
        write::message(self, message, wire, out, *options)
    }

    /// Appends the JSON of one field's value alone: what a route with `response_body: "items"`
    /// answers. An absent field is its default: an empty message, list or map, or `null` for a
    /// well-known type that JSON spells otherwise.
    pub fn wire_to_json_field(
        &self,
        message: MessageId,
        field: u32,
        wire: &[u8],
        out: &mut Vec<u8>,
        options: &WriteOptions,
    ) -> Result<(), WireError> {
        let table = self.table(message);
        let unknown = || WireError::malformed("no such field", &table.full_name);
        let index = table.field(field).ok_or_else(unknown)?;
        write::field(self, message, &table.fields[index], wire, out, *options)
    }

    #[inline]
    fn table(&self, message: MessageId) -> &Message {
        &self.messages[message.0 as usize]
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
