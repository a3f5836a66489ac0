//! How requests are signed: HMAC-SHA256 of `{id}.{timestamp}.{body}`, in base64 behind `v1,`, with as many signatures
//! between blanks as there are secrets (Standard Webhooks).

use std::fmt;

use aws_lc_rs::hmac;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use sv_kernel::Entropy;

/// Bytes of a secret.
const BYTES: usize = 32;
/// Begins a secret that is shown.
const MARK: &str = "whsec_";

/// What signs the requests to a webhook. Never printed.
#[derive(Clone)]
pub(crate) struct Secret([u8; BYTES]);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// Draws a new one.
    pub(crate) fn draw(entropy: &dyn Entropy) -> Self {
        let mut bytes = [0; BYTES];
        entropy.fill(&mut bytes);
        Self(bytes)
    }

    /// Reads the bytes of one.
    pub(crate) fn of(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// Returns its bytes, to be sealed.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Returns it as its receiver has to know it: `whsec_` and base64.
    pub(crate) fn reveal(&self) -> String {
        format!("{MARK}{}", BASE64_STANDARD.encode(self.0))
    }
}

/// Returns the `webhook-signature` of a request that is sent at an instant, in seconds.
pub(crate) fn sign(secrets: &[Secret], id: &str, seconds: i64, body: &str) -> String {
    let signed = format!("{id}.{seconds}.{body}");
    let signatures = secrets.iter().map(|secret| {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &secret.0);
        format!(
            "v1,{}",
            BASE64_STANDARD.encode(hmac::sign(&key, signed.as_bytes()))
        )
    });
    signatures.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Computed by `openssl dgst -sha256 -mac HMAC` over the same bytes.
    const KNOWN: &str = "v1,xW2mwdTXJfsYmeuUz+NMfA5NJ7Vw5PETmLNuk8px5rw=";

    #[test]
    fn a_known_request_has_the_known_signature() {
        let secret = Secret(*b"0123456789abcdef0123456789abcdef");
        assert_eq!(
            secret.reveal(),
            "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
        );
        let id = "01936f00-0000-7000-8000-000000000001";
        let body = r#"{"type":"webhook.test"}"#;
        assert_eq!(
            sign(std::slice::from_ref(&secret), id, 1_700_000_000, body),
            KNOWN
        );
        let other = Secret([7; 32]);
        let both = sign(&[other.clone(), secret], id, 1_700_000_000, body);
        let alone = sign(&[other], id, 1_700_000_000, body);
        assert_eq!(both, format!("{alone} {KNOWN}"));
    }
}
