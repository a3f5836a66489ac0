//! What others tell, written down for each webhook that wants it.

use std::sync::Arc;

use futures::FutureExt as _;
use sv_kernel::{Clock, Ctx, Timestamp};
use sv_ports::HandleError;
use sv_proto::{
    content::ContentChanged,
    payments::PaymentChanged,
    rights::{
        CouponRedeemed, OrderChanged, SubscriptionActivated, SubscriptionCancelled,
        SubscriptionEnded, SubscriptionPastDue, SubscriptionPlanChanged,
    },
    users::{UserChanged, UserRegistered},
    webhooks::WebhookDisabledReason,
};
use sv_store::{Subscription, Told, Tx, Work, work};

use super::{disable, room::Room, wake};
use crate::{
    NAME,
    convert::payload::{Public, body},
    domain::{Delivery, Webhook},
    store::{deliveries, webhooks},
};

/// The events that webhooks are told of. `clock` tells real time, and `most` deliveries may wait for one.
pub(crate) fn events(clock: &Arc<dyn Clock>, most: u32) -> Subscription {
    let at = Writing {
        clock: clock.clone(),
        room: Arc::new(Room::of(most)),
    };
    Subscription::new(NAME)
        .only_if(|db, ctx| async move { webhooks::any_enabled(db.read(), ctx).await }.boxed())
        .on::<SubscriptionActivated>(telling(&at))
        .on::<SubscriptionPlanChanged>(telling(&at))
        .on::<SubscriptionPastDue>(telling(&at))
        .on::<SubscriptionCancelled>(telling(&at))
        .on::<SubscriptionEnded>(telling(&at))
        .on::<OrderChanged>(telling(&at))
        .on::<CouponRedeemed>(telling(&at))
        .on::<PaymentChanged>(telling(&at))
        .on::<UserRegistered>(telling(&at))
        .on::<UserChanged>(telling(&at))
        .on::<ContentChanged>(telling(&at))
}

/// What is needed to write deliveries down.
#[derive(Clone)]
struct Writing {
    clock: Arc<dyn Clock>,
    room: Arc<Room>,
}

fn telling<E: Public>(
    at: &Writing,
) -> impl for<'t> Fn(&'t Tx, &'t Ctx, &'t Told<E>) -> Work<'t, 'static, Result<(), HandleError>>
+ Send
+ Sync
+ 'static
+ use<E> {
    let at = at.clone();
    move |tx, ctx, told| {
        let at = at.clone();
        work(async move { tell(tx, ctx, told, &at).await })
    }
}

/// Writes a delivery for each webhook that wants the event, in the transaction in which it is remembered that the event
/// was seen.
async fn tell<E: Public>(
    tx: &Tx,
    ctx: &Ctx,
    told: &Told<E>,
    Writing { clock, room }: &Writing,
) -> Result<(), HandleError> {
    let data = E::data(told).ok_or_else(|| HandleError::poison("an event that says too little"))?;
    let now = clock.now();
    let body = body(E::TOPIC, happened(told).unwrap_or(now), &data);
    for webhook in webhooks::enabled(tx, ctx).await? {
        if !webhook.wants(E::TOPIC) {
            continue;
        }
        if !room.take(tx, ctx, webhook.id).await? {
            // As it is now: others may be at it.
            let locked = webhooks::lock(tx, ctx, webhook.id).await?;
            if let Some(webhook) = locked.filter(Webhook::is_enabled) {
                disable(tx, ctx, &webhook, WebhookDisabledReason::Backlog, now).await?;
            }
            continue;
        }
        let new = Delivery::new(ctx.new_id(), webhook.id, E::TOPIC, body.clone(), now);
        deliveries::insert(tx, ctx, &new).await?;
        wake(tx, ctx, webhook.id).await?;
    }
    Ok(())
}

/// Says when an event was told: its id does.
fn happened<E>(told: &Told<E>) -> Option<Timestamp> {
    let (seconds, nanos) = told.event_id.get_timestamp()?.to_unix();
    let seconds = Timestamp::try_from_secs(i64::try_from(seconds).ok()?)?;
    Some(seconds + std::time::Duration::from_nanos(nanos.into()))
}
