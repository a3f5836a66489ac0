//! What editors say about searches: a row for each word group and each pin, with the whole message as its document, and a
//! number for each tenant by which processes see that something has changed.

use prost::Message;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, IntoActiveModel as _,
    PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, QueryTrait as _,
};
use sv_kernel::{PageRequest, Tenant};
use sv_store::{StoreError, TenantTable as _, Tx};
use uuid::Uuid;

use super::entity::{
    tuning::{Column, Entity, Model},
    tuning_version,
};

/// What editors say, as it is stored.
#[derive(Clone, Debug)]
pub(crate) struct Row<'a, M> {
    pub(crate) id: Uuid,
    /// Names the kind of `M`.
    pub(crate) kind: &'static str,
    /// What is there once for each tenant and kind.
    pub(crate) line: String,
    pub(crate) message: &'a M,
}

/// Finds one.
pub(crate) async fn find<M: Message + Default>(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    kind: &'static str,
    id: Uuid,
) -> Result<Option<M>, StoreError> {
    let row = Entity::of(tenant)
        .filter(Column::Kind.eq(kind))
        .filter(Column::Id.eq(id))
        .one(db)
        .await?;
    row.as_ref().map(decode).transpose()
}

/// Finds one and keeps others from changing it until the transaction ends.
pub(crate) async fn lock<M: Message + Default>(
    tx: &Tx,
    tenant: &Tenant,
    kind: &'static str,
    id: Uuid,
) -> Result<Option<M>, StoreError> {
    let row = Entity::of(tenant)
        .filter(Column::Kind.eq(kind))
        .filter(Column::Id.eq(id))
        .lock_exclusive()
        .one(tx)
        .await?;
    row.as_ref().map(decode).transpose()
}

/// Finds the id of the one with a line.
pub(crate) async fn with_line(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    kind: &'static str,
    line: &str,
) -> Result<Option<Uuid>, StoreError> {
    let row = Entity::of(tenant)
        .filter(Column::Kind.eq(kind))
        .filter(Column::Line.eq(line))
        .one(db)
        .await?;
    Ok(row.map(|row| row.id))
}

/// Lists one more than a page of a kind, in the order in which they were made.
pub(crate) async fn list<M: Message + Default>(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    kind: &'static str,
    page: &PageRequest,
) -> Result<Vec<M>, StoreError> {
    let after = page
        .after
        .as_deref()
        .and_then(|after| after.parse::<Uuid>().ok());
    let rows = Entity::of(tenant)
        .filter(Column::Kind.eq(kind))
        .apply_if(after, |rows, after| rows.filter(Column::Id.gt(after)))
        .order_by_asc(Column::Id)
        .offset(u64::from(page.skip))
        .limit(u64::from(page.size) + 1)
        .all(db)
        .await?;
    rows.iter().map(decode).collect()
}

/// Lists all of a kind, of which editors can make a bounded number. One that cannot be read is left out.
pub(crate) async fn all<M: Message + Default>(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    kind: &'static str,
) -> Result<Vec<M>, StoreError> {
    let rows = Entity::of(tenant)
        .filter(Column::Kind.eq(kind))
        .order_by_asc(Column::Id)
        .all(db)
        .await?;
    let readable = rows.iter().filter_map(|row| {
        decode(row)
            .inspect_err(|error| tracing::error!(%error, "search.tuning.unreadable"))
            .ok()
    });
    Ok(readable.collect())
}

/// Counts those of a kind.
pub(crate) async fn count(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    kind: &'static str,
) -> Result<u64, StoreError> {
    let rows = Entity::of(tenant).filter(Column::Kind.eq(kind));
    Ok(rows.count(db).await?)
}

/// Adds one. Fails as a duplicate where there is another of its line.
pub(crate) async fn insert<M: Message>(
    tx: &Tx,
    tenant: &Tenant,
    row: Row<'_, M>,
) -> Result<(), StoreError> {
    model(tenant, row).into_active_model().insert(tx).await?;
    bump(tx, tenant).await
}

/// Writes one over another that was locked.
pub(crate) async fn update<M: Message>(
    tx: &Tx,
    tenant: &Tenant,
    row: Row<'_, M>,
) -> Result<(), StoreError> {
    let row = model(tenant, row).into_active_model().reset_all();
    row.update(tx).await?;
    bump(tx, tenant).await
}

/// Deletes one that was locked.
pub(crate) async fn delete(tx: &Tx, tenant: &Tenant, id: Uuid) -> Result<(), StoreError> {
    let row = Entity::delete_of(tenant).filter(Column::Id.eq(id));
    row.exec(tx).await?;
    bump(tx, tenant).await
}

/// Returns a number that grows with every change of a tenant's.
pub(crate) async fn version(db: &impl ConnectionTrait, tenant: &Tenant) -> Result<i64, StoreError> {
    let row = tuning_version::Entity::of(tenant).one(db).await?;
    Ok(row.map_or(0, |row| row.version))
}

async fn bump(tx: &Tx, tenant: &Tenant) -> Result<(), StoreError> {
    let sql = "INSERT INTO tuning_versions (tenant, version) VALUES ($1, 1)
               ON CONFLICT (tenant) DO UPDATE SET version = tuning_versions.version + 1";
    tx.run(sql, [tenant.as_str().into()]).await.map(drop)
}

fn model<M: Message>(tenant: &Tenant, row: Row<'_, M>) -> Model {
    Model {
        id: row.id,
        tenant: tenant.to_string(),
        kind: row.kind.to_owned(),
        line: row.line,
        document: row.message.encode_to_vec(),
    }
}

fn decode<M: Message + Default>(row: &Model) -> Result<M, StoreError> {
    M::decode(row.document.as_slice())
        .map_err(|_| StoreError::inconsistent("tuning", "document", row.id))
}
