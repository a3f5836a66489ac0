//! The keys that sign access tokens (AUTH-6, C1).
//!
//! There are always two: the one that signs, and the next, which is published long before it signs,
//! so that no verifier meets a key that it does not know. A key that signs no more stays published
//! for as long as its tokens run.
//!
//! Clocks are wrong at times. Where the day of no key has come, because the clock was ahead when they were
//! made, the first of them signs; and a key goes only some time after its successor was seen to sign, so
//! that a clock that jumps ahead and back takes none away. Nothing is dated anew: a process whose clock
//! is behind would have all others change their keys.

use std::{
    fmt,
    sync::{Arc, PoisonError},
    time::Duration,
};

use aws_lc_rs::{
    encoding::{AsDer as _, Pkcs8V1Der},
    hmac,
    rand::SystemRandom,
    rsa::{KeyPair, KeySize},
    signature::RSA_PKCS1_SHA256,
};
use base64::{
    Engine as _, engine::general_purpose::STANDARD, engine::general_purpose::URL_SAFE_NO_PAD,
};
use jsonwebtoken::{
    Algorithm, EncodingKey,
    jwk::{AlgorithmParameters, Jwk},
};
use serde::Serialize;
use sv_kernel::{BoxError, Ctx, Error, Result, Timestamp, causes};
use sv_proto::{auth as pb, common::CommonReason};
use sv_rpc::{
    Env,
    identity::{ACCESS_TOKEN_TYPE, AccessClaims},
};
use sv_store::{Db, work};
use tokio::sync::Mutex;

use crate::{
    Options,
    domain::{RefreshSecret, Wrapping},
    store::signing_keys::{self, StoredKey},
};

/// Names the shared secret in the header of tokens that it signs; verifiers need it under this
/// name.
pub const SHARED_SECRET_KID: &str = "shared";

/// How long keys are used before they are read again; other processes may have added one.
pub(crate) const REREAD: Duration = Duration::from_mins(1);
/// How long a key stays published after its last token has ended.
const GRACE: Duration = Duration::from_mins(5);

/// The keys of the installation.
pub(crate) struct SigningKeys {
    db: Db,
    env: Env,
    lifetime: Duration,
    change_after: Duration,
    shared: Option<hmac::Key>,
    wrapping: Wrapping,
    loaded: Mutex<Option<Arc<Loaded>>>,
    /// Why no token could be signed, when last it was tried.
    trouble: std::sync::Mutex<Option<String>>,
}

/// The keys as they were read.
pub(crate) struct Loaded {
    at: Timestamp,
    keys: Vec<Key>,
    /// What refresh tokens derive from.
    pub(crate) refresh: Arc<RefreshSecret>,
}

pub(crate) struct Key {
    kid: String,
    signs_from: Timestamp,
    pair: KeyPair,
    public: pb::Jwk,
}

#[derive(Serialize)]
struct Header<'a> {
    alg: &'static str,
    typ: &'static str,
    kid: &'a str,
}

#[derive(Serialize)]
struct Claims<'a> {
    #[serde(flatten)]
    access: &'a AccessClaims,
    jti: String,
}

impl fmt::Debug for SigningKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKeys(…)")
    }
}

impl SigningKeys {
    pub(crate) fn new(db: Db, env: Env, options: &Options) -> Self {
        let secret = Some(options.jwt_secret.as_bytes()).filter(|secret| !secret.is_empty());
        Self {
            db,
            env,
            lifetime: Duration::from_secs(options.access_token_seconds),
            change_after: Duration::from_hours(24 * options.key_days),
            shared: secret.map(|secret| hmac::Key::new(hmac::HMAC_SHA256, secret)),
            wrapping: Wrapping::of(&options.wrapping_secret),
            loaded: Mutex::new(None),
            trouble: std::sync::Mutex::new(None),
        }
    }

