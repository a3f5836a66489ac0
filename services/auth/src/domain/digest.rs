//! What is stored of tokens and keys: a hash that tells nothing of them.

use aws_lc_rs::digest;

/// What is stored of a token or of a client's key.
pub(crate) type Digest = [u8; 32];

/// Hashes a text.
pub(super) fn digest_of(text: &str) -> Digest {
    let mut out = [0; 32];
    out.copy_from_slice(digest::digest(&digest::SHA256, text.as_bytes()).as_ref());
    out
}
