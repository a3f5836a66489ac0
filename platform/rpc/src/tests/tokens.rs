//! Access tokens and service tokens against forgers, clocks and lost authorities.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
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
use uuid::Uuid;

use crate::{
    Env,
    identity::{Authenticator, KeySet, ServiceKey, TokenAuthority, TokenSettings},
};

const NOW: i64 = 1_700_000_000;

/// An RSA key with its public half as auth publishes it.
struct Issuer {
    private: EncodingKey,
    public_der: Vec<u8>,
    jwk: Jwk,
}

impl Issuer {
    fn new(kid: &str) -> Self {
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

    fn sign(&self, header: &Header, claims: &Value) -> String {
        jsonwebtoken::encode(header, claims, &self.private).unwrap()
    }
}

/// Keys and revocations as the test sets them; counts questions.
#[derive(Default)]
struct Auth {
    keys: Mutex<Vec<Jwk>>,
    ended: Mutex<Vec<Revocation>>,
    down: Mutex<bool>,
    asked_keys: AtomicUsize,
    asked_revocations: AtomicUsize,
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

    async fn revocations(&self, _: i64) -> Result<ListRevocationsResponse> {
        self.asked_revocations.fetch_add(1, Ordering::SeqCst);
        if *self.down.lock().unwrap() {
            return Err(CommonReason::Unavailable.into());
        }
        Ok(ListRevocationsResponse {
            revocations: self.ended.lock().unwrap().clone(),
            version: 1,
        })
    }
}

struct World {
    clock: Arc<MovableClock>,
    auth: Arc<Auth>,
    issuer: &'static Issuer,
    authenticator: Authenticator,
}

/// Making an RSA key takes long; all tests share one.
fn issuer() -> &'static Issuer {
    static ISSUER: std::sync::LazyLock<Issuer> = std::sync::LazyLock::new(|| Issuer::new("k1"));
    &ISSUER
}

fn world() -> World {
    let clock = Arc::new(MovableClock::at(Timestamp::from_secs(NOW)));
    let env = Env::new(clock.clone(), Arc::new(SeededEntropy::new(1)));
    let auth = Arc::new(Auth::default());
    auth.keys.lock().unwrap().push(issuer().jwk.clone());
    let authenticator = Authenticator::new(env, TokenSettings::default(), auth.clone(), None);
    World {
        clock,
        auth,
        issuer: issuer(),
        authenticator,
    }
}

fn header() -> Header {
    let mut header = Header::new(Algorithm::RS256);
    header.typ = Some("at+jwt".into());
    header.kid = Some("k1".into());
    header
}

const SESSION: u128 = 2;

fn claims() -> Value {
    json!({
        "iss": "streamverse", "aud": "streamverse", "tid": "acme", "roles": ["viewer", "emperor"],
        "sub": Uuid::from_u128(1).to_string(), "sid": Uuid::from_u128(SESSION).to_string(),
        "iat": NOW, "nbf": NOW, "exp": NOW + 3600,
    })
}

fn with(change: impl FnOnce(&mut Value)) -> Value {
    let mut claims = claims();
    change(&mut claims);
    claims
}

impl World {
    async fn verdict(&self, token: &str) -> &'static str {
        match self.authenticator.verify(token).await {
            Ok(_) => "OK",
            Err(error) => error.reason(),
        }
    }

    async fn of_claims(&self, claims: &Value) -> &'static str {
        self.verdict(&self.issuer.sign(&header(), claims)).await
    }

    fn good(&self) -> String {
        self.issuer.sign(&header(), &claims())
    }
}

#[tokio::test]
async fn a_good_token_names_its_viewer_and_tenant() {
    let world = world();
    let verified = world.authenticator.verify(&world.good()).await.unwrap();
    assert_eq!(verified.tenant.as_str(), "acme");
    assert_eq!(verified.viewer.user.uuid(), Uuid::from_u128(1));
    assert_eq!(verified.viewer.roles.iter().collect::<Vec<_>>(), [1]);
}

