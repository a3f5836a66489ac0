//! Playback tokens: signed addresses (X-SEC-1). One token opens the playlists, segments and files of
//! one packaging of one title, for one session, until it ends.
//!
//! The form is a JWT of type `play+jwt`, HS256 by a key of this service. The algorithm is pinned and
//! the key is named by `kid`; two keys live at once, so that a rotation breaks no running play.

use std::time::Duration;

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use sv_kernel::{Error, Id, Session, Tenant, Timestamp};
use sv_proto::streaming::StreamingReason;
use sv_rpc::identity::LONGEST_GRANT;
use uuid::Uuid;

use crate::domain::{PlaySession, check::is_slug};

/// The longest token that is looked at, in bytes.
const MAX_TOKEN: usize = 2000;
/// The type in the header: no token of another kind is taken.
const TYPE: &str = "play+jwt";
/// The shortest life of an address, where no entitlement ends earlier.
const LEAST_LIFE: Duration = Duration::from_hours(4);

/// What a token opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Grant {
    /// The playback session that it was made for.
    pub(crate) session: Id<PlaySession>,
    /// The login of whoever plays: the token ends with it.
    pub(crate) login: Id<Session>,
    /// Whose title it is.
    pub(crate) tenant: Tenant,
    /// The title, or the channel.
    pub(crate) content_id: String,
    /// The title that a channel plays; `None` where a title is played itself.
    pub(crate) looped: Option<Uuid>,
    /// The packaging: the last part of the media's prefix.
    pub(crate) generation: String,
    /// The most lines of the pictures that it opens, as the viewer's plan says; no limit where it says none.
    pub(crate) most_lines: Option<u32>,
    /// When it ends, by business time.
    pub(crate) expires_at: Timestamp,
}

/// A secret that signs tokens.
#[derive(Clone)]
pub(crate) struct Key {
    /// Its name in the header of tokens.
    pub(crate) kid: String,
    /// 32 random bytes.
    pub(crate) secret: Vec<u8>,
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Key({})", self.kid)
    }
}

/// The keys that live: the first signs, all are taken.
pub(crate) struct Keyring {
    keys: Vec<(String, EncodingKey, DecodingKey)>,
    rules: Validation,
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list()
            .entries(self.keys.iter().map(|k| &k.0))
            .finish()
    }
}

/// The claims on the wire; short names, because the token rides on every address.
#[derive(Serialize, Deserialize)]
struct Claims {
    /// The playback session.
    sid: Id<PlaySession>,
    /// The login.
    log: Id<Session>,
    /// The title, or the channel.
    sub: String,
    /// The title that the channel plays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    src: Option<Uuid>,
    /// The packaging.
    pkg: String,
    /// The tenant.
    ten: String,
    /// The most lines of a picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mxl: Option<u32>,
    /// When it ends, seconds since the epoch.
    exp: i64,
}

/// Returns when an address ends: with the entitlement or the login, and at the latest after twice the
/// title's length or four hours, whichever is longer, but never later than auth remembers ended logins.
pub(crate) fn expiry(
    now: Timestamp,
    ends: impl IntoIterator<Item = Timestamp>,
    length: Duration,
) -> Timestamp {
    let life = LEAST_LIFE.max(length.saturating_mul(2));
    let at_most = now + life.min(LONGEST_GRANT);
    ends.into_iter().fold(at_most, Timestamp::min)
}

impl Keyring {
    /// Makes a ring of keys, newest first.
    pub(crate) fn new(keys: &[Key]) -> Self {
        let mut rules = Validation::new(Algorithm::HS256);
        // The claims are checked below, by business time.
        rules.required_spec_claims.clear();
        rules.validate_exp = false;
        rules.validate_aud = false;
        let keys = keys
            .iter()
            .map(|key| {
                let signs = EncodingKey::from_secret(&key.secret);
                (
                    key.kid.clone(),
                    signs,
                    DecodingKey::from_secret(&key.secret),
                )
            })
            .collect();
        Self { keys, rules }
    }

    /// Signs a token.
    pub(crate) fn sign(&self, grant: &Grant) -> Result<String, Error> {
        let (kid, key, _) = self
            .keys
            .first()
            .ok_or_else(|| internal("there is no key that signs playback tokens"))?;
        let header = Header {
            typ: Some(TYPE.into()),
            kid: Some(kid.clone()),
            ..Header::new(Algorithm::HS256)
        };
        let claims = Claims {
            sid: grant.session,
            log: grant.login,
            sub: grant.content_id.clone(),
            src: grant.looped,
            pkg: grant.generation.clone(),
            ten: grant.tenant.as_str().into(),
            mxl: grant.most_lines,
            exp: grant.expires_at.secs(),
        };
        jsonwebtoken::encode(&header, &claims, key).map_err(internal)
    }

