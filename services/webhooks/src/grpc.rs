//! The RPCs: decode, call the use case, encode.

use sv_handlers::webhooks::WebhookAdminService;
use sv_kernel::{Ctx, Paged as _, Result};
use sv_proto::{convert::id, webhooks as pb};
use sv_rpc::Reply;

use crate::app::App;

/// What administrators do with webhooks.
#[derive(Debug)]
pub(crate) struct Webhooks(pub(crate) App);

impl WebhookAdminService for Webhooks {
    async fn list_webhooks(
        &self,
        ctx: &Ctx,
        request: pb::ListWebhooksRequest,
    ) -> Result<pb::ListWebhooksResponse> {
        self.0.list(ctx, request.page()).await
    }

    async fn get_webhook(
        &self,
        ctx: &Ctx,
        request: pb::GetWebhookRequest,
    ) -> Result<Reply<pb::GetWebhookResponse>> {
        let webhook = self.0.get(ctx, id(&request.id)?).await?;
        let version = webhook.version;
        let webhook = Some(webhook);
        Ok(Reply::new(pb::GetWebhookResponse { webhook }).etag(version))
    }

    async fn create_webhook(
        &self,
        ctx: &Ctx,
        request: pb::CreateWebhookRequest,
    ) -> Result<pb::CreateWebhookResponse> {
        let webhook = request.webhook.unwrap_or_default();
        self.0.create(ctx, &webhook).await
    }

    async fn update_webhook(
        &self,
        ctx: &Ctx,
        request: pb::UpdateWebhookRequest,
    ) -> Result<pb::UpdateWebhookResponse> {
        self.0.update(ctx, &request).await
    }

    async fn delete_webhook(
        &self,
        ctx: &Ctx,
        request: pb::DeleteWebhookRequest,
    ) -> Result<pb::DeleteWebhookResponse> {
        self.0.delete(ctx, id(&request.id)?).await
    }

    async fn rotate_webhook_secret(
        &self,
        ctx: &Ctx,
        request: pb::RotateWebhookSecretRequest,
    ) -> Result<pb::RotateWebhookSecretResponse> {
        let retire = request.retire_previous;
        self.0.rotate(ctx, id(&request.id)?, retire).await
    }

    async fn send_test_event(
        &self,
        ctx: &Ctx,
        request: pb::SendTestEventRequest,
    ) -> Result<pb::SendTestEventResponse> {
        self.0.test(ctx, id(&request.webhook_id)?).await
    }

    async fn list_deliveries(
        &self,
        ctx: &Ctx,
        request: pb::ListDeliveriesRequest,
    ) -> Result<pb::ListDeliveriesResponse> {
        let which = (id(&request.webhook_id)?, request.status());
        self.0.deliveries(ctx, which, request.page()).await
    }

    async fn get_delivery(
        &self,
        ctx: &Ctx,
        request: pb::GetDeliveryRequest,
    ) -> Result<pb::GetDeliveryResponse> {
        let webhook = id(&request.webhook_id)?;
        self.0.delivery(ctx, webhook, id(&request.id)?).await
    }

    async fn replay_delivery(
        &self,
        ctx: &Ctx,
        request: pb::ReplayDeliveryRequest,
    ) -> Result<pb::ReplayDeliveryResponse> {
        let webhook = id(&request.webhook_id)?;
        self.0.replay(ctx, webhook, id(&request.id)?).await
    }

    async fn replay_deliveries(
        &self,
        ctx: &Ctx,
        request: pb::ReplayDeliveriesRequest,
    ) -> Result<pb::ReplayDeliveriesResponse> {
        let webhook = id(&request.webhook_id)?;
        self.0.replay_failed(ctx, webhook, request.since).await
    }
}