/// A7, A8, A9: the header cannot choose how it is checked.
#[tokio::test]
async fn algorithms_cannot_be_confused() {
    let world = world();
    let (_, payload) = {
        let good = world.good();
        let mut parts = good.split('.').map(str::to_owned);
        (parts.next().unwrap(), parts.next().unwrap())
    };
    for alg in ["none", "None", "NONE", "nOnE"] {
        let head = B64.encode(json!({"alg": alg, "typ": "at+jwt", "kid": "k1"}).to_string());
        for token in [
            format!("{head}.{payload}."),
            format!("{head}.{payload}"),
            format!("{head}.{payload}.AAAA"),
        ] {
            assert_eq!(world.verdict(&token).await, "TOKEN_INVALID", "{alg}");
        }
    }
    for secret in [
        world.issuer.public_der.clone(),
        world.issuer.jwk.n.clone().into_bytes(),
        serde_json::to_vec(&json!({"n": world.issuer.jwk.n})).unwrap(),
        Vec::new(),
    ] {
        let mut hs = Header::new(Algorithm::HS256);
        (hs.typ, hs.kid) = (Some("at+jwt".into()), Some("k1".into()));
        let forged =
            jsonwebtoken::encode(&hs, &claims(), &EncodingKey::from_secret(&secret)).unwrap();
        assert_eq!(world.verdict(&forged).await, "TOKEN_INVALID");
    }
    for alg in [Algorithm::RS384, Algorithm::RS512, Algorithm::PS256] {
        let mut other = header();
        other.alg = alg;
        let token = world.issuer.sign(&other, &claims());
        assert_eq!(world.verdict(&token).await, "TOKEN_INVALID", "{alg:?}");
    }
}

/// A11, A15, A16, A18, A19 and required claims.
#[tokio::test]
async fn wrong_types_issuers_audiences_and_missing_claims_are_refused() {
    let world = world();
    for (name, bad) in [
        ("iss", json!("else")),
        ("iss", Value::Null),
        ("aud", json!("else")),
        ("aud", json!(["streamverse"])),
        ("aud", Value::Null),
        ("sub", json!("42")),
        ("sub", Value::Null),
        ("sid", Value::Null),
        ("sid", json!("x")),
        ("tid", Value::Null),
        ("tid", json!("../x")),
        ("roles", Value::Null),
        ("exp", Value::Null),
        ("exp", json!("never")),
        ("nbf", Value::Null),
        ("iat", Value::Null),
    ] {
        let removed = with(|c| {
            c.as_object_mut().unwrap().remove(name);
        });
        assert_eq!(
            world.of_claims(&removed).await,
            "TOKEN_INVALID",
            "without {name}"
        );
        let changed = with(|c| c[name] = bad.clone());
        assert_eq!(
            world.of_claims(&changed).await,
            "TOKEN_INVALID",
            "{name} = {bad}"
        );
    }
    for typ in [
        None,
        Some("JWT"),
        Some("svc+jwt"),
        Some("play+jwt"),
        Some("AT+JWT"),
    ] {
        let mut other = header();
        other.typ = typ.map(Into::into);
        assert_eq!(
            world.verdict(&world.issuer.sign(&other, &claims())).await,
            "TOKEN_INVALID",
            "{typ:?}"
        );
    }
    let mut critical = header();
    critical.crit = Some(vec!["b64".into()]);
    assert_eq!(
        world
            .verdict(&world.issuer.sign(&critical, &claims()))
            .await,
        "TOKEN_INVALID"
    );

    let mut lured = header();
    lured.jku = Some("http://127.0.0.1:1/keys".into());
    assert_eq!(
        world.verdict(&world.issuer.sign(&lured, &claims())).await,
        "OK",
        "ignored, not followed"
    );
}

