//! Events that the bus will never take (EVT-9).

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use sv_kernel::{Ctx, MovableClock, Pulse, SystemClock, SystemEntropy, Timestamp};
use tokio_util::sync::CancellationToken;

use super::relay::{Spy, emit, never_polls, polls, start, until_marked, waiting};
use crate::{Relay, RelayOptions, outbox, testing::TestDb};

fn hasty() -> RelayOptions {
    RelayOptions {
        refused_pause: Duration::from_millis(1),
        measure_every: Duration::ZERO,
        ..polls()
    }
}

async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let watching = async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    let came = tokio::time::timeout(Duration::from_secs(30), watching).await;
    assert!(came.is_ok(), "never: {what}");
}

#[tokio::test]
async fn one_event_that_the_bus_refuses_holds_up_no_other_and_becomes_a_dead_letter() {
    for db in TestDb::all(&[]).await {
        let ctx = db.ctx();
        let bus = Arc::new(Spy::default());
        bus.refuses.lock().unwrap().insert("bad".into());
        for n in 0..100 {
            emit(&db, &ctx, &n.to_string(), 1).await;
        }
        emit(&db, &ctx, "bad", 1).await;
        for n in 100..258 {
            emit(&db, &ctx, &n.to_string(), 1).await;
        }
        let relay = start(&db, &ctx, &bus, hasty());
        let others = bus.until(258).await;
        assert_eq!(others, (0..258).map(|n| n.to_string()).collect::<Vec<_>>());
        until("the outbox is empty", async || waiting(&db).await == 0).await;
        relay.stop().await;
        let dead = db.dead_events(10).await.unwrap();
        assert_eq!(dead.len(), 1);
        assert_eq!((dead[0].key.as_str(), dead[0].version), ("bad", 1));
        assert_eq!(dead[0].cause, "bad is too large");
        let (topic, id) = (dead[0].topic.clone(), dead[0].event_id);
        let other = sv_kernel::Tenant::parse("other").unwrap();
        for (tenant, topic, ids, found) in [
            (&ctx.tenant, "", vec![], 1),
            (&ctx.tenant, topic.as_str(), vec![id], 1),
            (&ctx.tenant, "other", vec![], 0),
            (&other, "", vec![id], 0),
        ] {
            let listed = db.dead_events_of(tenant, topic, &ids, 10).await.unwrap();
            assert_eq!(listed.len(), found);
        }
        assert!(db.dead_payload(id).await.unwrap().is_some());
    }
}

/// Consumers compare versions: what comes later may pass what was given up, but only then.
#[tokio::test]
async fn later_events_of_a_key_wait_until_the_refused_one_is_given_up() {
    for db in TestDb::all(&[]).await {
        let ctx = db.ctx();
        let bus = Arc::new(Spy::default());
        bus.refuses.lock().unwrap().insert("a".into());
        let patient = RelayOptions {
            refused_pause: Duration::from_hours(1),
            ..never_polls()
        };
        for key in ["a", "b", "a", "b"] {
            let version = i64::try_from(waiting(&db).await).unwrap();
            emit(&db, &ctx, key, version).await;
        }
        let relay = start(&db, &ctx, &bus, patient);
        bus.until(2).await;
        relay.stop().await;
        assert_eq!(bus.keys(), ["b", "b"], "nothing of the key went out");
        assert_eq!(waiting(&db).await, 2, "and nothing of it was given up");

        bus.refuses.lock().unwrap().clear();
        let relay = start(&db, &ctx, &bus, never_polls());
        bus.until(4).await;
        relay.stop().await;
        let records = bus.records.lock().unwrap();
        let versions: Vec<_> = records.iter().map(|record| record.version).collect();
        assert_eq!(versions, [1, 3, 0, 2], "in order");
    }
}

#[tokio::test]
async fn a_dead_letter_can_be_replayed_or_dropped() {
    for db in TestDb::all(&[]).await {
        let ctx = db.ctx();
        let bus = Arc::new(Spy::default());
        let refused = ["a", "b", "c"].map(str::to_owned);
        bus.refuses.lock().unwrap().extend(refused);
        for key in ["a", "b", "c"] {
            emit(&db, &ctx, key, 1).await;
        }
        let relay = start(&db, &ctx, &bus, hasty());
        until("all are given up", async || {
            db.dead_events(10).await.unwrap().len() == 3
        })
        .await;
        bus.refuses.lock().unwrap().clear();
        let dead = db.dead_events(10).await.unwrap();
        let id = |key| {
            let found = dead.iter().find(|dead| dead.key == key);
            found.unwrap().event_id
        };
        assert_eq!(
            db.drop_dead_events(&ctx, Some(&[id("b")])).await.unwrap(),
            1
        );
        assert_eq!(
            db.replay_dead_events(&ctx, Some(&[id("c")])).await.unwrap(),
            1
        );
        bus.until(1).await;
        assert_eq!(db.replay_dead_events(&ctx, None).await.unwrap(), 1);
        assert_eq!(bus.until(2).await, ["c", "a"]);
        assert_eq!(bus.records.lock().unwrap()[0].event_id, id("c"), "the same");
        until_marked(&db).await;
        relay.stop().await;
        assert_eq!(db.dead_events(10).await.unwrap(), []);
        assert_eq!(
            db.drop_dead_events(&ctx, Some(&[id("a")])).await.unwrap(),
            0
        );
    }
}

