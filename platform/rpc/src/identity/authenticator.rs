//! Verifies access tokens and service tokens; remembers what it verified.

use std::{fmt, sync::Arc, time::Duration};

use moka::sync::Cache;
use serde::Deserialize;
use sv_kernel::{Error, Id, Result, Session, Tenant, Viewer};
use sv_proto::common::CommonReason;
use tokio_util::sync::CancellationToken;

use super::{
    ACCESS_TOKEN_TYPE, AccessClaims, KeySet, Revocations, ServiceIdentities, TokenAuthority,
    TokenSettings, digest::sha256,
};
use crate::{Env, encoding};

/// The longest token that is looked at.
const MAX_TOKEN: usize = 8 * 1024;
/// The most verified tokens that are remembered.
const REMEMBERED: u64 = 20_000;
/// How often revocations are read while tokens are verified.
const REVOCATION_PERIOD: Duration = Duration::from_millis(500);
/// How often they are read while nobody comes, in revocation periods: 10 s.
const AT_REST: u64 = 20;
/// How often keys are read, in revocation periods.
const KEY_PERIODS: u64 = 120;

/// A verified access token.
///
/// Only an [`Authenticator`] makes one. In the extensions of a call, as `Arc<Verified>`, it tells a
/// service of the same process whose token the call carries, so that it is not verified twice.
#[derive(Debug)]
pub struct Verified {
    /// The person.
    pub viewer: Arc<Viewer>,
    /// The tenant of the account; nothing a client sends overrides it (C26).
    pub tenant: Tenant,
    claims: AccessClaims,
    kid: String,
}

/// Verifies tokens. One per process.
pub struct Authenticator {
    env: Env,
    keys: KeySet,
    revocations: Revocations,
    authority: Arc<dyn TokenAuthority>,
    services: Option<Arc<ServiceIdentities>>,
    verified: Cache<[u8; 32], Arc<Verified>>,
}

impl fmt::Debug for Authenticator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authenticator")
            .field("keys", &self.keys)
            .finish_non_exhaustive()
    }
}

/// The header of a JWT, as far as it may matter: `jku`, `x5u` and `jwk` are never looked at.
#[derive(Deserialize)]
struct Header {
    alg: String,
    typ: Option<String>,
    kid: Option<String>,
    crit: Option<serde::de::IgnoredAny>,
}

impl Authenticator {
    /// Makes an authenticator; `services` verifies the identity of services in other processes.
    pub fn new(
        env: Env,
        settings: TokenSettings,
        authority: Arc<dyn TokenAuthority>,
        services: Option<Arc<ServiceIdentities>>,
    ) -> Self {
        let keys = KeySet::new(settings, env.clock.clone());
        Self::with_keys(env, keys, authority, services)
    }

    /// Makes an authenticator on a set of keys, e.g. one with a shared secret.
    pub fn with_keys(
        env: Env,
        keys: KeySet,
        authority: Arc<dyn TokenAuthority>,
        services: Option<Arc<ServiceIdentities>>,
    ) -> Self {
        Self {
            revocations: Revocations::new(env.clock.clone()),
            verified: Cache::new(REMEMBERED),
            env,
            keys,
            authority,
            services,
        }
    }

    /// Returns the snapshot of ended sessions, so that auth in this process can push to it.
    pub const fn revocations(&self) -> &Revocations {
        &self.revocations
    }