    /// Signs an access token.
    pub(crate) async fn sign(&self, ctx: &Ctx, access: &AccessClaims) -> Result<String> {
        let claims = Claims {
            access,
            jti: ctx.new_id::<Claims<'_>>().to_string(),
        };
        if let Some(secret) = &self.shared {
            let text = unsigned("HS256", SHARED_SECRET_KID, &claims)?;
            let tag = hmac::sign(secret, text.as_bytes());
            return Ok(format!("{text}.{}", URL_SAFE_NO_PAD.encode(tag)));
        }
        let loaded = self.load(ctx).await?;
        // After the load: it may have made the first key, which signs from then on.
        let key = signing(&loaded.keys, self.env.clock.now())?;
        let text = unsigned("RS256", &key.kid, &claims)?;
        let mut signature = vec![0; key.pair.public_modulus_len()];
        key.pair
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                text.as_bytes(),
                &mut signature,
            )
            .map_err(internal)?;
        Ok(format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    /// Lists the public keys; a shared secret is never among them.
    pub(crate) async fn public(&self, ctx: &Ctx) -> Result<Vec<pb::Jwk>> {
        let loaded = self.load(ctx).await?;
        Ok(loaded.keys.iter().map(|key| key.public.clone()).collect())
    }

    /// Says why no token can be signed, where none could when last it was tried. Every process tries each
    /// minute, because that is how often it asks for the keys.
    pub(crate) fn trouble(&self) -> Option<String> {
        let trouble = self.trouble.lock();
        trouble.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns the keys, read again from time to time.
    pub(crate) async fn load(&self, ctx: &Ctx) -> Result<Arc<Loaded>> {
        let now = self.env.clock.now();
        let mut held = self.loaded.lock().await;
        // One that was read later than now was read before the clock was put back.
        let fresh = |loaded: &&Arc<Loaded>| loaded.at <= now && now.since(loaded.at) < REREAD;
        if let Some(loaded) = held.as_ref().filter(fresh) {
            return Ok(loaded.clone());
        }
        let loaded = self.read(ctx, now, &mut held).await;
        let trouble = loaded.as_ref().err().map(|failure| causes(failure));
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = trouble;
        loaded
    }

    async fn read(
        &self,
        ctx: &Ctx,
        now: Timestamp,
        held: &mut Option<Arc<Loaded>>,
    ) -> Result<Arc<Loaded>> {
        let known = held.as_ref().map(|loaded| loaded.refresh.clone());
        let refresh = match known {
            Some(refresh) => refresh,
            None => Arc::new(self.refresh_secret(ctx).await?),
        };
        let rows = self.settled(ctx, now).await?;
        let keys = rows
            .into_iter()
            .map(|row| Key::of(row, &self.wrapping))
            .collect::<Result<_, BoxError>>();
        let loaded = Arc::new(Loaded {
            at: now,
            keys: keys.map_err(internal)?,
            refresh,
        });
        if self.shared.is_none() && signing(&loaded.keys, now)?.signs_from > now {
            tracing::warn!(
                "the first day of no signing key has come, so the oldest signs: was the clock ahead once?"
            );
        }
        *held = Some(loaded.clone());
        Ok(loaded)
    }

    async fn refresh_secret(&self, ctx: &Ctx) -> Result<RefreshSecret> {
        // Read first: nobody is to be kept out because there is no room to write.
        if let Some(secret) = signing_keys::find_secret(self.db.read(), "refresh").await? {
            return Ok(RefreshSecret::new(&secret));
        }
        let mut fresh = [0; 32];
        self.env.entropy.fill(&mut fresh);
        let fresh = &fresh;
        let secret = self
            .db
            .write(ctx, |tx| work(signing_keys::secret(tx, "refresh", fresh)))
            .await?;
        Ok(RefreshSecret::new(&secret))
    }

    /// Returns the stored keys after the missing were made and the old deleted.
    async fn settled(&self, ctx: &Ctx, now: Timestamp) -> Result<Vec<StoredKey>> {
        let rows = signing_keys::list(self.db.read()).await?;
        let missing = missing(&rows, now, self.change_after);
        let gone = gone(&rows, now, self.lifetime + GRACE, self.change_after);
        let stale = self.stale(&rows)?;
        if missing.is_empty() && gone.is_empty() && stale.is_empty() {
            return Ok(rows);
        }
        let count = missing.len();
        let made = tokio::task::spawn_blocking(move || (0..count).map(|_| generate()).collect());
        let made: Result<Vec<String>, _> = made.await.map_err(internal)?;
        let made = missing.into_iter().zip(made.map_err(internal)?);
        let new = made.map(|((seq, signs_from), pem)| {
            let kid = ctx.new_id::<Key>().to_string();
            let wrapped = self.wrapping.wrap(&kid, pem, self.env.entropy.as_ref());
            Ok(StoredKey {
                seq,
                private_pem: wrapped.map_err(internal)?,
                kid,
                signs_from,
            })
        });
        let (new, gone) = (&new.collect::<Result<Vec<_>>>()?, &gone);
        let stale = &stale;
        let done = self.db.write(ctx, |tx| {
            work(async move {
                for key in new {
                    signing_keys::insert(tx, key.clone()).await?;
                }
                for (key, private_pem) in stale {
                    signing_keys::rewrite(tx, key, private_pem).await?;
                }
                for seq in gone {
                    signing_keys::delete(tx, *seq).await?;
                }
                Ok::<_, Error>(())
            })
        });
        match done.await {
            Ok(()) => {}
            // Those that are there sign and verify on; the next one is made once there is room, and until
            // then the last that has begun to sign goes on.
            Err(failure) if !rows.is_empty() => {
                tracing::warn!(
                    error = &failure as &dyn std::error::Error,
                    "signing keys are not changed"
                );
                return Ok(rows);
            }
            Err(failure) => return Err(failure),
        }
        Ok(signing_keys::list(self.db.read()).await?)
    }

    /// Lists keys that would be stored in another form now, with that form.
    fn stale(&self, rows: &[StoredKey]) -> Result<Vec<(StoredKey, String)>> {
        let stale = rows
            .iter()
            .filter(|row| !self.wrapping.is_current(&row.private_pem));
        let anew = stale.map(|row| {
            let pem = self.wrapping.open(&row.kid, &row.private_pem)?;
            let entropy = self.env.entropy.as_ref();
            let wrapped = self.wrapping.wrap(&row.kid, pem, entropy)?;
            Ok((row.clone(), wrapped))
        });
        anew.collect::<Result<_, BoxError>>().map_err(internal)
    }
}

/// Chooses the key that signs: the last whose first day has come, else the first of all.
fn signing(keys: &[Key], now: Timestamp) -> Result<&Key> {
    let due = keys.iter().rev().find(|key| key.signs_from <= now);
    due.or(keys.first())
        .ok_or_else(|| internal("there is no key to sign with"))
}

/// Lists places and first days of keys that should be there and are not.
fn missing(rows: &[StoredKey], now: Timestamp, change_after: Duration) -> Vec<(i64, Timestamp)> {
    match rows.last() {
        None => vec![(1, now), (2, now + change_after)],
        Some(last) if last.signs_from <= now => vec![(last.seq + 1, now + change_after)],
        Some(_) => Vec::new(),
    }
}

/// Lists keys whose tokens have ended long ago: the next key has signed for long enough, and the one after
/// it, which is made when the next begins to sign, has been there for as long.
fn gone(rows: &[StoredKey], now: Timestamp, keep: Duration, change_after: Duration) -> Vec<i64> {
    let over = |key: &&[StoredKey]| {
        let (next, after) = (key[1].signs_from, key[2].signs_from - change_after);
        next.max(after) + keep < now
    };
    let keys = rows.windows(3).filter(over);
    keys.map(|key| key[0].seq).collect()
}

/// Makes a private key, as PEM.
pub(crate) fn generate() -> Result<String, aws_lc_rs::error::Unspecified> {
    let der: Pkcs8V1Der<'static> = KeyPair::generate(KeySize::Rsa2048)?.as_der()?;
    let base64 = STANDARD.encode(der.as_ref());
    let mut pem = String::from("-----BEGIN PRIVATE KEY-----\n");
    // RFC 7468: lines of 64 characters.
    for (place, character) in base64.chars().enumerate() {
        if place > 0 && place % 64 == 0 {
            pem.push('\n');
        }
        pem.push(character);
    }
    Ok(pem + "\n-----END PRIVATE KEY-----\n")
}

impl Key {
    fn of(row: StoredKey, wrapping: &Wrapping) -> Result<Self, BoxError> {
        let pem = wrapping.open(&row.kid, &row.private_pem)?;
        let encoding = EncodingKey::from_rsa_pem(pem.as_bytes())?;
        let jwk = Jwk::from_encoding_key(&encoding, Algorithm::RS256)?;
        let AlgorithmParameters::RSA(parts) = jwk.algorithm else {
            return Err("not an RSA key".into());
        };
        let public = pb::Jwk {
            kty: "RSA".to_owned(),
            kid: row.kid.clone(),
            r#use: "sig".to_owned(),
            alg: "RS256".to_owned(),
            n: parts.n,
            e: parts.e,
        };
        Ok(Self {
            pair: KeyPair::from_der(encoding.as_bytes())?,
            kid: row.kid,
            signs_from: row.signs_from,
            public,
        })
    }
}

/// Returns header and claims as they are signed (RFC 7515 section 3.1).
fn unsigned(alg: &'static str, kid: &str, claims: &Claims<'_>) -> Result<String> {
    let header = Header {
        alg,
        typ: ACCESS_TOKEN_TYPE,
        kid,
    };
    let header = serde_json::to_vec(&header).map_err(internal)?;
    let claims = serde_json::to_vec(claims).map_err(internal)?;
    Ok(format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header),
        URL_SAFE_NO_PAD.encode(claims)
    ))
}

