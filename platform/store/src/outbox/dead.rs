//! Dead letters of the outbox: events that the bus will never take as they are. They stay with
//! their cause until an operator replays or drops them.
//!
//! A replayed event may be older than events of its key that went out meanwhile, as dead letters of
//! consumers may: those compare versions ([`sv_ports::Handler`]).

use sea_orm::{
    ActiveModelTrait as _, ActiveValue::NotSet, ActiveValue::Set, ColumnTrait as _,
    EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    entity::prelude::*,
};
use sv_kernel::{Ctx, Tenant, Timestamp};

use crate::{Db, StoreError, Tx};

/// The longest cause that is kept, in characters.
const MAX_CAUSE: usize = 1_000;

/// An event that the bus refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadEvent {
    /// Names it.
    pub event_id: Uuid,
    /// Where it should have gone.
    pub topic: String,
    /// What it tells about.
    pub key: String,
    /// The version that it tells about.
    pub version: i64,
    /// Why the bus refused it.
    pub cause: String,
    /// When it was written.
    pub created_at: Timestamp,
    /// When the relay gave it up.
    pub buried_at: Timestamp,
}

impl Db {
    /// Lists up to `limit` dead letters of the outbox, oldest first.
    pub async fn dead_events(&self, limit: u64) -> Result<Vec<DeadEvent>, StoreError> {
        let rows = Entity::find()
            .order_by_asc(Column::BuriedAt)
            .order_by_asc(Column::EventId);
        let rows = rows.limit(limit).all(self.read()).await?;
        Ok(rows.into_iter().map(DeadEvent::from).collect())
    }

    /// Lists up to `limit` dead letters of a tenant, oldest first: those of a topic, where it is not
    /// empty, and of these ids, where there are some.
    pub async fn dead_events_of(
        &self,
        tenant: &Tenant,
        topic: &str,
        ids: &[Uuid],
        limit: u64,
    ) -> Result<Vec<DeadEvent>, StoreError> {
        let mut rows = Entity::find()
            .filter(Column::Tenant.eq(tenant.as_str()))
            .order_by_asc(Column::BuriedAt)
            .order_by_asc(Column::EventId);
        if !topic.is_empty() {
            rows = rows.filter(Column::Topic.eq(topic));
        }
        if !ids.is_empty() {
            rows = rows.filter(Column::EventId.is_in(ids.iter().copied()));
        }
        let rows = rows.limit(limit).all(self.read()).await?;
        Ok(rows.into_iter().map(DeadEvent::from).collect())
    }

    /// Returns the payload of a dead letter; `None` where there is no such letter, or it is a
    /// tombstone.
    pub async fn dead_payload(&self, id: Uuid) -> Result<Option<Vec<u8>>, StoreError> {
        let row = Entity::find_by_id(id).one(self.read()).await?;
        Ok(row.and_then(|row| row.payload))
    }

    /// Puts dead letters back into the outbox, behind what is there, and counts them. Without ids all of them. One that
    /// somebody else replays or drops at the same time is theirs.
    pub async fn replay_dead_events(
        &self,
        ctx: &Ctx,
        ids: Option<&[Uuid]>,
    ) -> Result<usize, StoreError> {
        let tx = self.begin(ctx).await?;
        let rows = chosen(ids).all(&tx).await?;
        let mut count = 0;
        for row in rows {
            if !take(&tx, row.event_id).await? {
                continue;
            }
            count += 1;
            let again = super::ActiveModel {
                id: NotSet,
                event_id: Set(row.event_id),
                topic: Set(row.topic),
                key: Set(row.key),
                version: Set(row.version),
                tenant: Set(row.tenant),
                traceparent: Set(row.traceparent),
                payload: Set(row.payload),
                // Its age counts from now: it has not been waiting in the outbox.
                created_at: Set(ctx.now().micros()),
                published_at: Set(None),
            };
            again.insert(&tx).await?;
        }
        tx.mark_appended();
        tx.commit().await?;
        Ok(count)
    }

    /// Drops dead letters for good, and counts them. Without ids all of them. One that somebody else replays at the same
    /// time is not dropped.
    pub async fn drop_dead_events(
        &self,
        ctx: &Ctx,
        ids: Option<&[Uuid]>,
    ) -> Result<usize, StoreError> {
        let tx = self.begin(ctx).await?;
        let rows = chosen(ids).all(&tx).await?;
        let mut count = 0;
        for row in rows {
            count += usize::from(take(&tx, row.event_id).await?);
        }
        tx.commit().await?;
        Ok(count)
    }
}

/// Takes a dead letter out; of two who do, one gets it.
async fn take(tx: &Tx, id: Uuid) -> Result<bool, StoreError> {
    let taken = Entity::delete_by_id(id).exec(tx).await?;
    Ok(taken.rows_affected > 0)
}

/// Moves an event of the outbox to the dead letters.
pub(crate) async fn dead_letter(
    tx: &Tx,
    row: super::Model,
    cause: &str,
    now: i64,
) -> Result<(), StoreError> {
    super::Entity::delete_by_id(row.id).exec(tx).await?;
    let dead = ActiveModel {
        event_id: Set(row.event_id),
        topic: Set(row.topic),
        key: Set(row.key),
        version: Set(row.version),
        tenant: Set(row.tenant),
        traceparent: Set(row.traceparent),
        payload: Set(row.payload),
        created_at: Set(row.created_at),
        buried_at: Set(now),
        cause: Set(cause.chars().take(MAX_CAUSE).collect()),
    };
    dead.insert(tx).await?;
    Ok(())
}

/// Counts the dead letters.
pub(super) async fn count(db: &impl ConnectionTrait) -> Result<u64, StoreError> {
    Ok(Entity::find().count(db).await?)
}

/// Chooses letters, in an order that is the same for all who take them out.
fn chosen(ids: Option<&[Uuid]>) -> Select<Entity> {
    let all = Entity::find()
        .order_by_asc(Column::BuriedAt)
        .order_by_asc(Column::EventId);
    match ids {
        Some(ids) => all.filter(Column::EventId.is_in(ids.iter().copied())),
        None => all,
    }
}

impl From<Model> for DeadEvent {
    fn from(row: Model) -> Self {
        Self {
            event_id: row.event_id,
            topic: row.topic,
            key: row.key,
            version: row.version,
            cause: row.cause,
            created_at: Timestamp::from_micros(row.created_at),
            buried_at: Timestamp::from_micros(row.buried_at),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox_dead")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub event_id: Uuid,
    pub topic: String,
    pub key: String,
    pub version: i64,
    pub tenant: String,
    pub traceparent: Option<String>,
    pub payload: Option<Vec<u8>>,
    pub created_at: i64,
    pub buried_at: i64,
    pub cause: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
