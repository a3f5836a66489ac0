// @generated from the services of streamverse.webhooks.v1.

use sv_kernel::{Ctx, Result};
use sv_proto::pb::streamverse::webhooks::v1 as pb;
use sv_rpc::{Declared, Reply, handler};

/// Tells programs of others what happens here, by requests that are signed as Standard Webhooks says (X-WH-1).
pub trait WebhookAdminService: Send + Sync + 'static {
    /// Lists webhooks, newest first.
    fn list_webhooks(
        &self,
        ctx: &Ctx,
        request: pb::ListWebhooksRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ListWebhooksResponse>>>> + Send;

    /// Returns a webhook.
    ///
    /// Fails with WEBHOOK_NOT_FOUND.
    fn get_webhook(
        &self,
        ctx: &Ctx,
        request: pb::GetWebhookRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::GetWebhookResponse>>>> + Send;

    /// Creates a webhook, and shows its secret this once. An `Idempotency-Key` does nothing here: the answer that would be
    /// kept has the secret.
    ///
    /// Fails with WEBHOOK_LIMIT.
    fn create_webhook(
        &self,
        ctx: &Ctx,
        request: pb::CreateWebhookRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::CreateWebhookResponse>>>> + Send;

    /// Replaces (PUT) or changes (PATCH) a webhook. Disabled, nothing is sent to it, and what waits for it is given up;
    /// enabled again, it gets what happens from then on, and the rest by a replay.
    ///
    /// Fails with WEBHOOK_NOT_FOUND, and VERSION_MISMATCH when If-Match or `webhook.version` names another version.
    fn update_webhook(
        &self,
        ctx: &Ctx,
        request: pb::UpdateWebhookRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::UpdateWebhookResponse>>>> + Send;

    /// Deletes a webhook with its deliveries.
    ///
    /// Fails with WEBHOOK_NOT_FOUND, and VERSION_MISMATCH when If-Match names another version.
    fn delete_webhook(
        &self,
        ctx: &Ctx,
        request: pb::DeleteWebhookRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::DeleteWebhookResponse>>>> + Send;

    /// Gives a webhook another secret, and shows it this once. The one before signs beside it for 24 hours, unless all
    /// before it are retired at once. At most four sign together. An `Idempotency-Key` does nothing here, as with the
    /// creation.
    ///
    /// Fails with WEBHOOK_NOT_FOUND and WEBHOOK_SECRET_LIMIT.
    fn rotate_webhook_secret(
        &self,
        ctx: &Ctx,
        request: pb::RotateWebhookSecretRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::RotateWebhookSecretResponse>>>> + Send;

    /// Sends an event `webhook.test` to a webhook, whatever event types it asks for.
    ///
    /// Fails with WEBHOOK_NOT_FOUND and WEBHOOK_DISABLED.
    fn send_test_event(
        &self,
        ctx: &Ctx,
        request: pb::SendTestEventRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::SendTestEventResponse>>>> + Send;

    /// Lists what was or shall be sent to a webhook, newest first.
    ///
    /// Fails with WEBHOOK_NOT_FOUND.
    fn list_deliveries(
        &self,
        ctx: &Ctx,
        request: pb::ListDeliveriesRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ListDeliveriesResponse>>>> + Send;

    /// Returns a delivery with its body and how each try went.
    ///
    /// Fails with DELIVERY_NOT_FOUND.
    fn get_delivery(
        &self,
        ctx: &Ctx,
        request: pb::GetDeliveryRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::GetDeliveryResponse>>>> + Send;

    /// Sends what a delivery has sent, or has failed to, once more: as a new delivery with an id of its own.
    ///
    /// Fails with DELIVERY_NOT_FOUND and WEBHOOK_DISABLED.
    fn replay_delivery(
        &self,
        ctx: &Ctx,
        request: pb::ReplayDeliveryRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ReplayDeliveryResponse>>>> + Send;

    /// Sends the oldest deliveries of a webhook that have failed since an instant and were not sent again yet once more,
    /// at most 500, and counts them. Asked again it takes the next ones.
    ///
    /// Fails with WEBHOOK_NOT_FOUND and WEBHOOK_DISABLED.
    fn replay_deliveries(
        &self,
        ctx: &Ctx,
        request: pb::ReplayDeliveriesRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ReplayDeliveriesResponse>>>> + Send;
}

/// Leads calls of `streamverse.webhooks.v1.WebhookAdminService` to their methods; for `sv_rpc::ServerBuilder::add`.
#[derive(Debug)]
pub struct WebhookAdminServiceServer<H>(std::sync::Arc<H>);

impl<H: WebhookAdminService> WebhookAdminServiceServer<H> {
    /// Serves by a value.
    pub fn new(handlers: H) -> Self {
        Self(std::sync::Arc::new(handlers))
    }
}

impl<H> Clone for WebhookAdminServiceServer<H> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<H> tonic::server::NamedService for WebhookAdminServiceServer<H> {
    const NAME: &'static str = "streamverse.webhooks.v1.WebhookAdminService";
}

impl<H: WebhookAdminService> tower::Service<http::Request<tonic::body::Body>> for WebhookAdminServiceServer<H> {
    type Response = http::Response<tonic::body::Body>;
    type Error = std::convert::Infallible;
    type Future = handler::Served;

    fn poll_ready(
        &mut self,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<std::result::Result<(), Self::Error>> {
        std::task::Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<tonic::body::Body>) -> Self::Future {
        let handlers = self.0.clone();
        match request.uri().path() {
            "/streamverse.webhooks.v1.WebhookAdminService/ListWebhooks" => handler::unary::<pb::ListWebhooksRequest, pb::ListWebhooksResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.list_webhooks(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.webhooks.v1.WebhookAdminService/GetWebhook" => handler::unary::<pb::GetWebhookRequest, pb::GetWebhookResponse, _, _>(request, &Declared { statuses: &[200], headers: &["etag"] }, move |ctx, request| async move {
                handlers.get_webhook(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.webhooks.v1.WebhookAdminService/CreateWebhook" => handler::unary::<pb::CreateWebhookRequest, pb::CreateWebhookResponse, _, _>(request, &Declared { statuses: &[201], headers: &[] }, move |ctx, request| async move {
                handlers.create_webhook(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.webhooks.v1.WebhookAdminService/UpdateWebhook" => handler::unary::<pb::UpdateWebhookRequest, pb::UpdateWebhookResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.update_webhook(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.webhooks.v1.WebhookAdminService/DeleteWebhook" => handler::unary::<pb::DeleteWebhookRequest, pb::DeleteWebhookResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.delete_webhook(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.webhooks.v1.WebhookAdminService/RotateWebhookSecret" => handler::unary::<pb::RotateWebhookSecretRequest, pb::RotateWebhookSecretResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.rotate_webhook_secret(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.webhooks.v1.WebhookAdminService/SendTestEvent" => handler::unary::<pb::SendTestEventRequest, pb::SendTestEventResponse, _, _>(request, &Declared { statuses: &[202], headers: &[] }, move |ctx, request| async move {
                handlers.send_test_event(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.webhooks.v1.WebhookAdminService/ListDeliveries" => handler::unary::<pb::ListDeliveriesRequest, pb::ListDeliveriesResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.list_deliveries(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.webhooks.v1.WebhookAdminService/GetDelivery" => handler::unary::<pb::GetDeliveryRequest, pb::GetDeliveryResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.get_delivery(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.webhooks.v1.WebhookAdminService/ReplayDelivery" => handler::unary::<pb::ReplayDeliveryRequest, pb::ReplayDeliveryResponse, _, _>(request, &Declared { statuses: &[202], headers: &[] }, move |ctx, request| async move {
                handlers.replay_delivery(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.webhooks.v1.WebhookAdminService/ReplayDeliveries" => handler::unary::<pb::ReplayDeliveriesRequest, pb::ReplayDeliveriesResponse, _, _>(request, &Declared { statuses: &[202], headers: &[] }, move |ctx, request| async move {
                handlers.replay_deliveries(&ctx, request).await.map(Into::into)
            }),
            _ => handler::unknown(),
        }
    }
}

/// A [`WebhookAdminService`] whose methods answer UNIMPLEMENTED until a test says what else. Its clones are one.
#[cfg(any(feature = "testing", test))]
#[derive(Clone, Debug, Default)]
pub struct FakeWebhookAdminService {
    list_webhooks: crate::fake::Script<pb::ListWebhooksRequest, Reply<pb::ListWebhooksResponse>>,
    get_webhook: crate::fake::Script<pb::GetWebhookRequest, Reply<pb::GetWebhookResponse>>,
    create_webhook: crate::fake::Script<pb::CreateWebhookRequest, Reply<pb::CreateWebhookResponse>>,
    update_webhook: crate::fake::Script<pb::UpdateWebhookRequest, Reply<pb::UpdateWebhookResponse>>,
    delete_webhook: crate::fake::Script<pb::DeleteWebhookRequest, Reply<pb::DeleteWebhookResponse>>,
    rotate_webhook_secret: crate::fake::Script<pb::RotateWebhookSecretRequest, Reply<pb::RotateWebhookSecretResponse>>,
    send_test_event: crate::fake::Script<pb::SendTestEventRequest, Reply<pb::SendTestEventResponse>>,
    list_deliveries: crate::fake::Script<pb::ListDeliveriesRequest, Reply<pb::ListDeliveriesResponse>>,
    get_delivery: crate::fake::Script<pb::GetDeliveryRequest, Reply<pb::GetDeliveryResponse>>,
    replay_delivery: crate::fake::Script<pb::ReplayDeliveryRequest, Reply<pb::ReplayDeliveryResponse>>,
    replay_deliveries: crate::fake::Script<pb::ReplayDeliveriesRequest, Reply<pb::ReplayDeliveriesResponse>>,
}

#[cfg(any(feature = "testing", test))]
impl FakeWebhookAdminService {
    /// Makes one that answers nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers `ListWebhooks` so from now on.
    pub fn on_list_webhooks<F, Fut, A: Into<Reply<pb::ListWebhooksResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::ListWebhooksRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.list_webhooks.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `GetWebhook` so from now on.
    pub fn on_get_webhook<F, Fut, A: Into<Reply<pb::GetWebhookResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::GetWebhookRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.get_webhook.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `CreateWebhook` so from now on.
    pub fn on_create_webhook<F, Fut, A: Into<Reply<pb::CreateWebhookResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::CreateWebhookRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.create_webhook.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `UpdateWebhook` so from now on.
    pub fn on_update_webhook<F, Fut, A: Into<Reply<pb::UpdateWebhookResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::UpdateWebhookRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.update_webhook.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `DeleteWebhook` so from now on.
    pub fn on_delete_webhook<F, Fut, A: Into<Reply<pb::DeleteWebhookResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::DeleteWebhookRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.delete_webhook.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `RotateWebhookSecret` so from now on.
    pub fn on_rotate_webhook_secret<F, Fut, A: Into<Reply<pb::RotateWebhookSecretResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::RotateWebhookSecretRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.rotate_webhook_secret.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `SendTestEvent` so from now on.
    pub fn on_send_test_event<F, Fut, A: Into<Reply<pb::SendTestEventResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::SendTestEventRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.send_test_event.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `ListDeliveries` so from now on.
    pub fn on_list_deliveries<F, Fut, A: Into<Reply<pb::ListDeliveriesResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::ListDeliveriesRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.list_deliveries.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `GetDelivery` so from now on.
    pub fn on_get_delivery<F, Fut, A: Into<Reply<pb::GetDeliveryResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::GetDeliveryRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.get_delivery.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `ReplayDelivery` so from now on.
    pub fn on_replay_delivery<F, Fut, A: Into<Reply<pb::ReplayDeliveryResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::ReplayDeliveryRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.replay_delivery.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `ReplayDeliveries` so from now on.
    pub fn on_replay_deliveries<F, Fut, A: Into<Reply<pb::ReplayDeliveriesResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::ReplayDeliveriesRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.replay_deliveries.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }
}

#[cfg(any(feature = "testing", test))]
impl WebhookAdminService for FakeWebhookAdminService {
    async fn list_webhooks(
        &self,
        ctx: &Ctx,
        request: pb::ListWebhooksRequest,
    ) -> Result<Reply<pb::ListWebhooksResponse>> {
        self.list_webhooks.answer(ctx, request).await
    }

    async fn get_webhook(
        &self,
        ctx: &Ctx,
        request: pb::GetWebhookRequest,
    ) -> Result<Reply<pb::GetWebhookResponse>> {
        self.get_webhook.answer(ctx, request).await
    }

    async fn create_webhook(
        &self,
        ctx: &Ctx,
        request: pb::CreateWebhookRequest,
    ) -> Result<Reply<pb::CreateWebhookResponse>> {
        self.create_webhook.answer(ctx, request).await
    }

    async fn update_webhook(
        &self,
        ctx: &Ctx,
        request: pb::UpdateWebhookRequest,
    ) -> Result<Reply<pb::UpdateWebhookResponse>> {
        self.update_webhook.answer(ctx, request).await
    }

    async fn delete_webhook(
        &self,
        ctx: &Ctx,
        request: pb::DeleteWebhookRequest,
    ) -> Result<Reply<pb::DeleteWebhookResponse>> {
        self.delete_webhook.answer(ctx, request).await
    }

    async fn rotate_webhook_secret(
        &self,
        ctx: &Ctx,
        request: pb::RotateWebhookSecretRequest,
    ) -> Result<Reply<pb::RotateWebhookSecretResponse>> {
        self.rotate_webhook_secret.answer(ctx, request).await
    }

    async fn send_test_event(
        &self,
        ctx: &Ctx,
        request: pb::SendTestEventRequest,
    ) -> Result<Reply<pb::SendTestEventResponse>> {
        self.send_test_event.answer(ctx, request).await
    }

    async fn list_deliveries(
        &self,
        ctx: &Ctx,
        request: pb::ListDeliveriesRequest,
    ) -> Result<Reply<pb::ListDeliveriesResponse>> {
        self.list_deliveries.answer(ctx, request).await
    }

    async fn get_delivery(
        &self,
        ctx: &Ctx,
        request: pb::GetDeliveryRequest,
    ) -> Result<Reply<pb::GetDeliveryResponse>> {
        self.get_delivery.answer(ctx, request).await
    }

    async fn replay_delivery(
        &self,
        ctx: &Ctx,
        request: pb::ReplayDeliveryRequest,
    ) -> Result<Reply<pb::ReplayDeliveryResponse>> {
        self.replay_delivery.answer(ctx, request).await
    }

    async fn replay_deliveries(
        &self,
        ctx: &Ctx,
        request: pb::ReplayDeliveriesRequest,
    ) -> Result<Reply<pb::ReplayDeliveriesResponse>> {
        self.replay_deliveries.answer(ctx, request).await
    }
}
