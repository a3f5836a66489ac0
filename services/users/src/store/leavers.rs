//! Profiles that are gone and whose ratings still count, of all tenants.

use sea_orm::{ConnectionTrait, QueryResult, Statement};
use sv_kernel::{Ctx, Id, Tenant};
use sv_store::{StoreError, Tx};
use uuid::Uuid;

use crate::domain::Profile;

/// A profile that is gone.
#[derive(Clone, Debug)]
pub(crate) struct Leaver {
    pub(crate) tenant: Tenant,
    pub(crate) profile: Id<Profile>,
}

/// Notes that a profile goes.
pub(crate) async fn insert(tx: &Tx, ctx: &Ctx, profile: Id<Profile>) -> Result<(), StoreError> {
    let sql = "INSERT INTO leavers (profile_id, tenant) VALUES ($1, $2)";
    let values = [profile.uuid().into(), ctx.tenant.as_str().into()];
    tx.run(sql, values).await.map(drop)
}

/// Forgets one whose ratings are gone, too.
pub(crate) async fn delete(tx: &Tx, profile: Id<Profile>) -> Result<(), StoreError> {
    let sql = "DELETE FROM leavers WHERE profile_id = $1";
    tx.run(sql, [profile.uuid().into()]).await.map(drop)
}

/// Lists a few.
pub(crate) async fn some(db: &impl ConnectionTrait) -> Result<Vec<Leaver>, StoreError> {
    let sql = "SELECT profile_id, tenant FROM leavers ORDER BY profile_id LIMIT 20";
    let query = Statement::from_string(db.get_database_backend(), sql);
    let read = |row: &QueryResult| -> Result<Leaver, StoreError> {
        let profile: Uuid = row.try_get("", "profile_id")?;
        let tenant: String = row.try_get("", "tenant")?;
        let tenant = Tenant::parse(&tenant)
            .map_err(|_| StoreError::inconsistent("leavers", "tenant", profile))?;
        let profile = Id::from_uuid(profile);
        Ok(Leaver { tenant, profile })
    };
    db.query_all_raw(query).await?.iter().map(read).collect()
}
