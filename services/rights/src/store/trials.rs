//! Who has had a trial.

use sv_kernel::{Ctx, Id, User};
use sv_store::{StoreError, Tx};

use crate::domain::Subscription;

/// Remembers that an account has its trial. Returns whether it is its first.
pub(crate) async fn begin(
    tx: &Tx,
    ctx: &Ctx,
    user: Id<User>,
    subscription: Id<Subscription>,
) -> Result<bool, StoreError> {
    let sql =
        "INSERT INTO trials (tenant, user_id, subscription_id, begun_at) VALUES ($1, $2, $3, $4)
               ON CONFLICT (tenant, user_id) DO NOTHING";
    let values = [
        ctx.tenant.as_str().into(),
        user.uuid().into(),
        subscription.uuid().into(),
        ctx.now().micros().into(),
    ];
    Ok(tx.run(sql, values).await? == 1)
}
