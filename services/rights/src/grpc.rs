//! The RPCs: decode, call the use case, encode.

use sv_kernel::Paged as _;
use sv_proto::rights::{self as pb, rights_service_server::RightsService};
use sv_rpc::{ctx, set_http_status, status};
use tonic::{Request, Response, Status, async_trait};

use crate::{app::App, convert};

#[derive(Debug)]
pub(crate) struct Rights {
    pub(crate) app: App,
}

#[async_trait]
impl RightsService for Rights {
    async fn check_access(
        &self,
        request: Request<pb::CheckAccessRequest>,
    ) -> Result<Response<pb::CheckAccessResponse>, Status> {
        let ctx = ctx(&request)?;
        let asked = request.into_inner();
        let user = convert::id(&asked.user_id).map_err(status)?;
        let decided = self
            .app
            .check_access(&ctx, user, &asked.profile_id, asked.content_ids);
        let decisions = decided.await.map_err(status)?;
        Ok(Response::new(pb::CheckAccessResponse { decisions }))
    }

    async fn list_plans(
        &self,
        request: Request<pb::ListPlansRequest>,
    ) -> Result<Response<pb::ListPlansResponse>, Status> {
        let ctx = ctx(&request)?;
        let asked = request.into_inner();
        let listed = self.app.plans(&ctx, asked.page());
        let (plans, next_page_token) = listed.await.map_err(status)?;
        let items = plans.iter().map(Into::into).collect();
        Ok(Response::new(pb::ListPlansResponse {
            items,
            next_page_token,
        }))
    }

    async fn list_subscriptions(
        &self,
        request: Request<pb::ListSubscriptionsRequest>,
    ) -> Result<Response<pb::ListSubscriptionsResponse>, Status> {
        let ctx = ctx(&request)?;
        let asked = request.into_inner();
        let listed = self.app.my_subscriptions(&ctx, asked.page());
        let (mine, next_page_token) = listed.await.map_err(status)?;
        let items = mine
            .iter()
            .map(|(s, plan)| convert::subscription(s, plan, ctx.now()))
            .collect();
        Ok(Response::new(pb::ListSubscriptionsResponse {
            items,
            next_page_token,
        }))
    }

    async fn subscribe(
        &self,
        request: Request<pb::SubscribeRequest>,
    ) -> Result<Response<pb::SubscribeResponse>, Status> {
        let ctx = ctx(&request)?;
        let asked = request.into_inner();
        let subscribed = self
            .app
            .subscribe(&ctx, &asked.plan_id, &asked.payment_method);
        let subscribed = subscribed.await.map_err(status)?;
        let must_act = !subscribed.client_secret.is_empty();
        let mut response = Response::new(pb::SubscribeResponse {
            subscription: Some(convert::subscription(
                &subscribed.subscription,
                &subscribed.plan,
                ctx.now(),
            )),
            client_secret: subscribed.client_secret,
        });
        if must_act {
            set_http_status(&mut response, 202);
        }
        Ok(response)
    }

    async fn confirm_payment(
        &self,
        request: Request<pb::ConfirmPaymentRequest>,
    ) -> Result<Response<pb::ConfirmPaymentResponse>, Status> {
        let ctx = ctx(&request)?;
        let asked = request.into_inner();
        let id = convert::id(&asked.id).map_err(status)?;
        let confirmed = self.app.confirm(&ctx, id, &asked.client_secret);
        let confirmed = confirmed.await.map_err(status)?;
        let must_act = !confirmed.client_secret.is_empty();
        let mut response = Response::new(pb::ConfirmPaymentResponse {
            subscription: Some(convert::subscription(
                &confirmed.subscription,
                &confirmed.plan,
                ctx.now(),
            )),
            client_secret: confirmed.client_secret,
        });
        if must_act {
            set_http_status(&mut response, 202);
        }
        Ok(response)
    }

    async fn cancel_subscription(
        &self,
        request: Request<pb::CancelSubscriptionRequest>,
    ) -> Result<Response<pb::CancelSubscriptionResponse>, Status> {
        let ctx = ctx(&request)?;
        let (cancelled, plan) = self
            .app
            .cancel(&ctx, &request.get_ref().id)
            .await
            .map_err(status)?;
        let subscription = Some(convert::subscription(&cancelled, &plan, ctx.now()));
        Ok(Response::new(pb::CancelSubscriptionResponse {
            subscription,
        }))
    }
}
