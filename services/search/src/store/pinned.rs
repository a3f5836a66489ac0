//! Titles by their ids.

use sea_orm::{ColumnTrait as _, ConnectionTrait, QueryFilter as _, QuerySelect as _};
use sv_kernel::Tenant;
use sv_ports::index::Candidate;
use sv_store::{StoreError, TenantTable as _};

use super::entity::title;

/// Finds titles that can be found, in no order.
pub(crate) async fn entries(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    ids: &[String],
) -> Result<Vec<Candidate>, StoreError> {
    let rows: Vec<(String, i64, Vec<u8>)> = title::Entity::of(tenant)
        .filter(title::Column::Live.eq(true))
        .filter(title::Column::Id.is_in(ids))
        .select_only()
        .columns([
            title::Column::Id,
            title::Column::Version,
            title::Column::Payload,
        ])
        .into_tuple()
        .all(db)
        .await?;
    let candidate = |(id, version, payload): (String, i64, Vec<u8>)| Candidate {
        id,
        version,
        payload: payload.into(),
    };
    Ok(rows.into_iter().map(candidate).collect())
}
