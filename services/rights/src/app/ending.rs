//! Tells that subscriptions will end, go on after all, or are over (X-WH-1).

use sv_kernel::Ctx;
use sv_proto::{
    convert::timestamp,
    rights::{SubscriptionCancelled, SubscriptionEnded},
};
use sv_store::{StoreError, Tx, outbox};

use crate::{
    domain::{Status, Subscription},
    store::plans,
};

/// Tells what a change means for the end of a subscription that was in force; nothing where its end stays what it was.
pub(super) async fn tell(
    tx: &Tx,
    ctx: &Ctx,
    before: &Subscription,
    after: &Subscription,
) -> Result<(), StoreError> {
    if before.status != Status::Active {
        return Ok(());
    }
    let over = after.status == Status::Ended;
    if !over && before.cancel_at_period_end == after.cancel_at_period_end {
        return Ok(());
    }
    let plan = plans::by_ids(tx, ctx, [after.plan]).await?;
    let plan_code = plan.into_iter().next().map(|plan| plan.code);
    let (plan_code, user) = (plan_code.unwrap_or_default(), after.user.to_string());
    if over {
        let told = SubscriptionEnded {
            subscription_id: after.id.to_string(),
            user_id: user.clone(),
            plan_code,
            end_time: Some(timestamp(before.access_end().min(ctx.now()))),
        };
        return outbox::append_as(tx, ctx, user, after.version, &told).await;
    }
    let told = SubscriptionCancelled {
        subscription_id: after.id.to_string(),
        user_id: user.clone(),
        plan_code,
        period_end: Some(timestamp(after.period().1)),
        resumed: !after.cancel_at_period_end,
    };
    outbox::append_as(tx, ctx, user, after.version, &told).await
}
