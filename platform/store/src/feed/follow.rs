//! Following a feed: one look at the tables for everybody in the process.

use std::{
    fmt,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use moka::future::Cache;
use sea_orm::DbBackend;
use sv_kernel::{Ctx, Pulse, Tenant};
use tokio::{
    sync::{Notify, watch},
    time::{Instant, Sleep, sleep, sleep_until},
};
use tokio_util::sync::CancellationToken;

use super::{Change, Reach, changes, forget, place, reach};
use crate::{Db, StoreError, db::News, jobs::heard_news};

/// How often the tables are looked at while somebody follows.
const LOOK: Duration = Duration::from_millis(250);
/// The same where whoever writes tells of it: for what is lost on the way.
const SELDOM: Duration = Duration::from_secs(5);
/// How often old changes are forgotten.
const FORGET: Duration = Duration::from_mins(1);
/// For how long changes are remembered.
const KEEP: Duration = Duration::from_hours(72);
/// The most changes of one step.
const STEP: i64 = 50;
/// For how long what was read is there for others: those who follow together ask within moments.
const SHARED: Duration = Duration::from_secs(1);
/// How many spans of changes are remembered for that long: of so many topics and tenants.
const SPANS: u64 = 64;
/// How often a follower hears how far it is, though nothing of its own happens.
const TELL: Duration = Duration::from_mins(1);

/// The feed of a service, as one process sees it. Cheap to clone.
#[derive(Clone)]
pub struct Feed(Arc<Inner>);

struct Inner {
    db: Db,
    ctx: Ctx,
    head: watch::Sender<i64>,
    followed: Notify,
    keep: Duration,
    /// What was read, so that those who follow together read it once.
    read: Cache<Span, Arc<Read>>,
    /// What was read last: nearly all who follow ask for it, and find it here for less than in the cache.
    latest: Mutex<Option<Latest>>,
}

/// What was read last, and when.
#[derive(Debug)]
struct Latest {
    span: Span,
    read: Arc<Read>,
    at: Instant,
}

/// What a follower asks for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Span {
    topic: &'static str,
    tenant: Tenant,
    after: i64,
    up_to: i64,
}

/// What the tables say of a span.
#[derive(Debug)]
struct Read {
    changes: Arc<[Change]>,
    /// The newest position that was forgotten by then.
    floor: i64,
}

impl fmt::Debug for Feed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Feed").field(&self.0.db).finish()
    }
}

/// Why a feed cannot be followed from a position.
#[derive(Debug, thiserror::Error)]
pub enum Lost {
    /// What stands behind the position is forgotten, or the position was never given.
    #[error("the position is not remembered")]
    Position,
    /// The tables failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Feed {
    /// Makes the feed of a service; `ctx` is that of its background work.
    pub fn new(db: Db, ctx: Ctx) -> Self {
        Self::keeping(db, ctx, KEEP)
    }

    /// Makes one that remembers changes for so long.
    pub(crate) fn keeping(db: Db, ctx: Ctx, keep: Duration) -> Self {
        Self(Arc::new(Inner {
            db,
            ctx,
            head: watch::Sender::new(0),
            followed: Notify::new(),
            keep,
            read: Cache::builder()
                .max_capacity(SPANS)
                .time_to_live(SHARED)
                .build(),
            latest: Mutex::default(),
        }))
    }

    /// Looks after the feed until it is told to stop: once in every process.
    pub async fn run(self, pulse: Pulse, stop: CancellationToken) {
        let inner = &*self.0;
        let mut forget_at = Instant::now();
        let mut news = inner.db.news(News::Feed);
        pulse.expect_every(FORGET * 2);
        loop {
            let done = self.round(&mut forget_at).await;
            match &done {
                Ok(()) => pulse.succeeded(),
                Err(error) => pulse.failed(sv_kernel::causes(error)),
            }
            let followed = inner.head.receiver_count() > 0;
            let pause = if done.is_err() {
                Instant::now() + LOOK * 4
            } else if !followed {
                forget_at
            } else if inner.db.backend() == DbBackend::Sqlite || inner.db.hears_others() {
                forget_at.min(Instant::now() + SELDOM)
            } else {
                Instant::now() + LOOK
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = inner.followed.notified() => {}
                () = heard_news(&mut news), if followed => {}
                () = sleep_until(pause) => {}
            }
        }
    }

    async fn round(&self, forget_at: &mut Instant) -> Result<(), StoreError> {
        let Inner {
            db,
            ctx,
            head,
            keep,
            ..
        } = &*self.0;
        if head.receiver_count() > 0 {
            let newest = place(db, ctx).await?.head;
            self.foresee(newest).await;
            head.send_if_modified(|known| std::mem::replace(known, newest) != newest);
        }
        if Instant::now() >= *forget_at {
            *forget_at = Instant::now() + FORGET;
            while forget(db, ctx, ctx.now() - *keep).await? {}
        }
        Ok(())
    }

