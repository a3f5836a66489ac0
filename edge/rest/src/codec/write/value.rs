//! One value of a field.

use super::{NOT_UTF8, Stop, Writer, Written};
use crate::codec::format::{base64, number, text, wire};
use crate::codec::table::Kind;

impl Writer<'_> {
    /// Takes one value off the wire and writes it.
    #[inline]
    pub(super) fn value(&mut self, kind: Kind, wire: &mut &[u8]) -> Written {
        match kind {
            Kind::String => {
                if !text::take_string(self.out, wire)? {
                    return Err(NOT_UTF8);
                }
            }
            Kind::Message(id) => {
                let bytes = wire::delimited(wire)?;
                return self.message(id, bytes);
            }
            Kind::Enum(index) => {
                let value = low32(wire::varint(wire)?);
                let table = &self.codec.enums[index as usize];
                if table.closed && !table.declares(value) {
                    // It belongs to the unknown fields, as if it did not stand here.
                    return Err(Stop::Unordered);
                }
                self.enum_name(index, value);
            }
            Kind::Int32 => number::put_integer(self.out, low32(wire::varint(wire)?)),
            Kind::Bool => {
                let text = if wire::varint(wire)? == 0 {
                    "false"
                } else {
                    "true"
                };
                self.out.extend_from_slice(text.as_bytes());
            }
            Kind::Int64 => {
                let value = wire::varint(wire)?.cast_signed();
                self.quoted(|out| number::put_integer(out, value));
            }
            Kind::Double => number::put_double(self.out, f64::from_le_bytes(wire::fixed64(wire)?)),
            Kind::Uint32 => {
                number::put_integer(self.out, low32(wire::varint(wire)?).cast_unsigned());
            }
            _ => return self.rarer_value(kind, wire),
        }
        Ok(())
    }

    fn rarer_value(&mut self, kind: Kind, wire: &mut &[u8]) -> Written {
        match kind {
            Kind::Float => number::put_float(self.out, f32::from_le_bytes(wire::fixed32(wire)?)),
            Kind::Uint64 => {
                let value = wire::varint(wire)?;
                self.quoted(|out| number::put_unsigned(out, value));
            }
            Kind::Sint32 => {
                let value =
                    low32(wire::unzigzag(wire::varint(wire)? & 0xffff_ffff).cast_unsigned());
                number::put_integer(self.out, value);
            }
            Kind::Sint64 => {
                let value = wire::unzigzag(wire::varint(wire)?);
                self.quoted(|out| number::put_integer(out, value));
            }
            Kind::Fixed32 => {
                number::put_integer(self.out, u32::from_le_bytes(wire::fixed32(wire)?));
            }
            Kind::Sfixed32 => {
                number::put_integer(self.out, i32::from_le_bytes(wire::fixed32(wire)?));
            }
            Kind::Fixed64 => {
                let value = u64::from_le_bytes(wire::fixed64(wire)?);
                self.quoted(|out| number::put_unsigned(out, value));
            }
            Kind::Sfixed64 => {
                let value = i64::from_le_bytes(wire::fixed64(wire)?);
                self.quoted(|out| number::put_integer(out, value));
            }
            Kind::Bytes => {
                let bytes = wire::delimited(wire)?;
                self.quoted(|out| base64::encode(bytes, out));
            }
            Kind::Null => {
                wire::varint(wire)?;
                self.out.extend_from_slice(b"null");
            }
            Kind::Group(id, number) => {
                let bytes = wire::group(wire, number, self.depth)?;
                return self.message(id, bytes);
            }
            _ => return self.value(kind, wire),
        }
        Ok(())
    }

    /// Writes the default of a kind, a message being empty.
    pub(super) fn default_value(&mut self, kind: Kind) -> Written {
        match kind {
            Kind::Message(id) | Kind::Group(id, _) => self.message(id, &[]),
            Kind::Enum(index) => {
                self.enum_name(index, 0);
                Ok(())
            }
            _ => {
                self.out
                    .extend_from_slice(super::scan::default_text(kind).as_bytes());
                Ok(())
            }
        }
    }

    #[inline]
    fn quoted(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        self.out.push(b'"');
        write(self.out);
        self.out.push(b'"');
    }
}

/// The low half of a varint, which is all that a 32-bit field keeps.
#[inline]
pub(super) fn low32(value: u64) -> i32 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a 32-bit field keeps the low bits"
    )]
    let low = value as i32;
    low
}
