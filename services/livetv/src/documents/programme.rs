//! What is said of a programme, which is kept encoded.

use prost::{DecodeError, Message as _};
use sv_proto::livetv::Programme;

use crate::domain::Show;

impl Show {
    /// Keeps a programme without id and times.
    pub(crate) fn of(programme: &Programme) -> Self {
        Self::kept(programme.encode_to_vec())
    }

    /// Takes bytes that were stored. Fails where they are no programme.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, DecodeError> {
        Programme::decode(bytes)?;
        Ok(Self::kept(bytes))
    }

    /// Returns its title.
    pub(crate) fn title(&self) -> String {
        self.programme().title
    }

    /// Makes one that says nothing but a title.
    #[cfg(test)]
    pub(crate) fn titled(title: &str) -> Self {
        Self::of(&Programme {
            title: title.into(),
            ..Programme::default()
        })
    }

    /// Returns the programme.
    pub(crate) fn programme(&self) -> Programme {
        // Both ways to make one were given a programme.
        Programme::decode(self.bytes()).unwrap_or_default()
    }
}
