//! Jobs by the clock: over all processes each turn is taken once (SCHD-1).

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use sea_orm::ConnectionTrait as _;
use sv_kernel::{BoxError, Clock as _, Ctx, MovableClock, Pulse, Timestamp};
use tokio::{sync::Notify, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use crate::{
    Db,
    jobs::{
        JobOptions,
        clock::{self, Asked, ClockJob, Clockwork},
        free_all, queue,
    },
    testing::TestDb,
};

const HOUR: Duration = Duration::from_hours(1);
const LEASE: Duration = Duration::from_millis(600);

/// One job in several processes of one installation, by a clock that is moved.
struct Stage {
    db: TestDb,
    ctx: Ctx,
    time: Arc<MovableClock>,
    runs: Arc<AtomicU32>,
}

struct Process {
    stop: CancellationToken,
    task: JoinHandle<()>,
    pulse: Pulse,
}

impl Process {
    async fn end(self) {
        self.stop.cancel();
        self.task.await.unwrap();
    }

    /// Ends as kill -9 does: nothing is written any more.
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
                runs: Arc::default(),
            }
        };
        TestDb::all(&[]).await.into_iter().map(on).collect()
    }

    fn options(&self) -> JobOptions {
        JobOptions {
            lease: LEASE,
            poll: Duration::from_millis(5),
            clock: self.time.clone(),
            alone: false,
        }
    }

    fn process<M, F>(&self, db: &Db, period: Duration, job: M) -> Process
    where
        M: FnMut() -> F + Send + 'static,
        F: Future<Output = Result<(), BoxError>> + Send + 'static,
    {
        self.woken(db, period, std::future::pending, job)
    }

    fn woken<W, G, M, F>(&self, db: &Db, period: Duration, wake: W, job: M) -> Process
    where
        W: FnMut() -> G + Send + 'static,
        G: Future<Output = ()> + Send + 'static,
        M: FnMut() -> F + Send + 'static,
        F: Future<Output = Result<(), BoxError>> + Send + 'static,
    {
        let (stop, pulse) = (CancellationToken::new(), Pulse::new(self.time.clone()));
        let job = Clockwork::new(db.clone(), self.ctx.clone(), "tidy", period)
            .with(self.options())
            .watched_by(pulse.clone())
            .run(stop.clone(), wake, job);
        let task = tokio::spawn(job);
        Process { stop, task, pulse }
    }

    /// A process whose turns are counted.
    fn counting(&self, db: &Db, period: Duration) -> Process {
        let runs = self.runs.clone();
        self.process(db, period, move || {
            runs.fetch_add(1, Ordering::SeqCst);
            async { Ok(()) }
        })
    }

    fn runs(&self) -> u32 {
        self.runs.load(Ordering::SeqCst)
    }

    async fn row(&self) -> Option<ClockJob> {
        let rows = clock::list(&self.db).await.unwrap();
        rows.into_iter().next()
    }

    async fn until(&self, what: &str, is: impl Fn(&ClockJob) -> bool) -> ClockJob {
        let begin = std::time::Instant::now();
        loop {
            if let Some(row) = self.row().await.filter(|row| is(row)) {
                return row;
            }
            assert!(begin.elapsed().as_secs() < 20, "never: {what}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Gives everybody time to do what they should not.
    async fn look(&self) {
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
}

#[tokio::test]
async fn of_several_processes_one_takes_each_turn_and_the_clock_says_when() {
    for stage in Stage::all().await {
        let other = stage.db.reopen(&[]).await.unwrap();
        let all = [&stage.db as &Db, &stage.db, &other].map(|db| stage.counting(db, HOUR));
        stage.until("the job is known", |_| true).await;
        stage.look().await;
        assert_eq!(stage.runs(), 0, "its time has not come");
        for turn in 1..=3 {
            stage.time.advance(HOUR);
            stage.until("a turn", |row| row.runs == turn).await;
            stage.look().await;
            assert_eq!(u64::from(stage.runs()), turn);
        }
        let row = stage.row().await.unwrap();
        let now = stage.time.now();
        assert_eq!((row.succeeded_at, row.next_at), (Some(now), now + HOUR));
        assert!(!row.is_running(now) && row.error.is_empty());
        // Those that did not run it come to know that it is well.
        let begin = std::time::Instant::now();
        while !all.iter().all(|it| it.pulse.last_success() == Some(now)) {
            assert!(begin.elapsed().as_secs() < 20, "somebody never heard of it");
            stage.look().await;
        }
        for process in all {
            process.end().await;
        }
        other.close().await.unwrap();
    }
}

#[tokio::test]
async fn a_clock_that_is_put_on_makes_one_turn_and_one_that_is_put_back_keeps_none_from_it() {
    for stage in Stage::all().await {
        let process = stage.counting(&stage.db, HOUR);
        stage.until("the job is known", |_| true).await;
        stage.time.advance(HOUR * 24 * 365);
        stage.until("a turn", |row| row.runs == 1).await;
        stage.look().await;
        assert_eq!(stage.runs(), 1, "a year of turns is made up for by one");
        stage.time.set(Timestamp::from_secs(1_700_000_000));
        stage.until("a turn in the past", |row| row.runs == 2).await;
        stage.look().await;
        assert_eq!(stage.runs(), 2);
        process.end().await;
    }
}

#[tokio::test]
async fn a_killed_process_keeps_its_job_until_the_lease_ends_and_it_shows() {
    for stage in Stage::all().await {
        let begun = Arc::new(Notify::new());
        let telling = begun.clone();
        let killed = stage.process(&stage.db, HOUR, move || {
            telling.notify_one();
            std::future::pending()
        });
        stage.until("the job is known", |_| true).await;
        stage.time.advance(HOUR);
        begun.notified().await;
        let now = stage.time.now();
        let row = stage.row().await.unwrap();
        assert!(row.is_running(now) && row.holder.ends_with(&std::process::id().to_string()));
        assert!(matches!(
            clock::ask(&stage.db, &stage.ctx, "tidy", now)
                .await
                .unwrap(),
            Asked::Running(_)
        ));
        let next = stage.counting(&stage.db, HOUR);
        killed.kill().await;
        stage.look().await;
        assert_eq!(stage.runs(), 0, "the lease is the dead one's");
        stage.time.advance(LEASE);
        let row = stage.until("a turn", |row| row.runs == 1).await;
        assert_eq!((row.interrupted, stage.runs()), (1, 1));
        next.end().await;
    }
}

#[tokio::test]
async fn a_long_turn_keeps_its_lease_and_one_that_lost_it_is_given_up() {
    for stage in Stage::all().await {
        let (begun, at_work) = (Arc::new(Notify::new()), Arc::new(AtomicBool::new(false)));
        let (telling, working) = (begun.clone(), at_work.clone());
        let long = stage.process(&stage.db, HOUR, move || {
            let (telling, working) = (telling.clone(), working.clone());
            async move {
                working.store(true, Ordering::SeqCst);
                let _left = Left(working);
                telling.notify_one();
                std::future::pending().await
            }
        });
        stage.until("the job is known", |_| true).await;
        stage.time.advance(HOUR);
        begun.notified().await;
        let other = stage.counting(&stage.db, HOUR);
        let first = stage.row().await.unwrap().leased_until;
        // The lease is renewed by the clock of the tables as real time goes on.
        for _ in 0..3 {
            stage.time.advance(LEASE / 2);
            let now = stage.time.now();
            stage
                .until("a renewal", |row| row.leased_until == now + LEASE)
                .await;
        }
        assert!(stage.row().await.unwrap().leased_until > first + LEASE);
        assert_eq!(stage.runs(), 0);
        // As if the process had been stopped for longer than its lease.
        let tx = stage.db.begin(&stage.ctx).await.unwrap();
        tx.run(
            "UPDATE clock_jobs SET token = token + 1, leased_until = 0",
            [],
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
        stage.until("the other's turn", |row| row.runs == 1).await;
        let begin = std::time::Instant::now();
        while at_work.load(Ordering::SeqCst) {
            assert!(begin.elapsed().as_secs() < 20, "it goes on without a lease");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        other.end().await;
        long.end().await;
    }
}

#[tokio::test]
async fn a_job_whose_row_could_not_be_looked_at_is_well_with_the_next_look() {
    for stage in Stage::all().await {
        let process = stage.counting(&stage.db, HOUR);
        stage.until("the job is known", |_| true).await;
        let until = async |is: fn(&Pulse) -> bool, what: &str| {
            let begin = std::time::Instant::now();
            while !is(&process.pulse) {
                assert!(begin.elapsed().as_secs() < 20, "never: {what}");
                stage.look().await;
            }
        };
        let rename = async |from: &str, to: &str| {
            let tx = stage.db.begin(&stage.ctx).await.unwrap();
            let sql = format!("ALTER TABLE {from} RENAME TO {to}");
            tx.execute_unprepared(&sql).await.unwrap();
            tx.commit().await.unwrap();
        };
        rename("clock_jobs", "clock_jobs_away").await;
        until(|pulse| pulse.trouble(Duration::ZERO).is_some(), "trouble").await;
        rename("clock_jobs_away", "clock_jobs").await;
        until(
            |pulse| pulse.trouble(Duration::ZERO).is_none(),
            "all is well",
        )
        .await;
        assert_eq!(stage.runs(), 0, "no turn was needed for that");
        process.end().await;
    }
}

/// Says when what it stands in is given up.
struct Left(Arc<AtomicBool>);

impl Drop for Left {
    fn drop(&mut self) {
        self.0.store(false, Ordering::SeqCst);
    }
}

#[tokio::test]
async fn what_fails_or_panics_says_why_and_comes_again_sooner_than_its_period() {
    for stage in Stage::all().await {
        let outcomes: Arc<Mutex<Vec<Result<(), &str>>>> =
            Arc::new(Mutex::new(vec![Ok(()), Err("panic"), Err("no room")]));
        let process = stage.process(&stage.db, HOUR, move || {
            let outcome = outcomes.lock().unwrap().pop().unwrap();
            async move {
                assert_ne!(outcome, Err("panic"), "out of luck");
                outcome.map_err(Into::into)
            }
        });
        stage.until("the job is known", |_| true).await;
        stage.time.advance(HOUR);
        let row = stage.until("a failure", |row| row.failures == 1).await;
        assert_eq!((row.error.as_str(), row.succeeded_at), ("no room", None));
        assert_eq!(row.next_at, stage.time.now() + Duration::from_secs(30));
        assert!(process.pulse.trouble(Duration::ZERO).is_some());
        stage.time.advance(Duration::from_secs(30));
        let row = stage.until("a panic", |row| row.failures == 2).await;
        assert!(row.error.contains("it panicked"), "{}", row.error);
        assert_eq!(row.next_at, stage.time.now() + Duration::from_mins(1));
        stage.time.advance(Duration::from_mins(1));
        let row = stage.until("a success", |row| row.failures == 0).await;
        assert_eq!(row.next_at, stage.time.now() + HOUR);
        assert!(row.failed_at < row.succeeded_at && row.runs == 3);
        process.end().await;
    }
}

#[tokio::test]
async fn a_turn_that_is_asked_for_comes_at_once_and_one_more_where_one_is_under_way() {
    for stage in Stage::all().await {
        let (begun, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (telling, going) = (begun.clone(), go_on.clone());
        let (waking, runs) = (Arc::new(Notify::new()), stage.runs.clone());
        let wake = waking.clone();
        let process = stage.woken(
            &stage.db,
            HOUR,
            move || {
                let wake = wake.clone();
                async move { wake.notified().await }
            },
            move || {
                runs.fetch_add(1, Ordering::SeqCst);
                let (telling, going) = (telling.clone(), going.clone());
                async move {
                    telling.notify_one();
                    going.notified().await;
                    Ok(())
                }
            },
        );
        stage.until("the job is known", |_| true).await;
        let now = stage.time.now();
        for _ in 0..2 {
            let asked = clock::ask(&stage.db, &stage.ctx, "tidy", now).await;
            assert!(!matches!(asked.unwrap(), Asked::Unknown));
        }
        begun.notified().await;
        waking.notify_one();
        go_on.notify_one();
        begun.notified().await;
        go_on.notify_one();
        stage.until("two turns", |row| row.runs == 2).await;
        stage.look().await;
        assert_eq!(stage.runs(), 2);
        let unknown = clock::ask(&stage.db, &stage.ctx, "other", now).await;
        assert_eq!(unknown.unwrap(), Asked::Unknown);
        process.end().await;
    }
}

#[tokio::test]
async fn a_job_of_moments_keeps_its_lease_and_gives_it_back_at_the_end() {
    let second = Duration::from_millis(100);
    for stage in Stage::all().await {
        let first = stage.counting(&stage.db, second);
        stage.until("the job is known", |_| true).await;
        let turn = async |n: u32| {
            stage.time.advance(second);
            let begin = std::time::Instant::now();
            while stage.runs() < n {
                assert!(begin.elapsed().as_secs() < 20, "turn {n} never comes");
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        turn(1).await;
        let row = stage.until("it is written", |row| row.runs == 1).await;
        assert!(row.leased_until > stage.time.now(), "it is kept");
        assert!(!row.is_running(stage.time.now()));
        let other = stage.counting(&stage.db, second);
        for n in 2..=5 {
            turn(n).await;
        }
        stage.look().await;
        assert_eq!(stage.runs(), 5);
        first.end().await;
        let row = stage.row().await.unwrap();
        assert_eq!((row.runs, row.leased_until), (5, Timestamp::EPOCH));
        turn(6).await;
        other.kill().await;
        // What a process left behind that had the tables for itself is free for the next.
        free_all(&stage.db, &stage.ctx).await.unwrap();
        let until = stage.row().await.unwrap().leased_until;
        let alone = stage.db.backend() == sea_orm::DbBackend::Sqlite;
        assert_eq!(until == Timestamp::EPOCH, alone, "among others it runs out");
    }
}

/// What the migrations of a later release do beneath a process that runs (DEP-4).
#[tokio::test]
async fn jobs_and_work_are_read_on_tables_that_were_widened_meanwhile() {
    for db in TestDb::all(&[]).await {
        let ctx = db.ctx();
        let read = async || {
            let (now, id) = (ctx.now(), ctx.new_id::<Stage>().uuid());
            clock::list(&db).await.unwrap();
            clock::ask(&db, &ctx, "none", now).await.unwrap();
            let work = queue::list(&db, &ctx.tenant, None, None, now, 5).await;
            work.unwrap();
            queue::retry(&db, &ctx, id, now).await.unwrap();
        };
        // Until every connection has the statements prepared.
        for _ in 0..20 {
            read().await;
        }
        for table in ["clock_jobs", "work_items"] {
            let tx = db.begin(&ctx).await.unwrap();
            let sql = format!("ALTER TABLE {table} ADD COLUMN later BIGINT NOT NULL DEFAULT 7");
            tx.execute_unprepared(&sql).await.unwrap();
            tx.commit().await.unwrap();
        }
        for _ in 0..20 {
            read().await;
        }
    }
}
