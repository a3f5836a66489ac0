//! What an address stands for, and how long it may be kept (C15, CDN-12).

use bytes::Bytes;
use sv_kernel::Result;
use sv_proto::streaming::StreamingReason;

use crate::hls;

/// Something that can be sent.
#[derive(Debug)]
pub(super) struct Asset {
    /// The bytes, or where they are.
    pub(super) content: Content,
    /// The media type.
    pub(super) kind: &'static str,
    /// The entity tag without quotes; what has none is made anew for each request.
    pub(super) tag: Option<String>,
    /// How long it may be kept.
    pub(super) caching: Caching,
}

/// Bytes, or where they are.
#[derive(Debug)]
pub(super) enum Content {
    /// Text that was written for this request.
    Text(Bytes),
    /// A segment: small, and asked for by many at the same time.
    Segment {
        /// The blob.
        key: String,
        /// Bytes.
        size: u32,
        /// The first 16 hexadecimal digits of the SHA-256 of its bytes.
        hash: String,
    },
    /// A blob that is sent as it is read.
    Blob {
        /// The blob.
        key: String,
        /// Bytes.
        size: u64,
    },
}

/// How long an answer may be kept, and by whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Caching {
    /// By nobody: it holds a token.
    Never,
    /// By the viewer's own player, an hour.
    Private,
    /// By everyone, a minute.
    Minute,
    /// By everyone, five minutes.
    Minutes,
    /// By everyone, for a year: its address names its bytes.
    Immutable,
}

impl Asset {
    /// Makes a playlist of this request's token.
    pub(super) fn playlist(text: String) -> Self {
        Self {
            content: Content::Text(text.into()),
            kind: hls::CONTENT_TYPE,
            tag: None,
            caching: Caching::Never,
        }
    }

    /// Returns the size in bytes.
    pub(super) fn size(&self) -> u64 {
        match &self.content {
            Content::Text(text) => text.len() as u64,
            Content::Segment { size, .. } => u64::from(*size),
            Content::Blob { size, .. } => *size,
        }
    }
}

impl Caching {
    /// Chooses by the hash that an address names: the right one lasts for a year, none at all lasts
    /// as long as `without`, and a wrong one names nothing.
    pub(super) fn by_version(named: Option<&str>, hash: &str, without: Self) -> Result<Self> {
        match named {
            None => Ok(without),
            Some(named) if named == hash => Ok(Self::Immutable),
            Some(_) => Err(StreamingReason::MediaNotFound.into()),
        }
    }

    /// Returns the header `Cache-Control`.
    pub(super) const fn header(self) -> &'static str {
        match self {
            Self::Never => "private, no-store",
            Self::Private => "private, max-age=3600",
            Self::Minute => "public, max-age=60",
            Self::Minutes => "public, max-age=300",
            Self::Immutable => "public, max-age=31536000, immutable",
        }
    }
}
