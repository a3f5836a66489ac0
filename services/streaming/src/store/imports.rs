//! Files on their way: uploads, their bytes' blobs, and what became of them.

mod report;

use sea_orm::{
    ActiveValue::Set, Condition, PaginatorTrait as _, QueryOrder as _, QuerySelect as _,
    entity::prelude::*,
};
use sv_kernel::{Ctx, Tenant, Timestamp};
use sv_proto::streaming::ImportStage;
use sv_store::{StoreError, TenantTable as _, Tx};

use super::entity::{
    import::{ActiveModel, Column, Entity, Model},
    upload_part as part,
};
use crate::domain::{
    Import,
    import::{Progress, Said},
};

/// Some bytes of an upload, stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    /// The first byte's place in the file.
    pub(crate) start: u64,
    /// Bytes.
    pub(crate) size: u64,
    /// The blob.
    pub(crate) blob: String,
}

/// How much of a tenant's is on its way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Held {
    /// Files.
    pub(crate) count: u64,
    /// Bytes, as announced.
    pub(crate) bytes: u64,
}

/// Counts what a tenant has on its way, and keeps others from adding to it until the end of the transaction.
pub(crate) async fn held(tx: &Tx, tenant: &Tenant) -> Result<Held, StoreError> {
    let sql = "INSERT INTO upload_tenants (tenant, begun) VALUES ($1, 1)
               ON CONFLICT (tenant) DO UPDATE SET begun = upload_tenants.begun + 1";
    tx.run(sql, [tenant.as_str().into()]).await?;
    let held = || Entity::of(tenant).filter(Column::Held.eq(true));
    let count = held().count(tx).await?;
    // Sums are of another type on each database; there are few rows.
    let sizes: Vec<i64> = held()
        .select_only()
        .column(Column::Size)
        .into_tuple()
        .all(tx)
        .await?;
    let bytes = sizes.into_iter().map(unsigned).sum();
    Ok(Held { count, bytes })
}

/// Adds one.
pub(crate) async fn insert(tx: &Tx, ctx: &Ctx, new: &Import) -> Result<(), StoreError> {
    let row = ActiveModel {
        tenant: Set(ctx.tenant.to_string()),
        id: Set(new.id),
        content_id: Set(new.content),
        user_id: Set(new.user),
        file_name: Set(new.file_name.clone()),
        metadata: Set(new.metadata.clone()),
        size: Set(signed(new.size)),
        arrived: Set(signed(new.arrived)),
        stage: Set(new.progress.stage.into()),
        milli: Set(small(new.progress.milli)),
        quality: Set(new.progress.quality.clone()),
        attempts: Set(small(new.attempts)),
        problem: Set(report::problem(&new.said)),
        notes: Set(report::lines(&new.said)),
        report: Set(report::json(&new.said)),
        held: Set(new.is_held),
        created_at: Set(new.created_at.micros()),
        updated_at: Set(new.updated_at.micros()),
        expires_at: Set(new.expires_at.micros()),
    };
    Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// Finds one.
pub(crate) async fn find(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    id: Uuid,
) -> Result<Option<Import>, StoreError> {
    let row = Entity::of(tenant).filter(Column::Id.eq(id)).one(db).await?;
    row.map(import).transpose()
}

/// Lists those of a title, newest first.
pub(crate) async fn of_title(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    content: Uuid,
    limit: u64,
) -> Result<Vec<Import>, StoreError> {
    let rows = Entity::of(tenant)
        .filter(Column::ContentId.eq(content))
        .order_by_desc(Column::Id)
        .limit(limit)
        .all(db)
        .await?;
    rows.into_iter().map(import).collect()
}

/// Moves the end of what has arrived, if it is still where the bytes begin and the upload goes on; says whether.
pub(crate) async fn advance(
    tx: &Tx,
    ctx: &Ctx,
    id: Uuid,
    (from, to): (u64, u64),
    expires_at: Timestamp,
) -> Result<bool, StoreError> {
    let moved = Entity::update_of(&ctx.tenant)
        .filter(Column::Id.eq(id))
        .filter(Column::Arrived.eq(signed(from)))
        .filter(Column::Stage.eq(i32::from(ImportStage::Uploading)))
        .col_expr(Column::Arrived, signed(to).into())
        .col_expr(Column::UpdatedAt, ctx.now().micros().into())
        .col_expr(Column::ExpiresAt, expires_at.micros().into())
        .exec(tx)
        .await?;
    Ok(moved.rows_affected > 0)
}

/// Adds bytes that have arrived.
pub(crate) async fn insert_part(
    tx: &Tx,
    ctx: &Ctx,
    id: Uuid,
    new: &Part,
) -> Result<(), StoreError> {
    let row = part::ActiveModel {
        tenant: Set(ctx.tenant.to_string()),
        import_id: Set(id),
        start: Set(signed(new.start)),
        size: Set(signed(new.size)),
        blob: Set(new.blob.clone()),
    };
    part::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// Counts the parts of an upload.
pub(crate) async fn count_parts(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    id: Uuid,
) -> Result<u64, StoreError> {
    let rows = part::Entity::of(tenant).filter(part::Column::ImportId.eq(id));
    Ok(rows.count(db).await?)
}

/// Lists parts of an upload in their order, from a place in the file on.
pub(crate) async fn parts(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    id: Uuid,
    from: u64,
    limit: u64,
) -> Result<Vec<Part>, StoreError> {
    let rows = part::Entity::of(tenant)
        .filter(part::Column::ImportId.eq(id))
        .filter(part::Column::Start.gte(signed(from)))
        .order_by_asc(part::Column::Start)
        .limit(limit)
        .all(db)
        .await?;
    let part = |row: part::Model| Part {
        start: unsigned(row.start),
        size: unsigned(row.size),
        blob: row.blob,
    };
    Ok(rows.into_iter().map(part).collect())
}

/// Says whether a blob is one of an upload's parts.
pub(crate) async fn has_part(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    id: Uuid,
    new: &Part,
) -> Result<bool, StoreError> {
    let rows = part::Entity::of(tenant)
        .filter(part::Column::ImportId.eq(id))
        .filter(part::Column::Start.eq(signed(new.start)))
        .filter(part::Column::Blob.eq(&*new.blob));
    Ok(rows.count(db).await? > 0)
}

/// Which stages a change may find.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Found {
    /// The file is on its way.
    Uploading,
    /// The file is here and waits for its turn, or has it.
    UnderWay,
    /// Either of them.
    Open,
    /// It failed, and its bytes are there.
    Failed,
}

/// What changes of an import.
#[derive(Clone, Debug)]
pub(crate) struct Change<'a> {
    /// How far it is.
    pub(crate) progress: &'a Progress,
    /// Which try it is, where that changes.
    pub(crate) attempts: Option<u32>,
    /// What it has to say, where that changes.
    pub(crate) said: Option<&'a Said>,
    /// When it ends, where that changes.
    pub(crate) expires_at: Option<Timestamp>,
}

