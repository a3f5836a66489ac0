// @generated from the services of streamverse.payments.v1.

use sv_kernel::{Ctx, Result};
use sv_proto::pb::streamverse::payments::v1 as pb;
use sv_rpc::{Declared, Reply, handler};

/// What those who help customers and keep the books see of payments.
pub trait PaymentAdminService: Send + Sync + 'static {
    /// Lists payments, newest first.
    fn admin_list_payments(
        &self,
        ctx: &Ctx,
        request: pb::AdminListPaymentsRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::AdminListPaymentsResponse>>>> + Send;

    /// Returns what the books hold in all: each account's balance in each currency. The balances of a currency add up
    /// to zero.
    fn get_ledger(
        &self,
        ctx: &Ctx,
        request: pb::GetLedgerRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::GetLedgerResponse>>>> + Send;

    /// Returns a payment with all that happened to its money.
    ///
    /// Fails with PAYMENT_NOT_FOUND.
    fn admin_get_payment(
        &self,
        ctx: &Ctx,
        request: pb::AdminGetPaymentRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::AdminGetPaymentResponse>>>> + Send;
}

/// Leads calls of `streamverse.payments.v1.PaymentAdminService` to their methods; for `sv_rpc::ServerBuilder::add`.
#[derive(Debug)]
pub struct PaymentAdminServiceServer<H>(std::sync::Arc<H>);

impl<H: PaymentAdminService> PaymentAdminServiceServer<H> {
    /// Serves by a value.
    pub fn new(handlers: H) -> Self {
        Self(std::sync::Arc::new(handlers))
    }
}

impl<H> Clone for PaymentAdminServiceServer<H> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<H> tonic::server::NamedService for PaymentAdminServiceServer<H> {
    const NAME: &'static str = "streamverse.payments.v1.PaymentAdminService";
}

impl<H: PaymentAdminService> tower::Service<http::Request<tonic::body::Body>> for PaymentAdminServiceServer<H> {
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
            "/streamverse.payments.v1.PaymentAdminService/AdminListPayments" => handler::unary::<pb::AdminListPaymentsRequest, pb::AdminListPaymentsResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.admin_list_payments(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.payments.v1.PaymentAdminService/GetLedger" => handler::unary::<pb::GetLedgerRequest, pb::GetLedgerResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.get_ledger(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.payments.v1.PaymentAdminService/AdminGetPayment" => handler::unary::<pb::AdminGetPaymentRequest, pb::AdminGetPaymentResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.admin_get_payment(&ctx, request).await.map(Into::into)
            }),
            _ => handler::unknown(),
        }
    }
}

/// A [`PaymentAdminService`] whose methods answer UNIMPLEMENTED until a test says what else. Its clones are one.
#[cfg(any(feature = "testing", test))]
#[derive(Clone, Debug, Default)]
pub struct FakePaymentAdminService {
    admin_list_payments: crate::fake::Script<pb::AdminListPaymentsRequest, Reply<pb::AdminListPaymentsResponse>>,
    get_ledger: crate::fake::Script<pb::GetLedgerRequest, Reply<pb::GetLedgerResponse>>,
    admin_get_payment: crate::fake::Script<pb::AdminGetPaymentRequest, Reply<pb::AdminGetPaymentResponse>>,
}

#[cfg(any(feature = "testing", test))]
impl FakePaymentAdminService {
    /// Makes one that answers nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers `AdminListPayments` so from now on.
    pub fn on_admin_list_payments<F, Fut, A: Into<Reply<pb::AdminListPaymentsResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::AdminListPaymentsRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.admin_list_payments.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `GetLedger` so from now on.
    pub fn on_get_ledger<F, Fut, A: Into<Reply<pb::GetLedgerResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::GetLedgerRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.get_ledger.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `AdminGetPayment` so from now on.
    pub fn on_admin_get_payment<F, Fut, A: Into<Reply<pb::AdminGetPaymentResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::AdminGetPaymentRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.admin_get_payment.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }
}

#[cfg(any(feature = "testing", test))]
impl PaymentAdminService for FakePaymentAdminService {
    async fn admin_list_payments(
        &self,
        ctx: &Ctx,
        request: pb::AdminListPaymentsRequest,
    ) -> Result<Reply<pb::AdminListPaymentsResponse>> {
        self.admin_list_payments.answer(ctx, request).await
    }

    async fn get_ledger(
        &self,
        ctx: &Ctx,
        request: pb::GetLedgerRequest,
    ) -> Result<Reply<pb::GetLedgerResponse>> {
        self.get_ledger.answer(ctx, request).await
    }

    async fn admin_get_payment(
        &self,
        ctx: &Ctx,
        request: pb::AdminGetPaymentRequest,
    ) -> Result<Reply<pb::AdminGetPaymentResponse>> {
        self.admin_get_payment.answer(ctx, request).await
    }
}

