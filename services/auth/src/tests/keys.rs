use std::{collections::HashSet, sync::Arc, time::Duration};

use sea_orm::{ConnectionTrait as _, Statement};
use sv_kernel::Clock;
use sv_proto::{auth as pb, common::CommonReason};
use sv_rpc::{
    Authenticator,
    identity::{KeySet, TokenSettings},
};

use super::{PASSWORD, TestApp, options, read};
use crate::{Options, SHARED_SECRET_KID};

async fn keys(test: &TestApp) -> Vec<pb::Jwk> {
    let request = sv_rpc::call(&test.stranger(), pb::GetKeysRequest {});
    test.edge
        .clone()
        .get_keys(request)
        .await
        .unwrap()
        .into_inner()
        .keys
}

/// AUTH-6, SEC-3: with the tables alone nobody signs, and the secret that wraps changes while everybody goes on.
#[tokio::test]
async fn keys_are_wrapped_at_rest_and_the_secret_changes_step_by_step() {
    const OLD: &str = "0123456789abcdef0123456789abcdef";
    const NEW: &str = "fedcba9876543210fedcba9876543210";
    for test in TestApp::all().await {
        let published = keys(&test).await;
        let in_the_clear = |key: &String| key.contains("PRIVATE KEY");
        assert!(stored(&test).await.iter().all(in_the_clear));
        let (both, after) = (format!("{NEW},{OLD}"), format!(",{OLD}"));
        for (secrets, is_wrapped) in [(&*after, false), (OLD, true), (&both, true), (NEW, true)] {
            let options = Options {
                wrapping_secret: secrets.to_owned(),
                ..options()
            };
            let process = test.with(options).await;
            // The keys themselves are the same.
            assert_eq!(keys(&process).await, published);
            for key in stored(&test).await {
                assert_eq!(key.starts_with("wrapped:"), is_wrapped, "{secrets}");
                assert_ne!(in_the_clear(&key), is_wrapped, "{secrets}");
            }
        }
        // Who does not know the secret says so.
        let process = test.with(options()).await;
        process.app.keys(&process.stranger()).await.unwrap_err();
        let trouble = process.app.trouble().unwrap();
        assert!(trouble.contains("auth.wrapping_secret"), "{trouble}");
    }
}

async fn stored(test: &TestApp) -> Vec<String> {
    let db = test.db.read();
    let sql = "SELECT private_pem FROM signing_keys ORDER BY seq";
    let query = Statement::from_string(db.get_database_backend(), sql);
    let rows = db.query_all_raw(query).await.unwrap();
    rows.iter()
        .map(|row| row.try_get("", "private_pem").unwrap())
        .collect()
}

