//! Use cases.

mod access;
mod account_locks;
mod accounts;
mod change;
mod confirm;
mod coupons;
mod ending;
mod gifts;
mod invoices;
mod orders;
mod overdue;
mod plans;
mod possessions;
mod refund;
mod renew;
mod rules;
mod settle;
mod subscribe;
mod subscribed;
mod subscriptions;
mod support;
mod told;
mod unsettled;

use std::sync::Arc;

use sv_boot::{Audience, ServiceContext};
use sv_kernel::{BoxError, Ctx, Entropy, Error, PageSigner, Result};
use sv_proto::{
    common::CommonReason, content::content_service_client::ContentServiceClient,
    convert::timestamp, livetv::live_tv_service_client::LiveTvServiceClient,
    rights::SubscriptionActivated, users::user_service_client::UserServiceClient,
};
use sv_rpc::Transport;
use sv_store::{Db, StoreError, Tx, audit, outbox};
use tokio::sync::Notify;
use uuid::Uuid;

pub(crate) use self::{
    accounts::close, change::Wanted, invoices::Issued, orders::Wish, possessions::Entitlement,
    subscribed::Subscribed,
};
use crate::{
    Options,
    domain::{Plan, Subscription},
    payments::Cashier,
    store,
};

/// Everything that can be done with rights. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct App {
    db: Db,
    pages: PageSigner,
    entropy: Arc<dyn Entropy>,
    users: UserServiceClient<Transport>,
    content: ContentServiceClient<Transport>,
    audience: Audience,
    livetv: LiveTvServiceClient<Transport>,
    cashier: Cashier,
    options: Options,
    /// Tells the job of payments that are no longer wanted, and of such as it has to look at now.
    unwanted: Arc<Notify>,
    account_locks: account_locks::AccountLocks,
}

impl App {
    pub(crate) fn new(context: &ServiceContext, options: Options) -> Result<Self, BoxError> {
        Ok(Self {
            db: context.db.clone(),
            pages: context.pages.clone(),
            entropy: context.env.entropy.clone(),
            users: UserServiceClient::new(context.mesh.client_transport("users")?),
            content: ContentServiceClient::new(context.mesh.client_transport("content")?),
            audience: Audience::new(context.mesh.clone()),
            livetv: LiveTvServiceClient::new(context.mesh.client_transport("livetv")?),
            cashier: Cashier::new(context.mesh.client_transport("payments")?),
            options,
            unwanted: Arc::default(),
            account_locks: account_locks::AccountLocks::default(),
        })
    }

    pub(crate) fn options(&self) -> &Options {
        &self.options
    }

    /// Waits until the job has to speak to payments because of something that this process has done or heard.
    pub(crate) async fn unwanted(&self) {
        self.unwanted.notified().await;
    }

    /// Returns the plan of a subscription.
    async fn plan_of(&self, ctx: &Ctx, subscription: &Subscription) -> Result<Plan> {
        let plans = store::plans::by_ids(self.db.read(), ctx, [subscription.plan]).await?;
        plans.into_iter().next().ok_or_else(|| {
            Error::from(CommonReason::Internal)
                .because(format!("subscription {} has no plan", subscription.id))
        })
    }
}

/// Reads an id; what is none names nothing.
fn parse(id: &str) -> Option<Uuid> {
    Uuid::try_parse(id).ok().filter(|_| id.len() == 36)
}

/// Refuses a change that finds another version than the caller has seen, as `If-Match` or the message
/// says; 0 is any.
fn expect(ctx: &Ctx, seen: i32, found: i32) -> Result<()> {
    if ctx.may_find(found) && (seen == 0 || seen == found) {
        Ok(())
    } else {
        Err(CommonReason::VersionMismatch.into())
    }
}

/// Tells that a subscription gives access from now on, or for longer (PAY-3).
async fn activated(tx: &Tx, ctx: &Ctx, of: &Subscription, plan: &Plan) -> Result<(), StoreError> {
    let user = of.user.to_string();
    let told = SubscriptionActivated {
        subscription_id: of.id.to_string(),
        user_id: user.clone(),
        plan_code: plan.code.clone(),
        period_end: Some(timestamp(of.period().1)),
    };
    outbox::append_as(tx, ctx, user, of.version, &told).await
}

/// Describes what was done to a subscription, for its audit record.
fn act(old: Option<&Subscription>, new: &Subscription, plan: Option<&Plan>) -> audit::Act {
    let values = |s: &Subscription| {
        serde_json::json!({
            "account": s.user.to_string(),
            "plan": plan.map_or_else(|| s.plan.to_string(), |plan| plan.code.clone()),
            "status": s.status.name(),
            "paidPeriods": s.paid_periods,
            "cancelAtPeriodEnd": s.cancel_at_period_end,
            "nextPlan": s.next_plan.map(|next| next.plan.to_string()),
            "coupon": s.held.map(|held| held.coupon.to_string()),
        })
    };
    let old = old.map_or(serde_json::Value::Null, values);
    audit::Act::on("subscription", new.id).changed(old, values(new))
}
