//! The RPCs: decode, call the use case, encode.

mod billing;
mod coupons;
mod editors;
mod gifts;
mod orders;
mod support;

use sv_handlers::rights::RightsService;
use sv_kernel::{Ctx, Paged as _, Result};
use sv_proto::{convert::id, rights as pb};
use sv_rpc::Reply;

pub(crate) use billing::Billing;
pub(crate) use coupons::Coupons;
pub(crate) use editors::Editors;
pub(crate) use gifts::Gifts;
pub(crate) use orders::Orders;
pub(crate) use support::Support;

use crate::{
    app::{App, Subscribed},
    convert,
};

#[derive(Debug)]
pub(crate) struct Rights {
    pub(crate) app: App,
}

impl RightsService for Rights {
    async fn check_access(
        &self,
        ctx: &Ctx,
        request: pb::CheckAccessRequest,
    ) -> Result<pb::CheckAccessResponse> {
        let (user, profile) = (id(&request.user_id)?, &request.profile_id);
        let decided = self
            .app
            .check_access(ctx, user, profile, request.content_ids);
        let decisions = decided.await?;
        Ok(pb::CheckAccessResponse { decisions })
    }

    async fn list_plans(
        &self,
        ctx: &Ctx,
        request: pb::ListPlansRequest,
    ) -> Result<pb::ListPlansResponse> {
        let (plans, next_page_token) = self.app.plans(ctx, request.page()).await?;
        Ok(pb::ListPlansResponse {
            items: plans.iter().map(Into::into).collect(),
            next_page_token,
        })
    }

    async fn list_subscriptions(
        &self,
        ctx: &Ctx,
        request: pb::ListSubscriptionsRequest,
    ) -> Result<pb::ListSubscriptionsResponse> {
        let listed = self.app.my_subscriptions(ctx, request.page());
        let (mine, next_page_token) = listed.await?;
        let mine = mine.iter();
        Ok(pb::ListSubscriptionsResponse {
            items: mine
                .map(|(subscription, plan)| convert::subscription(subscription, plan, ctx.now()))
                .collect(),
            next_page_token,
        })
    }

    async fn subscribe(
        &self,
        ctx: &Ctx,
        request: pb::SubscribeRequest,
    ) -> Result<Reply<pb::SubscribeResponse>> {
        let (plan, method) = (&request.plan_id, &request.payment_method);
        let subscribed = self.app.subscribe(ctx, plan, method, &request.coupon);
        let subscribed = subscribed.await?;
        let waits = subscribed.waits;
        let message = pb::SubscribeResponse {
            subscription: Some(shown(ctx, &subscribed)),
            client_secret: subscribed.client_secret,
        };
        Ok(waiting(waits, message))
    }

    async fn confirm_payment(
        &self,
        ctx: &Ctx,
        request: pb::ConfirmPaymentRequest,
    ) -> Result<Reply<pb::ConfirmPaymentResponse>> {
        let confirmed = self
            .app
            .confirm(ctx, id(&request.id)?, &request.client_secret);
        let confirmed = confirmed.await?;
        let waits = confirmed.waits;
        let message = pb::ConfirmPaymentResponse {
            subscription: Some(shown(ctx, &confirmed)),
            client_secret: confirmed.client_secret,
        };
        Ok(waiting(waits, message))
    }

    async fn cancel_subscription(
        &self,
        ctx: &Ctx,
        request: pb::CancelSubscriptionRequest,
    ) -> Result<pb::CancelSubscriptionResponse> {
        let (cancelled, plan) = self.app.cancel(ctx, &request.id).await?;
        let subscription = Some(convert::subscription(&cancelled, &plan, ctx.now()));
        Ok(pb::CancelSubscriptionResponse { subscription })
    }
}

/// Answers 202 while the payment is not decided.
fn waiting<M>(waits: bool, message: M) -> Reply<M> {
    let reply = Reply::new(message);
    if waits { reply.status(202) } else { reply }
}

/// Shows what was subscribed to as it stands now.
fn shown(ctx: &Ctx, of: &Subscribed) -> pb::Subscription {
    convert::subscription(&of.subscription, &of.plan, ctx.now())
}
