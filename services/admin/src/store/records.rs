//! Audit records: one row each, with the whole message beside what is searched.

use prost::Message as _;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Set, sea_query::OnConflict,
};
use sv_kernel::{Ctx, Timestamp};
use sv_proto::admin::AuditRecord;
use sv_store::{Position, StoreError, TenantTable as _, Tx};
use uuid::Uuid;

use super::entity::audit::{ActiveModel, Column, Entity, Model};
use crate::{convert, domain::Filter};

/// Inserts a record, unless it is there.
pub(crate) async fn insert(tx: &Tx, ctx: &Ctx, record: &AuditRecord) -> Result<(), StoreError> {
    let Position { at, id } = convert::position(record);
    let subject = record.subject.clone().unwrap_or_default();
    let row = ActiveModel {
        id: Set(id),
        tenant: Set(ctx.tenant.to_string()),
        at: Set(at.micros()),
        action: Set(record.action.clone()),
        actor_id: Set(record.actor.clone().unwrap_or_default().id),
        subject_kind: Set(subject.kind),
        subject_id: Set(subject.id),
        outcome: Set(record.outcome),
        record: Set(record.encode_to_vec()),
    };
    Entity::insert(row)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .try_insert()
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// Finds a record.
pub(crate) async fn find(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    id: Uuid,
) -> Result<Option<AuditRecord>, StoreError> {
    let row = Entity::of(&ctx.tenant)
        .filter(Column::Id.eq(id))
        .one(db)
        .await?;
    row.as_ref().map(record).transpose()
}

/// Lists up to `limit` records, newest first, after one of them.
pub(crate) async fn list(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    filter: &Filter,
    after: Option<Position>,
    skip: u32,
    limit: u32,
) -> Result<Vec<AuditRecord>, StoreError> {
    let mut query = Entity::of(&ctx.tenant);
    for (column, wanted) in [
        (Column::ActorId, &filter.actor),
        (Column::SubjectKind, &filter.subject_kind),
        (Column::SubjectId, &filter.subject),
        (Column::Action, &filter.action),
    ] {
        if let Some(wanted) = wanted {
            query = query.filter(column.eq(wanted.as_str()));
        }
    }
    if let Some(outcome) = filter.outcome {
        query = query.filter(Column::Outcome.eq(i32::from(outcome)));
    }
    if let Some(from) = filter.from {
        query = query.filter(Column::At.gte(from.micros()));
    }
    if let Some(to) = filter.to {
        query = query.filter(Column::At.lt(to.micros()));
    }
    if let Some(after) = after {
        query = query.filter(after.before(Column::At, Column::Id));
    }
    let rows = query
        .order_by_desc(Column::At)
        .order_by_desc(Column::Id)
        .offset(u64::from(skip))
        .limit(u64::from(limit))
        .all(db)
        .await?;
    rows.iter().map(record).collect()
}

/// Deletes some records from before an instant, of whatever tenant; returns how many.
pub(crate) async fn forget(tx: &Tx, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
    let sql = "DELETE FROM audit WHERE id IN
               (SELECT id FROM audit WHERE at < $1 ORDER BY at LIMIT $2)";
    tx.run(sql, [before.micros().into(), i64::from(limit).into()])
        .await
}

fn record(row: &Model) -> Result<AuditRecord, StoreError> {
    AuditRecord::decode(row.record.as_slice())
        .map_err(|_| StoreError::inconsistent("audit", "record", row.id))
}
