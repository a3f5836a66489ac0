//! What a commit leaves to be done other processes of the service hear of at once, where a fan-out reaches them; and
//! where it does not, they look by themselves.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use sv_kernel::{Event as _, Pulse, SystemClock};
use sv_ports::{Fanout, Listener, PortResult, embedded};
use sv_proto::content::ContentChanged;
use tokio::{sync::mpsc, time::timeout};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    NOTES,
    relay::{Spy, emit, never_polls, start},
};
use crate::{
    Db,
    feed::{self, Feed},
    jobs::{
        JobOptions,
        queue::{self, Step, Work, Worker, WorkerOptions},
    },
    testing::TestDb,
    work,
};

/// Longer than a slow machine takes, and much shorter than anybody looks by the clock here.
const TIMEOUT: Duration = Duration::from_secs(20);
const NEVER: Duration = Duration::from_hours(1);

/// A fan-out between the processes of a test, which can be cut.
#[derive(Debug, Default)]
struct Line {
    between: embedded::Fanout,
    cut: AtomicBool,
}

#[async_trait]
impl Fanout for Line {
    fn publish(&self, subject: &str, message: Bytes) -> PortResult<()> {
        if self.reaches() {
            self.between.publish(subject, message)?;
        }
        Ok(())
    }

    fn subscribe(&self, subject: &str) -> PortResult<Listener> {
        self.between.subscribe(subject)
    }

    fn reaches(&self) -> bool {
        !self.cut.load(Ordering::SeqCst)
    }

    async fn run(&self, stop: CancellationToken) {
        stop.cancelled().await;
    }
}

/// Two processes of a service that are told of each other's commits.
struct Two {
    here: TestDb,
    there: Db,
    line: Arc<Line>,
    stop: CancellationToken,
}

impl Two {
    async fn all() -> Vec<Self> {
        let mut all = Vec::new();
        for here in TestDb::all(NOTES).await {
            let there = here.reopen(NOTES).await.unwrap();
            let two = Self {
                there,
                here,
                line: Arc::default(),
                stop: CancellationToken::new(),
            };
            for (n, db) in [&*two.here, &two.there].into_iter().enumerate() {
                let (db, line, stop) = (db.clone(), two.line.clone(), two.stop.clone());
                let me = Uuid::from_u128(n as u128);
                tokio::spawn(async move { db.share_news(line, me, stop).await.unwrap() });
            }
            while !two.here.hears_others() || !two.there.hears_others() {
                tokio::task::yield_now().await;
            }
            all.push(two);
        }
        all
    }
}

impl Drop for Two {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Does work of the other process, which looks by the clock once an hour.
fn worker(
    db: &Db,
    ctx: sv_kernel::Ctx,
    stop: CancellationToken,
) -> mpsc::UnboundedReceiver<String> {
    let (tell, told) = mpsc::unbounded_channel();
    let options = WorkerOptions {
        jobs: JobOptions {
            lease: Duration::from_secs(10),
            poll: NEVER,
            clock: Arc::new(SystemClock),
            alone: false,
        },
        ..WorkerOptions::of(db)
    };
    let worker = Worker::new(db.clone(), ctx, "sweep").with(options);
    tokio::spawn(worker.run(stop, move |_, item| {
        let tell = tell.clone();
        async move {
            tell.send(item.key).unwrap();
            Ok(Step::Done)
        }
    }));
    told
}

async fn leave(db: &TestDb, key: &str) {
    let ctx = &db.ctx();
    let left = db.write(ctx, |tx| {
        let piece = Work {
            kind: "sweep",
            key: key.to_owned(),
            priority: 0,
            payload: Vec::new(),
        };
        work(async move { queue::enqueue(tx, ctx, piece).await })
    });
    left.await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn work_that_one_process_leaves_another_does_at_once() {
    for two in Two::all().await {
        let mut done = worker(&two.there, two.here.ctx(), two.stop.clone());
        for key in ["a", "b", "c"] {
            leave(&two.here, key).await;
            assert_eq!(timeout(TIMEOUT, done.recv()).await.unwrap().unwrap(), key);
        }
        // What was told while nobody was reached is done once it may be heard again.
        two.line.cut.store(true, Ordering::SeqCst);
        assert!(!two.there.hears_others());
        leave(&two.here, "unheard").await;
        two.line.cut.store(false, Ordering::SeqCst);
        two.line.between.lost();
        assert_eq!(
            timeout(TIMEOUT, done.recv()).await.unwrap().unwrap(),
            "unheard"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_that_one_process_appends_another_publishes_at_once() {
    for two in Two::all().await {
        let bus = Arc::new(Spy::default());
        let relay = start(&two.there, &two.here.ctx(), &bus, never_polls());
        for version in 1..4 {
            emit(&two.here, &two.here.ctx(), "a", version).await;
            let published = usize::try_from(version).unwrap();
            timeout(TIMEOUT, bus.until(published)).await.unwrap();
        }
        relay.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn followers_in_another_process_are_told_at_once() {
    for two in Two::all().await {
        let feed = Feed::new(two.there.clone(), two.here.ctx());
        tokio::spawn(feed.clone().run(Pulse::default(), two.stop.clone()));
        let ctx = &two.here.ctx();
        let follow = feed.follow(ContentChanged::TOPIC, &ctx.tenant, None);
        let mut follower = follow.await.unwrap();
        follower.next().await.unwrap();
        for version in 1..4 {
            let event = ContentChanged {
                content_id: "a".to_owned(),
                version,
                content: None,
            };
            let event = &event;
            let told = two.here.write(ctx, |tx| {
                work(async move { feed::append(tx, ctx, event).await })
            });
            told.await.unwrap();
            let begin = std::time::Instant::now();
            let step = timeout(TIMEOUT, follower.next()).await.unwrap().unwrap();
            assert_eq!(step.changes[0].version, i64::from(version));
            // Sooner than the look by the clock.
            assert!(
                begin.elapsed() < Duration::from_secs(4),
                "{:?}",
                begin.elapsed()
            );
        }
    }
}
