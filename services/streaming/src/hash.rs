//! The name of some bytes in addresses (C15).

use std::fmt::Write as _;

use aws_lc_rs::digest::Digest;

/// Returns the first 16 hexadecimal digits of a SHA-256.
pub(crate) fn short_hash(digest: &Digest) -> String {
    digest.as_ref()[..8]
        .iter()
        .fold(String::with_capacity(16), |mut text, byte| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}
