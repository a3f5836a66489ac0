//! What rights tells others.

use std::time::Duration;

use prost::Message as _;
use sv_kernel::Ctx;
use sv_ports::Topic;
use sv_proto::{convert::timestamp, rights::SubscriptionActivated};
use sv_store::{StoreError, Tx, outbox};

use crate::domain::{Plan, Subscription};

const ACTIVATED: &str = "subscription.activated";

/// Lists the topics that rights publishes to.
pub(crate) fn topics() -> Vec<Topic> {
    vec![Topic::retained(ACTIVATED, Duration::from_hours(7 * 24))]
}

/// Tells that a period is paid (EVT-4, PAY-3).
pub(crate) async fn activated(
    tx: &Tx,
    ctx: &Ctx,
    subscription: &Subscription,
    plan: &Plan,
) -> Result<(), StoreError> {
    let payload = SubscriptionActivated {
        subscription_id: subscription.id.to_string(),
        user_id: subscription.user.to_string(),
        plan_code: plan.code.clone(),
        period_end: Some(timestamp(subscription.period().1)),
    };
    let event = outbox::Event {
        topic: ACTIVATED,
        key: subscription.user.to_string(),
        version: subscription.version,
        payload: Some(payload.encode_to_vec()),
    };
    outbox::append(tx, ctx, event).await?;
    Ok(())
}