/// Two administrators press the same button.
#[tokio::test]
async fn dead_letters_that_several_replay_or_drop_at_once_are_taken_once() {
    const COUNT: usize = 20;
    for db in TestDb::all(&[]).await {
        let ctx = db.ctx();
        let bus = Arc::new(Spy::default());
        for n in 0..COUNT {
            bus.refuses.lock().unwrap().insert(n.to_string());
            emit(&db, &ctx, &n.to_string(), 1).await;
        }
        let relay = start(&db, &ctx, &bus, hasty());
        until("all are given up", async || {
            db.dead_events(100).await.unwrap().len() == COUNT
        })
        .await;
        relay.stop().await;
        let replays = (0..4).map(|_| db.replay_dead_events(&ctx, None));
        let drops = (0..4).map(|_| db.drop_dead_events(&ctx, None));
        let (replayed, dropped) = futures::future::join(
            futures::future::join_all(replays),
            futures::future::join_all(drops),
        )
        .await;
        let sum =
            |taken: Vec<Result<usize, _>>| -> usize { taken.into_iter().map(Result::unwrap).sum() };
        let (replayed, dropped) = (sum(replayed), sum(dropped));
        assert_eq!(replayed + dropped, COUNT);
        assert_eq!(waiting(&db).await, replayed);
        assert_eq!(db.dead_events(1).await.unwrap(), []);
    }
}

#[tokio::test]
async fn a_row_that_cannot_be_read_becomes_a_dead_letter_too() {
    let db = TestDb::sqlite(&[]).await;
    let ctx = db.ctx();
    emit(&db, &ctx, "bad", 1).await;
    let tx = db.begin(&ctx).await.unwrap();
    tx.run("UPDATE outbox SET tenant = 'No Tenant!'", [])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    emit(&db, &ctx, "good", 1).await;
    let bus = Arc::new(Spy::default());
    let relay = start(&db, &ctx, &bus, hasty());
    assert_eq!(bus.until(1).await, ["good"]);
    until("it is given up", async || {
        db.dead_events(10).await.unwrap().len() == 1
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn a_bus_that_only_fails_loses_no_event_to_the_dead_letters() {
    let db = TestDb::sqlite(&[]).await;
    let ctx = db.ctx();
    let bus = Arc::new(Spy::default());
    bus.answers_lost.store(40, Ordering::SeqCst);
    let relay = start(&db, &ctx, &bus, hasty());
    emit(&db, &ctx, "a", 1).await;
    until_marked(&db).await;
    relay.stop().await;
    assert!(bus.keys().len() > 40);
    assert_eq!(db.dead_events(10).await.unwrap(), []);
}

#[tokio::test]
async fn what_waits_too_long_and_what_was_given_up_is_told_with_its_cause() {
    let db = TestDb::sqlite(&[]).await;
    let clock = Arc::new(MovableClock::at(Timestamp::from_secs(1_700_000_000)));
    let ctx = Ctx::background("test", clock.clone(), Arc::new(SystemEntropy));
    let bus = Arc::new(Spy::default());
    bus.refuses.lock().unwrap().insert("bad".into());
    let pulse = Pulse::new(clock.clone());
    let told = |text: &str| {
        let trouble = pulse.trouble(Duration::ZERO).unwrap_or_default();
        trouble.contains(text)
    };
    let patient = RelayOptions {
        refused_pause: Duration::from_hours(1),
        ..hasty()
    };
    let run = |options: RelayOptions| {
        let clock = Arc::new(SystemClock);
        let relay = Relay::with_clock((*db).clone(), ctx.clone(), bus.clone(), options, clock);
        let stop = CancellationToken::new();
        let task = tokio::spawn(relay.watched_by(pulse.clone()).run(stop.clone()));
        (stop, task)
    };
    emit(&db, &ctx, "bad", 1).await;
    let (stop, task) = run(patient);
    until("the relay works", async || pulse.last_success().is_some()).await;
    assert!(!told("not published"), "it has just come");
    clock.advance(Duration::from_secs(31));
    until("the age is told", async || {
        told("1 events are not published, the oldest for 31 s")
    })
    .await;
    stop.cancel();
    task.await.unwrap();

    let (stop, task) = run(hasty());
    until("the dead letter is told", async || {
        told("the bus refused 1 events for good; see `streamverse dead-letters list`")
    })
    .await;
    until("nothing waits", async || !told("not published")).await;
    db.drop_dead_events(&ctx, None).await.unwrap();
    until("all is well", async || {
        pulse.trouble(Duration::ZERO).is_none()
    })
    .await;
    stop.cancel();
    task.await.unwrap();
    assert_eq!(outbox::unpublished(db.read(), 1, []).await.unwrap(), []);
}