/// A17: 5 s of leeway, to the second.
#[tokio::test]
async fn time_is_checked_with_five_seconds_of_leeway() {
    let world = world();
    for (exp, wish) in [
        (NOW - 6, "TOKEN_EXPIRED"),
        (NOW - 5, "TOKEN_EXPIRED"),
        (NOW - 4, "OK"),
        (NOW + 1, "OK"),
    ] {
        assert_eq!(
            world.of_claims(&with(|c| c["exp"] = exp.into())).await,
            wish,
            "exp {}",
            exp - NOW
        );
    }
    for (nbf, wish) in [(NOW + 6, "TOKEN_INVALID"), (NOW + 5, "OK"), (NOW, "OK")] {
        assert_eq!(
            world.of_claims(&with(|c| c["nbf"] = nbf.into())).await,
            wish,
            "nbf {}",
            nbf - NOW
        );
    }
    for exp in [i64::MAX, i64::MIN] {
        let _ = world.of_claims(&with(|c| c["exp"] = exp.into())).await;
    }
}

#[tokio::test]
async fn a_remembered_token_still_expires() {
    let world = world();
    let token = world.good();
    assert_eq!(world.verdict(&token).await, "OK");
    world.clock.advance(Duration::from_secs(3_604));
    world
        .authenticator
        .revocations()
        .refresh(world.auth.as_ref())
        .await
        .unwrap();
    assert_eq!(world.verdict(&token).await, "OK", "the leeway is not over");
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(world.verdict(&token).await, "TOKEN_EXPIRED");
}

/// A10, A12: nothing but the table is looked at, and auth is asked at most once in five seconds.
#[tokio::test]
async fn unknown_and_hostile_key_ids_do_not_make_the_process_ask_around() {
    let world = world();
    assert_eq!(world.verdict(&world.good()).await, "OK");
    let before = world.auth.asked_keys.load(Ordering::SeqCst);
    let long = "k".repeat(4_000);
    for kid in [
        "k2",
        "../../etc/passwd",
        "' OR 1=1",
        "http://127.0.0.1/",
        "\0",
        "",
        &long,
    ] {
        for _ in 0..20 {
            let mut other = header();
            other.kid = Some(kid.into());
            assert_eq!(
                world.verdict(&world.issuer.sign(&other, &claims())).await,
                "TOKEN_INVALID",
                "{kid:.20}"
            );
        }
    }
    assert!(world.auth.asked_keys.load(Ordering::SeqCst) <= before + 1);
    world.clock.advance(Duration::from_secs(5));
    let mut other = header();
    other.kid = Some("k3".into());
    world.verdict(&world.issuer.sign(&other, &claims())).await;
    assert!(world.auth.asked_keys.load(Ordering::SeqCst) <= before + 2);
}

/// A14: a new key is found when its first token comes, an old one ends with its last publication.
#[tokio::test]
async fn keys_can_be_rotated() {
    let world = world();
    let old = world.good();
    assert_eq!(world.verdict(&old).await, "OK");
    let next = Issuer::new("k2");
    world.auth.keys.lock().unwrap().push(next.jwk.clone());
    world.clock.advance(Duration::from_secs(5));
    let mut named = header();
    named.kid = Some("k2".into());
    assert_eq!(world.verdict(&next.sign(&named, &claims())).await, "OK");
    assert_eq!(
        world.verdict(&next.sign(&header(), &claims())).await,
        "TOKEN_INVALID",
        "k1 did not sign this"
    );

    world.auth.keys.lock().unwrap().remove(0);
    world.clock.advance(Duration::from_secs(5));
    let mut unknown = header();
    unknown.kid = Some("k9".into());
    world.verdict(&next.sign(&unknown, &claims())).await;
    assert_eq!(
        world.verdict(&old).await,
        "TOKEN_INVALID",
        "a remembered token ends with its key"
    );
}

