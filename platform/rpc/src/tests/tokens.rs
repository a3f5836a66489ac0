//! Access tokens against forgers, clocks and lost authorities.

mod revocations;
mod services;
mod world;

use std::{sync::atomic::Ordering, time::Duration};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as B64};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use sv_proto::{auth::Jwk, common::CommonReason};
use uuid::Uuid;

use self::world::{Issuer, NOW, claims, header, issuer, with, world, world_with};
use crate::identity::{KeySet, TokenSettings};

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

/// A process need not know the setting of auth: it hears of it.
#[tokio::test]
async fn how_long_tokens_live_is_set_in_auth_and_holds_in_every_process() {
    let world = world_with(TokenSettings {
        lifetime: Duration::from_hours(1),
        ..TokenSettings::default()
    });
    let long = with(|c| {
        c["iat"] = (NOW - 7_200).into();
        c["nbf"] = (NOW - 7_200).into();
        c["exp"] = (NOW + 7_200).into();
    });
    assert_eq!(world.of_claims(&long).await, "TOKEN_EXPIRED");
    for (lifetime, wish) in [(14_400, "OK"), (3_600, "TOKEN_EXPIRED")] {
        world.auth.lifetime.store(lifetime, Ordering::SeqCst);
        let revocations = world.authenticator.revocations();
        revocations.refresh(world.auth.as_ref()).await.unwrap();
        assert_eq!(world.of_claims(&long).await, wish, "{lifetime}");
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
