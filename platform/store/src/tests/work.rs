//! Work that waits: leased, tried again, dead after so many tries, fair between tenants.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use sv_kernel::{Clock as _, Ctx, Error, MovableClock, Pulse, Tenant, TestClocks, Timestamp};
use sv_proto::common::CommonReason;
use tokio::{sync::Notify, task::JoinHandle};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{NOTES, insert};
use crate::{
    Db, StoreError,
    jobs::{
        JobOptions,
        queue::{
            self, Item, KEEP_DEAD, Standing, Step, Touched, Work, WorkItem, Worker, WorkerOptions,
        },
    },
    testing::TestDb,
    work,
};

const LEASE: Duration = Duration::from_millis(600);

struct Stage {
    db: TestDb,
    ctx: Ctx,
    time: Arc<MovableClock>,
    /// What was done, in order.
    done: Arc<Mutex<Vec<String>>>,
}

struct Process {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Process {
    async fn end(self) {
        self.stop.cancel();
        self.task.await.unwrap();
    }

    async fn kill(self) {
        self.task.abort();
        let _ = self.task.await;
    }
}

impl Stage {
    async fn all() -> Vec<Self> {
        let on = |db: TestDb| {
            let time = Arc::new(MovableClock::at(Timestamp::from_secs(1_700_000_000)));
            Self {
                ctx: db.ctx_at(time.clone()),
                db,
                time,
                done: Arc::default(),
            }
        };
        TestDb::all(NOTES).await.into_iter().map(on).collect()
    }

    fn of(&self, tenant: &str) -> Ctx {
        self.ctx.for_tenant(Tenant::parse(tenant).unwrap())
    }

    async fn leave(&self, tenant: &str, key: &str, priority: i32) {
        let ctx = &self.of(tenant);
        let left = self.db.write(ctx, |tx| {
            work(queue::enqueue(tx, ctx, piece(key, priority)))
        });
        left.await.unwrap();
    }

    fn worker<M, F>(&self, db: &Db, handle: M) -> Process
    where
        M: FnMut(Ctx, Item) -> F + Send + 'static,
        F: Future<Output = sv_kernel::Result<Step>> + Send + 'static,
    {
        let stop = CancellationToken::new();
        let options = WorkerOptions {
            jobs: JobOptions {
                lease: LEASE,
                poll: Duration::from_millis(5),
                clock: self.time.clone(),
                alone: false,
            },
            tries: 3,
            backoff: (Duration::from_mins(1), Duration::from_mins(1)),
        };
        let worker = Worker::new(db.clone(), self.ctx.clone(), "sweep").with(options);
        let task = tokio::spawn(worker.run(stop.clone(), handle));
        Process { stop, task }
    }

    /// A worker that notes what it does.
    fn noting(&self, db: &Db) -> Process {
        let done = self.done.clone();
        self.worker(db, move |ctx, item| {
            let done = done.clone();
            async move {
                done.lock()
                    .unwrap()
                    .push(format!("{}:{}", ctx.tenant, item.key));
                Ok(Step::Done)
            }
        })
    }

    fn done(&self) -> Vec<String> {
        self.done.lock().unwrap().clone()
    }

    async fn items(&self, tenant: &str, standing: Option<Standing>) -> Vec<WorkItem> {
        let tenant = Tenant::parse(tenant).unwrap();
        let listed = queue::list(&self.db, &tenant, standing, None, self.time.now(), 100);
        listed.await.unwrap()
    }

    async fn until(&self, what: &str, is: impl Fn(&[WorkItem]) -> bool) -> Vec<WorkItem> {
        self.until_of("default", what, is).await
    }

