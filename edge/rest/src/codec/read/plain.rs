//! Values of one field from plain text: path variables and query parameters.

use super::known;
use super::scalar::{Problem, integer32, put_number, put_signed};
use crate::codec::format::{base64, wire};
use crate::codec::table::{Kind, Shape};
use crate::codec::{Codec, ReadOptions};

/// Appends one value, without a key, from plain text: a path variable or query parameter.
pub(super) fn text(
    codec: &Codec,
    kind: Kind,
    text: &str,
    options: ReadOptions,
    out: &mut Vec<u8>,
) -> Result<(), Problem> {
    match kind {
        Kind::String => {
            wire::put_varint(out, text.len() as u64);
            out.extend_from_slice(text.as_bytes());
        }
        Kind::Bytes => {
            let start = wire::open(out);
            if !base64::decode(text.as_bytes(), out) {
                return Err("malformed base64");
            }
            wire::close(out, start);
        }
        Kind::Bool => out.push(match text {
            "true" => 1,
            "false" => 0,
            _ => return Err("expected true or false"),
        }),
        Kind::Null => match text {
            "null" | "NULL_VALUE" => out.push(0),
            _ => return Err("expected null"),
        },
        Kind::Enum(index) => {
            let table = &codec.enums[index as usize];
            let number = match table.number(text.as_bytes(), options.lenient_enums) {
                Some(number) => number,
                None => plain(text, options)
                    .and_then(integer32)
                    .map_err(|_| "unknown enum value")?,
            };
            if table.closed && !table.declares(number) {
                return Err("unknown enum value");
            }
            put_signed(out, i64::from(number));
        }
        Kind::Message(id) => {
            let start = wire::open(out);
            let table = codec.table(id);
            match (table.shape, table.fields.first()) {
                (Shape::Wrapper, Some(field)) => {
                    field.tag.put(out);
                    self::text(codec, field.kind, text, options, out)?;
                }
                (shape, _) => known::text(shape, text, true, out)?,
            }
            wire::close(out, start);
        }
        Kind::Group(..) => return Err("cannot be given as text"),
        Kind::Double | Kind::Float => put_number(kind, text, out)?,
        _ => put_number(kind, plain(text, options)?, out)?,
    }
    Ok(())
}

/// Returns an integer's text, unless it has to be digits and is not.
fn plain(text: &str, options: ReadOptions) -> Result<&str, Problem> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if options.strict_numbers && !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("expected an integer");
    }
    Ok(text)
}
