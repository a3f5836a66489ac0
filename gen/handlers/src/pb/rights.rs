// @generated from the services of streamverse.rights.v1.

use sv_kernel::{Ctx, Result};
use sv_proto::pb::streamverse::rights::v1 as pb;
use sv_rpc::{Declared, Reply, handler};

/// Invoices of the account, and the way from one plan to another (X-PAY-3). All sums are minor units.
pub trait BillingService: Send + Sync + 'static {
    /// Lists the account's invoices, newest first: one for each payment that was asked for, whatever became of it.
    ///
    /// Fails with PROFILE_LOCKED and PROFILE_NOT_FOUND.
    fn list_invoices(
        &self,
        ctx: &Ctx,
        request: pb::ListInvoicesRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ListInvoicesResponse>>>> + Send;

    /// Returns an invoice of the account.
    ///
    /// Fails with INVOICE_NOT_FOUND, PROFILE_LOCKED and PROFILE_NOT_FOUND.
    fn get_invoice(
        &self,
        ctx: &Ctx,
        request: pb::GetInvoiceRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::GetInvoiceResponse>>>> + Send;

    /// Says what a change of plan would cost now, line by line, and when the next charge would come. It changes nothing.
    ///
    /// Fails with SUBSCRIPTION_NOT_FOUND, SUBSCRIPTION_NOT_PAID, SUBSCRIPTION_CANCELLED, SUBSCRIPTION_PAST_DUE,
    /// PLAN_NOT_FOUND, CURRENCY_DIFFERS, PROFILE_LOCKED and PROFILE_NOT_FOUND.
    fn preview_plan_change(
        &self,
        ctx: &Ctx,
        request: pb::PreviewPlanChangeRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::PreviewPlanChangeResponse>>>> + Send;

    /// Changes a subscription's plan. A change to a dearer plan is made at once, another at the end of what is paid, but
    /// where `timing` says otherwise.
    ///
    /// At once means: what is left of the paid time counts to the microsecond by what was paid for it, or by the plan's
    /// price where it was given; that is set off against the first month of the new plan, which runs from now on; what
    /// remains is credit of the account for its next invoices. A payment that goes back later takes with it what was set
    /// off of it. A trial ends without credit. Where something is left to
    /// pay, the old plan goes on until it is paid: 202 and ConfirmPayment as with Subscribe, and a payment that is
    /// declined changes nothing. At the end means: nothing is charged now, and the next period is one of the new plan;
    /// naming the present plan takes that back. Repeating the call changes nothing more.
    ///
    /// Fails with SUBSCRIPTION_NOT_FOUND, SUBSCRIPTION_NOT_PAID, SUBSCRIPTION_CANCELLED, SUBSCRIPTION_PAST_DUE,
    /// PLAN_NOT_FOUND, CURRENCY_DIFFERS, PAYMENT_METHOD_UNKNOWN, PAYMENT_DECLINED, PAYMENTS_OFF, PROFILE_LOCKED and
    /// PROFILE_NOT_FOUND.
    fn change_plan(
        &self,
        ctx: &Ctx,
        request: pb::ChangePlanRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ChangePlanResponse>>>> + Send;

    /// Sets the means by which a subscription is charged from now on. A renewal that was not paid is charged by it at
    /// once (X-PAY-4): 202 and ConfirmPayment as with Subscribe where the payer has to act. A payment that is declined
    /// leaves the renewal to be tried again as before, by this means.
    ///
    /// Fails with SUBSCRIPTION_NOT_FOUND, SUBSCRIPTION_NOT_PAID, SUBSCRIPTION_CANCELLED, PAYMENT_METHOD_UNKNOWN,
    /// PAYMENT_DECLINED, PAYMENTS_OFF, PROFILE_LOCKED and PROFILE_NOT_FOUND.
    fn set_payment_method(
        &self,
        ctx: &Ctx,
        request: pb::SetPaymentMethodRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::SetPaymentMethodResponse>>>> + Send;
}

/// Leads calls of `streamverse.rights.v1.BillingService` to their methods; for `sv_rpc::ServerBuilder::add`.
#[derive(Debug)]
pub struct BillingServiceServer<H>(std::sync::Arc<H>);

impl<H: BillingService> BillingServiceServer<H> {
    /// Serves by a value.
    pub fn new(handlers: H) -> Self {
        Self(std::sync::Arc::new(handlers))
    }
}

impl<H> Clone for BillingServiceServer<H> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<H> tonic::server::NamedService for BillingServiceServer<H> {
    const NAME: &'static str = "streamverse.rights.v1.BillingService";
}

impl<H: BillingService> tower::Service<http::Request<tonic::body::Body>> for BillingServiceServer<H> {
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
            "/streamverse.rights.v1.BillingService/ListInvoices" => handler::unary::<pb::ListInvoicesRequest, pb::ListInvoicesResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.list_invoices(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.rights.v1.BillingService/GetInvoice" => handler::unary::<pb::GetInvoiceRequest, pb::GetInvoiceResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.get_invoice(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.rights.v1.BillingService/PreviewPlanChange" => handler::unary::<pb::PreviewPlanChangeRequest, pb::PreviewPlanChangeResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.preview_plan_change(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.rights.v1.BillingService/ChangePlan" => handler::unary::<pb::ChangePlanRequest, pb::ChangePlanResponse, _, _>(request, &Declared { statuses: &[200, 202], headers: &[] }, move |ctx, request| async move {
                handlers.change_plan(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.rights.v1.BillingService/SetPaymentMethod" => handler::unary::<pb::SetPaymentMethodRequest, pb::SetPaymentMethodResponse, _, _>(request, &Declared { statuses: &[200, 202], headers: &[] }, move |ctx, request| async move {
                handlers.set_payment_method(&ctx, request).await.map(Into::into)
            }),
            _ => handler::unknown(),
        }
    }
}

/// A [`BillingService`] whose methods answer UNIMPLEMENTED until a test says what else. Its clones are one.
#[cfg(any(feature = "testing", test))]
#[derive(Clone, Debug, Default)]
pub struct FakeBillingService {
    list_invoices: crate::fake::Script<pb::ListInvoicesRequest, Reply<pb::ListInvoicesResponse>>,
    get_invoice: crate::fake::Script<pb::GetInvoiceRequest, Reply<pb::GetInvoiceResponse>>,
    preview_plan_change: crate::fake::Script<pb::PreviewPlanChangeRequest, Reply<pb::PreviewPlanChangeResponse>>,
    change_plan: crate::fake::Script<pb::ChangePlanRequest, Reply<pb::ChangePlanResponse>>,
    set_payment_method: crate::fake::Script<pb::SetPaymentMethodRequest, Reply<pb::SetPaymentMethodResponse>>,
}

#[cfg(any(feature = "testing", test))]
impl FakeBillingService {
    /// Makes one that answers nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers `ListInvoices` so from now on.
    pub fn on_list_invoices<F, Fut, A: Into<Reply<pb::ListInvoicesResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::ListInvoicesRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.list_invoices.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `GetInvoice` so from now on.
    pub fn on_get_invoice<F, Fut, A: Into<Reply<pb::GetInvoiceResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::GetInvoiceRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.get_invoice.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `PreviewPlanChange` so from now on.
    pub fn on_preview_plan_change<F, Fut, A: Into<Reply<pb::PreviewPlanChangeResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::PreviewPlanChangeRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.preview_plan_change.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `ChangePlan` so from now on.
    pub fn on_change_plan<F, Fut, A: Into<Reply<pb::ChangePlanResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::ChangePlanRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.change_plan.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `SetPaymentMethod` so from now on.
    pub fn on_set_payment_method<F, Fut, A: Into<Reply<pb::SetPaymentMethodResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::SetPaymentMethodRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.set_payment_method.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }
}

#[cfg(any(feature = "testing", test))]
impl BillingService for FakeBillingService {
    async fn list_invoices(
        &self,
        ctx: &Ctx,
        request: pb::ListInvoicesRequest,
    ) -> Result<Reply<pb::ListInvoicesResponse>> {
        self.list_invoices.answer(ctx, request).await
    }

    async fn get_invoice(
        &self,
        ctx: &Ctx,
        request: pb::GetInvoiceRequest,
    ) -> Result<Reply<pb::GetInvoiceResponse>> {
        self.get_invoice.answer(ctx, request).await
    }

    async fn preview_plan_change(
        &self,
        ctx: &Ctx,
        request: pb::PreviewPlanChangeRequest,
    ) -> Result<Reply<pb::PreviewPlanChangeResponse>> {
        self.preview_plan_change.answer(ctx, request).await
    }

    async fn change_plan(
        &self,
        ctx: &Ctx,
        request: pb::ChangePlanRequest,
    ) -> Result<Reply<pb::ChangePlanResponse>> {
        self.change_plan.answer(ctx, request).await
    }

    async fn set_payment_method(
        &self,
        ctx: &Ctx,
        request: pb::SetPaymentMethodRequest,
    ) -> Result<Reply<pb::SetPaymentMethodResponse>> {
        self.set_payment_method.answer(ctx, request).await
    }
}

/// What editors do with coupons.
pub trait CouponAdminService: Send + Sync + 'static {
    /// Lists coupons, newest first.
    fn admin_list_coupons(
        &self,
        ctx: &Ctx,
        request: pb::AdminListCouponsRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::AdminListCouponsResponse>>>> + Send;

    /// Returns a coupon.
    ///
    /// Fails with COUPON_NOT_FOUND.
    fn admin_get_coupon(
        &self,
        ctx: &Ctx,
        request: pb::AdminGetCouponRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::AdminGetCouponResponse>>>> + Send;

    /// Creates a coupon.
    ///
    /// Fails with TERMS_INVALID, PLAN_NOT_FOUND and COUPON_CODE_TAKEN.
    fn create_coupon(
        &self,
        ctx: &Ctx,
        request: pb::CreateCouponRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::CreateCouponResponse>>>> + Send;

    /// Replaces (PUT) or changes (PATCH) a coupon. Once it was used its code and what it gives stay; its times, bounds,
    /// note and status may change, and hold for those who use it later.
    ///
    /// Fails with TERMS_INVALID, PLAN_NOT_FOUND, COUPON_NOT_FOUND, COUPON_CODE_TAKEN, COUPON_IN_USE, and
    /// VERSION_MISMATCH when If-Match or `coupon.version` names another version.
    fn update_coupon(
        &self,
        ctx: &Ctx,
        request: pb::UpdateCouponRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::UpdateCouponResponse>>>> + Send;

    /// Takes a coupon away. One that was used is paused, and subscriptions that have it keep it; another is deleted for
    /// good.
    ///
    /// Fails with COUPON_NOT_FOUND, and VERSION_MISMATCH when If-Match names another version.
    fn delete_coupon(
        &self,
        ctx: &Ctx,
        request: pb::DeleteCouponRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::DeleteCouponResponse>>>> + Send;
}

/// Leads calls of `streamverse.rights.v1.CouponAdminService` to their methods; for `sv_rpc::ServerBuilder::add`.
#[derive(Debug)]
pub struct CouponAdminServiceServer<H>(std::sync::Arc<H>);

impl<H: CouponAdminService> CouponAdminServiceServer<H> {
    /// Serves by a value.
    pub fn new(handlers: H) -> Self {
        Self(std::sync::Arc::new(handlers))
    }
}

impl<H> Clone for CouponAdminServiceServer<H> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<H> tonic::server::NamedService for CouponAdminServiceServer<H> {
    const NAME: &'static str = "streamverse.rights.v1.CouponAdminService";
}

impl<H: CouponAdminService> tower::Service<http::Request<tonic::body::Body>> for CouponAdminServiceServer<H> {
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
            "/streamverse.rights.v1.CouponAdminService/AdminListCoupons" => handler::unary::<pb::AdminListCouponsRequest, pb::AdminListCouponsResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.admin_list_coupons(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.rights.v1.CouponAdminService/AdminGetCoupon" => handler::unary::<pb::AdminGetCouponRequest, pb::AdminGetCouponResponse, _, _>(request, &Declared { statuses: &[200], headers: &["etag"] }, move |ctx, request| async move {
                handlers.admin_get_coupon(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.rights.v1.CouponAdminService/CreateCoupon" => handler::unary::<pb::CreateCouponRequest, pb::CreateCouponResponse, _, _>(request, &Declared { statuses: &[201], headers: &[] }, move |ctx, request| async move {
                handlers.create_coupon(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.rights.v1.CouponAdminService/UpdateCoupon" => handler::unary::<pb::UpdateCouponRequest, pb::UpdateCouponResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.update_coupon(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.rights.v1.CouponAdminService/DeleteCoupon" => handler::unary::<pb::DeleteCouponRequest, pb::DeleteCouponResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.delete_coupon(&ctx, request).await.map(Into::into)
            }),
            _ => handler::unknown(),
        }
    }
}

/// A [`CouponAdminService`] whose methods answer UNIMPLEMENTED until a test says what else. Its clones are one.
#[cfg(any(feature = "testing", test))]
#[derive(Clone, Debug, Default)]
pub struct FakeCouponAdminService {
    admin_list_coupons: crate::fake::Script<pb::AdminListCouponsRequest, Reply<pb::AdminListCouponsResponse>>,
    admin_get_coupon: crate::fake::Script<pb::AdminGetCouponRequest, Reply<pb::AdminGetCouponResponse>>,
    create_coupon: crate::fake::Script<pb::CreateCouponRequest, Reply<pb::CreateCouponResponse>>,
    update_coupon: crate::fake::Script<pb::UpdateCouponRequest, Reply<pb::UpdateCouponResponse>>,
    delete_coupon: crate::fake::Script<pb::DeleteCouponRequest, Reply<pb::DeleteCouponResponse>>,
}

#[cfg(any(feature = "testing", test))]
impl FakeCouponAdminService {
    /// Makes one that answers nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers `AdminListCoupons` so from now on.
    pub fn on_admin_list_coupons<F, Fut, A: Into<Reply<pb::AdminListCouponsResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::AdminListCouponsRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.admin_list_coupons.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `AdminGetCoupon` so from now on.
    pub fn on_admin_get_coupon<F, Fut, A: Into<Reply<pb::AdminGetCouponResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::AdminGetCouponRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.admin_get_coupon.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `CreateCoupon` so from now on.
    pub fn on_create_coupon<F, Fut, A: Into<Reply<pb::CreateCouponResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::CreateCouponRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.create_coupon.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `UpdateCoupon` so from now on.
    pub fn on_update_coupon<F, Fut, A: Into<Reply<pb::UpdateCouponResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::UpdateCouponRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.update_coupon.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `DeleteCoupon` so from now on.
    pub fn on_delete_coupon<F, Fut, A: Into<Reply<pb::DeleteCouponResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::DeleteCouponRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.delete_coupon.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }
}

#[cfg(any(feature = "testing", test))]
impl CouponAdminService for FakeCouponAdminService {
    async fn admin_list_coupons(
        &self,
        ctx: &Ctx,
        request: pb::AdminListCouponsRequest,
    ) -> Result<Reply<pb::AdminListCouponsResponse>> {
        self.admin_list_coupons.answer(ctx, request).await
    }

    async fn admin_get_coupon(
        &self,
        ctx: &Ctx,
        request: pb::AdminGetCouponRequest,
    ) -> Result<Reply<pb::AdminGetCouponResponse>> {
        self.admin_get_coupon.answer(ctx, request).await
    }

    async fn create_coupon(
        &self,
        ctx: &Ctx,
        request: pb::CreateCouponRequest,
    ) -> Result<Reply<pb::CreateCouponResponse>> {
        self.create_coupon.answer(ctx, request).await
    }

    async fn update_coupon(
        &self,
        ctx: &Ctx,
        request: pb::UpdateCouponRequest,
    ) -> Result<Reply<pb::UpdateCouponResponse>> {
        self.update_coupon.answer(ctx, request).await
    }

    async fn delete_coupon(
        &self,
        ctx: &Ctx,
        request: pb::DeleteCouponRequest,
    ) -> Result<Reply<pb::DeleteCouponResponse>> {
        self.delete_coupon.answer(ctx, request).await
    }
}

/// Codes that make plans cheaper (X-PAY-5).
pub trait CouponService: Send + Sync + 'static {
    /// Says what a plan would cost the account with a coupon. It uses nothing up: the coupon counts when the account
    /// subscribes with it.
    ///
    /// Fails with PLAN_NOT_FOUND, COUPON_NOT_FOUND, COUPON_ENDED, COUPON_USED_UP, COUPON_REDEEMED, COUPON_NOT_FOR_PLAN,
    /// PROFILE_LOCKED and PROFILE_NOT_FOUND.
    fn validate_coupon(
        &self,
        ctx: &Ctx,
        request: pb::ValidateCouponRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ValidateCouponResponse>>>> + Send;
}

/// Leads calls of `streamverse.rights.v1.CouponService` to their methods; for `sv_rpc::ServerBuilder::add`.
#[derive(Debug)]
pub struct CouponServiceServer<H>(std::sync::Arc<H>);

impl<H: CouponService> CouponServiceServer<H> {
    /// Serves by a value.
    pub fn new(handlers: H) -> Self {
        Self(std::sync::Arc::new(handlers))
    }
}

impl<H> Clone for CouponServiceServer<H> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<H> tonic::server::NamedService for CouponServiceServer<H> {
    const NAME: &'static str = "streamverse.rights.v1.CouponService";
}

impl<H: CouponService> tower::Service<http::Request<tonic::body::Body>> for CouponServiceServer<H> {
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
            "/streamverse.rights.v1.CouponService/ValidateCoupon" => handler::unary::<pb::ValidateCouponRequest, pb::ValidateCouponResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.validate_coupon(&ctx, request).await.map(Into::into)
            }),
            _ => handler::unknown(),
        }
    }
}

