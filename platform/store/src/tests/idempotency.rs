use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use prost::Message as _;
use sea_orm::{EntityTrait as _, PaginatorTrait as _};
use sv_kernel::{
    Actor, Ctx, MovableClock, Tenant, Timestamp,
    idempotency::{Begun, Claim, IdempotencyStore as _, StoredAnswer},
};
use sv_proto::common::CommonReason;

use super::{NOTES, insert, note};
use crate::{Db, idempotency::IdempotencyKeys, inbox, testing::TestDb, work};

/// Some message.
#[derive(Clone, PartialEq, prost::Message)]
struct Timestamped {
    #[prost(int64, tag = "1")]
    seconds: i64,
}

const RUNS_FOR: Duration = Duration::from_secs(30);

fn fresh(begun: Begun) -> Box<dyn Claim> {
    match begun {
        Begun::Fresh(claim) => claim,
        other => panic!("{other:?}"),
    }
}

/// All that an answer may have.
fn refusal() -> StoredAnswer {
    StoredAnswer {
        code: 9,
        message: "Not now.".into(),
        details: vec![1, 2],
        body: vec![3],
        metadata: vec![("etag".into(), "1".into()), ("x-a".into(), String::new())],
    }
}

fn answer(begun: Begun) -> StoredAnswer {
    match begun {
        Begun::Answered(answer) => answer,
        other => panic!("{other:?}"),
    }
}

fn running(begun: &Begun) -> Duration {
    match begun {
        Begun::Running(left) => *left,
        other => panic!("{other:?}"),
    }
}

fn other_request(begun: &Begun) {
    assert!(matches!(begun, Begun::OtherRequest), "{begun:?}");
}

