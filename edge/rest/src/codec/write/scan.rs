//! The fast path: fields are written as they pass.

use super::{Stop, TOO_DEEP, Writer, Written};
use crate::codec::MessageId;
use crate::codec::format::wire::{self, Malformed};
use crate::codec::options::EnumStyle;
use crate::codec::table::{Field, Kind, Label, Message, Shape};

/// Fields and oneofs beyond this many have no mark of their own and are gathered when they do
/// not come in order.
const MARKS: usize = 128;

impl Writer<'_> {
    /// Writes a message as JSON.
    #[inline]
    pub(super) fn message(&mut self, id: MessageId, bytes: &[u8]) -> Written {
        let Some(depth) = self.depth.checked_sub(1) else {
            return Err(TOO_DEEP);
        };
        self.depth = depth;
        let codec = self.codec;
        let table = codec.table(id);
        let result = match table.shape {
            Shape::Plain => self.object(table, bytes),
            _ => self.known(table, bytes),
        };
        self.depth = depth + 1;
        if matches!(result, Err(Stop::Malformed(_) | Stop::Unprintable(_))) && self.blamed.is_none()
        {
            self.blamed = Some(id);
        }
        result
    }

    /// Writes the fields of a message as a JSON object.
    #[inline]
    pub(super) fn object(&mut self, table: &Message, bytes: &[u8]) -> Written {
        let open = self.out.len();
        self.members(table, bytes)?;
        // Every member brings a comma; the brace takes the place of the first.
        match self.out.get_mut(open) {
            Some(first) => *first = b'{',
            None => self.out.push(b'{'),
        }
        self.out.push(b'}');
        Ok(())
    }

    /// Writes the fields of a message, a comma before each.
    pub(super) fn members(&mut self, table: &Message, bytes: &[u8]) -> Written {
        if self.careful || table.has_required && table.fields.len() > MARKS {
            return self.gathered(table, bytes);
        }
        let mut wire = bytes;
        // The first field that has not been passed yet.
        let mut next = 0;
        let mut met = 0_u128;
        let mut met_oneofs = 0_u128;
        while !wire.is_empty() {
            let key = wire::key(&mut wire)?;
            let index = match table.fields.get(next) {
                Some(field) if field.key == key => next,
                _ => {
                    let Some(index) = table.field(key >> 3) else {
                        wire::raw(&mut wire, key, self.depth)?;
                        continue;
                    };
                    index
                }
            };
            let field = &table.fields[index];
            let packed = field.key != key;
            if packed && !is_packed(field, key) {
                // Another wire type than declared: an unknown field.
                wire::raw(&mut wire, key, self.depth)?;
                continue;
            }
            if index >= next {
                if self.options.defaults {
                    self.defaults(&table.fields[next..index]);
                }
                next = index + 1;
            } else if !self.may_come_late(field, index, met) {
                return Err(Stop::Unordered);
            }
            if index < MARKS {
                met |= 1 << index;
            }
            if let Some(oneof) = field.oneof {
                let mark = 1_u128.checked_shl(u32::from(oneof)).unwrap_or(0);
                if mark == 0 || met_oneofs & mark != 0 {
                    return Err(Stop::Unordered);
                }
                met_oneofs |= mark;
            }
            self.field(field, packed, &mut wire)?;
        }
        if self.options.defaults {
            self.defaults(&table.fields[next..]);
        }
        if table.has_required {
            check_required(table, |index| met >> index & 1 != 0)?;
        }
        Ok(())
    }

    /// Whether a field that comes after one with a higher number can still be written: members
    /// of a oneof do, as some encoders write them where its first member stands.
    fn may_come_late(&self, field: &Field, index: usize, met: u128) -> bool {
        let default_written = self.options.defaults && field.label != Label::Explicit;
        index < MARKS && met >> index & 1 == 0 && !default_written
    }

    /// Writes a field, all of its values if it is a list or map.
    #[inline]
    fn field(&mut self, field: &Field, packed: bool, wire: &mut &[u8]) -> Written {
        if field.label == Label::Implicit
            && !self.options.defaults
            && value_is_default(field.kind, wire)
        {
            wire::raw(wire, field.key, self.depth)?;
            return Ok(());
        }
        let before = self.out.len();
        self.member(field);
        if !self.bare(field, packed, wire)? && !self.options.defaults {
            self.out.truncate(before);
        }
        Ok(())
    }

    /// Writes the value of a field without its name, and says whether it is more than an empty
    /// list.
    #[inline]
    fn bare(&mut self, field: &Field, packed: bool, wire: &mut &[u8]) -> Result<bool, Stop> {
        match field.label {
            Label::Implicit | Label::Explicit => self.value(field.kind, wire)?,
            Label::Map { key } => self.entries(field, key, wire)?,
            Label::List { .. } => return self.list(field, packed, wire),
        }
        Ok(true)
    }

    fn list(&mut self, field: &Field, packed: bool, wire: &mut &[u8]) -> Result<bool, Stop> {
        self.out.push(b'[');
        let start = self.out.len();
        self.values(field.kind, packed, wire)?;
        let tag = if packed {
            &field.packed_tag
        } else {
            &field.tag
        };
        while let Some(rest) = tag.strip(wire) {
            *wire = rest;
            self.comma(start);
            self.values(field.kind, packed, wire)?;
        }
        Ok(self.close_list(start))
    }

    /// Writes the value of one field of a message, and nothing else of it.
    pub(super) fn only(&mut self, table: &Message, field: &Field, bytes: &[u8]) -> Written {
        if self.careful {
            return self.only_gathered(table, field, bytes);
        }
        let mut wire = bytes;
        let mut met = false;
        while !wire.is_empty() {
            let key = wire::key(&mut wire)?;
            if key == field.key || is_packed(field, key) && key >> 3 == field.number {
                if met || field.oneof.is_some() {
                    return Err(Stop::Unordered);
                }
                met = true;
                self.bare(field, key != field.key, &mut wire)?;
            } else {
                wire::raw(&mut wire, key, self.depth)?;
            }
        }
        if met { Ok(()) } else { self.absent(field) }
    }

    /// Writes what stands for a field that is not there.
    pub(super) fn absent(&mut self, field: &Field) -> Written {
        match (field.label, field.kind) {
            (Label::Implicit | Label::Explicit, Kind::Message(id) | Kind::Group(id, _)) => {
                match self.codec.table(id).shape {
                    Shape::Plain | Shape::Empty | Shape::Struct | Shape::ListValue => {
                        return self.message(id, &[]);
                    }
                    _ => self.out.extend_from_slice(b"null"),
                }
            }
            _ => self.default(field),
        }
        Ok(())
    }

    /// Writes one value of a list, or all of a packed stretch.
    #[inline]
    fn values(&mut self, kind: Kind, packed: bool, wire: &mut &[u8]) -> Written {
        if !packed {
            return self.value(kind, wire);
        }
        let mut stretch = wire::delimited(wire)?;
        while !stretch.is_empty() {
            self.value(kind, &mut stretch)?;
            if !stretch.is_empty() {
                self.out.push(b',');
            }
        }
        Ok(())
    }

    /// Separates what follows from the values of the list that starts at `start`.
    #[inline]
    pub(super) fn comma(&mut self, start: usize) {
        if self.out.len() > start && !self.out.ends_with(b",") {
            self.out.push(b',');
        }
    }

    /// Closes the list that starts at `start`, and says whether it holds anything.
    #[inline]
    pub(super) fn close_list(&mut self, start: usize) -> bool {
        // An empty packed stretch leaves its comma.
        if self.out.ends_with(b",") {
            self.out.pop();
        }
        let some = self.out.len() > start;
        self.out.push(b']');
        some
    }

    /// Writes a comma and the key of a member.
    #[inline]
    pub(super) fn member(&mut self, field: &Field) {
        let key = if self.options.preserve_names {
            &field.proto_key
        } else {
            &field.json_key
        };
        key.put(self.out);
    }

    /// Writes the defaults of those fields that have no presence.
    #[inline]
    pub(super) fn defaults(&mut self, fields: &[Field]) {
        for field in fields {
            if field.label != Label::Explicit && !field.extension {
                self.member(field);
                self.default(field);
            }
        }
    }

    /// Writes the default of a field.
    pub(super) fn default(&mut self, field: &Field) {
        let text = match (field.label, field.kind) {
            (Label::List { .. }, _) => "[]",
            (Label::Map { .. }, _) => "{}",
            (_, Kind::Enum(index)) => return self.enum_name(index, 0),
            (_, kind) => default_text(kind),
        };
        self.out.extend_from_slice(text.as_bytes());
    }

    /// Writes the name of an enum value, or its number where it is unknown.
    #[inline]
    pub(super) fn enum_name(&mut self, index: u32, number: i32) {
        let style: EnumStyle = self.options.enum_style;
        match self.codec.enums[index as usize].spelling(number, style) {
            Some(name) => self.out.extend_from_slice(name.as_bytes()),
            None => crate::codec::format::number::put_integer(self.out, number),
        }
    }
}

