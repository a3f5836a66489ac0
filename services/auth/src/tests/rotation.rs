//! Keys of access tokens that are changed by hand.

use std::time::Duration;

use sv_kernel::{Clock, Timestamp};

use super::{PASSWORD, World, read};
use crate::{KeyState, Options, retire_signing_key, rotate_signing_keys, signing_keys};

const MINUTE: Duration = Duration::from_mins(1);

fn now(world: &World) -> Timestamp {
    Clock::now(&*world.harness.clock)
}

async fn rotate(world: &World) -> Result<String, String> {
    let ctx = world.stranger();
    let done = rotate_signing_keys(&world.db, &ctx, now(world), &Options::default()).await;
    done.map_err(|refused| refused.to_string())
}

async fn retire(world: &World, kid: &str, end_tokens: bool) -> Result<(), String> {
    let (ctx, options) = (world.stranger(), Options::default());
    let done = retire_signing_key(&world.db, &ctx, now(world), &options, kid, end_tokens).await;
    done.map_err(|refused| refused.to_string())
}

async fn states(world: &World) -> Vec<(String, KeyState)> {
    let keys = signing_keys(&world.db, now(world), &Options::default()).await;
    let keys = keys.unwrap().into_iter();
    keys.map(|key| (key.kid, key.state)).collect()
}

/// Signs in; returns the token and the name of the key that signed it.
async fn token(world: &World) -> (String, String) {
    let answer = world.login("ana@example.com", PASSWORD).await.unwrap();
    let kid = read(&answer.access_token).0["kid"]
        .as_str()
        .unwrap()
        .to_owned();
    (answer.access_token, kid)
}

/// AUTH-6: the next key was known to all before it signs, and the last one verifies on.
#[tokio::test]
async fn a_key_that_is_changed_by_hand_costs_no_token() {
    for world in World::all().await {
        assert!(
            rotate(&world)
                .await
                .unwrap_err()
                .starts_with("there are no keys yet")
        );
        world.register("ana@example.com", PASSWORD).await.unwrap();
        assert!(
            rotate(&world)
                .await
                .unwrap_err()
                .starts_with("not every process knows the next key")
        );
        world.harness.clock.advance(2 * MINUTE);

        let (old_token, old) = token(&world).await;
        let next = rotate(&world).await.unwrap();
        let begun = now(&world);
        assert_ne!(next, old);
        // A process signs with the old one until it has read the keys again.
        assert_eq!(token(&world).await.1, old);
        world.harness.clock.advance(MINUTE);
        let (new_token, new) = token(&world).await;
        assert_eq!(new, next);
        for token in [&old_token, &new_token] {
            world.verify(token).await.unwrap();
        }
        let until = begun + MINUTE + Duration::from_hours(1);
        let after = begun + Duration::from_hours(24 * 30);
        let now_there = states(&world).await;
        assert_eq!(now_there.len(), 3);
        assert_eq!(now_there[0], (old.clone(), KeyState::Verifies { until }));
        assert_eq!(
            now_there[1],
            (new.clone(), KeyState::Signs { since: begun })
        );
        assert_eq!(now_there[2].1, KeyState::Next { from: after });

        // The old one goes by itself, once its last token has ended.
        world.harness.clock.advance(Duration::from_mins(70));
        token(&world).await;
        assert_eq!(states(&world).await.len(), 2);
        let acts: Vec<_> = world
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
    for world in World::all().await {
        let ana = world.register("ana@example.com", PASSWORD).await.unwrap();
        let (_, old) = token(&world).await;
        assert!(
            retire(&world, &old, true)
                .await
                .unwrap_err()
                .contains("have the next one sign first")
        );
        assert!(
            retire(&world, "nobody's", true)
                .await
                .unwrap_err()
                .starts_with("there is no key")
        );
        world.harness.clock.advance(2 * MINUTE);
        rotate(&world).await.unwrap();
        assert!(
            retire(&world, &old, true)
                .await
                .unwrap_err()
                .starts_with("some process may sign with")
        );
        world.harness.clock.advance(MINUTE);
        assert!(
            retire(&world, &old, false)
                .await
                .unwrap_err()
                .contains("--end-tokens")
        );
        world.verify(&ana.access_token).await.unwrap();
        retire(&world, &old, true).await.unwrap();

        let elsewhere = world.with(super::options()).await;
        let answer = world.refresh(&ana.refresh_token, None).await.unwrap();
        elsewhere.verify(&answer.access_token).await.unwrap();
        elsewhere.verify(&ana.access_token).await.unwrap_err();
        assert!(states(&world).await.iter().all(|(kid, _)| *kid != old));
    }
}

#[tokio::test]
async fn two_operators_at_once_change_the_key_once() {
    for world in World::all().await {
        world.register("ana@example.com", PASSWORD).await.unwrap();
        world.harness.clock.advance(2 * MINUTE);
        let (one, other) = tokio::join!(rotate(&world), rotate(&world));
        assert_eq!(
            u8::from(one.is_ok()) + u8::from(other.is_ok()),
            1,
            "{one:?} {other:?}"
        );
        assert_eq!(states(&world).await.len(), 3);
    }
}
