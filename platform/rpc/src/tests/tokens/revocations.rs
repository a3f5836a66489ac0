//! Ended sessions (AUTH-8, A21).

use std::{sync::atomic::Ordering, time::Duration};

use sv_kernel::{Id, Session, Timestamp};
use sv_proto::auth::Revocation;
use uuid::Uuid;

use super::world::{NOW, SESSION, world};

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
