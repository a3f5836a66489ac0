//! Wire bytes to JSON, in one scan and without a message between them.
//!
//! Encoders write every field in one stretch, and almost always by ascending number. The scan
//! relies on that, and where bytes are split, repeated or interleaved in another legal way it
//! gives up and the document is written again from [`gather`]ed fields, which is slower and
//! takes any order.

mod gather;
mod known;
mod map;
mod merge;
mod scan;
mod value;

use super::format::wire::Malformed;
use super::table::{Field, Message};
use super::{Codec, MessageId, WireError, WireErrorKind, WriteOptions};

/// A message on its way to JSON.
struct Writer<'a> {
    codec: &'a Codec,
    options: WriteOptions,
    out: &'a mut Vec<u8>,
    /// How many more levels may open.
    depth: u32,
    /// Whether fields are gathered before they are written.
    careful: bool,
    /// The hashes of the keys of the open maps.
    keys: Vec<u64>,
    /// The innermost message in which something was wrong.
    blamed: Option<MessageId>,
}

/// Why a scan ends early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stop {
    /// The bytes are no message.
    Malformed(Malformed),
    /// The message holds what JSON cannot.
    Unprintable(Unprintable),
    /// The bytes are fine, in an order that only gathering can handle.
    Unordered,
}

/// What JSON cannot hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unprintable {
    Timestamp,
    Duration,
    Path,
    Number,
    Type,
}

impl Unprintable {
    const fn text(self) -> &'static str {
        match self {
            Self::Timestamp => "a timestamp outside of the years 1 to 9999",
            Self::Duration => "a duration out of range",
            Self::Path => "a path that JSON cannot spell",
            Self::Number => "a number that JSON cannot carry",
            Self::Type => "an Any of unknown type",
        }
    }
}

type Written = Result<(), Stop>;

impl From<Malformed> for Stop {
    fn from(malformed: Malformed) -> Self {
        Self::Malformed(malformed)
    }
}

const NOT_UTF8: Stop = Stop::Malformed(Malformed::NotUtf8);
const TOO_DEEP: Stop = Stop::Malformed(Malformed::TooDeep);

/// Appends the JSON of a message.
pub(super) fn message(
    codec: &Codec,
    id: MessageId,
    bytes: &[u8],
    out: &mut Vec<u8>,
    options: WriteOptions,
) -> Result<(), WireError> {
    // JSON is about twice as long as its wire bytes.
    out.reserve(bytes.len() * 2 + 2);
    document(codec, id, out, options, |writer| writer.message(id, bytes))
}

/// Appends the JSON of one field's value.
pub(super) fn field(
    codec: &Codec,
    id: MessageId,
    field: &Field,
    bytes: &[u8],
    out: &mut Vec<u8>,
    options: WriteOptions,
) -> Result<(), WireError> {
    let table: &Message = codec.table(id);
    document(codec, id, out, options, |writer| {
        writer.only(table, field, bytes)
    })
}

fn document(
    codec: &Codec,
    id: MessageId,
    out: &mut Vec<u8>,
    options: WriteOptions,
    write: impl Fn(&mut Writer<'_>) -> Written,
) -> Result<(), WireError> {
    let start = out.len();
    let mut writer = Writer {
        codec,
        options,
        out,
        depth: options.depth_limit,
        careful: false,
        keys: Vec::new(),
        blamed: None,
    };
    let mut result = write(&mut writer);
    if matches!(result, Err(Stop::Unordered)) {
        writer.careful = true;
        writer.depth = options.depth_limit;
        writer.keys.clear();
        writer.out.truncate(start);
        result = write(&mut writer);
    }
    let (kind, problem) = match result {
        Ok(()) => return Ok(()),
        Err(Stop::Malformed(problem)) => (WireErrorKind::Malformed, problem.text()),
        Err(Stop::Unprintable(problem)) => (WireErrorKind::Unprintable, problem.text()),
        // Gathering takes any order.
        Err(Stop::Unordered) => (WireErrorKind::Malformed, "fields in an unknown order"),
    };
    let blamed = writer.blamed.unwrap_or(id);
    out.truncate(start);
    Err(WireError {
        kind,
        problem,
        message: codec.table(blamed).full_name.to_string(),
    })
}