impl<'a> Change<'a> {
    /// Changes how far it is, and nothing else.
    pub(crate) const fn to(progress: &'a Progress) -> Self {
        Self {
            progress,
            attempts: None,
            said: None,
            expires_at: None,
        }
    }
}

/// Changes an import that is in one of some stages; says whether it was.
pub(crate) async fn change(
    tx: &Tx,
    ctx: &Ctx,
    id: Uuid,
    from: Found,
    to: Change<'_>,
) -> Result<bool, StoreError> {
    let stages: &[ImportStage] = match from {
        Found::Uploading => &[ImportStage::Uploading],
        Found::UnderWay => &UNDER_WAY,
        Found::Open => &OPEN,
        Found::Failed => &[ImportStage::Failed],
    };
    let mut rows = Entity::update_of(&ctx.tenant)
        .filter(Column::Id.eq(id))
        .filter(Column::Stage.is_in(stages.iter().map(|stage| i32::from(*stage))))
        .col_expr(Column::Stage, i32::from(to.progress.stage).into())
        .col_expr(Column::Milli, small(to.progress.milli).into())
        .col_expr(Column::Quality, to.progress.quality.as_str().into())
        .col_expr(Column::UpdatedAt, ctx.now().micros().into());
    if matches!(from, Found::Failed) {
        rows = rows.filter(Column::Held.eq(true));
    }
    if let Some(attempts) = to.attempts {
        rows = rows.col_expr(Column::Attempts, small(attempts).into());
    }
    if let Some(said) = to.said {
        rows = rows
            .col_expr(Column::Problem, report::problem(said).into())
            .col_expr(Column::Notes, report::lines(said).into())
            .col_expr(Column::Report, report::json(said).into());
    }
    if let Some(at) = to.expires_at {
        rows = rows.col_expr(Column::ExpiresAt, at.micros().into());
    }
    Ok(rows.exec(tx).await?.rows_affected > 0)
}

pub(super) const UNDER_WAY: [ImportStage; 5] = [
    ImportStage::Waiting,
    ImportStage::Probing,
    ImportStage::Packaging,
    ImportStage::Verifying,
    ImportStage::Publishing,
];
const OPEN: [ImportStage; 6] = [
    ImportStage::Uploading,
    ImportStage::Waiting,
    ImportStage::Probing,
    ImportStage::Packaging,
    ImportStage::Verifying,
    ImportStage::Publishing,
];