/// Whether the key is that of many values of the field under one length.
#[inline]
pub(super) fn is_packed(field: &Field, key: u32) -> bool {
    key & 7 == wire::LEN && matches!(field.label, Label::List { .. }) && field.kind.packable()
}

/// The JSON of the default of a value that is no enum.
pub(super) fn default_text(kind: Kind) -> &'static str {
    match kind {
        Kind::Int64 | Kind::Uint64 | Kind::Sint64 | Kind::Fixed64 | Kind::Sfixed64 => "\"0\"",
        Kind::Bool => "false",
        Kind::String | Kind::Bytes => "\"\"",
        Kind::Null | Kind::Message(_) | Kind::Group(..) => "null",
        _ => "0",
    }
}

/// Whether the value at the front of the wire is the default of its kind.
#[inline]
pub(super) fn value_is_default(kind: Kind, wire: &[u8]) -> bool {
    match kind.wire_type() {
        wire::FIXED64 => wire.starts_with(&[0; 8]),
        wire::FIXED32 => wire.starts_with(&[0; 4]),
        _ => match wire.first() {
            Some(0) => true,
            Some(0x80) => wire::varint(&mut &*wire) == Ok(0),
            _ => false,
        },
    }
}

/// Refuses a message that lacks a required field.
#[cold]
pub(super) fn check_required(table: &Message, met: impl Fn(usize) -> bool) -> Written {
    let mut required = table
        .fields
        .iter()
        .enumerate()
        .filter(|(_, field)| field.required);
    if required.all(|(index, _)| met(index)) {
        return Ok(());
    }
    Err(Stop::Malformed(Malformed::RequiredMissing))
}
