//! Tokens of mailed links: 256 bits that only whoever reads the mail knows; we keep a hash (AUTH-16).

use std::fmt;

use super::digest::{Digest, digest_of};

/// The token of a link. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct LinkToken(String);

impl fmt::Debug for LinkToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkToken(…)")
    }
}

impl LinkToken {
    /// Takes what a client sent.
    pub(crate) fn given(text: String) -> Self {
        Self(text)
    }

    /// Returns what is stored.
    pub(crate) fn digest(&self) -> Digest {
        digest_of(&self.0)
    }

    /// Returns the token itself, for the mail.
    pub(crate) fn text(&self) -> &str {
        &self.0
    }
}
