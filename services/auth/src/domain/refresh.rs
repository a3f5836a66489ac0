//! Refresh tokens: 256 bits that only their owner knows; we keep a hash (C41).

use std::fmt;

use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sv_kernel::Entropy;

use super::{
    LinkToken,
    digest::{Digest, digest_of},
};

/// A refresh token as the client has it. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct RefreshToken(String);

/// What repeated requests derive their answer from.
pub(crate) struct RefreshSecret(hmac::Key);

impl fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RefreshToken(…)")
    }
}

impl fmt::Debug for RefreshSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RefreshSecret(…)")
    }
}

impl RefreshToken {
    /// Makes a token.
    pub(crate) fn random(entropy: &dyn Entropy) -> Self {
        let mut bytes = [0; 32];
        entropy.fill(&mut bytes);
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Takes what a client sent.
    pub(crate) fn given(text: String) -> Self {
        Self(text)
    }

    /// Returns what is stored.
    pub(crate) fn digest(&self) -> Digest {
        digest_of(&self.0)
    }

    /// Returns the token itself, for the answer.
    pub(crate) fn into_text(self) -> String {
        self.0
    }
}

impl RefreshSecret {
    /// Takes the installation's secret.
    pub(crate) fn new(secret: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    /// Derives the child of a token for a client's key: the same request gives the same child, and
    /// nobody who knows token and key can.
    pub(crate) fn child(&self, parent: &RefreshToken, key: &str) -> RefreshToken {
        let tag = self.tag(b"child", &[parent.0.as_bytes(), key.as_bytes()]);
        RefreshToken(URL_SAFE_NO_PAD.encode(tag))
    }

    /// Returns what is stored of a client's key.
    pub(crate) fn key_digest(&self, key: &str) -> Digest {
        self.tag(b"key", &[key.as_bytes()])
    }

    /// Derives the token of a link from the request for it: a mail that has to be sent again carries the same one.
    pub(crate) fn link(&self, request: uuid::Uuid) -> LinkToken {
        let tag = self.tag(b"link", &[request.as_bytes()]);
        LinkToken::given(URL_SAFE_NO_PAD.encode(tag))
    }

    fn tag(&self, purpose: &[u8], parts: &[&[u8]]) -> Digest {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(purpose);
        for part in parts {
            context.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            context.update(part);
        }
        let mut out = [0; 32];
        out.copy_from_slice(context.sign().as_ref());
        out
    }
}

#[cfg(test)]
mod tests {
    use sv_kernel::SeededEntropy;

    use super::*;

    #[test]
    fn a_child_follows_from_parent_key_and_secret_only() {
        let entropy = SeededEntropy::new(1);
        let (parent, other) = (
            RefreshToken::random(&entropy),
            RefreshToken::random(&entropy),
        );
        assert_ne!(parent, other);
        let secret = RefreshSecret::new(b"secret");
        let child = secret.child(&parent, "key");
        assert_eq!(child, secret.child(&parent, "key"));
        assert_ne!(child, secret.child(&parent, "yek"));
        assert_ne!(child, secret.child(&other, "key"));
        assert_ne!(child, RefreshSecret::new(b"other").child(&parent, "key"));
        assert_ne!(secret.key_digest("key"), child.digest());
        let (one, two) = (uuid::Uuid::from_u128(1), uuid::Uuid::from_u128(2));
        assert_eq!(secret.link(one), secret.link(one));
        assert_ne!(secret.link(one), secret.link(two));
        assert_ne!(secret.link(one), RefreshSecret::new(b"other").link(one));
        assert_eq!(child.into_text().len(), 43);
    }
}
