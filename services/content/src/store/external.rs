//! Names of titles elsewhere, each of them one title's (X-CAT-10).

use sea_orm::{
    ColumnTrait as _, QueryFilter as _,
    sea_query::{Query, SelectStatement},
};
use sv_kernel::Tenant;
use sv_proto::content::{Content, ExternalId};
use sv_store::{StoreError, TenantTable as _, Tx};
use uuid::Uuid;

use super::entity::external_id::{Column, Entity};

/// Selects the id of the title with a name elsewhere.
pub(super) fn named(tenant: &Tenant, (source, value): &(String, String)) -> SelectStatement {
    let mut ids = Query::select();
    ids.column(Column::ContentId)
        .from(Entity)
        .and_where(Column::Tenant.eq(tenant.as_str()))
        .and_where(Column::Source.eq(source))
        .and_where(Column::Value.eq(value));
    ids
}

/// Gives a title its names elsewhere instead of those that it had; says which one another title has.
pub(crate) async fn name_elsewhere(
    tx: &Tx,
    tenant: &Tenant,
    id: Uuid,
    content: &Content,
) -> Result<Option<ExternalId>, StoreError> {
    forget(tx, tenant, id).await?;
    // In one order, so that two who give the same names wait for each other instead of locking each other.
    let mut names: Vec<_> = content.external_ids.iter().collect();
    names.sort_by_key(|name| (&name.source, &name.value));
    for name in names {
        let sql = "INSERT INTO external_ids (tenant, source, value, content_id)
                   VALUES ($1, $2, $3, $4) ON CONFLICT (tenant, source, value) DO NOTHING";
        let values = [
            tenant.as_str().into(),
            name.source.clone().into(),
            name.value.clone().into(),
            id.into(),
        ];
        if tx.run(sql, values).await? == 0 {
            return Ok(Some(name.clone()));
        }
    }
    Ok(None)
}

/// Takes its names elsewhere from a title.
pub(super) async fn forget(tx: &Tx, tenant: &Tenant, id: Uuid) -> Result<(), StoreError> {
    Entity::delete_of(tenant)
        .filter(Column::ContentId.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}
