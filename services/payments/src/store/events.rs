//! What providers have told.

use sv_kernel::{Ctx, Timestamp};
use sv_store::{StoreError, Tx};

/// Says whether an event of a provider is heard for the first time, and remembers it.
pub(crate) async fn first_time(
    tx: &Tx,
    ctx: &Ctx,
    provider: &str,
    event: &str,
) -> Result<bool, StoreError> {
    let sql =
        "INSERT INTO provider_events (provider, event_id, tenant, seen_at) VALUES ($1, $2, $3, $4)
               ON CONFLICT (provider, event_id) DO NOTHING";
    let values = [
        provider.into(),
        event.into(),
        ctx.tenant.as_str().into(),
        ctx.now().micros().into(),
    ];
    Ok(tx.run(sql, values).await? == 1)
}

/// Forgets up to `limit` events of all tenants that were heard before an instant. Returns how many.
pub(crate) async fn forget(tx: &Tx, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
    let sql = "DELETE FROM provider_events WHERE (provider, event_id) IN (
                   SELECT provider, event_id FROM provider_events WHERE seen_at < $1
                   ORDER BY seen_at LIMIT $2)";
    tx.run(sql, [before.micros().into(), i64::from(limit).into()])
        .await
}
