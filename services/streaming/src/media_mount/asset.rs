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

/// How long an answer may be kept, and by whom. What an address with a token in its query stands for is the
/// viewer's own: a cache that leaves queries out of its keys would hand it to strangers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Caching {
    /// By nobody: it holds a token.
    Never,
    /// By the viewer's own player, an hour.
    Private,
    /// By the viewer's own player, a minute.
    PrivateMinute,
    /// By the viewer's own player, for a year: its address names its bytes.
    PrivateImmutable,
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
    /// Chooses for what everyone may have, by the hash that its address names: the right one lasts for a
    /// year, none at all five minutes, and a wrong one names nothing.
    pub(super) fn of_everyone(named: Option<&str>, hash: &str) -> Result<Self> {
        Ok(if names(named, hash)? {
            Self::Immutable
        } else {
            Self::Minutes
        })
    }

    /// Chooses the same for what a token opens; without a hash it lasts a minute.
    pub(super) fn of_one(named: Option<&str>, hash: &str) -> Result<Self> {
        Ok(if names(named, hash)? {
            Self::PrivateImmutable
        } else {
            Self::PrivateMinute
        })
    }

    /// Chooses by how the token rides: an address that has it in its path opens nothing to whoever does not know it,
    /// so a cache that everybody shares may keep what is there; one without a hash lasts a minute with its viewer.
    pub(super) fn of_tree(ride: hls::Ride<'_>, named: Option<&str>, hash: &str) -> Result<Self> {
        Ok(match (Self::of_one(named, hash)?, ride) {
            (Self::PrivateImmutable, hls::Ride::Path) => Self::Immutable,
            (caching, _) => caching,
        })
    }

    /// Returns the header `Cache-Control`.
    pub(super) const fn header(self) -> &'static str {
        match self {
            Self::Never => "private, no-store",
            Self::Private => "private, max-age=3600",
            Self::PrivateMinute => "private, max-age=60",
            Self::PrivateImmutable => "private, max-age=31536000, immutable",
            Self::Minutes => "public, max-age=300",
            Self::Immutable => "public, max-age=31536000, immutable",
        }
    }
}

/// Says whether an address names its bytes. A wrong name is that of nothing.
fn names(named: Option<&str>, hash: &str) -> Result<bool> {
    match named {
        None => Ok(false),
        Some(named) if named == hash => Ok(true),
        Some(_) => Err(StreamingReason::MediaNotFound.into()),
    }
}
