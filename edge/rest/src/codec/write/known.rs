//! The well-known types with a spelling of their own.

use super::merge::Merge;
use super::value::low32;
use super::{NOT_UTF8, Stop, TOO_DEEP, Unprintable, Writer, Written};
use crate::codec::format::{mask, text, time, wire};
use crate::codec::table::{Kind, Message, Shape};

const FIRST_VARINT: u32 = 1 << 3;
const SECOND_VARINT: u32 = 2 << 3;
const FIRST_LEN: u32 = 1 << 3 | wire::LEN;
const SECOND_LEN: u32 = 2 << 3 | wire::LEN;

impl Writer<'_> {
    /// Writes a well-known type.
    pub(super) fn known(&mut self, table: &Message, bytes: &[u8]) -> Written {
        match table.shape {
            Shape::Timestamp => {
                let (seconds, nanos) = self.time(bytes)?;
                let printed = time::put_timestamp(self.out, seconds, nanos);
                printed
                    .then_some(())
                    .ok_or(Stop::Unprintable(Unprintable::Timestamp))
            }
            Shape::Duration => {
                let (seconds, nanos) = self.time(bytes)?;
                let printed = time::put_duration(self.out, seconds, nanos);
                printed
                    .then_some(())
                    .ok_or(Stop::Unprintable(Unprintable::Duration))
            }
            Shape::Wrapper | Shape::Struct | Shape::ListValue => match table.fields.first() {
                Some(field) => self.only(table, field, bytes),
                None => self.object(table, bytes),
            },
            Shape::Value => self.json_value(table, bytes),
            Shape::FieldMask => self.mask(bytes),
            Shape::Any => self.any(bytes),
            Shape::Plain | Shape::Empty => self.object(table, bytes),
        }
    }

    fn time(&self, bytes: &[u8]) -> Result<(i64, i32), Stop> {
        let (mut seconds, mut nanos) = (0, 0);
        let mut wire = bytes;
        while !wire.is_empty() {
            match wire::key(&mut wire)? {
                FIRST_VARINT => seconds = wire::varint(&mut wire)?.cast_signed(),
                SECOND_VARINT => nanos = low32(wire::varint(&mut wire)?),
                key => _ = wire::raw(&mut wire, key, self.depth)?,
            }
        }
        Ok((seconds, nanos))
    }

    fn mask(&mut self, bytes: &[u8]) -> Written {
        self.out.push(b'"');
        let start = self.out.len();
        let mut wire = bytes;
        while !wire.is_empty() {
            match wire::key(&mut wire)? {
                FIRST_LEN => {
                    let path = std::str::from_utf8(wire::delimited(&mut wire)?);
                    let path = mask::to_json(path.map_err(|_| NOT_UTF8)?);
                    let path = path.ok_or(Stop::Unprintable(Unprintable::Path))?;
                    if self.out.len() > start {
                        self.out.push(b',');
                    }
                    // The quotes are those of the whole mask.
                    let mut quoted = Vec::with_capacity(path.len() + 2);
                    text::put_string(&mut quoted, path.as_bytes());
                    self.out.extend_from_slice(&quoted[1..quoted.len() - 1]);
                }
                key => _ = wire::raw(&mut wire, key, self.depth)?,
            }
        }
        self.out.push(b'"');
        Ok(())
    }

    fn json_value(&mut self, table: &Message, bytes: &[u8]) -> Written {
        // The index of the member that came last.
        let mut member = None;
        let mut merge = Merge::default();
        let mut wire = bytes;
        while !wire.is_empty() {
            let key = wire::key(&mut wire)?;
            let raw = wire::raw(&mut wire, key, self.depth)?;
            let Some(index) = table.field(key >> 3) else {
                continue;
            };
            let field = &table.fields[index];
            if field.key != key {
                continue;
            }
            match field.kind {
                Kind::Message(_) if member == Some(index) => merge.merge(raw),
                _ => merge.replace(raw),
            }
            member = Some(index);
        }
        let (Some(index), Some(raw)) = (member, merge.finish()?) else {
            self.out.extend_from_slice(b"null");
            return Ok(());
        };
        let kind = table.fields[index].kind;
        if kind == Kind::Double && !f64::from_le_bytes(wire::fixed64(&mut &raw[..])?).is_finite() {
            return Err(Stop::Unprintable(Unprintable::Number));
        }
        self.value(kind, &mut &raw[..])
    }

    fn any(&mut self, bytes: &[u8]) -> Written {
        let (mut url, mut value) = (&[][..], &[][..]);
        let mut wire = bytes;
        while !wire.is_empty() {
            match wire::key(&mut wire)? {
                FIRST_LEN => url = wire::delimited(&mut wire)?,
                SECOND_LEN => value = wire::delimited(&mut wire)?,
                key => _ = wire::raw(&mut wire, key, self.depth)?,
            }
        }
        if url.is_empty() && value.is_empty() {
            self.out.extend_from_slice(b"{}");
            return Ok(());
        }
        let name = std::str::from_utf8(url)
            .map_err(|_| NOT_UTF8)?
            .rsplit_once('/');
        let id = name.and_then(|(_, name)| self.codec.message(name));
        let id = id.ok_or(Stop::Unprintable(Unprintable::Type))?;
        self.out.extend_from_slice(b"{\"@type\":");
        text::put_string(self.out, url);
        let codec = self.codec;
        let table = codec.table(id);
        if table.shape == Shape::Plain {
            let Some(depth) = self.depth.checked_sub(1) else {
                return Err(TOO_DEEP);
            };
            self.depth = depth;
            self.members(table, value)?;
            self.depth = depth + 1;
        } else {
            self.out.extend_from_slice(b",\"value\":");
            self.message(id, value)?;
        }
        self.out.push(b'}');
        Ok(())
    }
}
