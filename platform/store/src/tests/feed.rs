//! The feed: one order for everybody, without a gap and without a repetition.

use std::{collections::HashMap, sync::Arc, time::Duration};

use prost::Message as _;
use sea_orm::DbBackend;
use sv_kernel::{Ctx, Event as _, MovableClock, Pulse, Tenant, Timestamp};
use sv_proto::content::ContentChanged;
use tokio_util::sync::CancellationToken;

use crate::{
    Db, StoreError,
    feed::{self, Feed, Follower, Lost, Step},
    testing::TestDb,
    work,
};

const TOPIC: &str = ContentChanged::TOPIC;

fn event(key: &str, version: i32) -> ContentChanged {
    ContentChanged {
        content_id: key.to_owned(),
        version,
        content: None,
    }
}

async fn tell(db: &Db, ctx: &Ctx, key: &str, version: i32) {
    let told = db.write(ctx, |tx| {
        work(async move { feed::append(tx, ctx, &event(key, version)).await })
    });
    told.await.unwrap();
}

/// A feed that is looked after until it is dropped.
struct Run {
    feed: Feed,
    stop: CancellationToken,
}

impl Run {
    fn of(feed: Feed) -> Self {
        let stop = CancellationToken::new();
        tokio::spawn(feed.clone().run(Pulse::default(), stop.clone()));
        Self { feed, stop }
    }

    fn new(db: &TestDb) -> Self {
        Self::of(Feed::new((**db).clone(), db.ctx()))
    }