fn internal(cause: impl Into<BoxError>) -> Error {
    Error::from(CommonReason::Internal).because(cause)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};

    use sv_kernel::{Clock, SystemEntropy};
    use sv_rpc::identity::TokenSettings;
    use sv_store::testing::TestDb;

    use super::*;

    /// A clock that never shows an instant twice.
    #[derive(Debug, Default)]
    struct Ticking(AtomicI64);

    impl Clock for Ticking {
        fn now(&self) -> Timestamp {
            Timestamp::from_micros(self.0.fetch_add(1, Ordering::SeqCst))
        }
    }

    #[tokio::test]
    async fn the_first_call_of_all_is_signed_by_the_key_that_it_makes() {
        let db = TestDb::sqlite(crate::MIGRATIONS).await;
        let ctx = db.ctx();
        let env = Env::new(Arc::new(Ticking::default()), Arc::new(SystemEntropy));
        let keys = SigningKeys::new(db.clone(), env, &Options::default());
        let (user, session) = (ctx.new_id(), ctx.new_id());
        let settings = TokenSettings::default();
        let access = AccessClaims::new(&settings, &ctx.tenant, user, session, [], ctx.now());
        assert!(keys.sign(&ctx, &access).await.is_ok());
    }

    fn key(seq: i64, signs_from: i64) -> StoredKey {
        StoredKey {
            seq,
            kid: seq.to_string(),
            private_pem: String::new(),
            signs_from: Timestamp::from_secs(signs_from),
        }
    }

    #[test]
    fn there_is_always_one_key_that_signs_and_one_that_will() {
        let month = Duration::from_secs(100);
        let at = Timestamp::from_secs;
        assert_eq!(missing(&[], at(7), month), [(1, at(7)), (2, at(107))]);
        let two = [key(1, 7), key(2, 107)];
        assert!(missing(&two, at(106), month).is_empty());
        assert_eq!(missing(&two, at(107), month), [(3, at(207))]);
    }

    #[test]
    fn a_key_stays_until_its_last_token_has_ended() {
        let (keep, month) = (Duration::from_secs(10), Duration::from_secs(100));
        let keys = [key(1, 0), key(2, 100), key(3, 200), key(4, 300)];
        let at = |secs| gone(&keys, Timestamp::from_secs(secs), keep, month);
        assert!(at(110).is_empty());
        assert_eq!(at(111), [1]);
        assert_eq!(at(211), [1, 2]);
        assert_eq!(at(9_999), [1, 2]);
    }

    #[test]
    fn a_clock_that_jumps_ahead_takes_no_key_at_once() {
        let (keep, month) = (Duration::from_secs(10), Duration::from_secs(100));
        let at = Timestamp::from_secs;
        let mut keys = vec![key(1, 0), key(2, 100)];
        // Ahead: the next signs, another is made, and none goes until all that has lasted.
        let ahead = at(150);
        assert!(gone(&keys, ahead, keep, month).is_empty());
        let made = missing(&keys, ahead, month);
        assert_eq!(made, [(3, at(250))]);
        keys.push(key(3, 250));
        assert!(gone(&keys, at(153), keep, month).is_empty());
        // Back: what signed before signs again, and all goes on by its days.
        assert!(gone(&keys, at(1), keep, month).is_empty());
        assert!(missing(&keys, at(1), month).is_empty());
        assert_eq!(gone(&keys, at(161), keep, month), [1]);
    }
}
