//! What providers call accounts.

use sea_orm::{ConnectionTrait, Statement, Value};
use sv_kernel::{Ctx, Id, User};
use sv_store::{StoreError, Tx};

/// Finds a provider's name of an account.
pub(crate) async fn find(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    provider: &str,
    account: Id<User>,
) -> Result<Option<String>, StoreError> {
    let sql = "SELECT name FROM payers WHERE tenant = $1 AND provider = $2 AND account_id = $3";
    let values: [Value; 3] = [
        ctx.tenant.as_str().into(),
        provider.into(),
        account.uuid().into(),
    ];
    let query = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let row = db.query_one_raw(query).await?;
    Ok(row.map(|row| row.try_get("", "name")).transpose()?)
}

/// Remembers a provider's name of an account; the first one stays.
pub(crate) async fn remember(
    tx: &Tx,
    ctx: &Ctx,
    provider: &str,
    account: Id<User>,
    name: &str,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO payers (tenant, provider, account_id, name) VALUES ($1, $2, $3, $4)
               ON CONFLICT (tenant, provider, account_id) DO NOTHING";
    let values: [Value; 4] = [
        ctx.tenant.as_str().into(),
        provider.into(),
        account.uuid().into(),
        name.into(),
    ];
    tx.run(sql, values).await.map(drop)
}
