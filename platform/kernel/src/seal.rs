//! Sealing of secrets at rest: who reads the tables alone has none of them (SEC-3).

use std::fmt;

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    hmac,
};

use crate::{BoxError, Entropy};

/// Bytes of a nonce, which stands before what is sealed.
const NONCE: usize = 12;

/// Seals by AES-256-GCM under a key that is derived from a secret. Never printed.
pub struct Seal(LessSafeKey);

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seal(…)")
    }
}

impl Seal {
    /// Derives the key; what is sealed for one purpose opens for no other.
    ///
    /// # Errors
    ///
    /// Where the cipher takes no key.
    pub fn new(secret: &[u8], purpose: &[u8]) -> Result<Self, BoxError> {
        let secret = hmac::Key::new(hmac::HMAC_SHA256, secret);
        let key = hmac::sign(&secret, purpose);
        let key = UnboundKey::new(&AES_256_GCM, key.as_ref());
        let key = key.map_err(|_| "a key for sealing cannot be made")?;
        Ok(Self(LessSafeKey::new(key)))
    }

    /// Seals something under its name, so that it cannot be put in another's place.
    ///
    /// # Errors
    ///
    /// Where the cipher takes it not, as it would beyond some 64 GB.
    pub fn close(
        &self,
        name: &[u8],
        content: &[u8],
        entropy: &dyn Entropy,
    ) -> Result<Vec<u8>, BoxError> {
        let mut nonce = [0; NONCE];
        entropy.fill(&mut nonce);
        let mut sealed = content.to_vec();
        let under = Nonce::assume_unique_for_key(nonce);
        let done = self
            .0
            .seal_in_place_append_tag(under, Aad::from(name), &mut sealed);
        done.map_err(|_| "a secret cannot be sealed")?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Opens what was sealed under this name; `None` where it was changed, or sealed by another secret.
    pub fn open(&self, name: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>()?;
        let mut sealed = sealed.to_vec();
        let under = Nonce::assume_unique_for_key(*nonce);
        let opened = self.0.open_in_place(under, Aad::from(name), &mut sealed);
        opened.ok().map(|content| content.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemEntropy;

    #[test]
    fn only_the_secret_opens_and_only_under_the_name_and_for_the_purpose() {
        let seal = Seal::new(b"of this installation", b"keys").unwrap();
        let sealed = seal.close(b"k1", b"a private key", &SystemEntropy).unwrap();
        assert_eq!(seal.open(b"k1", &sealed).unwrap(), b"a private key");
        assert!(!sealed.windows(7).any(|part| part == b"private"));
        assert!(seal.open(b"k2", &sealed).is_none());
        assert!(seal.open(b"k1", &sealed[..9]).is_none());
        let mut changed = sealed.clone();
        changed[20] ^= 1;
        assert!(seal.open(b"k1", &changed).is_none());
        let again = seal.close(b"k1", b"a private key", &SystemEntropy).unwrap();
        assert_ne!(sealed, again, "each has a nonce of its own");
        for other in [
            Seal::new(b"of another one", b"keys"),
            Seal::new(b"of this installation", b"tokens"),
        ] {
            assert!(other.unwrap().open(b"k1", &sealed).is_none());
        }
    }
}
