//! Base64 and hex, as tokens and headers use them.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

/// Reads unpadded base64url.
pub(crate) fn from_base64url(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}
