//! Signed addresses of streams that are made elsewhere (LIVE-6): their host serves what it finds signed.
//!
//! An address gets `expires`, seconds since the epoch, and `signature`: base64url without padding of
//! HMAC-SHA256 over the folder of its path, a line feed, and `expires`. It stands for the folder, because a
//! playlist names its segments beside itself: a host that hands the query on opens these, too.

use std::collections::BTreeSet;

use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::Uri;
use sv_kernel::Timestamp;

/// Signs addresses of some hosts.
pub(crate) struct Signing {
    key: Option<hmac::Key>,
    hosts: BTreeSet<String>,
}

impl std::fmt::Debug for Signing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signing({:?})", self.hosts)
    }
}

impl Signing {
    /// Signs with a secret for hosts; without a secret, nothing.
    pub(crate) fn new(secret: &str, hosts: &[String]) -> Self {
        let key = || hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        Self {
            key: (!secret.is_empty()).then(key),
            hosts: hosts.iter().cloned().collect(),
        }
    }

    /// Returns an address as viewers get it: signed where its host wants that.
    pub(crate) fn sign(&self, address: &str, expires: Timestamp) -> String {
        self.signed(address, expires)
            .unwrap_or_else(|| address.to_owned())
    }

    fn signed(&self, address: &str, expires: Timestamp) -> Option<String> {
        let key = self.key.as_ref()?;
        let uri: Uri = address.parse().ok()?;
        let host = uri.host()?.to_ascii_lowercase();
        if !self.hosts.contains(&host) {
            return None;
        }
        let (folder, _) = uri.path().rsplit_once('/')?;
        let expires = expires.secs();
        let tag = hmac::sign(key, format!("{folder}/\n{expires}").as_bytes());
        let signature = URL_SAFE_NO_PAD.encode(tag);
        let and = if uri.query().is_some() { '&' } else { '?' };
        let (address, _) = address.split_once('#').unwrap_or((address, ""));
        Some(format!(
            "{address}{and}expires={expires}&signature={signature}"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADDRESS: &str = "https://live.example.com/quokka/index.m3u8";

    fn signing() -> Signing {
        Signing::new("sesame", &["live.example.com".into()])
    }

    #[test]
    fn an_address_of_a_host_that_wants_it_is_signed_by_its_folder() {
        let at = Timestamp::from_secs(1_800_000_000);
        let signed = signing().sign(ADDRESS, at);
        // echo -en '/quokka/\n1800000000' | openssl dgst -sha256 -hmac sesame -binary | base64
        let expected = "p_3296DReoT65NKjgDLAFKu1OaKwhqnMoN_xmGvmKqU";
        assert_eq!(
            signed,
            format!("{ADDRESS}?expires=1800000000&signature={expected}")
        );
        let beside = signing().sign("https://LIVE.example.com/quokka/other.m3u8?a=b#t", at);
        assert!(beside.ends_with(&format!("?a=b&expires=1800000000&signature={expected}")));
    }

    #[test]
    fn other_addresses_stay_as_they_are() {
        let at = Timestamp::from_secs(1_800_000_000);
        for other in [
            "https://example.com/quokka.m3u8",
            "https://live.example.com.evil.example/x.m3u8",
        ] {
            assert_eq!(signing().sign(other, at), other);
        }
        let nothing = Signing::new("", &["live.example.com".into()]);
        assert_eq!(nothing.sign(ADDRESS, at), ADDRESS);
    }
}
