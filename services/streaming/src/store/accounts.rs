//! Accounts that play: how many streams each may run, in a row whose lock keeps starts of one account
//! apart, whatever process they are in (X-ID-2).

use sv_kernel::Ctx;
use sv_store::{StoreError, Tx};
use uuid::Uuid;

/// Notes how many streams an account may run, and keeps others from starting one until the transaction
/// ends.
pub(crate) async fn lock_with(
    tx: &Tx,
    ctx: &Ctx,
    user: Uuid,
    max_streams: u32,
) -> Result<(), StoreError> {
    // An insertion or update takes the row's lock on PostgreSQL; SQLite has one writer.
    let sql = "INSERT INTO play_accounts (tenant, user_id, max_streams) VALUES ($1, $2, $3)
               ON CONFLICT (tenant, user_id) DO UPDATE SET max_streams = excluded.max_streams";
    let most = i32::try_from(max_streams).unwrap_or(i32::MAX);
    let values = [ctx.tenant.as_str().into(), user.into(), most.into()];
    tx.run(sql, values).await?;
    Ok(())
}

/// Takes the same lock and returns how many streams the account might run when it last started one.
pub(crate) async fn lock(tx: &Tx, ctx: &Ctx, user: Uuid) -> Result<u32, StoreError> {
    let sql = "UPDATE play_accounts SET max_streams = max_streams
               WHERE tenant = $1 AND user_id = $2 RETURNING max_streams";
    let row = tx
        .row(sql, [ctx.tenant.as_str().into(), user.into()])
        .await?;
    let Some(row) = row else {
        return Ok(0);
    };
    let most: i32 = row.try_get("", "max_streams")?;
    Ok(u32::try_from(most).unwrap_or_default())
}

/// Deletes an account that is gone.
pub(crate) async fn delete(tx: &Tx, ctx: &Ctx, user: Uuid) -> Result<(), StoreError> {
    let sql = "DELETE FROM play_accounts WHERE tenant = $1 AND user_id = $2";
    tx.run(sql, [ctx.tenant.as_str().into(), user.into()])
        .await
        .map(drop)
}