/// Says that the bytes of an import are gone, and forgets their places.
pub(crate) async fn let_go(tx: &Tx, ctx: &Ctx, id: Uuid) -> Result<(), StoreError> {
    part::Entity::delete_of(&ctx.tenant)
        .filter(part::Column::ImportId.eq(id))
        .exec(tx)
        .await?;
    Entity::update_of(&ctx.tenant)
        .filter(Column::Id.eq(id))
        .col_expr(Column::Held, false.into())
        .exec(tx)
        .await?;
    Ok(())
}

/// Ends an upload to which nothing came in time, if that still holds.
pub(crate) async fn expire(
    tx: &Tx,
    ctx: &Ctx,
    id: Uuid,
    now: Timestamp,
    to: &Progress,
) -> Result<(), StoreError> {
    Entity::update_of(&ctx.tenant)
        .filter(Column::Id.eq(id))
        .filter(Column::Stage.eq(i32::from(ImportStage::Uploading)))
        .filter(Column::ExpiresAt.lte(now.micros()))
        .col_expr(Column::Stage, i32::from(to.stage).into())
        .col_expr(Column::UpdatedAt, now.micros().into())
        .exec(tx)
        .await?;
    Ok(())
}

/// Lists, of all tenants, uploads to which nothing came in time.
pub(crate) async fn expired(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    limit: u64,
) -> Result<Vec<(String, Uuid)>, StoreError> {
    let rows = Entity::find()
        .filter(Column::Stage.eq(i32::from(ImportStage::Uploading)))
        .filter(Entity::due(ctx, |now| Column::ExpiresAt.lte(now.micros())))
        .order_by_asc(Column::ExpiresAt);
    places(db, rows, limit).await
}

/// Lists, of all tenants, those whose bytes nobody needs any more.
pub(crate) async fn spent(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    limit: u64,
) -> Result<Vec<(String, Uuid)>, StoreError> {
    let over = [
        ImportStage::Published,
        ImportStage::Cancelled,
        ImportStage::Expired,
    ];
    let failed = Condition::all()
        .add(Column::Stage.eq(i32::from(ImportStage::Failed)))
        .add(Entity::due(ctx, |now| Column::ExpiresAt.lte(now.micros())));
    let unneeded = Condition::any()
        .add(Column::Stage.is_in(over.map(i32::from)))
        .add(failed);
    let rows = Entity::find()
        .filter(Column::Held.eq(true))
        .filter(unneeded)
        .order_by_asc(Column::ExpiresAt);
    places(db, rows, limit).await
}

async fn places(
    db: &impl ConnectionTrait,
    rows: Select<Entity>,
    limit: u64,
) -> Result<Vec<(String, Uuid)>, StoreError> {
    let rows = rows
        .select_only()
        .columns([Column::Tenant, Column::Id])
        .limit(limit)
        .into_tuple::<(String, Uuid)>();
    Ok(rows.all(db).await?)
}

/// Forgets, of all tenants, what ended before an instant and has no bytes; returns how many.
pub(crate) async fn forget(tx: &Tx, before: Timestamp) -> Result<u64, StoreError> {
    let old = Entity::find()
        .filter(Column::Held.eq(false))
        .filter(Column::UpdatedAt.lt(before.micros()))
        .limit(500)
        .all(tx)
        .await?;
    let count = old.len() as u64;
    for row in old {
        Entity::delete_many()
            .filter(Column::Tenant.eq(row.tenant))
            .filter(Column::Id.eq(row.id))
            .exec(tx)
            .await?;
    }
    Ok(count)
}

fn import(row: Model) -> Result<Import, StoreError> {
    let wrong = |column| StoreError::inconsistent("imports", column, row.id);
    Ok(Import {
        id: row.id,
        content: row.content_id,
        user: row.user_id,
        file_name: row.file_name,
        metadata: row.metadata,
        size: unsigned(row.size),
        arrived: unsigned(row.arrived),
        progress: Progress {
            stage: ImportStage::try_from(row.stage).map_err(|_| wrong("stage"))?,
            milli: u32::try_from(row.milli).map_err(|_| wrong("milli"))?,
            quality: row.quality,
        },
        attempts: u32::try_from(row.attempts).map_err(|_| wrong("attempts"))?,
        said: report::said(&row.problem, &row.notes, &row.report),
        created_at: Timestamp::from_micros(row.created_at),
        updated_at: Timestamp::from_micros(row.updated_at),
        expires_at: Timestamp::from_micros(row.expires_at),
        is_held: row.held,
    })
}

fn signed(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

fn unsigned(bytes: i64) -> u64 {
    u64::try_from(bytes).unwrap_or_default()
}

fn small(n: u32) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX)
}
