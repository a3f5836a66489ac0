//! Sealing of webhooks' secrets at rest: who reads the tables alone signs nothing (SEC-3).

use std::fmt;

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    hmac,
};
use sv_kernel::{BoxError, Entropy, Id};

use super::{Secret, StoredSecret};

/// Bytes of a nonce.
const NONCE: usize = 12;

/// Seals secrets. Never printed.
pub(crate) struct Seal(LessSafeKey);

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seal(…)")
    }
}

impl Seal {
    /// Takes the installation's secret.
    pub(crate) fn new(secret: &[u8]) -> Result<Self, BoxError> {
        let secret = hmac::Key::new(hmac::HMAC_SHA256, secret);
        let key = hmac::sign(&secret, b"seal secrets of webhooks");
        let key = UnboundKey::new(&AES_256_GCM, key.as_ref());
        let key = key.map_err(|_| "a key cannot be made")?;
        Ok(Self(LessSafeKey::new(key)))
    }

    /// Returns a secret as it is stored, under its id, so that it cannot be put in another's place.
    pub(crate) fn close(
        &self,
        id: Id<StoredSecret>,
        secret: &Secret,
        entropy: &dyn Entropy,
    ) -> Result<Vec<u8>, BoxError> {
        let mut nonce = [0; NONCE];
        entropy.fill(&mut nonce);
        let mut sealed = secret.bytes().to_vec();
        let under = Nonce::assume_unique_for_key(nonce);
        let done = self
            .0
            .seal_in_place_append_tag(under, Aad::from(id.uuid()), &mut sealed);
        done.map_err(|_| "a secret cannot be sealed")?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Returns a stored secret; `None` where it was changed, or sealed by another secret of the installation.
    pub(crate) fn open(&self, stored: &StoredSecret) -> Option<Secret> {
        let (nonce, sealed) = stored.sealed.split_first_chunk::<NONCE>()?;
        let mut sealed = sealed.to_vec();
        let under = Nonce::assume_unique_for_key(*nonce);
        let id = Aad::from(stored.id.uuid());
        let opened = self.0.open_in_place(under, id, &mut sealed);
        Secret::of(opened.ok()?)
    }
}

#[cfg(test)]
mod tests {
    use sv_kernel::SystemEntropy;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn only_the_installation_opens_a_secret_and_only_under_its_id() {
        let seal = Seal::new(b"of this installation").unwrap();
        let secret = Secret::draw(&SystemEntropy);
        let id = Id::from_uuid(Uuid::from_u128(1));
        let sealed = seal.close(id, &secret, &SystemEntropy).unwrap();
        let stored = |id: u128, sealed: &[u8]| StoredSecret {
            id: Id::from_uuid(Uuid::from_u128(id)),
            sealed: sealed.to_vec(),
            until: None,
        };
        let opened = seal.open(&stored(1, &sealed)).unwrap();
        assert_eq!(opened.bytes(), secret.bytes());
        assert!(!sealed.windows(8).any(|part| part == &secret.bytes()[..8]));
        assert!(seal.open(&stored(2, &sealed)).is_none());
        assert!(seal.open(&stored(1, &sealed[..9])).is_none());
        let mut changed = sealed.clone();
        changed[20] ^= 1;
        assert!(seal.open(&stored(1, &changed)).is_none());
        let other = Seal::new(b"of another one").unwrap();
        assert!(other.open(&stored(1, &sealed)).is_none());
    }
}