    /// Reads what those who asked last will ask for next, before they are woken: else most of them would be woken to wait
    /// for the first who asks.
    async fn foresee(&self, newest: i64) {
        let asked = {
            let latest = self.0.latest.lock().unwrap_or_else(PoisonError::into_inner);
            latest.as_ref().map(|latest| latest.span.clone())
        };
        if let Some(span) = asked.filter(|span| span.up_to < newest) {
            let next = Span {
                after: span.up_to,
                up_to: newest,
                ..span
            };
            // Who asks and finds nothing here reads it, and says why it fails.
            let _ = self.read(next).await;
        }
    }

    /// Returns what was read last, if it is what is asked for.
    fn latest(&self, span: &Span) -> Option<Arc<Read>> {
        let latest = self.0.latest.lock().unwrap_or_else(PoisonError::into_inner);
        let latest = latest.as_ref()?;
        (latest.span == *span && latest.at.elapsed() < SHARED).then(|| latest.read.clone())
    }

    /// Reads a span of changes: once for all who ask for it at about the same time.
    async fn read(&self, span: Span) -> Result<Arc<Read>, StoreError> {
        if let Some(read) = self.latest(&span) {
            return Ok(read);
        }
        let Inner {
            db, read, latest, ..
        } = &*self.0;
        let known = read.try_get_with(span.clone(), async {
            let between = (span.after, span.up_to);
            let changes = changes(db.read(), span.topic, &span.tenant, between, STEP).await?;
            // Asked afterwards: what was forgotten while it was read would be missing.
            let floor = reach(db.read()).await?.floor;
            Ok::<_, StoreError>(Arc::new(Read {
                changes: changes.into(),
                floor,
            }))
        });
        let read = known.await.map_err(StoreError::Shared)?;
        let newest = Latest {
            span,
            read: read.clone(),
            at: Instant::now(),
        };
        *latest.lock().unwrap_or_else(PoisonError::into_inner) = Some(newest);
        Ok(read)
    }

    /// Follows a tenant's changes of a topic from behind a position on, or from now on.
    pub async fn follow(
        &self,
        topic: &'static str,
        tenant: &Tenant,
        after: Option<i64>,
    ) -> Result<Follower, Lost> {
        let Inner { db, ctx, .. } = &*self.0;
        let Reach { head, floor } = place(db, ctx).await?;
        let at = after.unwrap_or(head);
        if at < floor || at > head {
            return Err(Lost::Position);
        }
        let news = self.0.head.subscribe();
        self.0.followed.notify_one();
        Ok(Follower {
            feed: self.clone(),
            topic,
            tenant: tenant.clone(),
            at,
            head,
            told: None,
            news,
            timer: None,
        })
    }
}

/// One who follows a feed.
#[derive(Debug)]
pub struct Follower {
    feed: Feed,
    topic: &'static str,
    tenant: Tenant,
    /// Everything up to here was given out.
    at: i64,
    /// How far the feed is known to reach.
    head: i64,
    /// When and with what position the follower last heard.
    told: Option<(Instant, i64)>,
    news: watch::Receiver<i64>,
    /// Kept from wait to wait: it may be due before anything is, and is not set again for each change.
    timer: Option<Pin<Box<Sleep>>>,
}

/// What a follower hears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Changes, in their order; none where only time has gone by. Those who follow together hold the same ones.
    pub changes: Arc<[Change]>,
    /// How far the follower is: nothing is missing up to here.
    pub position: i64,
}

impl Follower {
    /// Waits for what comes next. The first step comes at once, also where there is nothing behind the
    /// position. Given up, nothing is lost.
    pub async fn next(&mut self) -> Result<Step, Lost> {
        loop {
            self.head = self.head.max(*self.news.borrow_and_update());
            if self.at < self.head {
                let span = Span {
                    topic: self.topic,
                    tenant: self.tenant.clone(),
                    after: self.at,
                    up_to: self.head,
                };
                let read = self.feed.read(span).await?;
                if read.floor > self.at {
                    return Err(Lost::Position);
                }
                let changes = read.changes.clone();
                let whole = (changes.len() as u64) < STEP.unsigned_abs();
                let last = changes.last().map(|change| change.position);
                self.at = if whole {
                    self.head
                } else {
                    last.unwrap_or(self.head)
                };
                if let Some(position) = last {
                    self.told = Some((Instant::now(), position));
                    return Ok(Step { changes, position });
                }
            }
            let (due, known) = match self.told {
                None => (None, None),
                Some((when, position)) => (Some(when + TELL), Some(position)),
            };
            let news = known != Some(self.at);
            if news && due.is_none_or(|due| due <= Instant::now()) {
                self.told = Some((Instant::now(), self.at));
                return Ok(Step {
                    changes: Arc::default(),
                    position: self.at,
                });
            }
            let wait = due
                .filter(|_| news)
                .unwrap_or_else(|| Instant::now() + TELL);
            let timer = self
                .timer
                .get_or_insert_with(|| Box::pin(sleep_until(wait)));
            if timer.is_elapsed() || timer.deadline() > wait {
                timer.as_mut().reset(wait);
            }
            tokio::select! {
                changed = self.news.changed() => if changed.is_err() {
                    // The feed itself lives as long as its followers.
                    sleep(LOOK).await;
                },
                () = timer.as_mut() => {}
            }
        }
    }
}
