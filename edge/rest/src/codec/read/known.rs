//! The well-known types with a spelling of their own.

use super::Reader;
use super::fault::{Fault, Read, Step};
use super::scalar::{Problem, double, put_signed};
use crate::codec::format::{mask, time, wire};
use crate::codec::table::{Kind, Message, Shape};

// The keys of `Struct`, `ListValue`, `Value` and of map entries.
const ENTRY: u8 = 1 << 3 | 2;
const ENTRY_KEY: u8 = 1 << 3 | 2;
const ENTRY_VALUE: u8 = 2 << 3 | 2;
const ELEMENT: u8 = 1 << 3 | 2;
const NULL: u8 = 1 << 3;
const NUMBER: u8 = 2 << 3 | 1;
const STRING: u8 = 3 << 3 | 2;
const BOOL: u8 = 4 << 3;
const STRUCT: u8 = 5 << 3 | 2;
const LIST: u8 = 6 << 3 | 2;

impl Reader<'_> {
    /// Takes the JSON of a well-known type and appends its fields.
    pub(super) fn known(&mut self, table: &Message) -> Read<()> {
        match table.shape {
            Shape::Any => self.any(),
            Shape::Struct => self.structure(),
            Shape::ListValue => self.list_value(),
            Shape::Value => self.json_value(),
            Shape::Wrapper => match table.fields.first() {
                Some(field) => self.singular(field),
                None => self.fields(table, false),
            },
            Shape::Timestamp | Shape::Duration | Shape::FieldMask => {
                let at = self.at;
                let string = self.string("a string")?;
                text(table.shape, &string, false, self.out)
                    .map_err(|problem| Fault::new(at, problem))
            }
            Shape::Plain | Shape::Empty => self.fields(table, false),
        }
    }

    fn structure(&mut self) -> Read<()> {
        let document = self.at;
        let keys = self.keys.len();
        let mut more = self.enter(b'{', b'}', "an object")?;
        while more {
            let key = self.key()?;
            self.keys.push(crate::codec::hash::hash(key.as_bytes()));
            self.out.push(ENTRY);
            let entry = wire::open(self.out);
            self.out.push(ENTRY_KEY);
            wire::put_varint(self.out, key.len() as u64);
            self.out.extend_from_slice(key.as_bytes());
            self.out.push(ENTRY_VALUE);
            let value =
                self.nested(|reader| reader.delimited(|reader| reader.nested(Self::json_value)));
            if let Err(fault) = value {
                return Err(fault.under(Step::Key(key.into_owned())));
            }
            wire::close(self.out, entry);
            more = self.another(b'}')?;
        }
        self.check_keys(keys, document, Kind::String)
    }

    fn list_value(&mut self) -> Read<()> {
        let mut more = self.enter(b'[', b']', "an array")?;
        let mut index = 0;
        while more {
            self.out.push(ELEMENT);
            let value = self.delimited(|reader| reader.nested(Self::json_value));
            if let Err(fault) = value {
                return Err(fault.under(Step::Index(index)));
            }
            index += 1;
            more = self.another(b']')?;
        }
        Ok(())
    }

    fn json_value(&mut self) -> Read<()> {
        match self.peek() {
            Some(b'{') => {
                self.out.push(STRUCT);
                self.delimited(|reader| reader.nested(Self::structure))
            }
            Some(b'[') => {
                self.out.push(LIST);
                self.delimited(|reader| reader.nested(Self::list_value))
            }
            Some(b'"') => {
                self.out.push(STRING);
                self.value(Kind::String).map(drop)
            }
            Some(b'-' | b'0'..=b'9') => {
                let at = self.at;
                let token = self.number_token("a number")?;
                let number = double(token).map_err(|problem| Fault::new(at, problem))?;
                self.out.push(NUMBER);
                self.out.extend_from_slice(&number.to_le_bytes());
                Ok(())
            }
            Some(b'n') => {
                self.out.extend_from_slice(&[NULL, 0]);
                self.null()
            }
            Some(b't' | b'f') => {
                self.out.push(BOOL);
                self.value(Kind::Bool).map(drop)
            }
            _ => Err(self.expected("a value")),
        }
    }
}

/// Appends the fields of a type that JSON spells as a string. A mask outside of JSON may also
/// spell its paths as the proto file does.
pub(super) fn text(
    shape: Shape,
    text: &str,
    proto_paths: bool,
    out: &mut Vec<u8>,
) -> Result<(), Problem> {
    let (seconds, nanos) = match shape {
        Shape::Timestamp => time::parse_timestamp(text.as_bytes())
            .ok_or("expected a time such as 2026-01-31T08:00:00Z")?,
        Shape::Duration => {
            time::parse_duration(text.as_bytes()).ok_or("expected a duration such as 1.5s")?
        }
        // An empty text is an empty mask. An empty path within others would vanish here, and a mask that
        // names nothing any more means every field to those who read it.
        Shape::FieldMask if text.is_empty() => return Ok(()),
        Shape::FieldMask => {
            for path in text.split(',') {
                if path.is_empty() {
                    return Err("a path of the field mask is empty");
                }
                out.push(ELEMENT);
                let start = wire::open(out);
                if proto_paths && path.contains('_') {
                    out.extend_from_slice(path.as_bytes());
                } else if !mask::to_proto(path, out) {
                    return Err("paths of a field mask are spelled in lowerCamelCase");
                }
                wire::close(out, start);
            }
            return Ok(());
        }
        _ => return Err("cannot be given as text"),
    };
    if seconds != 0 {
        out.push(1 << 3);
        put_signed(out, seconds);
    }
    if nanos != 0 {
        out.push(2 << 3);
        put_signed(out, i64::from(nanos));
    }
    Ok(())
}