    async fn until_of(
        &self,
        tenant: &str,
        what: &str,
        is: impl Fn(&[WorkItem]) -> bool,
    ) -> Vec<WorkItem> {
        let begin = std::time::Instant::now();
        loop {
            let items = self.items(tenant, None).await;
            if is(&items) {
                return items;
            }
            assert!(begin.elapsed().as_secs() < 20, "never: {what}: {items:?}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

fn piece(key: &str, priority: i32) -> Work {
    Work {
        kind: "sweep",
        key: key.into(),
        priority,
        payload: b"from the start".to_vec(),
    }
}

fn broken() -> Error {
    Error::from(CommonReason::Internal).because("the broom is broken")
}

#[tokio::test]
async fn work_waits_for_its_commit_and_each_piece_is_done_once_by_one_of_two() {
    for stage in Stage::all().await {
        let given_up = stage.db.begin(&stage.ctx).await.unwrap();
        queue::enqueue(&given_up, &stage.ctx, piece("undone", 9))
            .await
            .unwrap();
        given_up.rollback().await.unwrap();
        for n in 0..4 {
            stage.leave("acme", &format!("a{n}"), n).await;
        }
        stage.leave("default", "d0", 0).await;
        stage.leave("default", "d1", 0).await;
        // One and the same, however often it is asked for.
        stage.leave("default", "d0", 0).await;
        let other = stage.db.reopen(NOTES).await.unwrap();
        let all = [stage.noting(&stage.db), stage.noting(&other)];
        let begin = std::time::Instant::now();
        while stage.done().len() < 6 {
            assert!(begin.elapsed().as_secs() < 20, "only {:?}", stage.done());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        for process in all {
            process.end().await;
        }
        let mut done = stage.done();
        done.sort();
        let each = [
            "acme:a0",
            "acme:a1",
            "acme:a2",
            "acme:a3",
            "default:d0",
            "default:d1",
        ];
        assert_eq!(done, each, "each is done once");
        assert!(stage.items("acme", None).await.is_empty());
        other.close().await.unwrap();
    }
}

/// X-PAY-8: work goes by real time, and the clock of a tenant that has been put on keeps none of it.
#[tokio::test]
async fn work_of_a_tenant_whose_clock_is_ahead_waits_for_nothing() {
    for mut stage in Stage::all().await {
        let clocks = TestClocks::on(stage.time.clone());
        let acme = Tenant::parse("acme").unwrap();
        clocks.set_ahead(&acme, Duration::from_hours(24 * 31));
        stage.ctx = Ctx {
            clock: Arc::new(clocks),
            ..stage.ctx.clone()
        };
        stage.leave("acme", "hall", 0).await;
        let due = stage.items("acme", None).await[0].due_at;
        assert_eq!(due, stage.time.now());
        let done = stage.done.clone();
        let worker = stage.worker(&stage.db, move |ctx, item| {
            let is_first = item.payload != b"rest";
            done.lock().unwrap().push(ctx.now().to_string());
            async move {
                Ok(if is_first {
                    Step::More(b"rest".to_vec())
                } else {
                    Step::Done
                })
            }
        });
        let begin = std::time::Instant::now();
        while stage.done().len() < 2 {
            assert!(begin.elapsed().as_secs() < 20, "only {:?}", stage.done());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        worker.end().await;
        // Who does it has the tenant's clock.
        let ahead = stage.time.now() + Duration::from_hours(24 * 31);
        assert_eq!(stage.done(), [ahead.to_string(), ahead.to_string()]);
    }
}

#[tokio::test]
async fn tenants_take_turns_and_of_a_tenants_work_the_most_urgent_comes_first() {
    for stage in Stage::all().await {
        for n in 0..4 {
            stage.leave("acme", &format!("a{n}"), n).await;
        }
        stage.leave("default", "d0", 0).await;
        stage.leave("default", "d1", 0).await;
        // One alone: of two at once nobody can say which one was first.
        let process = stage.noting(&stage.db);
        let begin = std::time::Instant::now();
        while stage.done().len() < 6 {
            assert!(begin.elapsed().as_secs() < 20, "only {:?}", stage.done());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        process.end().await;
        let turns = [
            "acme:a3",
            "default:d0",
            "acme:a2",
            "default:d1",
            "acme:a1",
            "acme:a0",
        ];
        assert_eq!(stage.done(), turns);
    }
}

#[tokio::test]
async fn what_fails_waits_longer_each_time_and_is_dead_after_its_tries_until_it_is_tried_anew() {
    for stage in Stage::all().await {
        let broken_for = Arc::new(Mutex::new(3));
        let (left, done) = (broken_for.clone(), stage.done.clone());
        let worker = stage.worker(&stage.db, move |_, item| {
            let fails = {
                let mut left = left.lock().unwrap();
                let fails = *left > 0;
                *left -= i32::from(fails);
                fails
            };
            done.lock()
                .unwrap()
                .push(format!("{} {}", item.key, item.attempt));
            async move { if fails { Err(broken()) } else { Ok(Step::Done) } }
        });
        stage.leave("default", "hall", 0).await;
        for attempt in 1..=2 {
            let items = stage
                .until("a failure", |items| {
                    items[0].attempts == attempt
                        && items[0].standing == Standing::Waiting
                        && !items[0].cause.is_empty()
                })
                .await;
            let pause = items[0].due_at.since(stage.time.now());
            assert!((30..=60).contains(&pause.as_secs()), "{pause:?}");
            assert!(items[0].cause.contains("the broom is broken"));
            stage.time.advance(Duration::from_mins(1));
        }
        let items = stage
            .until("its death", |items| items[0].standing == Standing::Dead)
            .await;
        let waiting = queue::waiting(&stage.db).await.unwrap();
        assert_eq!((waiting.open, waiting.dead), (0, 1));
        let pulse = Pulse::new(stage.time.clone());
        let alarm = Duration::from_mins(5);
        queue::measure(&stage.db, stage.time.now(), alarm, &pulse)
            .await
            .unwrap();
        let trouble = pulse.trouble(Duration::ZERO).unwrap();
        assert!(
            trouble.contains("1 pieces of work failed for good"),
            "{trouble}"
        );

        let (id, now) = (items[0].id, stage.time.now());
        let strange = queue::retry(&stage.db, &stage.of("acme"), id, now).await;
        assert_eq!(strange.unwrap(), Touched::Unknown, "it is another tenant's");
        let retried = queue::retry(&stage.db, &stage.ctx, id, now).await.unwrap();
        assert_eq!(retried, Touched::Done(items[0].clone()));
        stage.until("its end", <[_]>::is_empty).await;
        assert_eq!(stage.done(), ["hall 1", "hall 2", "hall 3", "hall 1"]);
        queue::measure(&stage.db, now, alarm, &pulse).await.unwrap();
        assert_eq!(pulse.trouble(Duration::ZERO), None);
        worker.end().await;
    }
}

#[tokio::test]
async fn a_killed_worker_leaves_its_piece_to_the_next_and_one_that_kills_each_time_dies() {
    for stage in Stage::all().await {
        stage.leave("default", "cellar", 0).await;
        for attempt in 1..=3 {
            let begun = Arc::new(Notify::new());
            let telling = begun.clone();
            let killed = stage.worker(&stage.db, move |_, _| {
                telling.notify_one();
                std::future::pending()
            });
            begun.notified().await;
            let items = stage.items("default", Some(Standing::Running)).await;
            assert_eq!(items[0].attempts, attempt);
            let (id, now) = (items[0].id, stage.time.now());
            let touched = queue::delete(&stage.db, &stage.ctx, id, now).await.unwrap();
            assert!(matches!(touched, Touched::Running(_)));
            killed.kill().await;
            stage.time.advance(LEASE * 2);
        }
        let next = stage.noting(&stage.db);
        let items = stage
            .until("its death", |items| items[0].standing == Standing::Dead)
            .await;
        assert!(items[0].cause.contains("ended each time"));
        assert!(stage.done().is_empty());
        next.end().await;
        let now = stage.time.now();
        let id = items[0].id;
        let deleted = queue::delete(&stage.db, &stage.ctx, id, now).await.unwrap();
        assert!(matches!(deleted, Touched::Done(_)));
        let again = queue::delete(&stage.db, &stage.ctx, id, now).await.unwrap();
        assert_eq!(again, Touched::Unknown);
    }
}

#[tokio::test]
async fn parts_go_on_where_the_last_ended_and_their_effects_are_there_once() {
    for stage in Stage::all().await {
        stage.leave("default", "stairs", 0).await;
        let db = stage.db.reopen(NOTES).await.unwrap();
        let fails = Arc::new(Mutex::new(true));
        let worker = stage.worker(&stage.db, move |ctx, item| {
            let (db, fails) = (db.clone(), fails.clone());
            async move {
                let step = match item.payload.as_slice() {
                    b"from the start" => Step::More(vec![2]),
                    [2] => Step::More(vec![3]),
                    _ => Step::Done,
                };
                let id = i64::from(item.payload[0]);
                let (ctx, item, step) = (&ctx, &item, &step);
                let swept = db.write(ctx, |tx| {
                    work(async move {
                        insert(tx, id, "default").await?;
                        item.settle(tx, ctx, step).await
                    })
                });
                swept.await?;
                // What fails after its commit has had its effect.
                if id == 2 && std::mem::take(&mut *fails.lock().unwrap()) {
                    return Err(broken());
                }
                Ok(step.clone())
            }
        });
        stage.until("its end", <[_]>::is_empty).await;
        worker.end().await;
        let notes = super::note::Entity::find_ids(&stage.db).await;
        assert_eq!(notes, [2, 3, i64::from(b'f')]);
    }
}

#[tokio::test]
async fn what_waits_for_an_instant_goes_on_then_or_when_it_is_asked_for() {
    for stage in Stage::all().await {
        let (time, done) = (stage.time.clone(), stage.done.clone());
        let worker = stage.worker(&stage.db, move |_, item| {
            done.lock().unwrap().push(item.key);
            let at = time.now() + Duration::from_hours(1);
            async move { Ok(Step::Later(at)) }
        });
        let waits = |items: &[WorkItem]| items.len() == 1 && items[0].due_at > stage.time.now();
        stage.leave("default", "cellar", 0).await;
        let items = stage.until("a first turn", waits).await;
        assert_eq!(items[0].attempts, 0);
        stage.time.advance(Duration::from_mins(59));
        stage.leave("default", "cellar", 0).await;
        stage.until("a turn that was asked for", waits).await;
        assert_eq!(stage.done(), ["cellar"; 2]);
        stage.time.advance(Duration::from_mins(61));
        stage.until("a turn by the clock", waits).await;
        assert_eq!(stage.done(), ["cellar"; 3]);
        worker.end().await;
    }
}

#[tokio::test]
async fn several_hands_do_several_pieces_at_a_time_and_each_once() {
    for stage in Stage::all().await {
        let meeting = Arc::new(tokio::sync::Barrier::new(3));
        let (stop, done) = (CancellationToken::new(), stage.done.clone());
        let worker = Worker::new((*stage.db).clone(), stage.ctx.clone(), "sweep");
        let handle = move |_: Ctx, item: Item| {
            done.lock().unwrap().push(item.key);
            let meeting = meeting.clone();
            async move {
                // Three at a time, half of the hands, else nobody goes on.
                meeting.wait().await;
                Ok(Step::Done)
            }
        };
        let options = WorkerOptions {
            jobs: JobOptions {
                poll: Duration::from_millis(5),
                clock: stage.time.clone(),
                ..JobOptions::of(&stage.db)
            },
            ..WorkerOptions::of(&stage.db)
        };
        let task = tokio::spawn(worker.with(options).run_with(6, stop.clone(), handle));
        for key in ["a", "b", "c", "d", "e", "f"] {
            stage.leave("default", key, 0).await;
        }
        stage.until("the end of all", <[_]>::is_empty).await;
        let mut done = stage.done();
        done.sort_unstable();
        assert_eq!(done, ["a", "b", "c", "d", "e", "f"]);
        stop.cancel();
        task.await.unwrap();
    }
}

/// However many pieces of however many tenants hang, some hands are left for another tenant.
#[tokio::test]
async fn tenants_whose_work_hangs_leave_hands_for_others() {
    for stage in Stage::all().await {
        let (stop, done) = (CancellationToken::new(), stage.done.clone());
        let worker = Worker::new((*stage.db).clone(), stage.ctx.clone(), "sweep");
        let go_on = Arc::new(tokio::sync::Semaphore::new(0));
        let going = go_on.clone();
        let handle = move |_: Ctx, item: Item| {
            done.lock().unwrap().push(item.tenant.to_string());
            let going = going.clone();
            async move {
                if item.key.starts_with("hangs") {
                    going.acquire().await.unwrap().forget();
                }
                Ok(Step::Done)
            }
        };
        let options = WorkerOptions {
            jobs: JobOptions {
                poll: Duration::from_millis(5),
                clock: stage.time.clone(),
                ..JobOptions::of(&stage.db)
            },
            ..WorkerOptions::of(&stage.db)
        };
        let hanging = [
            "hangs 1", "hangs 2", "hangs 3", "hangs 4", "hangs 5", "hangs 6",
        ];
        for tenant in ["one", "two"] {
            for key in hanging {
                stage.leave(tenant, key, 0).await;
            }
        }
        let task = tokio::spawn(worker.with(options).run_with(6, stop.clone(), handle));
        let begin = std::time::Instant::now();
        while stage.done().len() < 4 {
            assert!(begin.elapsed() < Duration::from_secs(20));
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
        let mut held = stage.done();
        held.sort_unstable();
        assert_eq!(held, ["one", "one", "two", "two"], "two of six stay free");
        for n in 0..10 {
            stage.leave("three", &format!("short {n}"), 0).await;
        }
        let others = |items: &[WorkItem]| items.is_empty();
        stage
            .until_of("three", "the work of the third", others)
            .await;
        // A hand that comes back is for whoever waits.
        go_on.add_permits(12);
        for tenant in ["one", "two"] {
            stage.until_of(tenant, "the end of all", others).await;
        }
        stop.cancel();
        task.await.unwrap();
    }
}

#[tokio::test]
async fn what_is_asked_for_while_it_is_done_is_done_once_more() {
    for stage in Stage::all().await {
        let (begun, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (telling, going, done) = (begun.clone(), go_on.clone(), stage.done.clone());
        let worker = stage.worker(&stage.db, move |_, item| {
            let (telling, going) = (telling.clone(), going.clone());
            done.lock().unwrap().push(item.key);
            async move {
                telling.notify_one();
                going.notified().await;
                Ok(Step::Done)
            }
        });
        stage.leave("default", "porch", 0).await;
        begun.notified().await;
        stage.leave("default", "porch", 0).await;
        go_on.notify_one();
        begun.notified().await;
        go_on.notify_one();
        stage.until("its end", <[_]>::is_empty).await;
        assert_eq!(stage.done(), ["porch", "porch"]);
        worker.end().await;
    }
}

#[tokio::test]
async fn a_worker_that_lost_its_lease_changes_nothing() {
    for stage in Stage::all().await {
        stage.leave("default", "attic", 0).await;
        let (db, refused) = (
            stage.db.reopen(NOTES).await.unwrap(),
            Arc::new(Notify::new()),
        );
        let (telling, ctx) = (refused.clone(), stage.ctx.clone());
        let worker = stage.worker(&stage.db, move |_, item| {
            let (db, ctx, telling) = (db.clone(), ctx.clone(), telling.clone());
            async move {
                let (ctx, item) = (&ctx, &item);
                let swept = db.write(ctx, |tx| {
                    work(async move {
                        insert(tx, 1, "default").await?;
                        // Meanwhile somebody else took it over.
                        tx.run("UPDATE work_items SET token = token + 1", [])
                            .await?;
                        item.settle(tx, ctx, &Step::Done).await
                    })
                });
                let swept = swept.await;
                assert!(matches!(swept, Err(StoreError::Taken)), "{swept:?}");
                telling.notify_one();
                std::future::pending().await
            }
        });
        refused.notified().await;
        worker.kill().await;
        assert!(super::note::Entity::find_ids(&stage.db).await.is_empty());
        assert_eq!(stage.items("default", None).await.len(), 1);
    }
}

#[tokio::test]
async fn a_stop_begins_nothing_and_ends_what_was_begun() {
    for stage in Stage::all().await {
        let (begun, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (telling, going) = (begun.clone(), go_on.clone());
        let worker = stage.worker(&stage.db, move |_, _| {
            let (telling, going) = (telling.clone(), going.clone());
            async move {
                telling.notify_one();
                going.notified().await;
                Ok(Step::Done)
            }
        });
        stage.leave("default", "first", 1).await;
        begun.notified().await;
        stage.leave("default", "second", 0).await;
        worker.stop.cancel();
        go_on.notify_one();
        worker.task.await.unwrap();
        let items = stage.items("default", None).await;
        let keys: Vec<_> = items
            .iter()
            .map(|item| (item.key.as_str(), item.attempts))
            .collect();
        assert_eq!(keys, [("second", 0)]);
    }
}

#[tokio::test]
async fn dead_work_is_listed_by_its_standing_page_by_page_and_forgotten_in_time() {
    for stage in Stage::all().await {
        for n in 0..3 {
            stage.leave("default", &n.to_string(), 0).await;
            stage.time.advance(Duration::from_millis(1));
        }
        let tx = stage.db.begin(&stage.ctx).await.unwrap();
        let now = stage.time.now();
        tx.run(
            "UPDATE work_items SET dead_at = $1 WHERE key <> '1'",
            [now.micros().into()],
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
        let tenant = Tenant::parse("default").unwrap();
        let page = async |standing, before: Option<Uuid>| {
            let listed = queue::list(&stage.db, &tenant, standing, before, now, 1).await;
            listed.unwrap().into_iter().next()
        };
        let newest = page(None, None).await.unwrap();
        assert_eq!(newest.key, "2");
        assert_eq!(page(None, Some(newest.id)).await.unwrap().key, "1");
        let dead = page(Some(Standing::Dead), Some(newest.id)).await.unwrap();
        assert_eq!(dead.key, "0");
        assert_eq!(page(Some(Standing::Waiting), None).await.unwrap().key, "1");
        assert_eq!(page(Some(Standing::Running), None).await, None);
        let forget = async |before| {
            let ctx = &stage.ctx;
            let done = stage.db.write(ctx, |tx| work(queue::forget(tx, before)));
            done.await.unwrap()
        };
        assert_eq!(forget(now).await, 0);
        assert_eq!(forget(now + KEEP_DEAD).await, 2);
        assert_eq!(stage.items("default", None).await.len(), 1);
    }
}