async fn begin(keys: &IdempotencyKeys, ctx: &Ctx, key: &str, request: &[u8]) -> Begun {
    keys.begin(ctx, "Pay", key, request, RUNS_FOR)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_repetition_gets_the_first_answer_for_a_day() {
    for db in TestDb::all(&[]).await {
        let clock = Arc::new(MovableClock::at(Timestamp::from_secs(1_700_000_000)));
        let ctx = db.ctx_at(clock.clone());
        let keys = IdempotencyKeys::new((*db).clone());

        let claim = fresh(begin(&keys, &ctx, "k", b"one").await);
        running(&begin(&keys, &ctx, "k", b"one").await);
        other_request(&begin(&keys, &ctx, "k", b"two").await);
        claim.finish(&ctx, refusal()).await.unwrap();
        assert_eq!(answer(begin(&keys, &ctx, "k", b"one").await), refusal());
        other_request(&begin(&keys, &ctx, "k", b"two").await);

        clock.advance(Duration::from_secs(24 * 60 * 60 - 1));
        assert_eq!(answer(begin(&keys, &ctx, "k", b"one").await), refusal());
        clock.advance(Duration::from_secs(1));
        fresh(begin(&keys, &ctx, "k", b"two").await);
    }
}

#[tokio::test]
async fn keys_of_other_callers_methods_and_tenants_are_other_keys() {
    let db = TestDb::sqlite(&[]).await;
    let ctx = db.ctx();
    let keys = IdempotencyKeys::new((*db).clone());
    fresh(begin(&keys, &ctx, "k", b"").await);
    let other = Ctx {
        actor: Actor::Anonymous,
        ..ctx.clone()
    };
    fresh(begin(&keys, &other, "k", b"").await);
    let acme = ctx.for_tenant(Tenant::parse("acme").unwrap());
    fresh(begin(&keys, &acme, "k", b"").await);
    fresh(
        keys.begin(&ctx, "Refund", "k", b"", RUNS_FOR)
            .await
            .unwrap(),
    );
}

#[tokio::test]
async fn a_holder_that_died_is_replaced_and_stores_nothing_any_more() {
    for db in TestDb::all(&[]).await {
        let clock = Arc::new(MovableClock::at(Timestamp::from_secs(1_700_000_000)));
        let ctx = db.ctx_at(clock.clone());
        let keys = IdempotencyKeys::new((*db).clone());
        let dead = fresh(begin(&keys, &ctx, "k", b"").await);
        // Nobody knows that it died; how long its mark stays is said.
        clock.advance(Duration::from_secs(10));
        let left = running(&begin(&keys, &ctx, "k", b"").await);
        assert_eq!(left, Duration::from_secs(20));
        clock.advance(left);
        let alive = fresh(begin(&keys, &ctx, "k", b"").await);
        dead.finish(&ctx, refusal()).await.unwrap();
        running(&begin(&keys, &ctx, "k", b"").await);
        alive.abandon(&ctx).await.unwrap();
        fresh(begin(&keys, &ctx, "k", b"").await);
    }
}

/// Whatever ends the process, effect and answer are both there or neither.
#[tokio::test]
async fn an_answer_is_stored_with_its_effect() {
    for db in TestDb::all(NOTES).await {
        let ctx = db.ctx();
        let keys = IdempotencyKeys::new((*db).clone());
        let claim = fresh(begin(&keys, &ctx, "k", b"").await);
        let call = Ctx {
            held_key: claim.held_key(),
            ..ctx.clone()
        };
        let refused = db.respond(&call, |tx| {
            work(async move {
                insert(tx, 1, "a").await?;
                Err::<Timestamped, _>(CommonReason::VersionMismatch.into())
            })
        });
        let refused = refused.await.unwrap_err();
        assert!(refused.is(&CommonReason::VersionMismatch));
        assert_eq!(notes(&db).await, 0);
        running(&begin(&keys, &ctx, "k", b"").await);

        let tries = AtomicU32::new(0);
        let done = db.respond(&call, |tx| {
            let again = tries.fetch_add(1, Ordering::SeqCst) > 0;
            work(async move {
                insert(tx, 1, "a").await?;
                if !again {
                    tx.contend();
                    return Err(CommonReason::Contended.into());
                }
                Ok(Timestamped { seconds: 7 })
            })
        });
        let said = done.await.unwrap();
        assert_eq!(said, Timestamped { seconds: 7 });
        assert_eq!(notes(&db).await, 1);
        let stored = answer(begin(&keys, &ctx, "k", b"").await);
        let success = StoredAnswer::success(said.encode_to_vec());
        assert_eq!(stored, success, "though the call never ended");
        claim.finish(&ctx, refusal()).await.unwrap();
        assert_eq!(answer(begin(&keys, &ctx, "k", b"").await), stored);
    }
}

#[tokio::test]
async fn a_call_without_a_key_stores_no_answer() {
    for db in TestDb::all(NOTES).await {
        let call = db.ctx();
        let keys = IdempotencyKeys::new((*db).clone());
        let _other = fresh(begin(&keys, &call, "k", b"").await);
        let done = db.respond(&call, |tx| {
            work(async move {
                insert(tx, 1, "a").await?;
                Ok(Timestamped::default())
            })
        });
        done.await.unwrap();
        assert_eq!(notes(&db).await, 1);
        running(&begin(&keys, &call, "k", b"").await);
    }
}

#[tokio::test]
async fn a_call_whose_key_was_taken_over_has_no_effect() {
    for db in TestDb::all(NOTES).await {
        let clock = Arc::new(MovableClock::at(Timestamp::from_secs(1_700_000_000)));
        let ctx = db.ctx_at(clock.clone());
        let keys = IdempotencyKeys::new((*db).clone());
        let slow = fresh(begin(&keys, &ctx, "k", b"").await);
        clock.advance(RUNS_FOR);
        let _quick = fresh(begin(&keys, &ctx, "k", b"").await);
        let call = Ctx {
            held_key: slow.held_key(),
            ..ctx.clone()
        };
        let late = db.respond(&call, |tx| {
            work(async move {
                insert(tx, 1, "a").await?;
                Ok(Timestamped::default())
            })
        });
        let refused = late.await.unwrap_err();
        assert!(refused.is(&CommonReason::IdempotencyInProgress));
        assert_eq!(notes(&db).await, 0);
    }
}

async fn notes(db: &Db) -> u64 {
    note::Entity::find().count(db.read()).await.unwrap()
}

#[tokio::test]
async fn of_many_calls_at_once_one_is_fresh() {
    for db in TestDb::all(&[]).await {
        db.warm().await;
        let calls = (0..50).map(|_| {
            let (keys, ctx) = (IdempotencyKeys::new((*db).clone()), db.ctx());
            tokio::spawn(async move { begin(&keys, &ctx, "k", b"").await })
        });
        let mut fresh = 0;
        for call in calls.collect::<Vec<_>>() {
            match call.await.unwrap() {
                Begun::Fresh(_) => fresh += 1,
                Begun::Running(_) => {}
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(fresh, 1);
    }
}

#[tokio::test]
async fn an_event_is_seen_once_per_consumer_unless_its_effect_was_undone() {
    for db in TestDb::all(&[]).await {
        let ctx = db.ctx();
        let event = ctx.new_id::<()>().uuid();
        let undone = db.begin(&ctx).await.unwrap();
        assert!(
            inbox::first_time(&undone, &ctx, "search", event)
                .await
                .unwrap()
        );
        undone.rollback().await.unwrap();
        for (consumer, expected) in [("search", true), ("search", false), ("ads", true)] {
            let tx = db.begin(&ctx).await.unwrap();
            let first = inbox::first_time(&tx, &ctx, consumer, event).await.unwrap();
            assert_eq!(first, expected, "{consumer}");
            tx.commit().await.unwrap();
        }
        let tx = db.begin(&ctx).await.unwrap();
        let later = ctx.now() + Duration::from_secs(1);
        assert_eq!(inbox::forget(&tx, later).await.unwrap(), 2);
        tx.commit().await.unwrap();
    }
}
