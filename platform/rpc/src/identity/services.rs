//! The identity of services across processes: 60 s tokens that name the service, signed with a key
//! of the process's own.
//!
//! Every process has an Ed25519 pair per service that it runs. The private half never leaves it; the
//! public half is published in a [`KeyDirectory`] under the service's name before it signs anything.
//! A token says which key signed it (`kid`) and which service speaks (`sub`, `svc:<service>`), and is
//! good only if the directory holds that key for that service: whoever has content's key cannot
//! speak for auth.

mod directory;
mod known;
mod own;

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    path::PathBuf,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use jsonwebtoken::{Algorithm, Validation};
use moka::sync::Cache;
use serde::{Deserialize, Serialize};
use sv_kernel::{Error, IdGen, Result, Timestamp, service_keys::KeyDirectory};
use sv_proto::common::CommonReason;
use tokio_util::sync::CancellationToken;

pub use self::directory::{FolderDirectory, MemoryDirectory, TrustedKeys};
use self::{known::KnownKeys, own::OwnKey};
use super::{LEEWAY, digest::sha256, keys::validation};
use crate::Env;

/// The header type of service tokens.
const TYPE: &str = "svc+jwt";
/// The issuer of service tokens.
const ISSUER: &str = "streamverse-mesh";
/// What stands before a service's name in `sub`.
const SUBJECT: &str = "svc:";
/// How long a token holds.
const LIFETIME: Duration = Duration::from_mins(1);
/// How long a signed token is used again before a new one is signed.
const REUSE: Duration = Duration::from_secs(30);
/// How long a key stays published after it was last refreshed: that of a process that was killed is
/// gone after so long.
const PUBLISHED: Duration = Duration::from_mins(15);
/// How long a key stays published that signs no more: its last tokens end before.
const GRACE: Duration = Duration::from_mins(2);
/// How often the own keys are published again and those of others are read.
const ROUND: Duration = Duration::from_secs(30);
/// The longest token that is looked at.
const MAX_TOKEN: usize = 2_000;

#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    /// `svc:` and the service that calls.
    sub: String,
    /// The RPC service that is called.
    aud: String,
    iat: i64,
    exp: i64,
    jti: String,
}

/// Which identities a process has, and where they are kept.
#[derive(Clone, Debug)]
pub struct IdentitySettings {
    /// The services that speak through this process.
    pub services: BTreeSet<String>,
    /// Where private keys lie, readable by their owner only; `None`, or a folder that cannot be
    /// written, keeps them in memory.
    pub folder: Option<PathBuf>,
    /// How long a key signs before the next takes its place; `None` leaves that to people.
    pub rotate_after: Option<Duration>,
}

/// Signs the tokens of this process's services and verifies those of others.
pub struct ServiceIdentities {
    env: Env,
    settings: IdentitySettings,
    directory: Arc<dyn KeyDirectory>,
    own: RwLock<BTreeMap<String, Arc<OwnKey>>>,
    known: KnownKeys,
    /// Signed tokens by (caller, audience).
    signed: Cache<(Arc<str>, String), (Arc<str>, Timestamp)>,
    /// Claims of verified tokens, with their keys' ids, by the tokens' hashes.
    verified: Cache<[u8; 32], Arc<(String, Claims)>>,
}

impl std::fmt::Debug for ServiceIdentities {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ServiceIdentities")
            .field("services", &self.settings.services)
            .finish_non_exhaustive()
    }
}

impl ServiceIdentities {
    /// Opens the process's keys, makes those that are missing, and publishes them.
    pub async fn open(
        settings: IdentitySettings,
        directory: Arc<dyn KeyDirectory>,
        env: &Env,
    ) -> io::Result<Self> {
        let now = env.clock.now();
        let mut own = BTreeMap::new();
        for service in &settings.services {
            let key = OwnKey::open(settings.folder.as_deref(), service, now)?;
            own.insert(service.clone(), Arc::new(key));
        }
        let identities = Self::of(env, settings, directory, own);
        identities
            .publish(now + PUBLISHED)
            .await
            .map_err(io::Error::other)?;
        Ok(identities)
    }

