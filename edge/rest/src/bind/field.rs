//! Fields that a path variable, a query parameter or a body fills.

use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor};

use super::wire;
use crate::codec::{Codec, JsonError, MessageId, ReadOptions};

/// The deepest dotted name that is followed.
const MAX_DEPTH: usize = 32;

/// A message on the way to a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Parent {
    pub(crate) number: u32,
    /// Whether it is a group of proto2, which stands between two tags.
    pub(crate) is_group: bool,
}

/// A field somewhere below a request message, resolved against the descriptors.
#[derive(Clone, Debug)]
pub(crate) struct FieldRef {
    /// Names from the request message down, as the proto file spells them.
    pub(crate) names: Vec<String>,
    /// The messages that lead to the field.
    pub(crate) parents: Vec<Parent>,
    /// The message that has the field.
    pub(crate) owner: MessageId,
    /// The field itself.
    pub(crate) descriptor: FieldDescriptor,
}

impl FieldRef {
    /// Finds a field by its dotted path, in either spelling of each name.
    pub(crate) fn resolve<'n>(
        codec: &Codec,
        message: &MessageDescriptor,
        names: impl Iterator<Item = &'n str>,
    ) -> Result<Self, &'static str> {
        let mut owner = message.clone();
        let mut parents = Vec::new();
        let mut path = Vec::new();
        let mut names = names.peekable();
        while let Some(name) = names.next() {
            let field = owner
                .get_field_by_name(name)
                .or_else(|| owner.get_field_by_json_name(name))
                .ok_or("there is no such field")?;
            path.push(field.name().to_owned());
            if names.peek().is_none() {
                return Ok(Self {
                    names: path,
                    parents,
                    owner: codec
                        .message(owner.full_name())
                        .ok_or("its message is unknown")?,
                    descriptor: field,
                });
            }
            owner = match field.kind() {
                Kind::Message(inner) if !field.is_list() && !field.is_map() => inner,
                _ => return Err("only single messages have fields that a name can reach"),
            };
            parents.push(Parent {
                number: field.number(),
                is_group: field.is_group(),
            });
            if parents.len() >= MAX_DEPTH {
                return Err("the name is too deep");
            }
        }
        Err("the name is empty")
    }

    /// Returns the dotted path in proto names.
    pub(crate) fn path(&self) -> String {
        self.names.join(".")
    }

    /// Says whether a dotted path in proto names leads to the field, or to one within it.
    pub(crate) fn is_or_holds(&self, path: &str) -> bool {
        let rest = path.strip_prefix(&self.path());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }

    /// Returns the numbers from the request message down to the field.
    pub(crate) fn numbers(&self) -> Vec<u32> {
        let parents = self.parents.iter().map(|parent| parent.number);
        parents.chain([self.descriptor.number()]).collect()
    }

    /// Says whether a text can fill the field, or one element of it.
    pub(crate) fn takes_text(&self) -> bool {
        match self.descriptor.kind() {
            Kind::Message(message) => {
                !self.descriptor.is_map() && is_text_message(message.full_name())
            }
            _ => true,
        }
    }

    /// Appends the wire form of the field with the text's value.
    pub(crate) fn write_text(
        &self,
        codec: &Codec,
        text: &str,
        out: &mut Vec<u8>,
        options: ReadOptions,
    ) -> Result<(), JsonError> {
        let mut field = Vec::new();
        let number = self.descriptor.number();
        codec.text_to_wire(self.owner, number, text, &mut field, &options)?;
        self.wrap(field, out);
        Ok(())
    }

    /// Appends the wire form of the field with the value of a JSON document.
    pub(crate) fn write_json(
        &self,
        codec: &Codec,
        json: &str,
        out: &mut Vec<u8>,
        options: ReadOptions,
    ) -> Result<(), JsonError> {
        let mut field = Vec::new();
        let number = self.descriptor.number();
        codec.json_to_wire_field(self.owner, number, json.as_bytes(), &mut field, &options)?;
        self.wrap(field, out);
        Ok(())
    }

    /// Appends the field within the messages that lead to it.
    fn wrap(&self, mut field: Vec<u8>, out: &mut Vec<u8>) {
        for parent in self.parents.iter().rev() {
            field = if parent.is_group {
                wire::group_field(parent.number, &field)
            } else {
                wire::bytes_field(parent.number, &field)
            };
        }
        out.extend_from_slice(&field);
    }
}

/// Well-known types whose JSON is a string or a scalar.
pub(crate) fn is_text_message(full_name: &str) -> bool {
    let Some(name) = full_name.strip_prefix("google.protobuf.") else {
        return false;
    };
    matches!(name, "Timestamp" | "Duration" | "FieldMask")
        || name.ends_with("Value") && name != "Value" && name != "ListValue"
}
