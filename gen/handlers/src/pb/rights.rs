// @generated from the services of streamverse.rights.v1.

use sv_kernel::{Ctx, Result};
use sv_proto::pb::streamverse::rights::v1 as pb;
use sv_rpc::{Declared, Reply, handler};

/// Sells and decides access. The only place that answers "may this profile watch this now?" (C11).
pub trait RightsService: Send + Sync + 'static {
    /// Says for each title whether the profile may watch it now, until when, and what would open it
    /// (RGT-1, X-PAY-6). A refusal is an answer, not an error. Not on the public edge (C10).
    fn check_access(
        &self,
        ctx: &Ctx,
        request: pb::CheckAccessRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::CheckAccessResponse>>>> + Send;

    /// Lists the plans that are on sale, cheapest first (RGT-3).
    fn list_plans(
        &self,
        ctx: &Ctx,
        request: pb::ListPlansRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ListPlansResponse>>>> + Send;

    /// Lists the account's subscriptions, newest first (RGT-4).
    fn list_subscriptions(
        &self,
        ctx: &Ctx,
        request: pb::ListSubscriptionsRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ListSubscriptionsResponse>>>> + Send;

    /// Subscribes the account to a plan (RGT-5, C13). Answers 201 when the payment is confirmed and 202
    /// when the payer has to act: ConfirmPayment goes on from there. Repeating the call gives the same
    /// subscription (C40). A cancelled subscription to the same plan that still runs is resumed
    /// without a payment; beside one to another plan the new one starts, and what is paid stays.
    ///
    /// Fails with PLAN_NOT_FOUND, ALREADY_SUBSCRIBED, PAYMENT_METHOD_UNKNOWN, PAYMENT_DECLINED,
    /// REQUEST_CANCELLED and PAYMENTS_OFF.
    fn subscribe(
        &self,
        ctx: &Ctx,
        request: pb::SubscribeRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::SubscribeResponse>>>> + Send;

    /// Takes over what the payer has done about a payment that answered 202 (C13). Answers 200 once it
    /// is paid and 202 while the payer still has to act; it may be repeated.
    ///
    /// Fails with SUBSCRIPTION_NOT_FOUND and PAYMENT_DECLINED.
    fn confirm_payment(
        &self,
        ctx: &Ctx,
        request: pb::ConfirmPaymentRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ConfirmPaymentResponse>>>> + Send;

    /// Cancels a subscription at the end of the paid period (RGT-6, C12). A request that is not paid yet
    /// ends at once, and its payment is cancelled or refunded.
    ///
    /// Fails with SUBSCRIPTION_NOT_FOUND, and SUBSCRIPTION_AMBIGUOUS when several run and none is named.
    fn cancel_subscription(
        &self,
        ctx: &Ctx,
        request: pb::CancelSubscriptionRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::CancelSubscriptionResponse>>>> + Send;
}

/// Leads calls of `streamverse.rights.v1.RightsService` to their methods; for `sv_rpc::ServerBuilder::add`.
#[derive(Debug)]
pub struct RightsServiceServer<H>(std::sync::Arc<H>);

impl<H: RightsService> RightsServiceServer<H> {
    /// Serves by a value.
    pub fn new(handlers: H) -> Self {
        Self(std::sync::Arc::new(handlers))
    }
}

impl<H> Clone for RightsServiceServer<H> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<H> tonic::server::NamedService for RightsServiceServer<H> {
    const NAME: &'static str = "streamverse.rights.v1.RightsService";
}

impl<H: RightsService> tower::Service<http::Request<tonic::body::Body>> for RightsServiceServer<H> {
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
            "/streamverse.rights.v1.RightsService/CheckAccess" => handler::unary::<pb::CheckAccessRequest, pb::CheckAccessResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.check_access(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.rights.v1.RightsService/ListPlans" => handler::unary::<pb::ListPlansRequest, pb::ListPlansResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.list_plans(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.rights.v1.RightsService/ListSubscriptions" => handler::unary::<pb::ListSubscriptionsRequest, pb::ListSubscriptionsResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.list_subscriptions(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.rights.v1.RightsService/Subscribe" => handler::unary::<pb::SubscribeRequest, pb::SubscribeResponse, _, _>(request, &Declared { statuses: &[201, 202], headers: &[] }, move |ctx, request| async move {
                handlers.subscribe(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.rights.v1.RightsService/ConfirmPayment" => handler::unary::<pb::ConfirmPaymentRequest, pb::ConfirmPaymentResponse, _, _>(request, &Declared { statuses: &[200, 202], headers: &[] }, move |ctx, request| async move {
                handlers.confirm_payment(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.rights.v1.RightsService/CancelSubscription" => handler::unary::<pb::CancelSubscriptionRequest, pb::CancelSubscriptionResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.cancel_subscription(&ctx, request).await.map(Into::into)
            }),
            _ => handler::unknown(),
        }
    }
}

/// A [`RightsService`] whose methods answer UNIMPLEMENTED until a test says what else. Its clones are one.
#[cfg(any(feature = "testing", test))]
#[derive(Clone, Debug, Default)]
pub struct FakeRightsService {
    check_access: crate::fake::Script<pb::CheckAccessRequest, Reply<pb::CheckAccessResponse>>,
    list_plans: crate::fake::Script<pb::ListPlansRequest, Reply<pb::ListPlansResponse>>,
    list_subscriptions: crate::fake::Script<pb::ListSubscriptionsRequest, Reply<pb::ListSubscriptionsResponse>>,
    subscribe: crate::fake::Script<pb::SubscribeRequest, Reply<pb::SubscribeResponse>>,
    confirm_payment: crate::fake::Script<pb::ConfirmPaymentRequest, Reply<pb::ConfirmPaymentResponse>>,
    cancel_subscription: crate::fake::Script<pb::CancelSubscriptionRequest, Reply<pb::CancelSubscriptionResponse>>,
}

#[cfg(any(feature = "testing", test))]
impl FakeRightsService {
    /// Makes one that answers nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers `CheckAccess` so from now on.
    pub fn on_check_access<F, Fut, A: Into<Reply<pb::CheckAccessResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::CheckAccessRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.check_access.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `ListPlans` so from now on.
    pub fn on_list_plans<F, Fut, A: Into<Reply<pb::ListPlansResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::ListPlansRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.list_plans.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `ListSubscriptions` so from now on.
    pub fn on_list_subscriptions<F, Fut, A: Into<Reply<pb::ListSubscriptionsResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::ListSubscriptionsRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.list_subscriptions.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `Subscribe` so from now on.
    pub fn on_subscribe<F, Fut, A: Into<Reply<pb::SubscribeResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::SubscribeRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.subscribe.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `ConfirmPayment` so from now on.
    pub fn on_confirm_payment<F, Fut, A: Into<Reply<pb::ConfirmPaymentResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::ConfirmPaymentRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.confirm_payment.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `CancelSubscription` so from now on.
    pub fn on_cancel_subscription<F, Fut, A: Into<Reply<pb::CancelSubscriptionResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::CancelSubscriptionRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.cancel_subscription.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }
}

#[cfg(any(feature = "testing", test))]
impl RightsService for FakeRightsService {
    async fn check_access(
        &self,
        ctx: &Ctx,
        request: pb::CheckAccessRequest,
    ) -> Result<Reply<pb::CheckAccessResponse>> {
        self.check_access.answer(ctx, request).await
    }

    async fn list_plans(
        &self,
        ctx: &Ctx,
        request: pb::ListPlansRequest,
    ) -> Result<Reply<pb::ListPlansResponse>> {
        self.list_plans.answer(ctx, request).await
    }

    async fn list_subscriptions(
        &self,
        ctx: &Ctx,
        request: pb::ListSubscriptionsRequest,
    ) -> Result<Reply<pb::ListSubscriptionsResponse>> {
        self.list_subscriptions.answer(ctx, request).await
    }

    async fn subscribe(
        &self,
        ctx: &Ctx,
        request: pb::SubscribeRequest,
    ) -> Result<Reply<pb::SubscribeResponse>> {
        self.subscribe.answer(ctx, request).await
    }

    async fn confirm_payment(
        &self,
        ctx: &Ctx,
        request: pb::ConfirmPaymentRequest,
    ) -> Result<Reply<pb::ConfirmPaymentResponse>> {
        self.confirm_payment.answer(ctx, request).await
    }

    async fn cancel_subscription(
        &self,
        ctx: &Ctx,
        request: pb::CancelSubscriptionRequest,
    ) -> Result<Reply<pb::CancelSubscriptionResponse>> {
        self.cancel_subscription.answer(ctx, request).await
    }
}
