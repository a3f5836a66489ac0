//! How JSON is read and written.

/// The nesting of messages, lists and maps that is followed, as in protobuf's own parsers.
pub const DEPTH_LIMIT: u32 = 100;

/// How JSON is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one choice of its own"
)]
pub struct ReadOptions {
    /// Skips unknown fields and unknown enum names instead of refusing them.
    pub ignore_unknown: bool,
    /// Takes enum values in any case and without the prefix of their type (`movie`), beside the
    /// canonical name and number (C36).
    pub lenient_enums: bool,
    /// Takes numbers of 32 bits and floating ones in JSON without quotes only, and integers in plain
    /// text as digits only: what a schema can say.
    pub strict_numbers: bool,
    /// Fills [`Seen`](super::Seen) with the paths of the fields that the JSON named.
    pub record_seen: bool,
    /// Leaves it to the caller to look for required fields of proto2: the document is a part of the message only.
    pub partial: bool,
    /// The deepest nesting that is followed.
    pub depth_limit: u32,
}

impl ReadOptions {
    /// Canonical proto3 JSON: unknown fields refused, enums by their name or number.
    pub const CANONICAL: Self = Self {
        ignore_unknown: false,
        lenient_enums: false,
        strict_numbers: false,
        record_seen: false,
        partial: false,
        depth_limit: DEPTH_LIMIT,
    };
    /// What StreamVerse's own routes take: canonical, but lenient in enums and strict in numbers
    /// (C36), as the OpenAPI document says.
    pub const PLAIN: Self = Self {
        lenient_enums: true,
        strict_numbers: true,
        ..Self::CANONICAL
    };
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self::CANONICAL
    }
}

/// How enum values are spelled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EnumStyle {
    /// The declared name: `CONTENT_TYPE_MOVIE`.
    #[default]
    Canonical,
    /// Without the prefix of the type and in lower case: `movie` (C36).
    Short,
}

/// How JSON is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WriteOptions {
    /// Prints fields without presence, lists and maps also where they hold their default.
    pub defaults: bool,
    /// The spelling of enum values.
    pub enum_style: EnumStyle,
    /// Uses the names of the proto file (`release_date`) instead of lowerCamelCase.
    pub preserve_names: bool,
    /// The deepest nesting that is followed.
    pub depth_limit: u32,
}

impl WriteOptions {
    /// Canonical proto3 JSON.
    pub const CANONICAL: Self = Self {
        defaults: false,
        enum_style: EnumStyle::Canonical,
        preserve_names: false,
        depth_limit: DEPTH_LIMIT,
    };
    /// What StreamVerse's own routes answer: defaults printed, enums short (C36).
    pub const PLAIN: Self = Self {
        defaults: true,
        enum_style: EnumStyle::Short,
        ..Self::CANONICAL
    };
}

impl Default for WriteOptions {
    fn default() -> Self {
        Self::CANONICAL
    }
}
