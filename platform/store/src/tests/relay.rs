use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use sv_kernel::{Ctx, MovableClock, SystemClock, SystemEntropy, Timestamp};
use sv_ports::{Bus, Consumer, PortError, PortResult, Position, Record, Replay, Topic};
use tokio::{sync::Notify, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use crate::{Db, Relay, RelayOptions, StoreError, outbox, testing::TestDb};

/// A bus that remembers what it acknowledged, and that can fail.
#[derive(Debug, Default)]
pub(super) struct Spy {
    pub(super) records: Mutex<Vec<Record>>,
    /// Keys whose records it refuses for good, and with them the whole publish.
    pub(super) refuses: Mutex<BTreeSet<String>>,
    /// How many of the next batches are taken but not acknowledged.
    pub(super) answers_lost: AtomicU32,
    /// Takes nothing and does not answer until it is let go.
    hangs: AtomicBool,
    hanging: Notify,
    let_go: Notify,
}

impl Spy {
    pub(super) fn keys(&self) -> Vec<String> {
        let records = self.records.lock().unwrap();
        records.iter().map(|record| record.key.clone()).collect()
    }

    pub(super) async fn until(&self, count: usize) -> Vec<String> {
        let wait = async {
            while self.keys().len() < count {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        let waited = tokio::time::timeout(Duration::from_secs(30), wait).await;
        assert!(waited.is_ok(), "only {:?} arrived", self.keys());
        self.keys()
    }
}

#[async_trait]
impl Bus for Spy {
    async fn ensure_topics(&self, _: &[Topic]) -> PortResult<()> {
        Ok(())
    }

    async fn publish(&self, records: Vec<Record>) -> PortResult<Vec<Position>> {
        if self.hangs.load(Ordering::SeqCst) {
            self.hanging.notify_one();
            self.let_go.notified().await;
        }
        let refuses = self.refuses.lock().unwrap().clone();
        if let Some(bad) = records.iter().find(|record| refuses.contains(&record.key)) {
            return Err(PortError::invalid(format!("{} is too large", bad.key)));
        }
        self.records.lock().unwrap().extend(records);
        let lost = self
            .answers_lost
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1));
        match lost {
            Ok(_) => Err(PortError::unavailable("bus", "the answer was lost")),
            Err(_) => Ok(Vec::new()),
        }
    }

    async fn subscribe(&self, _: &str, _: &[&str]) -> PortResult<Box<dyn Consumer>> {
        Err(PortError::invalid("publishes only"))
    }

    async fn replay(&self, _: &str) -> PortResult<Replay> {
        Err(PortError::invalid("publishes only"))
    }

    async fn lag(&self, _: &str, _: &str) -> PortResult<u64> {
        Err(PortError::invalid("publishes only"))
    }
}

/// Nothing happens by polling: what arrives was woken for.
pub(super) fn never_polls() -> RelayOptions {
    RelayOptions {
        poll: Duration::from_hours(1),
        backoff: (Duration::from_millis(1), Duration::from_millis(5)),
        publish_timeout: Duration::from_millis(300),
        ..RelayOptions::default()
    }
}

pub(super) fn polls() -> RelayOptions {
    RelayOptions {
        poll: Duration::from_millis(5),
        poll_alone: Duration::from_millis(5),
        ..never_polls()
    }
}

pub(super) struct Running {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Running {
    pub(super) async fn stop(self) {
        self.stop.cancel();
        self.task.await.unwrap();
    }
}

pub(super) fn start(db: &Db, ctx: &Ctx, bus: &Arc<Spy>, options: RelayOptions) -> Running {
    start_at(db, ctx, bus, options, Arc::new(SystemClock))
}

fn start_at(
    db: &Db,
    ctx: &Ctx,
    bus: &Arc<Spy>,
    options: RelayOptions,
    clock: Arc<dyn sv_kernel::Clock>,
) -> Running {
    let stop = CancellationToken::new();
    let relay = Relay::with_clock(db.clone(), ctx.clone(), bus.clone(), options, clock);
    let task = tokio::spawn(relay.run(stop.clone()));
    Running { stop, task }
}

pub(super) fn event(key: &str, version: i64) -> outbox::Entry {
    outbox::Entry {
        topic: "note.changed",
        key: key.into(),
        version,
        payload: Some(b"note".to_vec()),
    }
}

pub(super) async fn emit(db: &Db, ctx: &Ctx, key: &str, version: i64) {
    let tx = db.begin(ctx).await.unwrap();
    outbox::put(&tx, ctx, event(key, version)).await.unwrap();
    tx.commit().await.unwrap();
}

pub(super) async fn waiting(db: &Db) -> usize {
    outbox::unpublished(db.read(), 1000, [])
        .await
        .unwrap()
        .len()
}

pub(super) async fn until_marked(db: &Db) {
    while waiting(db).await > 0 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// EVT-1.
#[tokio::test]
async fn committed_events_arrive_at_once_and_whole_and_others_never() {
    for db in TestDb::all(&[]).await {
        let ctx = Ctx {
            traceparent: Some("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".into()),
            ..db.ctx()
        };
        let bus = Arc::new(Spy::default());
        let relay = start(&db, &ctx, &bus, never_polls());
        emit(&db, &ctx, "a", 1).await;
        bus.until(1).await;
        let undone = db.begin(&ctx).await.unwrap();
        outbox::put(&undone, &ctx, event("undone", 1))
            .await
            .unwrap();
        undone.rollback().await.unwrap();
        let tx = db.begin(&ctx).await.unwrap();
        let gone = outbox::Entry {
            payload: None,
            ..event("a", 2)
        };
        let id = outbox::put(&tx, &ctx, gone).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(bus.until(2).await, ["a", "a"]);
        relay.stop().await;
        let record = bus.records.lock().unwrap().pop().unwrap();
        assert_eq!(record.event_id, id.uuid());
        assert_eq!((record.version, record.payload), (2, None));
        assert_eq!(record.tenant, ctx.tenant);
        assert_eq!(record.traceparent.as_deref(), ctx.traceparent.as_deref());
        assert_eq!(waiting(&db).await, 0);
    }
}

/// A command that works on a stopped folder ends as soon as it has written.
#[tokio::test]
async fn what_was_committed_before_the_stop_is_published_before_the_end() {
    for db in TestDb::all(&[]).await {
        let ctx = db.ctx();
        for version in 1..=100 {
            emit(&db, &ctx, "a", version).await;
        }
        let bus = Arc::new(Spy::default());
        let relay = start(&db, &ctx, &bus, never_polls());
        relay.stop().await;
        assert_eq!((bus.keys().len(), waiting(&db).await), (100, 0));
    }
}

#[tokio::test]
async fn what_no_bus_would_take_is_refused_before_it_can_block_the_relay() {
    let db = TestDb::sqlite(&[]).await;
    let ctx = db.ctx();
    let tx = db.begin(&ctx).await.unwrap();
    for bad in [event("", 1), event(&"k".repeat(513), 1)] {
        let refused = outbox::put(&tx, &ctx, bad).await;
        assert!(matches!(refused, Err(StoreError::Event(_))), "{refused:?}");
    }
}

#[tokio::test]
async fn each_key_keeps_its_order_and_nothing_is_lost_when_answers_are() {
    for db in TestDb::all(&[]).await {
        let ctx = db.ctx();
        for version in 1..=100 {
            let tx = db.begin(&ctx).await.unwrap();
            for key in ["a", "b"] {
                outbox::put(&tx, &ctx, event(key, version)).await.unwrap();
            }
            tx.commit().await.unwrap();
        }
        let bus = Arc::new(Spy::default());
        bus.answers_lost.store(3, Ordering::SeqCst);
        let relay = start(&db, &ctx, &bus, never_polls());
        until_marked(&db).await;
        relay.stop().await;
        let mut seen = std::collections::HashSet::new();
        let records = bus.records.lock().unwrap();
        assert!(records.len() > 200, "the lost answers led to repetitions");
        let firsts: Vec<_> = records
            .iter()
            .filter(|record| seen.insert(record.event_id))
            .collect();
        assert_eq!(firsts.len(), 200);
        for key in ["a", "b"] {
            let of_key = firsts.iter().filter(|record| record.key == key);
            let versions: Vec<_> = of_key.map(|record| record.version).collect();
            assert_eq!(versions, (1..=100).collect::<Vec<_>>());
        }
    }
}

#[tokio::test]
async fn a_bus_that_hangs_is_left_after_a_while_and_tried_again() {
    let db = TestDb::sqlite(&[]).await;
    let ctx = db.ctx();
    let bus = Arc::new(Spy::default());
    bus.hangs.store(true, Ordering::SeqCst);
    let relay = start(&db, &ctx, &bus, never_polls());
    emit(&db, &ctx, "a", 1).await;
    tokio::time::sleep(Duration::from_millis(400)).await;
    bus.hangs.store(false, Ordering::SeqCst);
    assert_eq!(bus.until(1).await, ["a"]);
    relay.stop().await;
}

/// The row with the lower number becomes visible after the higher one was published.
#[tokio::test]
async fn a_transaction_that_commits_late_is_not_skipped() {
    for db in TestDb::all(&[]).await {
        if db.backend() != sea_orm::DbBackend::Postgres {
            continue; // SQLite has one writer, so numbers become visible in order.
        }
        let ctx = db.ctx();
        let bus = Arc::new(Spy::default());
        let relay = start(&db, &ctx, &bus, never_polls());
        let late = db.begin(&ctx).await.unwrap();
        outbox::put(&late, &ctx, event("late", 1)).await.unwrap();
        emit(&db, &ctx, "early", 1).await;
        assert_eq!(bus.until(1).await, ["early"]);
        until_marked(&db).await;
        late.commit().await.unwrap();
        assert_eq!(bus.until(2).await, ["early", "late"]);
        relay.stop().await;
    }
}

#[tokio::test]
async fn one_relay_works_and_another_takes_over_when_it_ends_or_dies() {
    for db in TestDb::all(&[]).await {
        let ctx = db.ctx();
        let clock = Arc::new(MovableClock::at(Timestamp::from_secs(1_700_000_000)));
        let (first, second) = (Arc::new(Spy::default()), Arc::new(Spy::default()));
        let elsewhere = db.reopen(&[]).await.unwrap();

        let one = start_at(&db, &ctx, &first, polls(), clock.clone());
        emit(&db, &ctx, "1", 1).await;
        first.until(1).await;
        let two = start_at(&elsewhere, &ctx, &second, polls(), clock.clone());
        emit(&elsewhere, &ctx, "2", 1).await;
        first.until(2).await;
        one.stop().await; // Gives the lease back.
        emit(&db, &ctx, "3", 1).await;
        assert_eq!(second.until(1).await, ["3"]);

        until_marked(&db).await;
        two.task.abort(); // Dies with the lease.
        let _ = two.task.await;
        let three = start_at(&db, &ctx, &first, polls(), clock.clone());
        emit(&db, &ctx, "4", 1).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(first.keys().len(), 2, "the lease still runs");
        clock.advance(Duration::from_secs(11));
        assert_eq!(first.until(3).await, ["1", "2", "4"]);
        three.stop().await;
        elsewhere.close().await.unwrap();
    }
}

/// A relay that hung in the bus comes back after another has taken over.
#[tokio::test]
async fn a_relay_that_was_replaced_notices_before_it_publishes_more() {
    for db in TestDb::all(&[]).await {
        let ctx = db.ctx();
        let clock = Arc::new(MovableClock::at(Timestamp::from_secs(1_700_000_000)));
        let (slow, next) = (Arc::new(Spy::default()), Arc::new(Spy::default()));
        let patient = RelayOptions {
            publish_timeout: Duration::from_mins(1),
            ..polls()
        };
        slow.hangs.store(true, Ordering::SeqCst);
        emit(&db, &ctx, "1", 1).await;
        let one = start_at(&db, &ctx, &slow, patient.clone(), clock.clone());
        slow.hanging.notified().await;
        clock.advance(Duration::from_secs(11));
        let two = start_at(&db, &ctx, &next, patient, clock.clone());
        assert_eq!(next.until(1).await, ["1"]);
        until_marked(&db).await;

        slow.hangs.store(false, Ordering::SeqCst);
        slow.let_go.notify_one();
        assert_eq!(slow.until(1).await, ["1"], "again, as at least once allows");
        tokio::time::sleep(Duration::from_millis(100)).await;
        for n in 2..=20 {
            emit(&db, &ctx, &n.to_string(), 1).await;
        }
        until_marked(&db).await;
        one.stop().await;
        two.stop().await;
        assert_eq!(slow.keys().len(), 1);
        assert_eq!(next.keys().len(), 20);
    }
}

#[tokio::test]
async fn a_lease_that_was_taken_over_is_worth_nothing() {
    for db in TestDb::all(&[]).await {
        let ctx = db.ctx();
        let clock = Arc::new(MovableClock::at(Timestamp::from_secs(1_700_000_000)));
        let leases =
            crate::lease::Leases::new((*db).clone(), clock.clone(), Duration::from_secs(30));
        let lost = leases.take(&ctx, "job").await.unwrap().unwrap();
        assert!(leases.take(&ctx, "job").await.unwrap().is_none());
        clock.advance(Duration::from_secs(30));
        let held = leases.take(&ctx, "job").await.unwrap().unwrap();
        let tx = db.begin(&ctx).await.unwrap();
        assert!(!lost.fence(&tx).await.unwrap());
        assert!(held.fence(&tx).await.unwrap());
        tx.commit().await.unwrap();
        assert!(!leases.renew(&ctx, &lost).await.unwrap());
        leases.give_back(&ctx, &lost).await.unwrap();
        assert!(leases.take(&ctx, "job").await.unwrap().is_none());
    }
}

#[tokio::test]
async fn old_events_go_and_new_ones_stay() {
    for db in TestDb::all(&[]).await {
        let clock = Arc::new(MovableClock::at(Timestamp::from_secs(1_700_000_000)));
        let ctx = Ctx::background("test", clock.clone(), Arc::new(SystemEntropy));
        let bus = Arc::new(Spy::default());
        let options = RelayOptions {
            prune_every: Duration::ZERO,
            ..polls()
        };
        let relay = start(&db, &ctx, &bus, options);
        emit(&db, &ctx, "old", 1).await;
        until_marked(&db).await;
        clock.advance(Duration::from_secs(24 * 60 * 60 + 1));
        emit(&db, &ctx, "new", 1).await;
        until_marked(&db).await;
        let kept = || async {
            use sea_orm::EntityTrait as _;
            let rows = outbox::Entity::find().all(db.read()).await.unwrap();
            rows.into_iter().map(|row| row.key).collect::<Vec<_>>()
        };
        let pruned = async {
            while kept().await != ["new"] {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), pruned)
            .await
            .unwrap();
        relay.stop().await;
    }
}