    /// Says whether one of the keys has this token's name for its key.
    pub(crate) fn knows_key_of(&self, token: &str) -> bool {
        token.len() <= MAX_TOKEN && self.key_of(token).is_some()
    }

    /// Reads a token that opens `content_id`; anything else is refused with `PLAY_TOKEN_INVALID`, or
    /// with `PLAY_TOKEN_EXPIRED` where only its time is over.
    pub(crate) fn open(
        &self,
        token: &str,
        content_id: &str,
        now: Timestamp,
    ) -> Result<Grant, Error> {
        let grant = self
            .read(token)
            .filter(|grant| grant.content_id == content_id)
            .ok_or(StreamingReason::PlayTokenInvalid)?;
        if now >= grant.expires_at {
            return Err(StreamingReason::PlayTokenExpired.into());
        }
        Ok(grant)
    }

    fn read(&self, token: &str) -> Option<Grant> {
        if token.len() > MAX_TOKEN {
            return None;
        }
        let key = self.key_of(token)?;
        let claims = jsonwebtoken::decode::<Claims>(token, key, &self.rules)
            .ok()?
            .claims;
        Some(Grant {
            session: claims.sid,
            login: claims.log,
            tenant: Tenant::parse(&claims.ten).ok()?,
            generation: Some(claims.pkg).filter(|pkg| is_slug(pkg, 64))?,
            content_id: claims.sub,
            looped: claims.src,
            most_lines: claims.mxl,
            expires_at: Timestamp::from_secs(claims.exp),
        })
    }

    fn key_of(&self, token: &str) -> Option<&DecodingKey> {
        let header = jsonwebtoken::decode_header(token).ok()?;
        if header.alg != Algorithm::HS256 || header.typ.as_deref() != Some(TYPE) {
            return None;
        }
        let kid = header.kid?;
        let (_, _, key) = self.keys.iter().find(|(name, ..)| *name == kid)?;
        Some(key)
    }
}

