//! What is said of a programme, in the form in which it is stored: a guide of 100 MB has some hundred thousand of
//! them in memory at once, which as messages would be several times as large.

use std::sync::Arc;

/// A programme without id and times, encoded: which words it has is its document's affair. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Show(Arc<[u8]>);

impl Show {
    /// Keeps a programme that is encoded.
    pub(crate) fn kept(programme: impl Into<Arc<[u8]>>) -> Self {
        Self(programme.into())
    }

    /// Returns the programme as it is encoded.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}
