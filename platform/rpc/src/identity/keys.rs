//! The keys that verify access tokens: each with the one algorithm that it is for.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use arc_swap::ArcSwap;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use sv_kernel::{Clock, Error, Result, Timestamp};
use sv_proto::{auth::Jwk, common::CommonReason};

use super::{TokenAuthority, TokenSettings};

/// The shortest time between two questions for an unknown key.
const MIN_PAUSE: Duration = Duration::from_secs(5);

/// A key with its algorithm and the checks that its tokens pass.
pub struct VerifyKey {
    /// The only algorithm that this key verifies.
    pub algorithm: Algorithm,
    pub(super) key: DecodingKey,
    pub(super) validation: Validation,
}

impl fmt::Debug for VerifyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifyKey")
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}

/// The one place that says how a JWT of ours is checked. Times are checked by our own clock.
pub(super) fn validation(algorithm: Algorithm, issuer: &str, audience: &str) -> Validation {
    let mut checks = Validation::new(algorithm);
    checks.set_issuer(&[issuer]);
    checks.set_audience(&[audience]);
    checks.set_required_spec_claims(&["iss", "aud", "sub", "exp"]);
    checks.validate_exp = false;
    checks.validate_nbf = false;
    checks
}

#[derive(Default)]
struct Loaded {
    keys: HashMap<String, Arc<VerifyKey>>,
    at: Option<Timestamp>,
}

/// Keys by `kid`, refreshed from the auth service; the last good set is kept for one token
/// lifetime. Looking a key up does no I/O.
pub struct KeySet {
    settings: TokenSettings,
    clock: Arc<dyn Clock>,
    /// Keys of the configuration: never refreshed, never published.
    fixed: HashMap<String, Arc<VerifyKey>>,
    loaded: ArcSwap<Loaded>,
    asked: Mutex<Option<Timestamp>>,
    /// Lets one question out at a time.
    gate: tokio::sync::Mutex<()>,
}

impl fmt::Debug for KeySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeySet")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

impl KeySet {
    /// Makes an empty set.
    pub fn new(settings: TokenSettings, clock: Arc<dyn Clock>) -> Self {
        Self {
            settings,
            clock,
            fixed: HashMap::new(),
            loaded: ArcSwap::default(),
            asked: Mutex::new(None),
            gate: tokio::sync::Mutex::new(()),
        }
    }

    /// Adds a shared secret for HS256: the development profile's `JWT_SECRET` (C1), and tests.
    #[must_use]
    pub fn with_secret(mut self, kid: &str, secret: &[u8]) -> Self {
        let key = VerifyKey {
            algorithm: Algorithm::HS256,
            key: DecodingKey::from_secret(secret),
            validation: validation(
                Algorithm::HS256,
                &self.settings.issuer,
                &self.settings.audience,
            ),
        };
        self.fixed.insert(kid.to_owned(), Arc::new(key));
        self
    }

    /// Returns how old a token may be.
    pub(super) const fn lifetime(&self) -> Duration {
        self.settings.lifetime
    }

    /// Finds a key without I/O.
    pub fn get(&self, kid: &str) -> Option<Arc<VerifyKey>> {
        if let Some(key) = self.fixed.get(kid) {
            return Some(key.clone());
        }
        let loaded = self.loaded.load();
        let fresh = loaded
            .at
            .is_some_and(|at| self.clock.now().since(at) <= self.settings.lifetime);
        loaded.keys.get(kid).filter(|_| fresh).cloned()
    }

    /// Finds a key; an unknown one is asked for, but not more often than every 5 s.
    ///
    /// Fails with `TOKEN_INVALID`, or UNAVAILABLE while no keys could be had at all.
    pub async fn find(&self, kid: &str, authority: &dyn TokenAuthority) -> Result<Arc<VerifyKey>> {
        if let Some(key) = self.get(kid) {
            return Ok(key);
        }
        let _one_at_a_time = self.gate.lock().await;
        if let Some(key) = self.get(kid) {
            return Ok(key);
        }
        let failed = if self.may_ask() {
            self.refresh(authority).await.err()
        } else {
            None
        };
        match (self.get(kid), self.loaded.load().at, failed) {
            (Some(key), _, _) => Ok(key),
            (None, Some(at), _) if self.clock.now().since(at) <= self.settings.lifetime => {
                Err(CommonReason::TokenInvalid.into())
            }
            (None, _, Some(cause)) => Err(Error::from(CommonReason::Unavailable).because(cause)),
            // Only a fixed secret is known, or the keys are too old and were just asked for.
            (None, None, None) if !self.fixed.is_empty() => Err(CommonReason::TokenInvalid.into()),
            (None, _, None) => Err(CommonReason::Unavailable.into()),
        }
    }

    /// Replaces the keys by what the authority says; on failure the last good set stays.
    pub async fn refresh(&self, authority: &dyn TokenAuthority) -> Result<()> {
        let jwks = authority.keys().await?;
        let keys = jwks.iter().filter_map(|jwk| self.read(jwk)).collect();
        let at = Some(self.clock.now());
        self.loaded.store(Arc::new(Loaded { keys, at }));
        Ok(())
    }

    fn may_ask(&self) -> bool {
        let now = self.clock.now();
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let may = asked.is_none_or(|at| now.since(at) >= MIN_PAUSE || now < at);
        if may {
            *asked = Some(now);
        }
        may
    }

    /// Reads a published key. Only RSA signatures are taken from the network: a published secret
    /// would be no secret.
    fn read(&self, jwk: &Jwk) -> Option<(String, Arc<VerifyKey>)> {
        let algorithm = match jwk.alg.as_str() {
            "RS256" => Algorithm::RS256,
            other => {
                tracing::warn!(
                    key.id = jwk.kid,
                    key.alg = other,
                    "key ignored: unknown algorithm"
                );
                return None;
            }
        };
        let usable = jwk.kty == "RSA" && jwk.r#use == "sig" && !jwk.kid.is_empty();
        let key = usable
            .then(|| DecodingKey::from_rsa_components(&jwk.n, &jwk.e).ok())
            .flatten();
        let Some(key) = key else {
            tracing::warn!(
                key.id = jwk.kid,
                "key ignored: not a public RSA key for signatures"
            );
            return None;
        };
        let validation = validation(algorithm, &self.settings.issuer, &self.settings.audience);
        Some((
            jwk.kid.clone(),
            Arc::new(VerifyKey {
                algorithm,
                key,
                validation,
            }),
        ))
    }
}