/// A [`CouponService`] whose methods answer UNIMPLEMENTED until a test says what else. Its clones are one.
#[cfg(any(feature = "testing", test))]
#[derive(Clone, Debug, Default)]
pub struct FakeCouponService {
    validate_coupon: crate::fake::Script<pb::ValidateCouponRequest, Reply<pb::ValidateCouponResponse>>,
}

#[cfg(any(feature = "testing", test))]
impl FakeCouponService {
    /// Makes one that answers nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers `ValidateCoupon` so from now on.
    pub fn on_validate_coupon<F, Fut, A: Into<Reply<pb::ValidateCouponResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::ValidateCouponRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.validate_coupon.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }
}

#[cfg(any(feature = "testing", test))]
impl CouponService for FakeCouponService {
    async fn validate_coupon(
        &self,
        ctx: &Ctx,
        request: pb::ValidateCouponRequest,
    ) -> Result<Reply<pb::ValidateCouponResponse>> {
        self.validate_coupon.answer(ctx, request).await
    }
}

/// What editors do with codes.
pub trait GiftAdminService: Send + Sync + 'static {
    /// Makes a code. It is told here and never again: only its digest is kept, but where the call has an
    /// `Idempotency-Key`, whose answer is kept for 24 h to be repeated.
    ///
    /// Fails with PLAN_NOT_FOUND, and TERMS_INVALID where it would end before it begins.
    fn create_gift(
        &self,
        ctx: &Ctx,
        request: pb::CreateGiftRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::CreateGiftResponse>>>> + Send;

    /// Lists codes, newest first, without the codes themselves.
    fn admin_list_gifts(
        &self,
        ctx: &Ctx,
        request: pb::AdminListGiftsRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::AdminListGiftsResponse>>>> + Send;

    /// Lets nobody redeem a code any more. What was redeemed stays.
    ///
    /// Fails with GIFT_NOT_FOUND.
    fn revoke_gift(
        &self,
        ctx: &Ctx,
        request: pb::RevokeGiftRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::RevokeGiftResponse>>>> + Send;
}

/// Leads calls of `streamverse.rights.v1.GiftAdminService` to their methods; for `sv_rpc::ServerBuilder::add`.
#[derive(Debug)]
pub struct GiftAdminServiceServer<H>(std::sync::Arc<H>);

impl<H: GiftAdminService> GiftAdminServiceServer<H> {
    /// Serves by a value.
    pub fn new(handlers: H) -> Self {
        Self(std::sync::Arc::new(handlers))
    }
}

impl<H> Clone for GiftAdminServiceServer<H> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<H> tonic::server::NamedService for GiftAdminServiceServer<H> {
    const NAME: &'static str = "streamverse.rights.v1.GiftAdminService";
}

impl<H: GiftAdminService> tower::Service<http::Request<tonic::body::Body>> for GiftAdminServiceServer<H> {
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
            "/streamverse.rights.v1.GiftAdminService/CreateGift" => handler::unary::<pb::CreateGiftRequest, pb::CreateGiftResponse, _, _>(request, &Declared { statuses: &[201], headers: &[] }, move |ctx, request| async move {
                handlers.create_gift(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.rights.v1.GiftAdminService/AdminListGifts" => handler::unary::<pb::AdminListGiftsRequest, pb::AdminListGiftsResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.admin_list_gifts(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.rights.v1.GiftAdminService/RevokeGift" => handler::unary::<pb::RevokeGiftRequest, pb::RevokeGiftResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.revoke_gift(&ctx, request).await.map(Into::into)
            }),
            _ => handler::unknown(),
        }
    }
}

/// A [`GiftAdminService`] whose methods answer UNIMPLEMENTED until a test says what else. Its clones are one.
#[cfg(any(feature = "testing", test))]
#[derive(Clone, Debug, Default)]
pub struct FakeGiftAdminService {
    create_gift: crate::fake::Script<pb::CreateGiftRequest, Reply<pb::CreateGiftResponse>>,
    admin_list_gifts: crate::fake::Script<pb::AdminListGiftsRequest, Reply<pb::AdminListGiftsResponse>>,
    revoke_gift: crate::fake::Script<pb::RevokeGiftRequest, Reply<pb::RevokeGiftResponse>>,
}

#[cfg(any(feature = "testing", test))]
impl FakeGiftAdminService {
    /// Makes one that answers nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers `CreateGift` so from now on.
    pub fn on_create_gift<F, Fut, A: Into<Reply<pb::CreateGiftResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::CreateGiftRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.create_gift.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `AdminListGifts` so from now on.
    pub fn on_admin_list_gifts<F, Fut, A: Into<Reply<pb::AdminListGiftsResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::AdminListGiftsRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.admin_list_gifts.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `RevokeGift` so from now on.
    pub fn on_revoke_gift<F, Fut, A: Into<Reply<pb::RevokeGiftResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::RevokeGiftRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.revoke_gift.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }
}

