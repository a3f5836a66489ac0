//! Keys of access tokens that are changed by hand.

use std::time::Duration;

use sv_kernel::{Clock, Timestamp};

use super::{PASSWORD, TestApp, read};
use crate::{KeyState, Options, retire_signing_key, rotate_signing_keys, signing_keys};

const MINUTE: Duration = Duration::from_mins(1);

fn now(test: &TestApp) -> Timestamp {
    Clock::now(&*test.harness.clock)
}

async fn rotate(test: &TestApp) -> Result<String, String> {
    let ctx = test.stranger();
    let done = rotate_signing_keys(&test.db, &ctx, now(test), &Options::default()).await;
    done.map_err(|refused| refused.to_string())
}

async fn retire(test: &TestApp, kid: &str, end_tokens: bool) -> Result<(), String> {
    let (ctx, options) = (test.stranger(), Options::default());
    let done = retire_signing_key(&test.db, &ctx, now(test), &options, kid, end_tokens).await;
    done.map_err(|refused| refused.to_string())
}

async fn states(test: &TestApp) -> Vec<(String, KeyState)> {
    let keys = signing_keys(&test.db, now(test), &Options::default()).await;
    let keys = keys.unwrap().into_iter();
    keys.map(|key| (key.kid, key.state)).collect()
}

/// Signs in; returns the token and the name of the key that signed it.
async fn token(test: &TestApp) -> (String, String) {
    let answer = test.login("ana@example.com", PASSWORD).await.unwrap();
    let kid = read(&answer.access_token).0["kid"]
        .as_str()
        .unwrap()
        .to_owned();
    (answer.access_token, kid)
}

/// AUTH-6: the next key was known to all before it signs, and the last one verifies on.
#[tokio::test]
async fn a_key_that_is_changed_by_hand_costs_no_token() {
    for test in TestApp::all().await {
        assert!(
            rotate(&test)
                .await
                .unwrap_err()
                .starts_with("there are no keys yet")
        );
        test.register("ana@example.com", PASSWORD).await.unwrap();
        assert!(
            rotate(&test)
                .await
                .unwrap_err()
                .starts_with("not every process knows the next key")
        );
        test.harness.clock.advance(2 * MINUTE);

        let (old_token, old) = token(&test).await;
        let next = rotate(&test).await.unwrap();
        let begun = now(&test);
        assert_ne!(next, old);
        // A process signs with the old one until it has read the keys again.
        assert_eq!(token(&test).await.1, old);
        test.harness.clock.advance(MINUTE);
        let (new_token, new) = token(&test).await;
        assert_eq!(new, next);
        for token in [&old_token, &new_token] {
            test.verify(token).await.unwrap();
        }
        let until = begun + MINUTE + Duration::from_hours(1);
        let after = begun + Duration::from_hours(24 * 30);
        let now_there = states(&test).await;
        assert_eq!(now_there.len(), 3);
        assert_eq!(now_there[0], (old.clone(), KeyState::Verifies { until }));
        assert_eq!(
            now_there[1],
            (new.clone(), KeyState::Signs { since: begun })
        );
        assert_eq!(now_there[2].1, KeyState::Next { from: after });

        // The old one goes by itself, once its last token has ended.
        test.harness.clock.advance(Duration::from_mins(70));
        token(&test).await;
        assert_eq!(states(&test).await.len(), 2);
        let acts: Vec<_> = test
            .db
            .audit_records()
            .await
            .into_iter()
            .map(|record| record.action)
            .collect();
        assert_eq!(
            acts.iter()
                .filter(|act| *act == "auth.signing_key_rotated")
                .count(),
            1
        );
    }
}

/// What a thief has is worth nothing two minutes later; whoever was signed in refreshes.
#[tokio::test]
async fn a_key_that_leaked_is_taken_away_with_its_tokens() {
    for test in TestApp::all().await {
        let ana = test.register("ana@example.com", PASSWORD).await.unwrap();
        let (_, old) = token(&test).await;
        assert!(
            retire(&test, &old, true)
                .await
                .unwrap_err()
                .contains("have the next one sign first")
        );
        assert!(
            retire(&test, "nobody's", true)
                .await
                .unwrap_err()
                .starts_with("there is no key")
        );
        test.harness.clock.advance(2 * MINUTE);
        rotate(&test).await.unwrap();
        assert!(
            retire(&test, &old, true)
                .await
                .unwrap_err()
                .starts_with("some process may sign with")
        );
        test.harness.clock.advance(MINUTE);
        assert!(
            retire(&test, &old, false)
                .await
                .unwrap_err()
                .contains("--end-tokens")
        );
        test.verify(&ana.access_token).await.unwrap();
        retire(&test, &old, true).await.unwrap();

        let elsewhere = test.with(super::options()).await;
        let answer = test.refresh(&ana.refresh_token, None).await.unwrap();
        elsewhere.verify(&answer.access_token).await.unwrap();
        elsewhere.verify(&ana.access_token).await.unwrap_err();
        assert!(states(&test).await.iter().all(|(kid, _)| *kid != old));
    }
}

#[tokio::test]
async fn two_operators_at_once_change_the_key_once() {
    for test in TestApp::all().await {
        test.register("ana@example.com", PASSWORD).await.unwrap();
        test.harness.clock.advance(2 * MINUTE);
        let (one, other) = tokio::join!(rotate(&test), rotate(&test));
        assert_eq!(
            u8::from(one.is_ok()) + u8::from(other.is_ok()),
            1,
            "{one:?} {other:?}"
        );
        assert_eq!(states(&test).await.len(), 3);
    }
}
