//! The inbox: events that a consumer has already acted on.

use sv_kernel::{Ctx, Timestamp};
use uuid::Uuid;

use crate::{StoreError, Tx};

/// Says whether the consumer sees the event for the first time, and remembers it.
///
/// Act on the event in the same transaction: then its effect happens once, however often the bus
/// delivers it.
pub async fn first_time(
    tx: &Tx,
    ctx: &Ctx,
    consumer: &str,
    event: Uuid,
) -> Result<bool, StoreError> {
    let sql = "INSERT INTO inbox (consumer, event_id, seen_at) VALUES ($1, $2, $3)
               ON CONFLICT (consumer, event_id) DO NOTHING";
    let values = [consumer.into(), event.into(), ctx.now().micros().into()];
    Ok(tx.run(sql, values).await? == 1)
}

/// Forgets events that were seen before an instant, and returns how many.
///
/// Keep them for longer than the bus may deliver again, which is its retention.
pub async fn forget(tx: &Tx, before: Timestamp) -> Result<u64, StoreError> {
    tx.run(
        "DELETE FROM inbox WHERE seen_at < $1",
        [before.micros().into()],
    )
    .await
}