#[cfg(any(feature = "testing", test))]
impl GiftAdminService for FakeGiftAdminService {
    async fn create_gift(
        &self,
        ctx: &Ctx,
        request: pb::CreateGiftRequest,
    ) -> Result<Reply<pb::CreateGiftResponse>> {
        self.create_gift.answer(ctx, request).await
    }

    async fn admin_list_gifts(
        &self,
        ctx: &Ctx,
        request: pb::AdminListGiftsRequest,
    ) -> Result<Reply<pb::AdminListGiftsResponse>> {
        self.admin_list_gifts.answer(ctx, request).await
    }

    async fn revoke_gift(
        &self,
        ctx: &Ctx,
        request: pb::RevokeGiftRequest,
    ) -> Result<Reply<pb::RevokeGiftResponse>> {
        self.revoke_gift.answer(ctx, request).await
    }
}

/// Codes that give a plan for some months without a payment (X-PAY-5).
pub trait GiftService: Send + Sync + 'static {
    /// Redeems a code for the account. It prolongs a running subscription to the same plan; else another one runs from
    /// now on, beside what the account has, and ends by itself. An account redeems a code once.
    ///
    /// Fails with GIFT_NOT_FOUND where no such code can be redeemed now, GIFT_USED_UP, GIFT_REDEEMED, PROFILE_LOCKED
    /// and PROFILE_NOT_FOUND.
    fn redeem_gift(
        &self,
        ctx: &Ctx,
        request: pb::RedeemGiftRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::RedeemGiftResponse>>>> + Send;
}

