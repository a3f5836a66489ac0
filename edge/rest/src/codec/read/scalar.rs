//! Values of one field from JSON: numbers, strings, enums.

use super::Reader;
use super::fault::{Fault, Read};
use super::lexer::unescape;
use crate::codec::format::number::{self, NotInteger};
use crate::codec::format::{base64, wire};
use crate::codec::table::Kind;

/// What is wrong with a text, in a few words.
pub(super) type Problem = &'static str;

impl Reader<'_> {
    /// Takes one value and appends it, without a key. False where it is an enum name that is
    /// unknown and to be ignored; then nothing is appended.
    #[inline]
    pub(super) fn value(&mut self, kind: Kind) -> Read<bool> {
        match kind {
            Kind::String => self.string_value()?,
            Kind::Bool if self.literal("true") => self.out.push(1),
            Kind::Bool if self.literal("false") => self.out.push(0),
            Kind::Bool => return Err(self.expected("true or false")),
            Kind::Message(id) => self.delimited(|reader| reader.message(id))?,
            Kind::Group(id, number) => {
                self.message(id)?;
                wire::put_varint(self.out, u64::from(number << 3 | wire::END_GROUP));
            }
            Kind::Enum(index) => return self.enum_value(index),
            Kind::Null => {
                if !self.literal("null") && self.string("null")? != "NULL_VALUE" {
                    return Err(self.expected("null"));
                }
                self.out.push(0);
            }
            Kind::Bytes => {
                let at = self.at;
                let text = self.string("a base64 string")?;
                let start = wire::open(self.out);
                if !base64::decode(text.as_bytes(), self.out) {
                    return Err(Fault::new(at, "malformed base64"));
                }
                wire::close(self.out, start);
            }
            _ => self.number_value(kind)?,
        }
        Ok(true)
    }

    #[inline]
    fn string_value(&mut self) -> Read<()> {
        if let Some(plain) = self.plain_string() {
            wire::put_varint(self.out, plain.len() as u64);
            self.out.extend_from_slice(plain.as_bytes());
            return Ok(());
        }
        if self.peek() != Some(b'"') {
            return Err(self.expected("a string"));
        }
        let start = wire::open(self.out);
        unescape(self.text, &mut self.at, self.out)?;
        wire::close(self.out, start);
        Ok(())
    }

    #[inline]
    fn number_value(&mut self, kind: Kind) -> Read<()> {
        let at = self.at;
        let result = if self.peek() == Some(b'"') {
            if self.options.strict_numbers && !is_wide(kind) {
                return Err(self.expected("a number without quotes"));
            }
            put_number(kind, &self.string("a number")?, self.out)
        } else {
            put_number(kind, self.number_token("a number")?, self.out)
        };
        result.map_err(|problem| Fault::new(at, problem))
    }

    fn enum_value(&mut self, index: u32) -> Read<bool> {
        let at = self.at;
        let table = &self.codec.enums[index as usize];
        let ignore = self.options.ignore_unknown;
        let number = if self.peek() == Some(b'"') {
            let name = self.string("an enum value")?;
            match table.number(name.as_bytes(), self.options.lenient_enums) {
                Some(number) => number,
                None if ignore => return Ok(false),
                None => return Err(Fault::new(at, format!("unknown enum value {name:?}"))),
            }
        } else {
            let token = self.number_token("the name or number of an enum value")?;
            let number = integer32(token).map_err(|problem| Fault::new(at, problem))?;
            if table.closed && !table.declares(number) {
                if ignore {
                    return Ok(false);
                }
                return Err(Fault::new(at, format!("unknown enum value {number}")));
            }
            number
        };
        put_signed(self.out, i64::from(number));
        Ok(true)
    }
}

/// Says whether a number has 64 bits, which JSON's numbers do not hold: it stands in quotes.
fn is_wide(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Int64 | Kind::Uint64 | Kind::Sint64 | Kind::Fixed64 | Kind::Sfixed64
    )
}

/// Appends a number of the given kind from its text.
#[inline]
pub(super) fn put_number(kind: Kind, text: &str, out: &mut Vec<u8>) -> Result<(), Problem> {
    match kind {
        Kind::Double => out.extend_from_slice(&double(text)?.to_le_bytes()),
        Kind::Float => out.extend_from_slice(&float(text)?.to_le_bytes()),
        Kind::Int32 => put_signed(out, i64::from(integer32(text)?)),
        Kind::Int64 => put_signed(out, signed(text)?),
        Kind::Uint32 => wire::put_varint(out, u64::from(unsigned32(text)?)),
        Kind::Uint64 => wire::put_varint(out, unsigned(text)?),
        Kind::Sint32 => wire::put_varint(out, wire::zigzag(i64::from(integer32(text)?))),
        Kind::Sint64 => wire::put_varint(out, wire::zigzag(signed(text)?)),
        Kind::Fixed32 => out.extend_from_slice(&unsigned32(text)?.to_le_bytes()),
        Kind::Fixed64 => out.extend_from_slice(&unsigned(text)?.to_le_bytes()),
        Kind::Sfixed32 => out.extend_from_slice(&integer32(text)?.to_le_bytes()),
        Kind::Sfixed64 => out.extend_from_slice(&signed(text)?.to_le_bytes()),
        _ => return Err("cannot be a number"),
    }
    Ok(())
}

/// Appends a signed number as `int64` and enums are encoded.
#[inline]
pub(super) fn put_signed(out: &mut Vec<u8>, value: i64) {
    wire::put_varint(out, value.cast_unsigned());
}

const RANGE: Problem = "number out of range";

fn integer(text: &str) -> Result<(bool, u64), Problem> {
    number::integer(text.as_bytes()).map_err(|problem| match problem {
        NotInteger::Syntax => "expected an integer",
        NotInteger::Fraction => "expected an integer, found a fraction",
        NotInteger::Range => RANGE,
    })
}

fn unsigned(text: &str) -> Result<u64, Problem> {
    match integer(text)? {
        (true, 1..) => Err(RANGE),
        (_, value) => Ok(value),
    }
}

fn signed(text: &str) -> Result<i64, Problem> {
    let (negative, magnitude) = integer(text)?;
    let value = if negative {
        0_i64.checked_sub_unsigned(magnitude)
    } else {
        i64::try_from(magnitude).ok()
    };
    value.ok_or(RANGE)
}

/// Reads a number of 32 bits with a sign.
pub(super) fn integer32(text: &str) -> Result<i32, Problem> {
    i32::try_from(signed(text)?).map_err(|_| RANGE)
}

fn unsigned32(text: &str) -> Result<u32, Problem> {
    u32::try_from(unsigned(text)?).map_err(|_| RANGE)
}

/// Reads a finite double, or one of the three names.
pub(super) fn double(text: &str) -> Result<f64, Problem> {
    match text {
        "NaN" => Ok(f64::NAN),
        "Infinity" => Ok(f64::INFINITY),
        "-Infinity" => Ok(f64::NEG_INFINITY),
        _ => match number::double(text) {
            None => Err("expected a number"),
            Some(value) if value.is_infinite() => Err(RANGE),
            Some(value) => Ok(value),
        },
    }
}

fn float(text: &str) -> Result<f32, Problem> {
    match text {
        "NaN" => Ok(f32::NAN),
        "Infinity" => Ok(f32::INFINITY),
        "-Infinity" => Ok(f32::NEG_INFINITY),
        _ => match number::float(text) {
            None => Err("expected a number"),
            Some(value) if value.is_infinite() => Err(RANGE),
            Some(value) => Ok(value),
        },
    }
}