    /// Follows keys and revocations until it is told to stop. To be spawned once per process.
    pub async fn follow(self: Arc<Self>, stop: CancellationToken) {
        let mut ticks = tokio::time::interval(REVOCATION_PERIOD);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut round = 0_u64;
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = ticks.tick() => {}
            }
            if round.is_multiple_of(KEY_PERIODS)
                && let Err(cause) = self.keys.refresh(self.authority.as_ref()).await
            {
                tracing::debug!(%cause, "keys not refreshed");
            }
            if (round.is_multiple_of(AT_REST) || self.revocations.were_asked())
                && let Err(cause) = self.revocations.refresh(self.authority.as_ref()).await
            {
                tracing::debug!(%cause, "revocations not refreshed");
            }
            round += 1;
        }
    }

    /// Verifies an access token.
    ///
    /// Fails with `TOKEN_INVALID`, `TOKEN_EXPIRED`, `TOKEN_REVOKED`, and with UNAVAILABLE while keys or
    /// revocations cannot be had.
    pub async fn verify(&self, token: &str) -> Result<Arc<Verified>> {
        let fingerprint = sha256(token.as_bytes());
        // A remembered token is good as long as its key is.
        let remembered = self
            .verified
            .get(&fingerprint)
            .filter(|v| self.keys.get(&v.kid).is_some());
        let verified = if let Some(verified) = remembered {
            verified
        } else {
            let verified = Arc::new(self.read(token).await?);
            self.verified.insert(fingerprint, verified.clone());
            verified
        };
        let now = self.env.clock.now();
        let lifetime = self.revocations.lifetime().unwrap_or(Duration::MAX);
        verified.claims.check_time(now, lifetime)?;
        self.check_session(verified.viewer.session).await?;
        // By now auth has said how long a token lives: the setting is made there and nowhere else.
        let lifetime = self.revocations.lifetime();
        let lifetime = lifetime.unwrap_or_else(|| self.keys.lifetime());
        verified.claims.check_time(now, lifetime)?;
        Ok(verified)
    }

    /// Fails with `TOKEN_REVOKED` where a session was ended, and with UNAVAILABLE while that cannot be
    /// known; for what is made out to a session and shown without its access token. As a rule this
    /// only looks into memory.
    pub async fn check_session(&self, session: Id<Session>) -> Result<()> {
        self.revocations
            .check(session, self.authority.as_ref())
            .await
    }

    /// Says whether a token was verified before, whether or not it still holds.
    pub fn remembers(&self, token: &str) -> bool {
        self.verified.contains_key(&sha256(token.as_bytes()))
    }

    /// Verifies a service's token for calls to `audience`; returns the service's name.
    pub async fn service(&self, token: &str, audience: &str) -> Result<Arc<str>> {
        match &self.services {
            Some(identities) => identities.verify(token, audience).await,
            None => Err(CommonReason::TokenInvalid.into()),
        }
    }

    async fn read(&self, token: &str) -> Result<Verified> {
        let header = header(token)?;
        let kid = match (header.typ.as_deref(), header.kid, header.crit) {
            (Some(ACCESS_TOKEN_TYPE), Some(kid), None) if kid.len() <= 128 => kid,
            _ => return Err(invalid("type, key id or critical extensions do not fit")),
        };
        let key = self.keys.find(&kid, self.authority.as_ref()).await?;
        if header.alg != format!("{:?}", key.algorithm) {
            return Err(invalid("the algorithm is not the key's"));
        }
        let data = jsonwebtoken::decode::<AccessClaims>(token, &key.key, &key.validation)
            .map_err(invalid)?;
        let tenant = Tenant::parse(&data.claims.tid).map_err(invalid)?;
        Ok(Verified {
            viewer: Arc::new(data.claims.viewer()),
            tenant,
            claims: data.claims,
            kid,
        })
    }
}

fn header(token: &str) -> Result<Header> {
    if token.len() > MAX_TOKEN {
        return Err(invalid("too long"));
    }
    let first = token.split('.').next().unwrap_or_default();
    let json = encoding::from_base64url(first).ok_or_else(|| invalid("not base64url"))?;
    serde_json::from_slice(&json).map_err(invalid)
}

/// A bad token is the caller's affair: its cause is kept out of the error log.
fn invalid(cause: impl fmt::Display) -> Error {
    tracing::debug!(%cause, "token refused");
    CommonReason::TokenInvalid.into()
}