/// Leads calls of `streamverse.rights.v1.GiftService` to their methods; for `sv_rpc::ServerBuilder::add`.
#[derive(Debug)]
pub struct GiftServiceServer<H>(std::sync::Arc<H>);

impl<H: GiftService> GiftServiceServer<H> {
    /// Serves by a value.
    pub fn new(handlers: H) -> Self {
        Self(std::sync::Arc::new(handlers))
    }
}

impl<H> Clone for GiftServiceServer<H> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<H> tonic::server::NamedService for GiftServiceServer<H> {
    const NAME: &'static str = "streamverse.rights.v1.GiftService";
}

impl<H: GiftService> tower::Service<http::Request<tonic::body::Body>> for GiftServiceServer<H> {
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
            "/streamverse.rights.v1.GiftService/RedeemGift" => handler::unary::<pb::RedeemGiftRequest, pb::RedeemGiftResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.redeem_gift(&ctx, request).await.map(Into::into)
            }),
            _ => handler::unknown(),
        }
    }
}

/// A [`GiftService`] whose methods answer UNIMPLEMENTED until a test says what else. Its clones are one.
#[cfg(any(feature = "testing", test))]
#[derive(Clone, Debug, Default)]
pub struct FakeGiftService {
    redeem_gift: crate::fake::Script<pb::RedeemGiftRequest, Reply<pb::RedeemGiftResponse>>,
}

#[cfg(any(feature = "testing", test))]
impl FakeGiftService {
    /// Makes one that answers nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers `RedeemGift` so from now on.
    pub fn on_redeem_gift<F, Fut, A: Into<Reply<pb::RedeemGiftResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::RedeemGiftRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.redeem_gift.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }
}

#[cfg(any(feature = "testing", test))]
impl GiftService for FakeGiftService {
    async fn redeem_gift(
        &self,
        ctx: &Ctx,
        request: pb::RedeemGiftRequest,
    ) -> Result<Reply<pb::RedeemGiftResponse>> {
        self.redeem_gift.answer(ctx, request).await
    }
}

/// What support does with orders.
pub trait OrderAdminService: Send + Sync + 'static {
    /// Gives the money of a purchase or rental back, all of it (X-PAY-2). The title closes at once; the money goes
    /// back in the background, however often the provider has to be asked. Repeating the call changes nothing.
    ///
    /// Fails with ORDER_NOT_FOUND, and NOT_REFUNDABLE when it is not paid.
    fn refund_order(
        &self,
        ctx: &Ctx,
        request: pb::RefundOrderRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::RefundOrderResponse>>>> + Send;
}

/// Leads calls of `streamverse.rights.v1.OrderAdminService` to their methods; for `sv_rpc::ServerBuilder::add`.
#[derive(Debug)]
pub struct OrderAdminServiceServer<H>(std::sync::Arc<H>);

impl<H: OrderAdminService> OrderAdminServiceServer<H> {
    /// Serves by a value.
    pub fn new(handlers: H) -> Self {
        Self(std::sync::Arc::new(handlers))
    }
}

impl<H> Clone for OrderAdminServiceServer<H> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<H> tonic::server::NamedService for OrderAdminServiceServer<H> {
    const NAME: &'static str = "streamverse.rights.v1.OrderAdminService";
}

impl<H: OrderAdminService> tower::Service<http::Request<tonic::body::Body>> for OrderAdminServiceServer<H> {
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
            "/streamverse.rights.v1.OrderAdminService/RefundOrder" => handler::unary::<pb::RefundOrderRequest, pb::RefundOrderResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.refund_order(&ctx, request).await.map(Into::into)
            }),
            _ => handler::unknown(),
        }
    }
}

/// A [`OrderAdminService`] whose methods answer UNIMPLEMENTED until a test says what else. Its clones are one.
#[cfg(any(feature = "testing", test))]
#[derive(Clone, Debug, Default)]
pub struct FakeOrderAdminService {
    refund_order: crate::fake::Script<pb::RefundOrderRequest, Reply<pb::RefundOrderResponse>>,
}

#[cfg(any(feature = "testing", test))]
impl FakeOrderAdminService {
    /// Makes one that answers nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers `RefundOrder` so from now on.
    pub fn on_refund_order<F, Fut, A: Into<Reply<pb::RefundOrderResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::RefundOrderRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.refund_order.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }
}

#[cfg(any(feature = "testing", test))]
impl OrderAdminService for FakeOrderAdminService {
    async fn refund_order(
        &self,
        ctx: &Ctx,
        request: pb::RefundOrderRequest,
    ) -> Result<Reply<pb::RefundOrderResponse>> {
        self.refund_order.answer(ctx, request).await
    }
}

