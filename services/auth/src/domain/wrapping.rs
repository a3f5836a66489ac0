//! Wrapping of signing keys at rest: who reads the tables alone signs nothing (AUTH-6, SEC-3).
//!
//! A key is sealed under a secret that the tables do not hold, together with its name, so that it cannot be put in
//! another's place.

use std::fmt;

use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use sv_kernel::{BoxError, Entropy, Seal};

/// Begins what is wrapped; what is not is PEM.
const MARK: &str = "wrapped:";

/// The secrets that wrap. Never printed.
pub(crate) struct Wrapping {
    /// Those that open.
    secrets: Vec<Secret>,
    /// Whether the first of them wraps; else nothing is wrapped.
    wraps: bool,
}

struct Secret {
    /// Tells secrets apart, and nothing of them.
    id: String,
    seal: Seal,
}

impl fmt::Debug for Wrapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wrapping(…)")
    }
}

impl Wrapping {
    /// Takes secrets between commas: the first wraps, all open. Where the first is empty, nothing is wrapped.
    pub(crate) fn of(setting: &str) -> Self {
        let secrets = setting.split(',').filter(|secret| !secret.is_empty());
        Self {
            secrets: secrets.filter_map(Secret::of).collect(),
            wraps: !setting.is_empty() && !setting.starts_with(','),
        }
    }

    /// Says whether a stored key is as it would be stored now.
    pub(crate) fn is_current(&self, stored: &str) -> bool {
        let by = stored.strip_prefix(MARK);
        match self.secrets.first().filter(|_| self.wraps) {
            None => by.is_none(),
            Some(first) => by.is_some_and(|by| by.starts_with(&first.id)),
        }
    }

    /// Returns a private key as it is stored.
    pub(crate) fn wrap(
        &self,
        kid: &str,
        pem: String,
        entropy: &dyn Entropy,
    ) -> Result<String, BoxError> {
        let Some(first) = self.secrets.first().filter(|_| self.wraps) else {
            return Ok(pem);
        };
        let sealed = first.seal.close(kid.as_bytes(), pem.as_bytes(), entropy)?;
        Ok(format!(
            "{MARK}{}:{}",
            first.id,
            STANDARD_NO_PAD.encode(sealed)
        ))
    }

    /// Returns a stored key's private half.
    pub(crate) fn open(&self, kid: &str, stored: &str) -> Result<String, BoxError> {
        let Some(wrapped) = stored.strip_prefix(MARK) else {
            return Ok(stored.to_owned());
        };
        let (id, sealed) = wrapped.split_once(':').unwrap_or_default();
        let secret = self.secrets.iter().find(|secret| secret.id == id);
        let secret = secret.ok_or_else(|| {
            format!("the signing key {kid} is wrapped by a secret that auth.wrapping_secret does not name")
        })?;
        let sealed = STANDARD_NO_PAD.decode(sealed)?;
        let opened = secret.seal.open(kid.as_bytes(), &sealed);
        let opened = opened.ok_or_else(|| format!("the wrapped signing key {kid} was changed"))?;
        Ok(String::from_utf8(opened)?)
    }
}

impl Secret {
    fn of(text: &str) -> Option<Self> {
        let secret = hmac::Key::new(hmac::HMAC_SHA256, text.as_bytes());
        let id = hmac::sign(&secret, b"name of the secret");
        Some(Self {
            id: hex::encode(&id.as_ref()[..4]),
            seal: Seal::new(text.as_bytes(), b"wrap signing keys").ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use sv_kernel::SystemEntropy;

    use super::*;

    const OLD: &str = "0123456789abcdef0123456789abcdef";
    const NEW: &str = "fedcba9876543210fedcba9876543210";

    fn wrap(by: &Wrapping) -> String {
        by.wrap("k1", "PEM".to_owned(), &SystemEntropy).unwrap()
    }

    #[test]
    fn only_the_secret_opens_a_key_and_only_under_its_name() {
        let old = Wrapping::of(OLD);
        let stored = wrap(&old);
        assert!(!stored.contains("PEM") && stored != wrap(&old));
        assert_eq!(old.open("k1", &stored).unwrap(), "PEM");
        assert!(old.open("k2", &stored).is_err());
        let refused = Wrapping::of(NEW)
            .open("k1", &stored)
            .unwrap_err()
            .to_string();
        assert!(refused.contains("auth.wrapping_secret"), "{refused}");
        assert!(Wrapping::of("").open("k1", &stored).is_err());
        let mut changed = stored.clone();
        changed.replace_range(stored.len() - 3..stored.len() - 2, "A");
        let same = changed == stored;
        assert!(same || old.open("k1", &changed).is_err());
        assert!(old.open("k1", "wrapped:").is_err());
    }

    #[test]
    fn secrets_change_one_after_the_other() {
        let (none, learns) = (Wrapping::of(""), Wrapping::of(&format!(",{OLD}")));
        assert_eq!(
            (wrap(&none), wrap(&learns)),
            ("PEM".to_owned(), "PEM".to_owned())
        );
        assert!(none.is_current("PEM") && learns.is_current("PEM"));
        let old = Wrapping::of(OLD);
        assert!(!old.is_current("PEM"));
        let by_old = wrap(&old);
        assert_eq!(learns.open("k1", &by_old).unwrap(), "PEM");
        assert!(old.is_current(&by_old) && !learns.is_current(&by_old));
        let both = Wrapping::of(&format!("{NEW},{OLD}"));
        assert_eq!(both.open("k1", &by_old).unwrap(), "PEM");
        assert!(!both.is_current(&by_old) && both.is_current(&wrap(&both)));
        assert_eq!(Wrapping::of(NEW).open("k1", &wrap(&both)).unwrap(), "PEM");
    }
}