/// AUTH-6, C1, A13.
#[tokio::test]
async fn tokens_are_signed_by_one_of_two_published_keys() {
    for test in TestApp::all().await {
        let answer = test.register("ana@example.com", PASSWORD).await.unwrap();
        let (header, claims) = read(&answer.access_token);
        assert_eq!(
            (&header["alg"], &header["typ"]),
            (&"RS256".into(), &"at+jwt".into())
        );
        let (iat, exp) = (
            claims["iat"].as_i64().unwrap(),
            claims["exp"].as_i64().unwrap(),
        );
        assert_eq!(exp - iat, 3600);
        for claim in ["iss", "aud", "sub", "sid", "tid", "jti"] {
            assert!(claims[claim].is_string(), "{claim} of {claims}");
        }
        assert_eq!(claims["roles"], serde_json::json!(["viewer"]));

        let keys = keys(&test).await;
        assert_eq!(keys.len(), 2);
        assert_eq!(header["kid"], keys[0].kid);
        for key in &keys {
            assert_eq!(
                (&*key.kty, &*key.alg, &*key.r#use, &*key.e),
                ("RSA", "RS256", "sig", "AQAB")
            );
            assert_eq!(key.n.len(), 342, "2048 bits");
        }
        assert_ne!(keys[0].n, keys[1].n);
    }
}

/// A14: verifiers know the next key before it signs, and the last one until its tokens have ended.
#[tokio::test]
async fn no_token_fails_while_keys_change() {
    for test in TestApp::all().await {
        test.register("ana@example.com", PASSWORD).await.unwrap();
        let mut signers = HashSet::new();
        for _ in 0..62 {
            let published: HashSet<_> = keys(&test).await.into_iter().map(|key| key.kid).collect();
            assert!((2..=3).contains(&published.len()));
            test.harness.clock.advance(Duration::from_hours(1));
            let access = test
                .login("ana@example.com", PASSWORD)
                .await
                .unwrap()
                .access_token;
            let kid = read(&access).0["kid"].as_str().unwrap().to_owned();
            assert!(
                published.contains(&kid),
                "it was published an hour before it signs"
            );
            signers.insert(kid);
            test.harness.clock.advance(Duration::from_mins(59));
            test.verify(&access).await.unwrap();
            test.harness.clock.advance(Duration::from_mins(22 * 60 + 1));
        }
        assert_eq!(signers.len(), 3);
    }
}

#[tokio::test]
async fn processes_that_start_at_once_use_the_same_keys() {
    for test in TestApp::all().await {
        let mut others = Vec::new();
        for _ in 0..3 {
            others.push(test.with(options()).await);
        }
        let lists = futures::future::join_all(others.iter().map(|other| keys(other))).await;
        let here = keys(&test).await;
        assert_eq!(here.len(), 2);
        assert!(lists.iter().all(|there| *there == here));
    }
}

/// C1: a shared secret is for developers, and never published.
#[tokio::test]
async fn a_shared_secret_signs_instead_of_keys() {
    let test = TestApp::sqlite(Options {
        jwt_secret: "a developer's secret".into(),
        access_token_seconds: 7 * 24 * 60 * 60,
        ..options()
    })
    .await;
    let answer = test.register("ana@example.com", PASSWORD).await.unwrap();
    assert_eq!(answer.expires_in, 604_800);
    let (header, _) = read(&answer.access_token);
    assert_eq!(
        (&header["alg"], &header["kid"]),
        (&"HS256".into(), &SHARED_SECRET_KID.into())
    );
    assert!(keys(&test).await.iter().all(|key| key.kty == "RSA"));

    let set = KeySet::new(TokenSettings::default(), test.harness.env.clock.clone())
        .with_secret(SHARED_SECRET_KID, b"a developer's secret");
    let authority = Arc::new(test.authority.clone());
    let verifier = Authenticator::with_keys(test.harness.env.clone(), set, authority, None);
    verifier.verify(&answer.access_token).await.unwrap();
    test.verify(&answer.access_token).await.unwrap_err();
}

/// A first start before the clock was set: what it made signs on, here and after a restart.
#[tokio::test]
async fn a_clock_that_was_ahead_at_the_first_start_keeps_nobody_out() {
    for ahead in [
        Duration::from_secs(20),
        Duration::from_hours(3),
        Duration::from_hours(24 * 400),
    ] {
        for test in TestApp::all().await {
            let right = Clock::now(&*test.harness.clock);
            test.harness.clock.set(right + ahead);
            let early = test.register("ana@example.com", PASSWORD).await.unwrap();
            test.harness.clock.set(right);
            test.refresh(&early.refresh_token, None).await.unwrap();
            let restarted = test.with(options()).await;
            for test in [&test, &restarted] {
                let ana = test.login("ana@example.com", PASSWORD).await.unwrap();
                test.verify(&ana.access_token).await.unwrap();
                assert_eq!(keys(test).await.len(), 2);
                let report = test.readiness.report().await;
                assert!(report.degraded.is_empty(), "{report:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_clock_that_jumps_ahead_for_a_moment_ends_no_token() {
    for test in TestApp::all().await {
        let ana = test.register("ana@example.com", PASSWORD).await.unwrap();
        let right = Clock::now(&*test.harness.clock);
        test.harness
            .clock
            .set(right + Duration::from_hours(24 * 35));
        keys(&test).await;
        test.harness.clock.set(right);
        let there = keys(&test).await;
        let kid = read(&ana.access_token).0["kid"].clone();
        assert!(there.iter().any(|key| kid == key.kid), "still published");
        let restarted = test.with(options()).await;
        restarted.verify(&ana.access_token).await.unwrap();
        let again = restarted.login("ana@example.com", PASSWORD).await.unwrap();
        assert_eq!(read(&again.access_token).0["kid"], kid);
    }
}

#[tokio::test]
async fn where_nothing_can_sign_the_process_says_so() {
    for test in TestApp::all().await {
        test.register("ana@example.com", PASSWORD).await.unwrap();
        let tx = test.db.begin(&test.db.ctx()).await.unwrap();
        let sql = "UPDATE signing_keys SET private_pem = 'lost'";
        tx.run(sql, []).await.unwrap();
        tx.commit().await.unwrap();
        let restarted = test.with(options()).await;
        let failed = restarted.login("ana@example.com", PASSWORD).await;
        assert!(failed.unwrap_err().is(&CommonReason::Internal));
        let report = restarted.readiness.report().await;
        assert_eq!(report.degraded, ["auth.signing_keys"]);
    }
}

/// Who has a token is let in on a full disk, by a process that starts there, too; who wants a new one hears
/// why that cannot be.
#[tokio::test]
async fn a_full_disk_keeps_no_token_from_being_verified_and_is_named_at_the_next_sign_in() {
    let test = TestApp::sqlite(options()).await;
    test.register("ana@example.com", PASSWORD).await.unwrap();
    let signed_in = test.login("ana@example.com", PASSWORD).await.unwrap();
    let before = keys(&test).await;
    test.db.fill(true).await;
    let mut refused = None;
    for _ in 0..300 {
        if let Err(error) = test.login("ana@example.com", PASSWORD).await {
            refused = Some(error);
            break;
        }
    }
    assert!(refused.unwrap().is(&CommonReason::StorageFull));
    let (mut token, mut refused) = (signed_in.refresh_token, None);
    for _ in 0..300 {
        match test.refresh(&token, None).await {
            Ok(next) => token = next.refresh_token,
            Err(error) => {
                refused = Some(error);
                break;
            }
        }
    }
    assert!(refused.unwrap().is(&CommonReason::StorageFull));
    let restarted = test.with(options()).await;
    assert_eq!(keys(&restarted).await, before);
    // The day has come on which a further key would be made.
    restarted
        .harness
        .clock
        .advance(Duration::from_hours(24 * options().key_days) + Duration::from_mins(10));
    assert_eq!(keys(&restarted).await, before);
    test.db.fill(false).await;
    restarted.harness.clock.advance(Duration::from_mins(10));
    assert_eq!(keys(&restarted).await.len(), 3);
}
