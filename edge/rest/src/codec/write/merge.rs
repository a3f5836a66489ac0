//! Occurrences of one singular field, of which the last wins or which are merged.

use super::Stop;
use crate::codec::format::wire;
use std::borrow::Cow;

/// What has been met of a field: its values, lengths included.
#[derive(Debug, Default)]
pub(super) struct Merge<'w> {
    last: Option<&'w [u8]>,
    /// Those before the last, where they count.
    earlier: Vec<&'w [u8]>,
}

impl<'w> Merge<'w> {
    /// Takes a value that replaces those before it.
    #[inline]
    pub(super) fn replace(&mut self, raw: &'w [u8]) {
        self.earlier.clear();
        self.last = Some(raw);
    }

    /// Takes a message that is merged into those before it.
    #[inline]
    pub(super) fn merge(&mut self, raw: &'w [u8]) {
        self.earlier.extend(self.last.replace(raw));
    }

    /// The value that they make together, length included. Protobuf merges messages by
    /// concatenation.
    #[inline]
    pub(super) fn finish(self) -> Result<Option<Cow<'w, [u8]>>, Stop> {
        let Some(last) = self.last else {
            return Ok(None);
        };
        if self.earlier.is_empty() {
            return Ok(Some(Cow::Borrowed(last)));
        }
        let mut content = Vec::new();
        for mut raw in self.earlier.into_iter().chain([last]) {
            content.extend_from_slice(wire::delimited(&mut raw)?);
        }
        let mut whole = Vec::with_capacity(content.len() + 5);
        wire::put_varint(&mut whole, content.len() as u64);
        whole.extend_from_slice(&content);
        Ok(Some(Cow::Owned(whole)))
    }
}