    async fn follow(&self, tenant: &Tenant, after: Option<i64>) -> Result<Follower, Lost> {
        self.feed.follow(TOPIC, tenant, after).await
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

async fn next(follower: &mut Follower) -> Step {
    let next = tokio::time::timeout(Duration::from_secs(10), follower.next());
    next.await.expect("news within a second").unwrap()
}

fn told(step: &Step) -> Vec<(String, i64)> {
    let pair = |change: &feed::Change| (change.key.clone(), change.version);
    step.changes.iter().map(pair).collect()
}

#[tokio::test]
async fn a_follower_hears_what_comes_and_goes_on_where_it_was() {
    for db in TestDb::all(&[]).await {
        let (ctx, run) = (db.ctx(), Run::new(&db));
        tell(&db, &ctx, "a", 1).await;
        let mut now = run.follow(&ctx.tenant, None).await.unwrap();
        let begin = next(&mut now).await;
        assert!(begin.changes.is_empty(), "what was before is not told");

        let begun = std::time::Instant::now();
        tell(&db, &ctx, "a", 2).await;
        let gone = db.write(&ctx, |tx| {
            let ctx = &ctx;
            work(async move { feed::tombstone::<ContentChanged>(tx, ctx, "a", 3).await })
        });
        gone.await.unwrap();
        let mut heard = told(&next(&mut now).await);
        if heard.len() < 2 {
            heard.extend(told(&next(&mut now).await));
        }
        assert!(begun.elapsed() < Duration::from_secs(1));
        assert_eq!(heard, [("a".to_owned(), 2), ("a".to_owned(), 3)]);

        let mut again = run.follow(&ctx.tenant, Some(begin.position)).await.unwrap();
        let step = next(&mut again).await;
        assert_eq!(told(&step), heard);
        assert_eq!(
            step.changes[0].payload.as_deref(),
            Some(&*event("a", 2).encode_to_vec())
        );
        assert_eq!(step.changes[1].payload, None);
        let mut all = run.follow(&ctx.tenant, Some(0)).await.unwrap();
        assert_eq!(next(&mut all).await.changes.len(), 3);
    }
}

#[tokio::test]
async fn tenants_hear_of_their_own_only_and_yet_how_far_they_are() {
    for db in TestDb::all(&[]).await {
        let (ctx, run) = (db.ctx(), Run::new(&db));
        let acme = ctx.clone().for_tenant(Tenant::parse("acme").unwrap());
        tell(&db, &ctx, "ours", 1).await;
        tell(&db, &acme, "theirs", 1).await;
        let mut theirs = run.follow(&acme.tenant, Some(0)).await.unwrap();
        let step = next(&mut theirs).await;
        assert_eq!(told(&step), [("theirs".to_owned(), 1)]);
        let mut ours = run.follow(&ctx.tenant, Some(step.position)).await.unwrap();
        let step = next(&mut ours).await;
        assert_eq!((told(&step), step.position), (Vec::new(), 2));
    }
}

/// A thousand who follow ask the tables once.
#[tokio::test]
async fn those_who_follow_together_share_what_was_read() {
    for db in TestDb::all(&[]).await {
        let (ctx, run) = (db.ctx(), Run::new(&db));
        let mut one = run.follow(&ctx.tenant, None).await.unwrap();
        let mut other = run.follow(&ctx.tenant, None).await.unwrap();
        let begin = (next(&mut one).await, next(&mut other).await);
        assert_eq!(begin.0, begin.1);
        tell(&db, &ctx, "a", 1).await;
        let (one, other) = tokio::join!(next(&mut one), next(&mut other));
        assert_eq!(told(&one), [("a".to_owned(), 1)]);
        assert!(Arc::ptr_eq(&one.changes, &other.changes));
        // And put into words once.
        let first = one.changes[0].told(|_| Ok::<_, ()>("words".into()));
        let second = other.changes[0].told(|_| Err(()));
        assert_eq!(first, second);
    }
}

/// Many write at once while one follows, goes away and comes back.
#[tokio::test]
async fn nothing_is_missing_and_nothing_comes_twice() {
    for db in TestDb::all(&[]).await {
        let (ctx, run, other) = (db.ctx(), Run::new(&db), Run::new(&db));
        let db = Arc::new(db);
        let writers = (0..4).map(|writer| {
            let (db, ctx) = (db.clone(), ctx.clone());
            tokio::spawn(async move {
                for version in 1..=60 {
                    tell(&db, &ctx, &format!("w{writer}"), version).await;
                }
            })
        });
        let writers: Vec<_> = writers.collect();
        let (mut at, mut heard) = (0, HashMap::<String, Vec<i64>>::new());
        let mut count = 0;
        while count < 240 {
            // By turns in two processes.
            for run in [&run, &other] {
                let mut follower = run.follow(&ctx.tenant, Some(at)).await.unwrap();
                for _ in 0..2 {
                    let step = tokio::time::timeout(Duration::from_secs(1), follower.next());
                    let Ok(step) = step.await else { break };
                    let step = step.unwrap();
                    for change in &*step.changes {
                        assert!(change.position > at);
                        at = change.position;
                        count += 1;
                        let heard = heard.entry(change.key.clone()).or_default();
                        heard.push(change.version);
                    }
                    assert!(step.position >= at);
                    at = step.position;
                }
            }
        }
        for writer in writers {
            writer.await.unwrap();
        }
        let expected: Vec<i64> = (1..=60).collect();
        assert_eq!(heard.len(), 4);
        assert!(heard.values().all(|versions| *versions == expected));
    }
}

#[tokio::test]
async fn a_change_that_commits_late_is_told_late() {
    for db in TestDb::all(&[]).await {
        if db.backend() == DbBackend::Sqlite {
            // It has one writer at a time.
            continue;
        }
        let (ctx, run) = (db.ctx(), Run::new(&db));
        let mut follower = run.follow(&ctx.tenant, Some(0)).await.unwrap();
        let late = db.begin(&ctx).await.unwrap();
        feed::append(&late, &ctx, &event("late", 1)).await.unwrap();
        tell(&db, &ctx, "early", 1).await;
        loop {
            let step = next(&mut follower).await;
            if !step.changes.is_empty() {
                assert_eq!(told(&step), [("early".to_owned(), 1)]);
                break;
            }
        }
        late.commit().await.unwrap();
        assert_eq!(told(&next(&mut follower).await), [("late".to_owned(), 1)]);
    }
}

#[tokio::test]
async fn positions_that_are_not_remembered_are_refused() {
    for db in TestDb::all(&[]).await {
        let clock = Arc::new(MovableClock::at(Timestamp::from_secs(1_700_000_000)));
        let ctx = Ctx {
            clock: clock.clone(),
            ..db.ctx()
        };
        for version in 1..=3 {
            tell(&db, &ctx, "old", version).await;
        }
        let keep = Duration::from_hours(1);
        let feed = Feed::keeping((*db).clone(), ctx.clone(), keep);
        let lost = |at| {
            let (feed, tenant) = (feed.clone(), ctx.tenant.clone());
            async move {
                let followed = feed.follow(TOPIC, &tenant, Some(at)).await;
                matches!(followed, Err(Lost::Position))
            }
        };
        assert!(lost(4).await, "nobody was told it");
        assert!(!lost(3).await && !lost(0).await);
        clock.advance(Duration::from_hours(2));
        tell(&db, &ctx, "new", 1).await;
        let run = Run::of(feed.clone());
        let mut follower = loop {
            // Old changes go as soon as somebody looks after the feed.
            if lost(0).await {
                break run.follow(&ctx.tenant, Some(3)).await.unwrap();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        assert_eq!(told(&next(&mut follower).await), [("new".to_owned(), 1)]);
        assert!(lost(2).await, "behind it something is missing");
        let kept = db.write(&ctx, |tx| {
            work(async move {
                let left = tx.rows("SELECT 1 FROM feed", vec![]).await?;
                Ok::<_, StoreError>(left.len())
            })
        });
        assert_eq!(kept.await.unwrap(), 1);
    }
}
