//! What a programme is, in the form in which it is stored: a guide of 100 MB has some hundred thousand of them
//! in memory at once, which as messages would be several times as large.

use std::sync::Arc;

use prost::{DecodeError, Message as _};
use sv_proto::livetv::Programme;

/// A [`Programme`] without id and times, encoded. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Show(Arc<[u8]>);

impl Show {
    pub(crate) fn of(programme: &Programme) -> Self {
        Self(programme.encode_to_vec().into())
    }

    /// Takes bytes that were stored. Fails where they are no programme.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, DecodeError> {
        Programme::decode(bytes)?;
        Ok(Self(bytes.into()))
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    pub(crate) fn programme(&self) -> Programme {
        // Both ways to make one were given a programme.
        Programme::decode(&*self.0).unwrap_or_default()
    }
}