/// Sells single titles, and tells an account what it has.
pub trait OrderService: Send + Sync + 'static {
    /// Buys a title for good (RGT-7, C13): 201 when the payment is confirmed, 202 when the payer has to act, from
    /// where ConfirmPurchase goes on, or when the provider does not say yet how it stands. The title opens once the payment is confirmed. Repeating the call while it
    /// is not, or within a minute after, gives the same purchase and charges nothing more (C40); other means of
    /// payment replace one that waits. An episode that is sold by the rule of its series is bought with the series.
    ///
    /// Fails with CONTENT_NOT_FOUND, NOT_FOR_SALE, ALREADY_OWNED, PAYMENT_METHOD_UNKNOWN, PAYMENT_DECLINED,
    /// PAYMENTS_OFF, PROFILE_LOCKED and PROFILE_NOT_FOUND; details of the first refusals list what is offered.
    fn purchase_title(
        &self,
        ctx: &Ctx,
        request: pb::PurchaseTitleRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::PurchaseTitleResponse>>>> + Send;

    /// Lists the account's purchases, newest first (RGT-8).
    ///
    /// Fails with PROFILE_LOCKED and PROFILE_NOT_FOUND.
    fn list_purchases(
        &self,
        ctx: &Ctx,
        request: pb::ListPurchasesRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ListPurchasesResponse>>>> + Send;

    /// Takes over what the payer has done about a purchase that answered 202 (C13): 200 once it is paid, 202 while
    /// the payer still has to act. It may be repeated.
    ///
    /// Fails with ORDER_NOT_FOUND, PAYMENT_DECLINED, PAYMENTS_OFF, PROFILE_LOCKED and PROFILE_NOT_FOUND.
    fn confirm_purchase(
        &self,
        ctx: &Ctx,
        request: pb::ConfirmPurchaseRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ConfirmPurchaseResponse>>>> + Send;

    /// Rents a title (RGT-9, C13), answering as PurchaseTitle does. The rental runs from the moment at which its
    /// payment is confirmed. `durationHours` has to be one that is offered.
    ///
    /// Fails with CONTENT_NOT_FOUND, NOT_FOR_RENT, DURATION_NOT_OFFERED, ALREADY_OWNED, ALREADY_RENTED,
    /// PAYMENT_METHOD_UNKNOWN, PAYMENT_DECLINED, PAYMENTS_OFF, PROFILE_LOCKED and PROFILE_NOT_FOUND; details of
    /// the first refusals list what is offered.
    fn rent_title(
        &self,
        ctx: &Ctx,
        request: pb::RentTitleRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::RentTitleResponse>>>> + Send;

    /// Lists the account's rentals and when they end, newest first (RGT-10).
    ///
    /// Fails with PROFILE_LOCKED and PROFILE_NOT_FOUND.
    fn list_rentals(
        &self,
        ctx: &Ctx,
        request: pb::ListRentalsRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ListRentalsResponse>>>> + Send;

    /// Takes over what the payer has done about a rental that answered 202, as ConfirmPurchase does (C13).
    ///
    /// Fails with ORDER_NOT_FOUND, PAYMENT_DECLINED, PAYMENTS_OFF, PROFILE_LOCKED and PROFILE_NOT_FOUND.
    fn confirm_rental(
        &self,
        ctx: &Ctx,
        request: pb::ConfirmRentalRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ConfirmRentalResponse>>>> + Send;

    /// Lists what the account may watch now, and why and until when (X-PAY-6): its running plans, then what it
    /// owns and has rented, newest first.
    ///
    /// Fails with PROFILE_LOCKED and PROFILE_NOT_FOUND.
    fn list_entitlements(
        &self,
        ctx: &Ctx,
        request: pb::ListEntitlementsRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ListEntitlementsResponse>>>> + Send;
}

/// Leads calls of `streamverse.rights.v1.OrderService` to their methods; for `sv_rpc::ServerBuilder::add`.
#[derive(Debug)]
pub struct OrderServiceServer<H>(std::sync::Arc<H>);

impl<H: OrderService> OrderServiceServer<H> {
    /// Serves by a value.
    pub fn new(handlers: H) -> Self {
        Self(std::sync::Arc::new(handlers))
    }
}

impl<H> Clone for OrderServiceServer<H> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<H> tonic::server::NamedService for OrderServiceServer<H> {
    const NAME: &'static str = "streamverse.rights.v1.OrderService";
}

impl<H: OrderService> tower::Service<http::Request<tonic::body::Body>> for OrderServiceServer<H> {
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
            "/streamverse.rights.v1.OrderService/PurchaseTitle" => handler::unary::<pb::PurchaseTitleRequest, pb::PurchaseTitleResponse, _, _>(request, &Declared { statuses: &[201, 202], headers: &[] }, move |ctx, request| async move {
                handlers.purchase_title(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.rights.v1.OrderService/ListPurchases" => handler::unary::<pb::ListPurchasesRequest, pb::ListPurchasesResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.list_purchases(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.rights.v1.OrderService/ConfirmPurchase" => handler::unary::<pb::ConfirmPurchaseRequest, pb::ConfirmPurchaseResponse, _, _>(request, &Declared { statuses: &[200, 202], headers: &[] }, move |ctx, request| async move {
                handlers.confirm_purchase(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.rights.v1.OrderService/RentTitle" => handler::unary::<pb::RentTitleRequest, pb::RentTitleResponse, _, _>(request, &Declared { statuses: &[201, 202], headers: &[] }, move |ctx, request| async move {
                handlers.rent_title(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.rights.v1.OrderService/ListRentals" => handler::unary::<pb::ListRentalsRequest, pb::ListRentalsResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.list_rentals(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.rights.v1.OrderService/ConfirmRental" => handler::unary::<pb::ConfirmRentalRequest, pb::ConfirmRentalResponse, _, _>(request, &Declared { statuses: &[200, 202], headers: &[] }, move |ctx, request| async move {
                handlers.confirm_rental(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.rights.v1.OrderService/ListEntitlements" => handler::unary::<pb::ListEntitlementsRequest, pb::ListEntitlementsResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.list_entitlements(&ctx, request).await.map(Into::into)
            }),
            _ => handler::unknown(),
        }
    }
}

/// A [`OrderService`] whose methods answer UNIMPLEMENTED until a test says what else. Its clones are one.
#[cfg(any(feature = "testing", test))]
#[derive(Clone, Debug, Default)]
pub struct FakeOrderService {
    purchase_title: crate::fake::Script<pb::PurchaseTitleRequest, Reply<pb::PurchaseTitleResponse>>,
    list_purchases: crate::fake::Script<pb::ListPurchasesRequest, Reply<pb::ListPurchasesResponse>>,
    confirm_purchase: crate::fake::Script<pb::ConfirmPurchaseRequest, Reply<pb::ConfirmPurchaseResponse>>,
    rent_title: crate::fake::Script<pb::RentTitleRequest, Reply<pb::RentTitleResponse>>,
    list_rentals: crate::fake::Script<pb::ListRentalsRequest, Reply<pb::ListRentalsResponse>>,
    confirm_rental: crate::fake::Script<pb::ConfirmRentalRequest, Reply<pb::ConfirmRentalResponse>>,
    list_entitlements: crate::fake::Script<pb::ListEntitlementsRequest, Reply<pb::ListEntitlementsResponse>>,
}

#[cfg(any(feature = "testing", test))]
impl FakeOrderService {
    /// Makes one that answers nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers `PurchaseTitle` so from now on.
    pub fn on_purchase_title<F, Fut, A: Into<Reply<pb::PurchaseTitleResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::PurchaseTitleRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.purchase_title.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `ListPurchases` so from now on.
    pub fn on_list_purchases<F, Fut, A: Into<Reply<pb::ListPurchasesResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::ListPurchasesRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.list_purchases.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `ConfirmPurchase` so from now on.
    pub fn on_confirm_purchase<F, Fut, A: Into<Reply<pb::ConfirmPurchaseResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::ConfirmPurchaseRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.confirm_purchase.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `RentTitle` so from now on.
    pub fn on_rent_title<F, Fut, A: Into<Reply<pb::RentTitleResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::RentTitleRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.rent_title.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `ListRentals` so from now on.
    pub fn on_list_rentals<F, Fut, A: Into<Reply<pb::ListRentalsResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::ListRentalsRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.list_rentals.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `ConfirmRental` so from now on.
    pub fn on_confirm_rental<F, Fut, A: Into<Reply<pb::ConfirmRentalResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::ConfirmRentalRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.confirm_rental.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `ListEntitlements` so from now on.
    pub fn on_list_entitlements<F, Fut, A: Into<Reply<pb::ListEntitlementsResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::ListEntitlementsRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.list_entitlements.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }
}

#[cfg(any(feature = "testing", test))]
impl OrderService for FakeOrderService {
    async fn purchase_title(
        &self,
        ctx: &Ctx,
        request: pb::PurchaseTitleRequest,
    ) -> Result<Reply<pb::PurchaseTitleResponse>> {
        self.purchase_title.answer(ctx, request).await
    }

    async fn list_purchases(
        &self,
        ctx: &Ctx,
        request: pb::ListPurchasesRequest,
    ) -> Result<Reply<pb::ListPurchasesResponse>> {
        self.list_purchases.answer(ctx, request).await
    }

    async fn confirm_purchase(
        &self,
        ctx: &Ctx,
        request: pb::ConfirmPurchaseRequest,
    ) -> Result<Reply<pb::ConfirmPurchaseResponse>> {
        self.confirm_purchase.answer(ctx, request).await
    }

    async fn rent_title(
        &self,
        ctx: &Ctx,
        request: pb::RentTitleRequest,
    ) -> Result<Reply<pb::RentTitleResponse>> {
        self.rent_title.answer(ctx, request).await
    }

    async fn list_rentals(
        &self,
        ctx: &Ctx,
        request: pb::ListRentalsRequest,
    ) -> Result<Reply<pb::ListRentalsResponse>> {
        self.list_rentals.answer(ctx, request).await
    }

    async fn confirm_rental(
        &self,
        ctx: &Ctx,
        request: pb::ConfirmRentalRequest,
    ) -> Result<Reply<pb::ConfirmRentalResponse>> {
        self.confirm_rental.answer(ctx, request).await
    }

    async fn list_entitlements(
        &self,
        ctx: &Ctx,
        request: pb::ListEntitlementsRequest,
    ) -> Result<Reply<pb::ListEntitlementsResponse>> {
        self.list_entitlements.answer(ctx, request).await
    }
}

/// What editors do with plans and rules (RGT-11, RGT-12).
pub trait RightsAdminService: Send + Sync + 'static {
    /// Lists plans on sale and retired, in the order in which they were made (RGT-11).
    fn admin_list_plans(
        &self,
        ctx: &Ctx,
        request: pb::AdminListPlansRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::AdminListPlansResponse>>>> + Send;

    /// Returns a plan on sale or retired (RGT-11).
    ///
    /// Fails with PLAN_NOT_FOUND.
    fn admin_get_plan(
        &self,
        ctx: &Ctx,
        request: pb::AdminGetPlanRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::AdminGetPlanResponse>>>> + Send;

    /// Creates a plan (RGT-11).
    ///
    /// Fails with TERMS_INVALID, PLAN_CODE_TAKEN and PLAN_LIMIT.
    fn create_plan(
        &self,
        ctx: &Ctx,
        request: pb::CreatePlanRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::CreatePlanResponse>>>> + Send;

    /// Replaces (PUT) or changes (PATCH) a plan (RGT-11).
    ///
    /// Fails with TERMS_INVALID, PLAN_NOT_FOUND, PLAN_CODE_TAKEN, PLAN_LIMIT, PLAN_IN_USE when accounts have
    /// the plan, or are about to pay for it, and its price or currency differs, and VERSION_MISMATCH when If-Match or `plan.version`
    /// names another version.
    fn update_plan(
        &self,
        ctx: &Ctx,
        request: pb::UpdatePlanRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::UpdatePlanResponse>>>> + Send;

    /// Takes a plan off sale. One that accounts have, had or asked for, or that a rule names, is retired, and
    /// whoever has it, or is about to pay for it, keeps it; another is deleted for good (RGT-11).
    ///
    /// Fails with PLAN_NOT_FOUND, and VERSION_MISMATCH when If-Match names another version.
    fn delete_plan(
        &self,
        ctx: &Ctx,
        request: pb::DeletePlanRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::DeletePlanResponse>>>> + Send;

    /// Lists rules in the order in which they were made (RGT-12).
    fn admin_list_rules(
        &self,
        ctx: &Ctx,
        request: pb::AdminListRulesRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::AdminListRulesResponse>>>> + Send;

    /// Returns a rule (RGT-12).
    ///
    /// Fails with RULE_NOT_FOUND.
    fn admin_get_rule(
        &self,
        ctx: &Ctx,
        request: pb::AdminGetRuleRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::AdminGetRuleResponse>>>> + Send;

    /// Creates a rule (RGT-12).
    ///
    /// Fails with TERMS_INVALID and RULE_EXISTS.
    fn create_rule(
        &self,
        ctx: &Ctx,
        request: pb::CreateRuleRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::CreateRuleResponse>>>> + Send;

    /// Replaces (PUT) or changes (PATCH) a rule (RGT-12).
    ///
    /// Fails with TERMS_INVALID, RULE_NOT_FOUND, RULE_EXISTS, and VERSION_MISMATCH when If-Match or `rule.version`
    /// names another version.
    fn update_rule(
        &self,
        ctx: &Ctx,
        request: pb::UpdateRuleRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::UpdateRuleResponse>>>> + Send;

    /// Deletes a rule for good; what was bought or rented under it stays (RGT-12).
    ///
    /// Fails with RULE_NOT_FOUND, and VERSION_MISMATCH when If-Match names another version.
    fn delete_rule(
        &self,
        ctx: &Ctx,
        request: pb::DeleteRuleRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::DeleteRuleResponse>>>> + Send;
}

/// Leads calls of `streamverse.rights.v1.RightsAdminService` to their methods; for `sv_rpc::ServerBuilder::add`.
#[derive(Debug)]
pub struct RightsAdminServiceServer<H>(std::sync::Arc<H>);

impl<H: RightsAdminService> RightsAdminServiceServer<H> {
    /// Serves by a value.
    pub fn new(handlers: H) -> Self {
        Self(std::sync::Arc::new(handlers))
    }
}

impl<H> Clone for RightsAdminServiceServer<H> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<H> tonic::server::NamedService for RightsAdminServiceServer<H> {
    const NAME: &'static str = "streamverse.rights.v1.RightsAdminService";
}

impl<H: RightsAdminService> tower::Service<http::Request<tonic::body::Body>> for RightsAdminServiceServer<H> {
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
            "/streamverse.rights.v1.RightsAdminService/AdminListPlans" => handler::unary::<pb::AdminListPlansRequest, pb::AdminListPlansResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.admin_list_plans(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.rights.v1.RightsAdminService/AdminGetPlan" => handler::unary::<pb::AdminGetPlanRequest, pb::AdminGetPlanResponse, _, _>(request, &Declared { statuses: &[200], headers: &["etag"] }, move |ctx, request| async move {
                handlers.admin_get_plan(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.rights.v1.RightsAdminService/CreatePlan" => handler::unary::<pb::CreatePlanRequest, pb::CreatePlanResponse, _, _>(request, &Declared { statuses: &[201], headers: &[] }, move |ctx, request| async move {
                handlers.create_plan(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.rights.v1.RightsAdminService/UpdatePlan" => handler::unary::<pb::UpdatePlanRequest, pb::UpdatePlanResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.update_plan(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.rights.v1.RightsAdminService/DeletePlan" => handler::unary::<pb::DeletePlanRequest, pb::DeletePlanResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.delete_plan(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.rights.v1.RightsAdminService/AdminListRules" => handler::unary::<pb::AdminListRulesRequest, pb::AdminListRulesResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.admin_list_rules(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.rights.v1.RightsAdminService/AdminGetRule" => handler::unary::<pb::AdminGetRuleRequest, pb::AdminGetRuleResponse, _, _>(request, &Declared { statuses: &[200], headers: &["etag"] }, move |ctx, request| async move {
                handlers.admin_get_rule(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.rights.v1.RightsAdminService/CreateRule" => handler::unary::<pb::CreateRuleRequest, pb::CreateRuleResponse, _, _>(request, &Declared { statuses: &[201], headers: &[] }, move |ctx, request| async move {
                handlers.create_rule(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.rights.v1.RightsAdminService/UpdateRule" => handler::unary::<pb::UpdateRuleRequest, pb::UpdateRuleResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.update_rule(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.rights.v1.RightsAdminService/DeleteRule" => handler::unary::<pb::DeleteRuleRequest, pb::DeleteRuleResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.delete_rule(&ctx, request).await.map(Into::into)
            }),
            _ => handler::unknown(),
        }
    }
}

/// A [`RightsAdminService`] whose methods answer UNIMPLEMENTED until a test says what else. Its clones are one.
#[cfg(any(feature = "testing", test))]
#[derive(Clone, Debug, Default)]
pub struct FakeRightsAdminService {
    admin_list_plans: crate::fake::Script<pb::AdminListPlansRequest, Reply<pb::AdminListPlansResponse>>,
    admin_get_plan: crate::fake::Script<pb::AdminGetPlanRequest, Reply<pb::AdminGetPlanResponse>>,
    create_plan: crate::fake::Script<pb::CreatePlanRequest, Reply<pb::CreatePlanResponse>>,
    update_plan: crate::fake::Script<pb::UpdatePlanRequest, Reply<pb::UpdatePlanResponse>>,
    delete_plan: crate::fake::Script<pb::DeletePlanRequest, Reply<pb::DeletePlanResponse>>,
    admin_list_rules: crate::fake::Script<pb::AdminListRulesRequest, Reply<pb::AdminListRulesResponse>>,
    admin_get_rule: crate::fake::Script<pb::AdminGetRuleRequest, Reply<pb::AdminGetRuleResponse>>,
    create_rule: crate::fake::Script<pb::CreateRuleRequest, Reply<pb::CreateRuleResponse>>,
    update_rule: crate::fake::Script<pb::UpdateRuleRequest, Reply<pb::UpdateRuleResponse>>,
    delete_rule: crate::fake::Script<pb::DeleteRuleRequest, Reply<pb::DeleteRuleResponse>>,
}

#[cfg(any(feature = "testing", test))]
impl FakeRightsAdminService {
    /// Makes one that answers nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers `AdminListPlans` so from now on.
    pub fn on_admin_list_plans<F, Fut, A: Into<Reply<pb::AdminListPlansResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::AdminListPlansRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.admin_list_plans.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `AdminGetPlan` so from now on.
    pub fn on_admin_get_plan<F, Fut, A: Into<Reply<pb::AdminGetPlanResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::AdminGetPlanRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.admin_get_plan.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `CreatePlan` so from now on.
    pub fn on_create_plan<F, Fut, A: Into<Reply<pb::CreatePlanResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::CreatePlanRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.create_plan.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `UpdatePlan` so from now on.
    pub fn on_update_plan<F, Fut, A: Into<Reply<pb::UpdatePlanResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::UpdatePlanRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.update_plan.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `DeletePlan` so from now on.
    pub fn on_delete_plan<F, Fut, A: Into<Reply<pb::DeletePlanResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::DeletePlanRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.delete_plan.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `AdminListRules` so from now on.
    pub fn on_admin_list_rules<F, Fut, A: Into<Reply<pb::AdminListRulesResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::AdminListRulesRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.admin_list_rules.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `AdminGetRule` so from now on.
    pub fn on_admin_get_rule<F, Fut, A: Into<Reply<pb::AdminGetRuleResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::AdminGetRuleRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.admin_get_rule.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `CreateRule` so from now on.
    pub fn on_create_rule<F, Fut, A: Into<Reply<pb::CreateRuleResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::CreateRuleRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.create_rule.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `UpdateRule` so from now on.
    pub fn on_update_rule<F, Fut, A: Into<Reply<pb::UpdateRuleResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::UpdateRuleRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.update_rule.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `DeleteRule` so from now on.
    pub fn on_delete_rule<F, Fut, A: Into<Reply<pb::DeleteRuleResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::DeleteRuleRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.delete_rule.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }
}

#[cfg(any(feature = "testing", test))]
impl RightsAdminService for FakeRightsAdminService {
    async fn admin_list_plans(
        &self,
        ctx: &Ctx,
        request: pb::AdminListPlansRequest,
    ) -> Result<Reply<pb::AdminListPlansResponse>> {
        self.admin_list_plans.answer(ctx, request).await
    }

    async fn admin_get_plan(
        &self,
        ctx: &Ctx,
        request: pb::AdminGetPlanRequest,
    ) -> Result<Reply<pb::AdminGetPlanResponse>> {
        self.admin_get_plan.answer(ctx, request).await
    }

    async fn create_plan(
        &self,
        ctx: &Ctx,
        request: pb::CreatePlanRequest,
    ) -> Result<Reply<pb::CreatePlanResponse>> {
        self.create_plan.answer(ctx, request).await
    }

    async fn update_plan(
        &self,
        ctx: &Ctx,
        request: pb::UpdatePlanRequest,
    ) -> Result<Reply<pb::UpdatePlanResponse>> {
        self.update_plan.answer(ctx, request).await
    }

    async fn delete_plan(
        &self,
        ctx: &Ctx,
        request: pb::DeletePlanRequest,
    ) -> Result<Reply<pb::DeletePlanResponse>> {
        self.delete_plan.answer(ctx, request).await
    }

    async fn admin_list_rules(
        &self,
        ctx: &Ctx,
        request: pb::AdminListRulesRequest,
    ) -> Result<Reply<pb::AdminListRulesResponse>> {
        self.admin_list_rules.answer(ctx, request).await
    }

    async fn admin_get_rule(
        &self,
        ctx: &Ctx,
        request: pb::AdminGetRuleRequest,
    ) -> Result<Reply<pb::AdminGetRuleResponse>> {
        self.admin_get_rule.answer(ctx, request).await
    }

    async fn create_rule(
        &self,
        ctx: &Ctx,
        request: pb::CreateRuleRequest,
    ) -> Result<Reply<pb::CreateRuleResponse>> {
        self.create_rule.answer(ctx, request).await
    }

    async fn update_rule(
        &self,
        ctx: &Ctx,
        request: pb::UpdateRuleRequest,
    ) -> Result<Reply<pb::UpdateRuleResponse>> {
        self.update_rule.answer(ctx, request).await
    }

    async fn delete_rule(
        &self,
        ctx: &Ctx,
        request: pb::DeleteRuleRequest,
    ) -> Result<Reply<pb::DeleteRuleResponse>> {
        self.delete_rule.answer(ctx, request).await
    }
}

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
    ///
    /// Fails with PROFILE_NOT_FOUND.
    fn list_subscriptions(
        &self,
        ctx: &Ctx,
        request: pb::ListSubscriptionsRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ListSubscriptionsResponse>>>> + Send;

    /// Subscribes the account to a plan (RGT-5, C13). Answers 201 when the payment is confirmed and 202
    /// when the payer has to act: ConfirmPayment goes on from there. Repeating the call gives the same
    /// subscription (C40). A cancelled subscription to the same plan that still runs is resumed
    /// without a payment; beside one to another plan the new one starts, and what is paid stays. Where the plan has a trial
    /// and the account never had one, it begins at once and nothing is charged before it ends (X-PAY-5). A coupon makes the
    /// charges cheaper for which it lasts; it counts as used unless the request comes to nothing before anything is paid.
    ///
    /// Fails with PROFILE_LOCKED, PROFILE_NOT_FOUND, PLAN_NOT_FOUND, ALREADY_SUBSCRIBED, PAYMENT_METHOD_UNKNOWN, PAYMENT_DECLINED,
    /// REQUEST_CANCELLED, PAYMENTS_OFF, COUPON_NOT_FOUND, COUPON_ENDED, COUPON_USED_UP, COUPON_REDEEMED,
    /// COUPON_NOT_FOR_PLAN, and COUPON_TOO_LATE where a subscription goes on that began without it.
    fn subscribe(
        &self,
        ctx: &Ctx,
        request: pb::SubscribeRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::SubscribeResponse>>>> + Send;

    /// Takes over what the payer has done about a payment that answered 202 (C13). Answers 200 once it
    /// is paid and 202 while the payer still has to act; it may be repeated.
    ///
    /// Fails with SUBSCRIPTION_NOT_FOUND, PAYMENT_DECLINED, PROFILE_LOCKED and PROFILE_NOT_FOUND.
    fn confirm_payment(
        &self,
        ctx: &Ctx,
        request: pb::ConfirmPaymentRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ConfirmPaymentResponse>>>> + Send;

    /// Cancels a subscription at the end of the paid period (RGT-6, C12). A request that is not paid yet
    /// ends at once, and its payment is cancelled or refunded.
    ///
    /// Fails with SUBSCRIPTION_NOT_FOUND, SUBSCRIPTION_AMBIGUOUS when several run and none is named,
    /// PROFILE_LOCKED and PROFILE_NOT_FOUND.
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

/// What support sees and does about what an account has bought. Orders are given back by OrderAdminService.
pub trait SupportService: Send + Sync + 'static {
    /// Lists an account's subscriptions, newest first, as the account sees them. An account that nobody knows has none.
    fn admin_list_subscriptions(
        &self,
        ctx: &Ctx,
        request: pb::AdminListSubscriptionsRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::AdminListSubscriptionsResponse>>>> + Send;

    /// Lists an account's purchases and rentals together, newest first. An account that nobody knows has none.
    fn admin_list_orders(
        &self,
        ctx: &Ctx,
        request: pb::AdminListOrdersRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::AdminListOrdersResponse>>>> + Send;

    /// Lists an account's invoices, newest first, as the account sees them. An account that nobody knows has none.
    fn admin_list_invoices(
        &self,
        ctx: &Ctx,
        request: pb::AdminListInvoicesRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::AdminListInvoicesResponse>>>> + Send;

    /// Returns an invoice of any account.
    ///
    /// Fails with INVOICE_NOT_FOUND.
    fn admin_get_invoice(
        &self,
        ctx: &Ctx,
        request: pb::AdminGetInvoiceRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::AdminGetInvoiceResponse>>>> + Send;

    /// Ends a subscription at once, whatever is paid, and gives back what the last month was paid with where that is asked
    /// for: its payment and those of earlier months that a change of plan set off against it, each whole, and the credit
    /// that was used for it. Credit that was made of them goes; what of it was spent is owed. A payment that is under way
    /// is cancelled. Repeating the call changes nothing.
    ///
    /// Fails with SUBSCRIPTION_NOT_FOUND, and PAYMENTS_OFF where money shall be given back and nobody could.
    fn end_subscription(
        &self,
        ctx: &Ctx,
        request: pb::EndSubscriptionRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::EndSubscriptionResponse>>>> + Send;
}

/// Leads calls of `streamverse.rights.v1.SupportService` to their methods; for `sv_rpc::ServerBuilder::add`.
#[derive(Debug)]
pub struct SupportServiceServer<H>(std::sync::Arc<H>);

impl<H: SupportService> SupportServiceServer<H> {
    /// Serves by a value.
    pub fn new(handlers: H) -> Self {
        Self(std::sync::Arc::new(handlers))
    }
}

impl<H> Clone for SupportServiceServer<H> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<H> tonic::server::NamedService for SupportServiceServer<H> {
    const NAME: &'static str = "streamverse.rights.v1.SupportService";
}

impl<H: SupportService> tower::Service<http::Request<tonic::body::Body>> for SupportServiceServer<H> {
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
            "/streamverse.rights.v1.SupportService/AdminListSubscriptions" => handler::unary::<pb::AdminListSubscriptionsRequest, pb::AdminListSubscriptionsResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.admin_list_subscriptions(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.rights.v1.SupportService/AdminListOrders" => handler::unary::<pb::AdminListOrdersRequest, pb::AdminListOrdersResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.admin_list_orders(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.rights.v1.SupportService/AdminListInvoices" => handler::unary::<pb::AdminListInvoicesRequest, pb::AdminListInvoicesResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.admin_list_invoices(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.rights.v1.SupportService/AdminGetInvoice" => handler::unary::<pb::AdminGetInvoiceRequest, pb::AdminGetInvoiceResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.admin_get_invoice(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.rights.v1.SupportService/EndSubscription" => handler::unary::<pb::EndSubscriptionRequest, pb::EndSubscriptionResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.end_subscription(&ctx, request).await.map(Into::into)
            }),
            _ => handler::unknown(),
        }
    }
}

/// A [`SupportService`] whose methods answer UNIMPLEMENTED until a test says what else. Its clones are one.
#[cfg(any(feature = "testing", test))]
#[derive(Clone, Debug, Default)]
pub struct FakeSupportService {
    admin_list_subscriptions: crate::fake::Script<pb::AdminListSubscriptionsRequest, Reply<pb::AdminListSubscriptionsResponse>>,
    admin_list_orders: crate::fake::Script<pb::AdminListOrdersRequest, Reply<pb::AdminListOrdersResponse>>,
    admin_list_invoices: crate::fake::Script<pb::AdminListInvoicesRequest, Reply<pb::AdminListInvoicesResponse>>,
    admin_get_invoice: crate::fake::Script<pb::AdminGetInvoiceRequest, Reply<pb::AdminGetInvoiceResponse>>,
    end_subscription: crate::fake::Script<pb::EndSubscriptionRequest, Reply<pb::EndSubscriptionResponse>>,
}

#[cfg(any(feature = "testing", test))]
impl FakeSupportService {
    /// Makes one that answers nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers `AdminListSubscriptions` so from now on.
    pub fn on_admin_list_subscriptions<F, Fut, A: Into<Reply<pb::AdminListSubscriptionsResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::AdminListSubscriptionsRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.admin_list_subscriptions.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `AdminListOrders` so from now on.
    pub fn on_admin_list_orders<F, Fut, A: Into<Reply<pb::AdminListOrdersResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::AdminListOrdersRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.admin_list_orders.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `AdminListInvoices` so from now on.
    pub fn on_admin_list_invoices<F, Fut, A: Into<Reply<pb::AdminListInvoicesResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::AdminListInvoicesRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.admin_list_invoices.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `AdminGetInvoice` so from now on.
    pub fn on_admin_get_invoice<F, Fut, A: Into<Reply<pb::AdminGetInvoiceResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::AdminGetInvoiceRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.admin_get_invoice.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `EndSubscription` so from now on.
    pub fn on_end_subscription<F, Fut, A: Into<Reply<pb::EndSubscriptionResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::EndSubscriptionRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.end_subscription.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }
}

#[cfg(any(feature = "testing", test))]
impl SupportService for FakeSupportService {
    async fn admin_list_subscriptions(
        &self,
        ctx: &Ctx,
        request: pb::AdminListSubscriptionsRequest,
    ) -> Result<Reply<pb::AdminListSubscriptionsResponse>> {
        self.admin_list_subscriptions.answer(ctx, request).await
    }

    async fn admin_list_orders(
        &self,
        ctx: &Ctx,
        request: pb::AdminListOrdersRequest,
    ) -> Result<Reply<pb::AdminListOrdersResponse>> {
        self.admin_list_orders.answer(ctx, request).await
    }

    async fn admin_list_invoices(
        &self,
        ctx: &Ctx,
        request: pb::AdminListInvoicesRequest,
    ) -> Result<Reply<pb::AdminListInvoicesResponse>> {
        self.admin_list_invoices.answer(ctx, request).await
    }

    async fn admin_get_invoice(
        &self,
        ctx: &Ctx,
        request: pb::AdminGetInvoiceRequest,
    ) -> Result<Reply<pb::AdminGetInvoiceResponse>> {
        self.admin_get_invoice.answer(ctx, request).await
    }

    async fn end_subscription(
        &self,
        ctx: &Ctx,
        request: pb::EndSubscriptionRequest,
    ) -> Result<Reply<pb::EndSubscriptionResponse>> {
        self.end_subscription.answer(ctx, request).await
    }
}
