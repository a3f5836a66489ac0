//! The name of some bytes in addresses (C15).

use aws_lc_rs::digest::Digest;

/// Returns the first 16 hexadecimal digits of a SHA-256.
pub(crate) fn short_hash(digest: &Digest) -> String {
    hex::encode(&digest.as_ref()[..8])
}
