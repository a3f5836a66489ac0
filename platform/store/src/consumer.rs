//! What a service does with the events of others.

use std::{collections::HashMap, fmt};

use async_trait::async_trait;
use futures::future::BoxFuture;
use prost::Message;
use sv_kernel::{Ctx, Event};
use sv_ports::{Delivery, HandleError, Handler, Record, Topic};
use uuid::Uuid;

use crate::{Db, StoreError, Tx, Work, inbox, work};

/// What a record tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told<E> {
    /// The id of the event: a UUIDv7, so that it says when it was told.
    pub event_id: Uuid,
    /// The id of the thing that it tells about.
    pub key: String,
    /// The thing's version after the change.
    pub version: i64,
    /// What happened; `None` where the thing is gone.
    pub event: Option<E>,
}

impl<E: Event + Message + Default> Told<E> {
    /// Reads a record. One that cannot be read is at fault itself, and so is one without a payload where the
    /// topic has no tombstones.
    pub fn read(record: &Record) -> Result<Self, HandleError> {
        let event = match &record.payload {
            Some(payload) => Some(E::decode(payload.clone()).map_err(HandleError::poison)?),
            None => None,
        };
        if event.is_none() && matches!(E::CLEANUP, sv_kernel::Cleanup::Retain(_)) {
            return Err(HandleError::poison("an event without a payload"));
        }
        Ok(Self {
            event_id: record.event_id,
            key: record.key.clone(),
            version: record.version,
            event,
        })
    }
}

/// The events that a group of consumers takes up, and what it does with each.
///
/// ```
/// use sv_proto::content::ContentChanged;
/// use sv_store::{Subscription, work};
///
/// let events = Subscription::new("history").on::<ContentChanged>(|tx, ctx, told| {
///     work(async move {
///         if told.event.is_none() {
///             let sql = "DELETE FROM history WHERE tenant = $1 AND content = $2";
///             let gone = [ctx.tenant.as_str().into(), told.key.as_str().into()];
///             tx.run(sql, gone).await?;
///         }
///         Ok(())
///     })
/// });
/// ```
pub struct Subscription {
    group: &'static str,
    topics: Vec<Topic>,
    kinds: HashMap<&'static str, Box<dyn Kind>>,
    wanted: Option<Box<Wanted>>,
}

type Wanted =
    dyn for<'a> Fn(&'a Db, &'a Ctx) -> BoxFuture<'a, Result<bool, StoreError>> + Send + Sync;

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Subscription").field(&self.group).finish()
    }
}

impl Subscription {
    /// Begins without events. A group remembers by its name how far it is.
    pub fn new(group: &'static str) -> Self {
        Self {
            group,
            topics: Vec::new(),
            kinds: HashMap::new(),
            wanted: None,
        }
    }

    /// Lets events go by of which `wanted` says, before anything is written, that nobody in their tenant wants them:
    /// for those who take up much and are rarely asked to.
    #[must_use]
    pub fn only_if(
        mut self,
        wanted: impl for<'a> Fn(&'a Db, &'a Ctx) -> BoxFuture<'a, Result<bool, StoreError>>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        self.wanted = Some(Box::new(wanted));
        self
    }

    /// Says what becomes of an event: `take` gets a transaction in which it is remembered that the group has
    /// seen the event, a context of the event's tenant, and the event. It has its effect once, however often
    /// the bus delivers it, provided that all of it is in the transaction.
    #[must_use]
    pub fn on<E>(
        mut self,
        take: impl for<'t> Fn(
            &'t Tx,
            &'t Ctx,
            &'t Told<E>,
        ) -> Work<'t, 'static, Result<(), HandleError>>
        + Send
        + Sync
        + 'static,
    ) -> Self
    where
        E: Event + Message + Default + 'static,
    {
        self.topics.push(Topic::of::<E>());
        self.kinds.insert(E::TOPIC, Box::new(On(Box::new(take))));
        self
    }

    /// Returns the group's name.
    pub fn group(&self) -> &'static str {
        self.group
    }

    /// Lists the topics of its events.
    pub fn topics(&self) -> &[Topic] {
        &self.topics
    }

    /// Makes what a consumer of the topics runs; `ctx` is the service's own context.
    pub fn handler(self, db: Db, ctx: Ctx) -> impl Handler {
        Taking {
            subscription: self,
            db,
            ctx,
        }
    }
}

/// A subscription at work.
struct Taking {
    subscription: Subscription,
    db: Db,
    ctx: Ctx,
}

#[async_trait]
impl Handler for Taking {
    async fn handle(&self, delivery: &Delivery) -> Result<(), HandleError> {
        let record = &delivery.record;
        let Subscription {
            group,
            kinds,
            wanted,
            ..
        } = &self.subscription;
        let kind = kinds.get(&*record.topic);
        let kind = kind.ok_or_else(|| HandleError::poison("nobody takes this topic up"))?;
        let ctx = Ctx {
            traceparent: record.traceparent.as_deref().map(Into::into),
            ..self.ctx.for_tenant(record.tenant.clone())
        };
        if let Some(wanted) = wanted
            && !wanted(&self.db, &ctx).await?
        {
            return Ok(());
        }
        kind.take(&self.db, &ctx, group, record).await
    }
}

/// What becomes of one kind of events.
#[async_trait]
trait Kind: Send + Sync {
    async fn take(
        &self,
        db: &Db,
        ctx: &Ctx,
        group: &str,
        record: &Record,
    ) -> Result<(), HandleError>;
}

type Take<E> = dyn for<'t> Fn(&'t Tx, &'t Ctx, &'t Told<E>) -> Work<'t, 'static, Result<(), HandleError>>
    + Send
    + Sync;

struct On<E>(Box<Take<E>>);

#[async_trait]
impl<E: Event + Message + Default> Kind for On<E> {
    async fn take(
        &self,
        db: &Db,
        ctx: &Ctx,
        group: &str,
        record: &Record,
    ) -> Result<(), HandleError> {
        let told = &Told::read(record)?;
        let done = db.write(ctx, |tx| {
            work(async move {
                if inbox::first_time(tx, ctx, group, record.event_id).await? {
                    (self.0)(tx, ctx, told).await?;
                }
                Ok(())
            })
        });
        done.await
    }
}

impl From<StoreError> for HandleError {
    fn from(error: StoreError) -> Self {
        Self::transient(error)
    }
}