fn internal(cause: impl Into<sv_kernel::BoxError>) -> Error {
    Error::from(sv_proto::common::CommonReason::Internal).because(cause)
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    pub(crate) const TITLE: &str = "0190b8e1-7c3a-7d2f-8a44-5f0c2b9d1e67";

    fn key(name: &str) -> Key {
        Key {
            kid: name.into(),
            secret: name.repeat(32).into_bytes(),
        }
    }

    pub(crate) fn grant() -> Grant {
        Grant {
            session: "0190b8e1-7c3a-7d2f-8a44-000000000001".parse().unwrap(),
            login: "0190b8e1-7c3a-7d2f-8a44-000000000002".parse().unwrap(),
            tenant: Tenant::default(),
            content_id: TITLE.into(),
            looped: None,
            generation: "a1b2c3".into(),
            most_lines: Some(720),
            expires_at: Timestamp::from_secs(1_000),
        }
    }

    fn reason(result: Result<Grant, Error>) -> &'static str {
        result.unwrap_err().reason()
    }

    #[test]
    fn a_token_opens_its_own_title_until_the_second_it_ends() {
        let ring = Keyring::new(&[key("a")]);
        let token = ring.sign(&grant()).unwrap();
        let just_before = Timestamp::from_micros(999_999_999);
        assert_eq!(ring.open(&token, TITLE, just_before).unwrap(), grant());
        assert_eq!(
            reason(ring.open(&token, TITLE, Timestamp::from_secs(1_000))),
            "PLAY_TOKEN_EXPIRED"
        );
        let other = TITLE.replace("67", "68");
        assert_eq!(
            reason(ring.open(&token, &other, just_before)),
            "PLAY_TOKEN_INVALID"
        );
        // An expired token of another title tells nothing about its time.
        assert_eq!(
            reason(ring.open(&token, &other, Timestamp::from_secs(2_000))),
            "PLAY_TOKEN_INVALID"
        );
    }

    #[test]
    fn a_token_of_the_key_before_still_opens_and_one_of_a_foreign_key_does_not() {
        let old = Keyring::new(&[key("a")]).sign(&grant()).unwrap();
        let rotated = Keyring::new(&[key("b"), key("a")]);
        assert!(rotated.open(&old, TITLE, Timestamp::EPOCH).is_ok());
        assert!(rotated.knows_key_of(&old));
        let gone = Keyring::new(&[key("c"), key("b")]);
        assert_eq!(
            reason(gone.open(&old, TITLE, Timestamp::EPOCH)),
            "PLAY_TOKEN_INVALID"
        );
        assert!(!gone.knows_key_of(&old));
        // Same name, other secret.
        let forged = Keyring::new(&[Key {
            kid: "a".into(),
            secret: vec![7; 32],
        }]);
        assert_eq!(
            reason(forged.open(&old, TITLE, Timestamp::EPOCH)),
            "PLAY_TOKEN_INVALID"
        );
    }

    /// Signs any header and claims with the right key.
    fn signed(header: &Header, claims: &serde_json::Value) -> String {
        let key = EncodingKey::from_secret(&key("a").secret);
        jsonwebtoken::encode(header, claims, &key).unwrap()
    }

    #[test]
    fn only_our_own_kind_of_token_is_taken_even_when_our_key_signed_it() {
        let ring = Keyring::new(&[key("a")]);
        let header = |alg, typ: Option<&str>, kid: Option<&str>| Header {
            typ: typ.map(Into::into),
            kid: kid.map(Into::into),
            ..Header::new(alg)
        };
        let good = header(Algorithm::HS256, Some("play+jwt"), Some("a"));
        let claims = json!({"sid": grant().session, "log": grant().login, "sub": TITLE, "pkg": "g", "ten": "default", "exp": 1000});
        assert!(
            ring.open(&signed(&good, &claims), TITLE, Timestamp::EPOCH)
                .is_ok()
        );
        for bad in [
            header(Algorithm::HS512, Some("play+jwt"), Some("a")),
            header(Algorithm::HS256, Some("JWT"), Some("a")),
            header(Algorithm::HS256, None, Some("a")),
            header(Algorithm::HS256, Some("play+jwt"), None),
            header(Algorithm::HS256, Some("play+jwt"), Some("b")),
        ] {
            let token = signed(&bad, &claims);
            assert_eq!(
                reason(ring.open(&token, TITLE, Timestamp::EPOCH)),
                "PLAY_TOKEN_INVALID"
            );
        }
        for (name, value) in [
            ("sid", json!("42")),
            ("log", json!("42")),
            ("log", json!(null)),
            ("pkg", json!("../other")),
            ("ten", json!("A")),
            ("exp", json!("soon")),
            ("exp", json!(null)),
        ] {
            let mut claims = claims.clone();
            claims[name] = value;
            let token = signed(&good, &claims);
            assert_eq!(
                reason(ring.open(&token, TITLE, Timestamp::EPOCH)),
                "PLAY_TOKEN_INVALID",
                "{claims}"
            );
        }
        // The unsigned form: {"alg":"none"}.
        let body = signed(&good, &claims);
        let none = format!("eyJhbGciOiJub25lIn0.{}.", body.split('.').nth(1).unwrap());
        assert_eq!(
            reason(ring.open(&none, TITLE, Timestamp::EPOCH)),
            "PLAY_TOKEN_INVALID"
        );
    }

    #[test]
    fn an_address_ends_with_entitlement_or_login_or_after_twice_the_length() {
        let (now, hour) = (Timestamp::from_secs(0), Duration::from_hours(1));
        assert_eq!(expiry(now, [], hour), now + 4 * hour);
        assert_eq!(expiry(now, [], 3 * hour), now + 6 * hour);
        assert_eq!(expiry(now, [], 30 * hour), now + 24 * hour);
        assert_eq!(expiry(now, [now + hour], 3 * hour), now + hour);
        assert_eq!(expiry(now, [now + 100 * hour], hour), now + 4 * hour);
        let both = [now + 2 * hour, now + hour];
        assert_eq!(expiry(now, both, hour), now + hour);
    }

    proptest! {
        #[test]
        fn garbage_is_refused_and_never_breaks_anything(token in ".{0,300}") {
            let ring = Keyring::new(&[key("a")]);
            prop_assert_eq!(reason(ring.open(&token, TITLE, Timestamp::EPOCH)), "PLAY_TOKEN_INVALID");
        }

        #[test]
        fn a_token_with_one_byte_changed_is_refused(at in any::<prop::sample::Index>(), byte in 33_u8..127) {
            let ring = Keyring::new(&[key("a")]);
            let token = ring.sign(&grant()).unwrap();
            let mut bytes = token.clone().into_bytes();
            let at = at.index(bytes.len());
            prop_assume!(bytes[at] != byte);
            // The last character of a 32-byte signature carries two bits that stand for nothing.
            prop_assume!(at + 1 != bytes.len());
            bytes[at] = byte;
            let changed = String::from_utf8(bytes).unwrap();
            prop_assert_eq!(reason(ring.open(&changed, TITLE, Timestamp::EPOCH)), "PLAY_TOKEN_INVALID");
        }

        #[test]
        fn a_token_cut_short_or_long_is_refused(keep in 0_usize..400, more in "[A-Za-z0-9_.-]{0,5}") {
            let ring = Keyring::new(&[key("a")]);
            let token = ring.sign(&grant()).unwrap();
            let cut: String = token.chars().take(keep).chain(more.chars()).collect();
            prop_assume!(cut != token && !(cut.len() == token.len() && cut.as_bytes()[..cut.len() - 1] == token.as_bytes()[..token.len() - 1]));
            prop_assert_eq!(reason(ring.open(&cut, TITLE, Timestamp::EPOCH)), "PLAY_TOKEN_INVALID");
        }
    }
}
