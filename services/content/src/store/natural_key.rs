//! Natural keys: what sources call titles, so that an import finds them again.

use std::collections::HashMap;

use sea_orm::{ColumnTrait as _, QueryFilter as _};
use sv_kernel::Tenant;
use sv_store::{StoreError, TenantTable as _, Tx};
use uuid::Uuid;

use super::entity::natural_key::{Column, Entity};

/// A title by its natural key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NaturalKey {
    pub(crate) content: Uuid,
    /// What the source last said of it.
    pub(crate) fingerprint: Vec<u8>,
}

/// Finds titles by their names in a source.
pub(crate) async fn resolve(
    tx: &Tx,
    tenant: &Tenant,
    source: &str,
    keys: impl IntoIterator<Item = &str>,
) -> Result<HashMap<String, NaturalKey>, StoreError> {
    let rows = Entity::of(tenant)
        .filter(Column::Source.eq(source))
        .filter(Column::Key.is_in(keys))
        .all(tx)
        .await?;
    let pair = |row: super::entity::natural_key::Model| {
        let key = NaturalKey {
            content: row.content_id,
            fingerprint: row.fingerprint,
        };
        (row.key, key)
    };
    Ok(rows.into_iter().map(pair).collect())
}

/// Takes a key for a new title; says whether nobody else has it.
pub(crate) async fn claim(
    tx: &Tx,
    tenant: &Tenant,
    source: &str,
    key: &str,
    taken: &NaturalKey,
) -> Result<bool, StoreError> {
    let sql = "INSERT INTO natural_keys (tenant, source, key, content_id, fingerprint)
               VALUES ($1, $2, $3, $4, $5) ON CONFLICT (tenant, source, key) DO NOTHING";
    let values = [
        tenant.as_str().into(),
        source.into(),
        key.into(),
        taken.content.into(),
        taken.fingerprint.clone().into(),
    ];
    Ok(tx.run(sql, values).await? == 1)
}

/// Remembers what a source says of a title now.
pub(crate) async fn remember(
    tx: &Tx,
    tenant: &Tenant,
    source: &str,
    key: &str,
    fingerprint: &[u8],
) -> Result<(), StoreError> {
    let sql = "UPDATE natural_keys SET fingerprint = $4
               WHERE tenant = $1 AND source = $2 AND key = $3";
    let values = [
        tenant.as_str().into(),
        source.into(),
        key.into(),
        fingerprint.to_vec().into(),
    ];
    tx.run(sql, values).await.map(drop)
}