/// Takes payments at a provider and gives them back (PAY-1). What is paid for, and whether it is still wanted, is
/// the seller's to decide. Every call may be repeated and has its effect once per payment; what the provider says
/// later comes as PaymentChanged.
pub trait PaymentService: Send + Sync + 'static {
    /// Says whether anything can be sold, and whether the provider knows a means of payment.
    fn check_method(
        &self,
        ctx: &Ctx,
        request: pb::CheckMethodRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::CheckMethodResponse>>>> + Send;

    /// Charges a payment, or tells how it stands if it was charged before. The intent is written before the provider
    /// is asked. A provider that gives no clear answer leaves the payment PAYMENT_STATUS_INTENDED: it is asked again
    /// until it does.
    ///
    /// Fails with PAYMENTS_OFF and PAYMENT_MISMATCH.
    fn charge(
        &self,
        ctx: &Ctx,
        request: pb::ChargeRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ChargeResponse>>>> + Send;

    /// Tells how a payment stands whose payer says that they have acted.
    ///
    /// Fails with PAYMENTS_OFF and PAYMENT_MISMATCH.
    fn confirm(
        &self,
        ctx: &Ctx,
        request: pb::ConfirmRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ConfirmResponse>>>> + Send;

    /// Cancels a payment that is no longer wanted. One that was charged before stays PAYMENT_STATUS_CONFIRMED: its
    /// seller gives it back. PAYMENT_STATUS_CANCELLING means that the provider has not said yet which it is.
    ///
    /// Fails with PAYMENTS_OFF, and PAYMENT_NOT_FOUND where it was never asked for here.
    fn cancel(
        &self,
        ctx: &Ctx,
        request: pb::CancelRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::CancelResponse>>>> + Send;

    /// Gives the whole of a payment back. PAYMENT_STATUS_REFUNDING means that the money is on its way; a payment that
    /// is PAYMENT_STATUS_CONFIRMED in the answer could not be given back, and somebody has to look at the provider.
    ///
    /// Fails with PAYMENTS_OFF, PAYMENT_MISMATCH, and NOT_CHARGED where nothing was taken.
    fn refund(
        &self,
        ctx: &Ctx,
        request: pb::RefundRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::RefundResponse>>>> + Send;
}

/// Leads calls of `streamverse.payments.v1.PaymentService` to their methods; for `sv_rpc::ServerBuilder::add`.
#[derive(Debug)]
pub struct PaymentServiceServer<H>(std::sync::Arc<H>);

impl<H: PaymentService> PaymentServiceServer<H> {
    /// Serves by a value.
    pub fn new(handlers: H) -> Self {
        Self(std::sync::Arc::new(handlers))
    }
}

impl<H> Clone for PaymentServiceServer<H> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<H> tonic::server::NamedService for PaymentServiceServer<H> {
    const NAME: &'static str = "streamverse.payments.v1.PaymentService";
}

impl<H: PaymentService> tower::Service<http::Request<tonic::body::Body>> for PaymentServiceServer<H> {
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
            "/streamverse.payments.v1.PaymentService/CheckMethod" => handler::unary::<pb::CheckMethodRequest, pb::CheckMethodResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.check_method(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.payments.v1.PaymentService/Charge" => handler::unary::<pb::ChargeRequest, pb::ChargeResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.charge(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.payments.v1.PaymentService/Confirm" => handler::unary::<pb::ConfirmRequest, pb::ConfirmResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.confirm(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.payments.v1.PaymentService/Cancel" => handler::unary::<pb::CancelRequest, pb::CancelResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.cancel(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.payments.v1.PaymentService/Refund" => handler::unary::<pb::RefundRequest, pb::RefundResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.refund(&ctx, request).await.map(Into::into)
            }),
            _ => handler::unknown(),
        }
    }
}

/// A [`PaymentService`] whose methods answer UNIMPLEMENTED until a test says what else. Its clones are one.
#[cfg(any(feature = "testing", test))]
#[derive(Clone, Debug, Default)]
pub struct FakePaymentService {
    check_method: crate::fake::Script<pb::CheckMethodRequest, Reply<pb::CheckMethodResponse>>,
    charge: crate::fake::Script<pb::ChargeRequest, Reply<pb::ChargeResponse>>,
    confirm: crate::fake::Script<pb::ConfirmRequest, Reply<pb::ConfirmResponse>>,
    cancel: crate::fake::Script<pb::CancelRequest, Reply<pb::CancelResponse>>,
    refund: crate::fake::Script<pb::RefundRequest, Reply<pb::RefundResponse>>,
}

#[cfg(any(feature = "testing", test))]
impl FakePaymentService {
    /// Makes one that answers nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers `CheckMethod` so from now on.
    pub fn on_check_method<F, Fut, A: Into<Reply<pb::CheckMethodResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::CheckMethodRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.check_method.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `Charge` so from now on.
    pub fn on_charge<F, Fut, A: Into<Reply<pb::ChargeResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::ChargeRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.charge.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `Confirm` so from now on.
    pub fn on_confirm<F, Fut, A: Into<Reply<pb::ConfirmResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::ConfirmRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.confirm.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `Cancel` so from now on.
    pub fn on_cancel<F, Fut, A: Into<Reply<pb::CancelResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::CancelRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.cancel.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `Refund` so from now on.
    pub fn on_refund<F, Fut, A: Into<Reply<pb::RefundResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::RefundRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.refund.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }
}

#[cfg(any(feature = "testing", test))]
impl PaymentService for FakePaymentService {
    async fn check_method(
        &self,
        ctx: &Ctx,
        request: pb::CheckMethodRequest,
    ) -> Result<Reply<pb::CheckMethodResponse>> {
        self.check_method.answer(ctx, request).await
    }

    async fn charge(
        &self,
        ctx: &Ctx,
        request: pb::ChargeRequest,
    ) -> Result<Reply<pb::ChargeResponse>> {
        self.charge.answer(ctx, request).await
    }

    async fn confirm(
        &self,
        ctx: &Ctx,
        request: pb::ConfirmRequest,
    ) -> Result<Reply<pb::ConfirmResponse>> {
        self.confirm.answer(ctx, request).await
    }

    async fn cancel(
        &self,
        ctx: &Ctx,
        request: pb::CancelRequest,
    ) -> Result<Reply<pb::CancelResponse>> {
        self.cancel.answer(ctx, request).await
    }

    async fn refund(
        &self,
        ctx: &Ctx,
        request: pb::RefundRequest,
    ) -> Result<Reply<pb::RefundResponse>> {
        self.refund.answer(ctx, request).await
    }
}
