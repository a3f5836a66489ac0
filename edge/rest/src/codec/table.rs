//! The tables of a descriptor pool: everything that is looked up while bytes pass.

mod compile;
mod enums;
mod names;

pub(super) use compile::{Tables, compile};
pub(super) use enums::Enum;
pub(super) use names::Names;

use super::MessageId;
use super::format::{text, wire};

/// A message type.
#[derive(Debug)]
pub(super) struct Message {
    pub(super) full_name: Box<str>,
    pub(super) shape: Shape,
    /// By ascending number, extensions included.
    pub(super) fields: Box<[Field]>,
    /// The index of a field by its JSON name and its proto name.
    pub(super) names: Names,
    numbers: Numbers,
    /// The names of the oneofs; [`Field::oneof`] counts in them.
    pub(super) oneofs: Box<[Box<str>]>,
    pub(super) has_required: bool,
}

/// Which of the mappings a message takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// A JSON object of fields.
    Plain,
    Any,
    Duration,
    Empty,
    FieldMask,
    ListValue,
    Struct,
    Timestamp,
    Value,
    /// One of the nine wrappers: the JSON of its only field.
    Wrapper,
}

/// A field or extension.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) number: u32,
    pub(super) label: Label,
    /// The kind of the value; of the values of a map.
    pub(super) kind: Kind,
    /// Number and wire type of one value.
    pub(super) key: u32,
    /// [`Self::key`] as it stands on the wire.
    pub(super) tag: Tag,
    /// The key of many values under one length.
    pub(super) packed_tag: Tag,
    pub(super) oneof: Option<u16>,
    pub(super) required: bool,
    pub(super) extension: bool,
    /// `[pkg.name]` for an extension.
    pub(super) json_name: Box<str>,
    pub(super) proto_name: Box<str>,
    /// `,"releaseDate":`
    pub(super) json_key: Key,
    /// `,"release_date":`
    pub(super) proto_key: Key,
}

/// How often a field occurs, and whether its absence can be told from its default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Label {
    /// Once, and absent where it holds its default.
    Implicit,
    /// Once, with presence.
    Explicit,
    List {
        /// Several values follow one key.
        packed: bool,
    },
    Map {
        key: Kind,
    },
}

/// The type of one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Double,
    Float,
    Int32,
    Int64,
    Uint32,
    Uint64,
    Sint32,
    Sint64,
    Fixed32,
    Fixed64,
    Sfixed32,
    Sfixed64,
    Bool,
    String,
    Bytes,
    /// `google.protobuf.NullValue`, which JSON spells `null`.
    Null,
    Enum(u32),
    Message(MessageId),
    Group(MessageId, u32),
}

impl Kind {
    /// The wire type of one value.
    pub(super) const fn wire_type(self) -> u32 {
        match self {
            Self::Double | Self::Fixed64 | Self::Sfixed64 => wire::FIXED64,
            Self::Float | Self::Fixed32 | Self::Sfixed32 => wire::FIXED32,
            Self::String | Self::Bytes | Self::Message(_) => wire::LEN,
            Self::Group(..) => wire::START_GROUP,
            _ => wire::VARINT,
        }
    }

    /// Whether several values may follow one key.
    pub(super) const fn packable(self) -> bool {
        !matches!(self.wire_type(), wire::LEN | wire::START_GROUP)
    }
}

/// The key of a JSON member: a comma, the quoted name and a colon.
#[derive(Debug)]
pub(super) struct Key {
    whole: Box<[u8]>,
    /// [`Self::whole`] with something behind it, where it fits.
    padded: [u8; Self::PADDED],
}

impl Key {
    const PADDED: usize = 32;

    fn new(name: &str) -> Self {
        // A custom name may hold anything.
        let mut whole = b",".to_vec();
        text::put_string(&mut whole, name.as_bytes());
        whole.push(b':');
        let mut padded = [0; Self::PADDED];
        for (into, byte) in padded.iter_mut().zip(&whole) {
            *into = *byte;
        }
        Self {
            whole: whole.into(),
            padded,
        }
    }

    /// The quoted name alone.
    #[inline]
    pub(super) fn quoted(&self) -> &[u8] {
        &self.whole[1..self.whole.len() - 1]
    }

    /// Appends it.
    #[inline]
    pub(super) fn put(&self, out: &mut Vec<u8>) {
        if self.whole.len() <= Self::PADDED {
            // A copy of known size needs no call.
            let end = out.len() + self.whole.len();
            out.extend_from_slice(&self.padded);
            out.truncate(end);
        } else {
            out.extend_from_slice(&self.whole);
        }
    }
}

/// A key as it stands on the wire.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tag {
    bytes: [u8; 5],
    length: u8,
}

impl Tag {
    /// Encodes a number and a wire type.
    pub(super) fn new(key: u32) -> Self {
        let mut bytes = Vec::with_capacity(5);
        wire::put_varint(&mut bytes, u64::from(key));
        let mut tag = Self {
            bytes: [0; 5],
            length: 0,
        };
        for (into, byte) in tag.bytes.iter_mut().zip(bytes) {
            *into = byte;
            tag.length += 1;
        }
        tag
    }

    /// Its bytes.
    #[inline]
    fn bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }

    /// Takes it off the front.
    #[inline]
    pub(super) fn strip(self, wire: &[u8]) -> Option<&[u8]> {
        // One or two bytes, which nearly all are, need no call.
        match (self.length, wire) {
            (1, [first, rest @ ..]) if *first == self.bytes[0] => Some(rest),
            (2, [first, second, rest @ ..]) if [*first, *second] == self.bytes[..2] => Some(rest),
            (1 | 2, _) => None,
            _ => wire.strip_prefix(self.bytes()),
        }
    }

    /// Appends it.
    #[inline]
    pub(super) fn put(self, out: &mut Vec<u8>) {
        match self.length {
            1 => out.push(self.bytes[0]),
            _ => out.extend_from_slice(self.bytes()),
        }
    }
}

/// The index of a field by its number.
#[derive(Debug)]
enum Numbers {
    /// By the number itself; `u16::MAX` where there is none.
    Dense(Box<[u16]>),
    /// Sorted.
    Sparse(Box<[u32]>),
}

impl Numbers {
    fn new(fields: &[Field]) -> Self {
        let last = fields.last().map_or(0, |field| field.number as usize);
        if last > 64 + 4 * fields.len() {
            return Self::Sparse(fields.iter().map(|field| field.number).collect());
        }
        let mut dense = vec![u16::MAX; last + 1];
        for (index, field) in (0..).zip(fields) {
            dense[field.number as usize] = index;
        }
        Self::Dense(dense.into())
    }
}

impl Message {
    /// The index of the field with this number.
    #[inline]
    pub(super) fn field(&self, number: u32) -> Option<usize> {
        match &self.numbers {
            Numbers::Dense(dense) => match dense.get(number as usize) {
                None | Some(&u16::MAX) => None,
                Some(index) => Some(usize::from(*index)),
            },
            Numbers::Sparse(sorted) => sorted.binary_search(&number).ok(),
        }
    }
}