    /// Makes identities that only this process knows; for tests.
    pub fn ephemeral<'s>(
        env: &Env,
        services: impl IntoIterator<Item = &'s str>,
    ) -> io::Result<Self> {
        let directory = MemoryDirectory::default();
        let mut own = BTreeMap::new();
        for service in services {
            let key = OwnKey::generate(service, env.clock.now())?;
            directory.insert(key.public(Timestamp::from_secs(i64::from(u32::MAX))));
            own.insert(service.to_owned(), Arc::new(key));
        }
        let settings = IdentitySettings {
            services: own.keys().cloned().collect(),
            folder: None,
            rotate_after: None,
        };
        Ok(Self::of(env, settings, Arc::new(directory), own))
    }

    fn of(
        env: &Env,
        settings: IdentitySettings,
        directory: Arc<dyn KeyDirectory>,
        own: BTreeMap<String, Arc<OwnKey>>,
    ) -> Self {
        Self {
            env: env.clone(),
            settings,
            known: KnownKeys::new(directory.clone(), env.clock.clone()),
            directory,
            own: RwLock::new(own),
            signed: Cache::new(1_000),
            verified: Cache::new(4_000),
        }
    }

    /// Keeps the own keys published and those of others known, and puts new keys in the place of old
    /// ones, until it is told to stop; then says that the own keys sign no more. To be spawned once.
    pub async fn keep(self: Arc<Self>, stop: CancellationToken) {
        let mut ticks = tokio::time::interval(ROUND);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                _ = ticks.tick() => {}
            }
            if let Err(cause) = self.round().await {
                tracing::warn!(error = &*cause, "service keys not refreshed");
            }
        }
        let until = self.env.clock.now() + GRACE;
        if let Err(cause) = self.publish(until).await {
            tracing::debug!(%cause, "service keys run out by themselves");
        }
    }

    /// Does what has to be done from time to time.
    async fn round(&self) -> Result<(), sv_kernel::BoxError> {
        let now = self.env.clock.now();
        if let Some(most) = self.settings.rotate_after {
            let old = self.own_keys().into_iter();
            for key in old.filter(|key| now.since(key.made) >= most) {
                self.rotate(&key.service).await?;
            }
        }
        self.publish(now + PUBLISHED).await?;
        self.directory.prune(now).await?;
        self.known.refresh().await
    }

    /// Puts a new key in the place of a service's present one. The new one is published before it
    /// signs, and the old one stays until its last tokens have ended.
    pub async fn rotate(&self, service: &str) -> Result<(), sv_kernel::BoxError> {
        let now = self.env.clock.now();
        let Some(old) = self.own_key(service) else {
            return Err(format!("this process does not speak for {service}").into());
        };
        let new = Arc::new(OwnKey::generate(service, now)?);
        self.directory.publish(&new.public(now + PUBLISHED)).await?;
        old.replace(&new)?;
        self.own
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(service.to_owned(), new.clone());
        self.signed.invalidate_all();
        self.directory.publish(&old.public(now + GRACE)).await?;
        tracing::info!(service, key.id = new.kid, "a new key signs for the service");
        Ok(())
    }

    /// Publishes the own keys anew: a service does not know them.
    pub(crate) async fn publish_again(&self) {
        let until = self.env.clock.now() + PUBLISHED;
        match self.publish(until).await {
            Ok(()) => {
                tracing::warn!("keys of this process were not known, and are published again");
            }
            Err(cause) => tracing::warn!(error = &*cause, "service keys not published"),
        }
    }

    /// Has everybody forget the published keys, as where their folder is deleted.
    #[cfg(test)]
    pub(crate) async fn lose_published(&self) {
        let end = Timestamp::from_secs(i64::from(u32::MAX) + 1);
        self.directory.prune(end).await.unwrap();
        self.known.refresh().await.unwrap();
    }

    async fn publish(&self, not_after: Timestamp) -> Result<(), sv_kernel::BoxError> {
        for key in self.own_keys() {
            self.directory.publish(&key.public(not_after)).await?;
        }
        Ok(())
    }

    fn own_keys(&self) -> Vec<Arc<OwnKey>> {
        let own = self.own.read().unwrap_or_else(PoisonError::into_inner);
        own.values().cloned().collect()
    }

    fn own_key(&self, service: &str) -> Option<Arc<OwnKey>> {
        let own = self.own.read().unwrap_or_else(PoisonError::into_inner);
        own.get(service).cloned()
    }

    /// Returns a token of `caller` for calls to the RPC service `audience`, e.g.
    /// `streamverse.users.v1.UserService`.
    ///
    /// Fails with INTERNAL where this process does not speak for the caller.
    pub fn token(&self, caller: &Arc<str>, audience: &str) -> Result<Arc<str>> {
        let now = self.env.clock.now();
        let slot = (caller.clone(), audience.to_owned());
        if let Some((token, at)) = self.signed.get(&slot)
            && now >= at
            && now.since(at) < REUSE
        {
            return Ok(token);
        }
        let internal =
            |cause: sv_kernel::BoxError| Error::from(CommonReason::Internal).because(cause);
        let key = self
            .own_key(caller)
            .ok_or_else(|| internal(format!("this process does not speak for {caller}").into()))?;
        let claims = claims(caller, audience, now, &self.env.ids);
        let token: Arc<str> = key.sign(&claims).map_err(|e| internal(e.into()))?.into();
        self.signed.insert(slot, (token.clone(), now));
        Ok(token)
    }

    /// Verifies a token for calls to the RPC service `audience`; returns the name of the service that
    /// calls.
    ///
    /// Fails with `TOKEN_INVALID`, with `SERVICE_UNKNOWN` where nobody has published the key that signed, and
    /// with UNAVAILABLE while the keys of others cannot be read.
    pub async fn verify(&self, token: &str, audience: &str) -> Result<Arc<str>> {
        let invalid = || Error::from(CommonReason::TokenInvalid);
        let fingerprint = sha256(token.as_bytes());
        let remembered = self.verified.get(&fingerprint);
        let remembered = remembered.filter(|verified| self.known.get(&verified.0).is_some());
        let verified = if let Some(verified) = remembered {
            verified
        } else {
            let verified = Arc::new(self.read(token).await?);
            self.verified.insert(fingerprint, verified.clone());
            verified
        };
        let claims = &verified.1;
        let now = self.env.clock.now();
        let (issued, ends) = (
            Timestamp::from_secs(claims.iat),
            Timestamp::from_secs(claims.exp),
        );
        let timely =
            issued <= now + LEEWAY && now < ends + LEEWAY && ends.since(issued) <= LIFETIME;
        match claims.sub.strip_prefix(SUBJECT) {
            Some(service) if timely && claims.aud == audience => Ok(service.into()),
            _ => Err(invalid()),
        }
    }

    /// Returns the claims of a token that a known key has signed for its own service.
    async fn read(&self, token: &str) -> Result<(String, Claims)> {
        let invalid = || Error::from(CommonReason::TokenInvalid);
        if token.len() > MAX_TOKEN {
            return Err(invalid());
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| invalid())?;
        let kid = match (header.typ.as_deref(), header.alg, header.kid) {
            (Some(TYPE), Algorithm::EdDSA, Some(kid)) if kid.len() <= directory::MAX_KID => kid,
            _ => return Err(invalid()),
        };
        let key = self.known.find(&kid).await?;
        let key = key.ok_or_else(|| Error::from(CommonReason::ServiceUnknown))?;
        // The audience differs per call and is compared by the caller.
        let mut checks: Validation = validation(Algorithm::EdDSA, ISSUER, "");
        checks.validate_aud = false;
        let data =
            jsonwebtoken::decode::<Claims>(token, &key.decoding, &checks).map_err(|_| invalid())?;
        if data.claims.sub.strip_prefix(SUBJECT) == Some(&key.service) {
            Ok((kid, data.claims))
        } else {
            Err(invalid())
        }
    }
}

fn claims(caller: &str, audience: &str, now: Timestamp, ids: &IdGen) -> Claims {
    Claims {
        iss: ISSUER.into(),
        sub: format!("{SUBJECT}{caller}"),
        aud: audience.into(),
        iat: now.secs(),
        exp: (now + LIFETIME).secs(),
        jti: ids.next::<Claims>().to_string(),
    }
}
