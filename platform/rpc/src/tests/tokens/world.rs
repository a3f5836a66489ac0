//! An auth service of a test: keys, revocations, signatures.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicI64, AtomicUsize, Ordering},
};

use async_trait::async_trait;
use aws_lc_rs::{encoding::AsDer, rsa, signature::KeyPair as _};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as B64};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use sv_kernel::{Id, MovableClock, Result, SeededEntropy, Session, Timestamp};
use sv_proto::{
    auth::{Jwk, ListRevocationsResponse, Revocation},
    common::CommonReason,
};
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::{
    Env,
    identity::{Authenticator, TokenAuthority, TokenSettings},
};

/// When the tests take place.
pub(super) const NOW: i64 = 1_700_000_000;

/// An RSA key with its public half as auth publishes it.
pub(super) struct Issuer {
    pub(super) private: EncodingKey,
    pub(super) public_der: Vec<u8>,
    pub(super) jwk: Jwk,
}

impl Issuer {
    pub(super) fn new(kid: &str) -> Self {
        let pair = rsa::KeyPair::generate(rsa::KeySize::Rsa2048).unwrap();
        let der = AsDer::<aws_lc_rs::encoding::Pkcs8V1Der<'_>>::as_der(&pair).unwrap();
        let pem = format!(
            "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
            base64::engine::general_purpose::STANDARD.encode(der.as_ref())
        );
        let public: aws_lc_rs::rsa::PublicKeyComponents<Vec<u8>> = pair.public_key().into();
        Self {
            private: EncodingKey::from_rsa_pem(pem.as_bytes()).unwrap(),
            public_der: pair.public_key().as_ref().to_vec(),
            jwk: Jwk {
                kty: "RSA".into(),
                kid: kid.into(),
                r#use: "sig".into(),
                alg: "RS256".into(),
                n: B64.encode(public.n),
                e: B64.encode(public.e),
            },
        }
    }

    pub(super) fn sign(&self, header: &Header, claims: &Value) -> String {
        jsonwebtoken::encode(header, claims, &self.private).unwrap()
    }
}

/// Keys and revocations as the test sets them; counts questions.
#[derive(Default)]
pub(super) struct Auth {
    pub(super) keys: Mutex<Vec<Jwk>>,
    pub(super) ended: Mutex<Vec<Revocation>>,
    pub(super) down: Mutex<bool>,
    pub(super) asked_keys: AtomicUsize,
    pub(super) asked_revocations: AtomicUsize,
    /// How many revocations one answer lists; 0 is all.
    pub(super) page: AtomicUsize,
    /// After how many questions for revocations it goes down; 0 is never.
    pub(super) down_after: AtomicUsize,
    pub(super) asked_sessions: AtomicUsize,
    /// Where questions for revocations wait for a permit each before they are answered.
    pub(super) held: Mutex<Option<Arc<Semaphore>>>,
    /// How long it says that access tokens live, in seconds; 0 says nothing.
    pub(super) lifetime: AtomicI64,
}

#[async_trait]
impl TokenAuthority for Auth {
    async fn keys(&self) -> Result<Vec<Jwk>> {
        self.asked_keys.fetch_add(1, Ordering::SeqCst);
        if *self.down.lock().unwrap() {
            return Err(CommonReason::Unavailable.into());
        }
        Ok(self.keys.lock().unwrap().clone())
    }

    async fn revocations(&self, after: i64) -> Result<ListRevocationsResponse> {
        let asked = self.asked_revocations.fetch_add(1, Ordering::SeqCst) + 1;
        let held = self.held.lock().unwrap().clone();
        if let Some(held) = held {
            held.acquire().await.unwrap().forget();
        }
        let down_after = self.down_after.load(Ordering::SeqCst);
        if *self.down.lock().unwrap() || (down_after > 0 && asked > down_after) {
            return Err(CommonReason::Unavailable.into());
        }
        let ended = self.ended.lock().unwrap();
        let from = usize::try_from(after).unwrap().min(ended.len());
        let size = match self.page.load(Ordering::SeqCst) {
            0 => usize::MAX,
            size => size,
        };
        let page: Vec<_> = ended.iter().skip(from).take(size).cloned().collect();
        let upto = from + page.len();
        Ok(ListRevocationsResponse {
            revocations: page,
            version: i64::try_from(upto).unwrap(),
            complete: upto == ended.len(),
            access_token_seconds: self.lifetime.load(Ordering::SeqCst),
        })
    }

    async fn has_ended(&self, session: Id<Session>) -> Result<bool> {
        self.asked_sessions.fetch_add(1, Ordering::SeqCst);
        if *self.down.lock().unwrap() {
            return Err(CommonReason::Unavailable.into());
        }
        let id = session.to_string();
        let ended = self.ended.lock().unwrap();
        Ok(ended.iter().any(|revocation| revocation.session_id == id))
    }
}

pub(super) struct World {
    pub(super) clock: Arc<MovableClock>,
    pub(super) auth: Arc<Auth>,
    pub(super) issuer: &'static Issuer,
    pub(super) authenticator: Authenticator,
}

/// Making an RSA key takes long; all tests share one.
pub(super) fn issuer() -> &'static Issuer {
    static ISSUER: std::sync::LazyLock<Issuer> = std::sync::LazyLock::new(|| Issuer::new("k1"));
    &ISSUER
}

pub(super) fn world() -> World {
    world_with(TokenSettings::default())
}

/// A process with other settings, e.g. another lifetime of tokens.
pub(super) fn world_with(settings: TokenSettings) -> World {
    let clock = Arc::new(MovableClock::at(Timestamp::from_secs(NOW)));
    let env = Env::new(clock.clone(), Arc::new(SeededEntropy::new(1)));
    let auth = Arc::new(Auth::default());
    auth.keys.lock().unwrap().push(issuer().jwk.clone());
    let authenticator = Authenticator::new(env, settings, auth.clone(), None);
    World {
        clock,
        auth,
        issuer: issuer(),
        authenticator,
    }
}

pub(super) fn header() -> Header {
    let mut header = Header::new(Algorithm::RS256);
    header.typ = Some("at+jwt".into());
    header.kid = Some("k1".into());
    header
}

pub(super) const SESSION: u128 = 2;

pub(super) fn claims() -> Value {
    json!({
        "iss": "streamverse", "aud": "streamverse", "tid": "acme", "roles": ["viewer", "emperor"],
        "sub": Uuid::from_u128(1).to_string(), "sid": Uuid::from_u128(SESSION).to_string(),
        "iat": NOW, "nbf": NOW, "exp": NOW + 3600,
    })
}

pub(super) fn with(change: impl FnOnce(&mut Value)) -> Value {
    let mut claims = claims();
    change(&mut claims);
    claims
}

impl World {
    pub(super) async fn verdict(&self, token: &str) -> &'static str {
        match self.authenticator.verify(token).await {
            Ok(_) => "OK",
            Err(error) => error.reason(),
        }
    }

    pub(super) async fn of_claims(&self, claims: &Value) -> &'static str {
        self.verdict(&self.issuer.sign(&header(), claims)).await
    }

    pub(super) fn good(&self) -> String {
        self.issuer.sign(&header(), &claims())
    }
}
