//! JSON to wire bytes, in one pass and without a tree between them.

mod any;
mod fault;
mod known;
mod lexer;
mod message;
mod plain;
mod scalar;
mod seen;

pub use seen::Seen;

use super::format::wire;
use super::table::Field;
use super::{Codec, JsonError, MessageId, ReadOptions};
use fault::{Fault, Read};

/// A JSON document on its way to wire bytes.
struct Reader<'a> {
    codec: &'a Codec,
    options: ReadOptions,
    text: &'a str,
    /// The offset of the next byte in `text`.
    at: usize,
    out: &'a mut Vec<u8>,
    /// How many more levels may open.
    depth: u32,
    /// The fields and oneofs that were met, for every open message one stretch of bits.
    met: Vec<u64>,
    /// The hashes of the keys that were met, for every open map one stretch.
    keys: Vec<u64>,
    seen: seen::Recorder,
}

/// Appends the wire form of a JSON document.
pub(super) fn message(
    codec: &Codec,
    id: MessageId,
    json: &[u8],
    out: &mut Vec<u8>,
    options: ReadOptions,
) -> Result<Seen, JsonError> {
    document(codec, json, out, options, |reader| reader.message(id))
}

/// Appends one field, tag included, from the JSON of its value.
pub(super) fn field(
    codec: &Codec,
    field: &Field,
    json: &[u8],
    out: &mut Vec<u8>,
    options: ReadOptions,
) -> Result<Seen, JsonError> {
    document(codec, json, out, options, |reader| {
        if reader.takes_null(field) {
            reader.null()
        } else {
            reader.field_value(field)
        }
    })
}

/// Appends one value of a field, tag included, from plain text.
pub(super) fn text(
    codec: &Codec,
    field: &Field,
    text: &str,
    out: &mut Vec<u8>,
    options: ReadOptions,
) -> Result<(), JsonError> {
    let start = out.len();
    field.tag.put(out);
    plain::text(codec, field.kind, text, options, out).map_err(|problem| {
        out.truncate(start);
        Fault::new(0, problem).locate("")
    })
}

fn document(
    codec: &Codec,
    json: &[u8],
    out: &mut Vec<u8>,
    options: ReadOptions,
    read: impl FnOnce(&mut Reader<'_>) -> Read<()>,
) -> Result<Seen, JsonError> {
    let text = match std::str::from_utf8(json) {
        Ok(text) => text,
        Err(error) => {
            let valid = error.valid_up_to();
            let before = std::str::from_utf8(&json[..valid]).unwrap_or_default();
            return Err(Fault::new(valid, "not UTF-8").locate(before));
        }
    };
    let start = out.len();
    // Wire bytes are rarely more than their JSON.
    out.reserve(json.len());
    let mut reader = Reader {
        codec,
        options,
        text,
        at: 0,
        out,
        depth: options.depth_limit,
        met: Vec::with_capacity(16),
        keys: Vec::new(),
        seen: seen::Recorder::new(options.record_seen),
    };
    reader.space();
    let result = read(&mut reader).and_then(|()| reader.end());
    let seen = std::mem::take(&mut reader.seen);
    match result {
        Ok(()) => Ok(seen.into()),
        Err(fault) => {
            out.truncate(start);
            Err(fault.locate(text))
        }
    }
}

impl Reader<'_> {
    /// Runs `read` one level deeper.
    #[inline]
    fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        let Some(depth) = self.depth.checked_sub(1) else {
            return Err(self.fault("nested too deeply"));
        };
        self.depth = depth;
        let result = read(self);
        self.depth = depth + 1;
        result
    }

    /// Writes what `read` writes behind its length.
    #[inline]
    fn delimited(&mut self, read: impl FnOnce(&mut Self) -> Read<()>) -> Read<()> {
        let start = wire::open(self.out);
        read(self)?;
        wire::close(self.out, start);
        Ok(())
    }
}