#[tokio::test]
async fn the_last_good_keys_outlive_auth_for_one_token_lifetime_and_no_longer() {
    let world = world();
    let settings = TokenSettings::default();
    let keys = KeySet::new(settings.clone(), world.clock.clone());
    keys.refresh(world.auth.as_ref()).await.unwrap();
    *world.auth.down.lock().unwrap() = true;
    world.clock.advance(settings.lifetime);
    assert!(keys.refresh(world.auth.as_ref()).await.is_err());
    assert!(keys.find("k1", world.auth.as_ref()).await.is_ok());
    assert!(
        keys.find("k2", world.auth.as_ref())
            .await
            .unwrap_err()
            .is(&CommonReason::TokenInvalid)
    );
    world.clock.advance(Duration::from_secs(1));
    let lost = keys.find("k1", world.auth.as_ref()).await.unwrap_err();
    assert!(lost.is(&CommonReason::Unavailable));
}

#[tokio::test]
async fn keys_that_are_not_public_rsa_keys_are_not_taken_from_the_network() {
    let world = world();
    let good = issuer().jwk.clone();
    let secret = Jwk {
        kty: "oct".into(),
        alg: "HS256".into(),
        kid: "s".into(),
        n: "c2VjcmV0".into(),
        ..good.clone()
    };
    let for_encryption = Jwk {
        r#use: "enc".into(),
        kid: "e".into(),
        ..good.clone()
    };
    let unnamed = Jwk {
        kid: String::new(),
        ..good.clone()
    };
    let torn = Jwk {
        n: "!!".into(),
        kid: "t".into(),
        ..good
    };
    *world.auth.keys.lock().unwrap() = vec![secret, for_encryption, unnamed, torn];
    let keys = KeySet::new(TokenSettings::default(), world.clock.clone());
    keys.refresh(world.auth.as_ref()).await.unwrap();
    assert!(
        ["s", "e", "", "t"]
            .iter()
            .all(|kid| keys.get(kid).is_none())
    );
}

fn ended() -> Revocation {
    Revocation {
        session_id: Uuid::from_u128(SESSION).to_string(),
        expire_time: Some(prost_types::Timestamp {
            seconds: NOW + 3600,
            nanos: 0,
        }),
    }
}

/// AUTH-8, A21: an ended session's token is refused, remembered or not.
#[tokio::test]
async fn ended_sessions_are_refused_at_the_next_reading() {
    let world = world();
    let token = world.good();
    assert_eq!(world.verdict(&token).await, "OK");
    world.auth.ended.lock().unwrap().push(ended());
    assert_eq!(world.verdict(&token).await, "OK", "not read yet");
    world
        .authenticator
        .revocations()
        .refresh(world.auth.as_ref())
        .await
        .unwrap();
    assert_eq!(world.verdict(&token).await, "TOKEN_REVOKED");
}

#[tokio::test]
async fn auth_in_the_same_process_ends_a_session_at_once() {
    let world = world();
    let token = world.good();
    assert_eq!(world.verdict(&token).await, "OK");
    let session: Id<Session> = Id::from_uuid(Uuid::from_u128(SESSION));
    world
        .authenticator
        .revocations()
        .push(session, Timestamp::from_secs(NOW + 3600));
    assert_eq!(world.verdict(&token).await, "TOKEN_REVOKED");
}

#[tokio::test]
async fn on_old_news_nobody_gets_in() {
    let world = world();
    let token = world.good();
    assert_eq!(world.verdict(&token).await, "OK");
    *world.auth.down.lock().unwrap() = true;
    world.clock.advance(Duration::from_secs(30));
    assert_eq!(world.verdict(&token).await, "OK", "30 s are not too old");
    world.clock.advance(Duration::from_secs(1));
    let before = world.auth.asked_revocations.load(Ordering::SeqCst);
    for _ in 0..50 {
        assert_eq!(world.verdict(&token).await, "UNAVAILABLE");
    }
    assert_eq!(
        world.auth.asked_revocations.load(Ordering::SeqCst),
        before + 1,
        "asked once, not fifty times"
    );

    *world.auth.down.lock().unwrap() = false;
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(world.verdict(&token).await, "OK");
}

