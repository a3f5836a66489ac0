//! Tickets: secrets that stand for an access token once, for those who can send no header (C19).

use std::fmt;

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    digest, hmac,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sv_kernel::Entropy;

use super::Digest;

/// A ticket as the client has it: 256 bits. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Ticket(String);

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ticket(…)")
    }
}

impl Ticket {
    /// Makes a ticket.
    pub(crate) fn random(entropy: &dyn Entropy) -> Self {
        let mut bytes = [0; 32];
        entropy.fill(&mut bytes);
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Takes what a client sent.
    pub(crate) fn given(text: String) -> Self {
        Self(text)
    }

    /// Returns the ticket itself, for the answer.
    pub(crate) fn into_text(self) -> String {
        self.0
    }

    /// Returns what is stored in its stead.
    pub(crate) fn digest(&self) -> Digest {
        let mut out = [0; 32];
        out.copy_from_slice(digest::digest(&digest::SHA256, self.0.as_bytes()).as_ref());
        out
    }

    /// Seals a token so that only who has the ticket can read it: whoever reads the tables has neither.
    pub(crate) fn seal(&self, token: &str) -> Option<Vec<u8>> {
        let mut sealed = token.as_bytes().to_vec();
        let (key, nonce) = self.key()?;
        key.seal_in_place_append_tag(nonce, Aad::empty(), &mut sealed)
            .ok()?;
        Some(sealed)
    }

    /// Opens what was sealed.
    pub(crate) fn open(&self, mut sealed: Vec<u8>) -> Option<String> {
        let (key, nonce) = self.key()?;
        let token = key.open_in_place(nonce, Aad::empty(), &mut sealed).ok()?;
        String::from_utf8(token.to_vec()).ok()
    }

    /// Returns the key of a ticket. It seals one thing only, so its nonce may be any.
    fn key(&self) -> Option<(LessSafeKey, Nonce)> {
        let secret = hmac::Key::new(hmac::HMAC_SHA256, self.0.as_bytes());
        let key = hmac::sign(&secret, b"ticket");
        let key = UnboundKey::new(&AES_256_GCM, key.as_ref()).ok()?;
        let nonce = Nonce::assume_unique_for_key([0; 12]);
        Some((LessSafeKey::new(key), nonce))
    }
}

/// Says whether a request's path is the one that a ticket was made for, or below it.
pub(crate) fn covers(made_for: &str, path: &str) -> bool {
    let made_for = made_for.trim_end_matches('/');
    let below = path.strip_prefix(made_for);
    !made_for.is_empty() && below.is_some_and(|below| below.is_empty() || below.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use sv_kernel::SeededEntropy;

    use super::*;

    #[test]
    fn only_the_ticket_opens_what_it_sealed() {
        let entropy = SeededEntropy::new(1);
        let (ticket, other) = (Ticket::random(&entropy), Ticket::random(&entropy));
        let sealed = ticket.seal("a token").unwrap();
        assert!(!sealed.windows(5).any(|part| part == b"token"));
        assert_eq!(ticket.open(sealed.clone()).as_deref(), Some("a token"));
        assert_eq!(other.open(sealed), None);
        assert_eq!(ticket.clone().into_text().len(), 43);
        assert_eq!(format!("{ticket:?}"), "Ticket(…)");
    }

    #[test]
    fn a_ticket_is_for_its_path_and_what_is_below() {
        for (made_for, path, covered) in [
            ("/a/b", "/a/b", true),
            ("/a/b/", "/a/b", true),
            ("/a", "/a/b", true),
            ("/a/b", "/a/bc", false),
            ("/a/b", "/a", false),
            ("/", "/a", false),
            ("", "/a", false),
        ] {
            assert_eq!(covers(made_for, path), covered, "{made_for} {path}");
        }
    }
}
