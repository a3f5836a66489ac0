//! Tokens of mailed links: 256 bits that only whoever reads the mail knows; we keep a hash (AUTH-16).

use std::fmt;

use aws_lc_rs::digest;

use super::Digest;

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
        let mut out = [0; 32];
        out.copy_from_slice(digest::digest(&digest::SHA256, self.0.as_bytes()).as_ref());
        out
    }

    /// Returns the token itself, for the mail.
    pub(crate) fn text(&self) -> &str {
        &self.0
    }
}