#[tokio::test]
async fn garbage_is_no_token() {
    let world = world();
    let huge = "a".repeat(10_000);
    for bad in [
        "",
        ".",
        "..",
        "...",
        "a.b.c",
        "eyJhbGciOiJSUzI1NiJ9..",
        "é.é.é",
        &huge,
    ] {
        assert_eq!(world.verdict(bad).await, "TOKEN_INVALID", "{bad:.20}");
    }
    let twice = B64.encode(r#"{"alg":"RS256","alg":"none","typ":"at+jwt","kid":"k1"}"#);
    let rest = world.good().split_once('.').unwrap().1.to_owned();
    assert_eq!(
        world.verdict(&format!("{twice}.{rest}")).await,
        "TOKEN_INVALID"
    );
}

fn env_at(clock: &Arc<MovableClock>) -> Env {
    Env::new(clock.clone(), Arc::new(SeededEntropy::new(3)))
}

#[test]
fn a_service_token_is_for_one_service_and_one_minute() {
    let clock = Arc::new(MovableClock::at(Timestamp::from_secs(NOW)));
    let key = ServiceKey::ephemeral(&env_at(&clock)).unwrap();
    let token = key
        .token(&"auth".into(), "streamverse.users.v1.UserService")
        .unwrap();
    assert_eq!(
        &*key
            .verify(&token, "streamverse.users.v1.UserService")
            .unwrap(),
        "auth"
    );
    assert!(
        key.verify(&token, "streamverse.rights.v1.RightsService")
            .is_err()
    );

    let stranger = ServiceKey::ephemeral(&env_at(&clock)).unwrap();
    assert!(
        stranger
            .verify(&token, "streamverse.users.v1.UserService")
            .is_err()
    );

    clock.advance(Duration::from_secs(64));
    assert!(
        key.verify(&token, "streamverse.users.v1.UserService")
            .is_ok()
    );
    clock.advance(Duration::from_secs(1));
    assert!(
        key.verify(&token, "streamverse.users.v1.UserService")
            .is_err()
    );
    let fresh = key
        .token(&"auth".into(), "streamverse.users.v1.UserService")
        .unwrap();
    assert_ne!(fresh, token);
    assert!(
        key.verify(&fresh, "streamverse.users.v1.UserService")
            .is_ok()
    );
}

#[test]
fn a_token_from_a_clock_that_runs_ahead_is_refused() {
    let (here, ahead) = (
        MovableClock::at(Timestamp::from_secs(NOW)),
        MovableClock::at(Timestamp::from_secs(NOW + 60)),
    );
    let folder = tempfile::tempdir().unwrap();
    let ours = ServiceKey::open(folder.path(), &env_at(&Arc::new(here))).unwrap();
    let theirs = ServiceKey::open(folder.path(), &env_at(&Arc::new(ahead))).unwrap();
    let token = theirs.token(&"auth".into(), "a.B").unwrap();
    assert!(ours.verify(&token, "a.B").is_err());
}

#[test]
fn the_key_file_is_made_once_and_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("service-identity.key");
    let keys: Vec<ServiceKey> = std::thread::scope(|scope| {
        let open = || ServiceKey::open(folder.path(), &Env::system()).unwrap();
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(open)).collect();
        threads.into_iter().map(|t| t.join().unwrap()).collect()
    });
    let token = keys[0].token(&"auth".into(), "a.B").unwrap();
    assert!(
        keys.iter().all(|key| key.verify(&token, "a.B").is_ok()),
        "all have the same key"
    );
    assert_eq!(
        std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        1,
        "no drafts are left"
    );

    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert!(ServiceKey::open(folder.path(), &Env::system()).is_err());
}
