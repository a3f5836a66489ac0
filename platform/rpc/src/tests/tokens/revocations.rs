//! Ended sessions (AUTH-8, A21).

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use sv_kernel::{Id, Session, Timestamp};
use sv_proto::auth::Revocation;
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::world::{NOW, SESSION, claims, header, with, world, world_with};
use crate::identity::{Revocations, TokenSettings};

fn ended() -> Revocation {
    ended_session(SESSION)
}

fn ended_session(session: u128) -> Revocation {
    Revocation {
        session_id: Uuid::from_u128(session).to_string(),
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

/// A process asks by itself, too; where that fails, calls that came meanwhile ask again, instead of being refused for it.
#[tokio::test]
async fn a_question_that_failed_speaks_for_nobody_who_came_in_the_middle_of_it() {
    let world = world();
    let (auth, revocations) = (&world.auth, world.authenticator.revocations());
    let gate = Arc::new(Semaphore::new(0));
    *auth.held.lock().unwrap() = Some(gate.clone());
    *auth.down.lock().unwrap() = true;
    let asked = |times| async move {
        while auth.asked_revocations.load(Ordering::SeqCst) < times {
            tokio::task::yield_now().await;
        }
    };
    let call = async || {
        asked(1).await;
        let session = Id::from_uuid(Uuid::from_u128(SESSION));
        revocations.check(session, auth.as_ref()).await
    };
    let goes_on = async {
        // By then the calls wait.
        asked(1).await;
        tokio::task::yield_now().await;
        gate.add_permits(1);
        asked(2).await;
        *auth.down.lock().unwrap() = false;
        gate.add_permits(1);
    };
    let by_itself = revocations.refresh(auth.as_ref());
    let (failed, one, other, ()) = tokio::join!(by_itself, call(), call(), goes_on);
    failed.unwrap_err();
    one.unwrap();
    other.unwrap();
    let asked = auth.asked_revocations.load(Ordering::SeqCst);
    assert_eq!(asked, 2, "one question for both");
}

/// Nothing is read while nobody asks; so whoever comes first after a rest waits for what ended meanwhile.
#[tokio::test]
async fn after_a_rest_nobody_gets_in_on_what_was_known_before() {
    let world = world();
    let token = world.good();
    assert_eq!(world.verdict(&token).await, "OK");
    world.auth.ended.lock().unwrap().push(ended());
    world.clock.advance(Duration::from_secs(4));
    assert_eq!(world.verdict(&token).await, "TOKEN_REVOKED");
}

/// AUTH-8: a process that has just started knows of the last of 20,000 ended sessions before it lets
/// anybody in, though auth tells them in pages.
#[tokio::test]
async fn a_process_that_starts_reads_all_pages_before_it_lets_anybody_in() {
    let world = world();
    let mut all: Vec<_> = (0..20_000).map(|n| ended_session(1_000 + n)).collect();
    all.push(ended());
    *world.auth.ended.lock().unwrap() = all;
    world.auth.page.store(1_000, Ordering::SeqCst);
    assert_eq!(world.verdict(&world.good()).await, "TOKEN_REVOKED");
    assert_eq!(world.auth.asked_revocations.load(Ordering::SeqCst), 21);
}

#[tokio::test]
async fn a_snapshot_that_stopped_in_the_middle_lets_nobody_in() {
    let world = world();
    *world.auth.ended.lock().unwrap() = (0..10).map(|n| ended_session(1_000 + n)).collect();
    world.auth.page.store(4, Ordering::SeqCst);
    world.auth.down_after.store(2, Ordering::SeqCst);
    assert_eq!(world.verdict(&world.good()).await, "UNAVAILABLE");
    world.auth.down_after.store(0, Ordering::SeqCst);
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(world.verdict(&world.good()).await, "OK");
    let asked = world.auth.asked_revocations.load(Ordering::SeqCst);
    assert_eq!(asked, 4, "it went on where it had stopped");
}

/// Bounded memory is no reason to let anybody in: what did not fit is asked for, one by one.
#[tokio::test]
async fn of_more_ended_sessions_than_fit_none_is_let_in() {
    let world = world();
    *world.auth.ended.lock().unwrap() = (0..10).map(ended_session).collect();
    let revocations = Revocations::with_room(world.clock.clone(), 4);
    let authority = world.auth.as_ref();
    let verdict = async |session: u128| {
        let id = Id::from_uuid(Uuid::from_u128(session));
        match revocations.check(id, authority).await {
            Ok(()) => "OK",
            Err(error) => error.reason(),
        }
    };
    for session in 0..10 {
        assert_eq!(verdict(session).await, "TOKEN_REVOKED", "{session}");
    }
    let asked = || world.auth.asked_sessions.load(Ordering::SeqCst);
    assert_eq!(asked(), 6);
    for _ in 0..50 {
        assert_eq!(verdict(99).await, "OK");
    }
    assert_eq!(
        asked(),
        7,
        "the answer about a live session holds for a second"
    );
    world.auth.ended.lock().unwrap().push(ended_session(99));
    revocations.refresh(authority).await.unwrap();
    assert_eq!(verdict(99).await, "TOKEN_REVOKED");
    *world.auth.down.lock().unwrap() = true;
    assert_eq!(verdict(98).await, "UNAVAILABLE");
    *world.auth.down.lock().unwrap() = false;

    // Once all that did not fit has run out, nobody is asked any more.
    world.clock.advance(Duration::from_secs(3600 + 62));
    let before = asked();
    assert_eq!(verdict(98).await, "OK");
    assert_eq!(asked(), before);
}

/// A lifetime that was shortened by configuration holds for tokens that were issued before.
#[tokio::test]
async fn no_token_is_older_than_the_lifetime_in_force() {
    let settings = |minutes| TokenSettings {
        lifetime: Duration::from_mins(minutes),
        ..TokenSettings::default()
    };
    let day = with(|claims| claims["exp"] = (NOW + 24 * 3600).into());
    for (lifetime, verdict) in [(10, "TOKEN_EXPIRED"), (60 * 24, "OK")] {
        let world = world_with(settings(lifetime));
        let token = world.issuer.sign(&header(), &day);
        assert_eq!(world.verdict(&token).await, "OK");
        world
            .clock
            .advance(Duration::from_mins(10) + Duration::from_secs(5));
        assert_eq!(world.verdict(&token).await, verdict, "{lifetime} minutes");
    }
    let world = world();
    let mut from_the_future = claims();
    from_the_future["iat"] = (NOW + 3600).into();
    assert_eq!(world.of_claims(&from_the_future).await, "TOKEN_INVALID");
}

/// What revokes a token lives as long as the token, not as long as tokens live today: otherwise it
/// would come back with the next lengthening of the lifetime.
#[tokio::test]
async fn an_entry_outlives_the_token_that_it_revokes() {
    let world = world_with(TokenSettings {
        lifetime: Duration::from_hours(24),
        ..TokenSettings::default()
    });
    let token = world.issuer.sign(
        &header(),
        &with(|claims| claims["exp"] = (NOW + 24 * 3600).into()),
    );
    let revocation = Revocation {
        expire_time: Some(prost_types::Timestamp {
            seconds: NOW + 24 * 3600,
            nanos: 0,
        }),
        ..ended()
    };
    world.auth.ended.lock().unwrap().push(revocation);
    for _ in 0..24 {
        assert_eq!(world.verdict(&token).await, "TOKEN_REVOKED");
        world.clock.advance(Duration::from_hours(1));
    }
    world.clock.advance(Duration::from_secs(4));
    let verdict = world.verdict(&token).await;
    assert_eq!(verdict, "TOKEN_REVOKED", "not even within the leeway");
}
