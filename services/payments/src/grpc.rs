//! The RPCs: decode, call the use case, encode.

mod admin;

use sv_handlers::payments::PaymentService;
use sv_kernel::{Ctx, Result};
use sv_proto::{convert::id, payments as pb};

use crate::{
    app::App,
    convert::{bill, payment},
};

#[derive(Debug)]
pub(crate) struct Payments {
    pub(crate) app: App,
}

impl PaymentService for Payments {
    async fn check_method(
        &self,
        _: &Ctx,
        request: pb::CheckMethodRequest,
    ) -> Result<pb::CheckMethodResponse> {
        let (takes_payments, known) = self.app.knows(&request.payment_method).await?;
        Ok(pb::CheckMethodResponse {
            takes_payments,
            known,
        })
    }

    async fn charge(&self, ctx: &Ctx, request: pb::ChargeRequest) -> Result<pb::ChargeResponse> {
        let bill = bill(request.bill)?;
        let (charged, client_secret) = self.app.charge(ctx, &bill, None).await?;
        Ok(pb::ChargeResponse {
            payment: Some(payment(&charged)),
            client_secret,
        })
    }

    async fn confirm(&self, ctx: &Ctx, request: pb::ConfirmRequest) -> Result<pb::ConfirmResponse> {
        let (bill, acted) = (bill(request.bill)?, Some(&*request.client_secret));
        let (charged, client_secret) = self.app.charge(ctx, &bill, acted).await?;
        Ok(pb::ConfirmResponse {
            payment: Some(payment(&charged)),
            client_secret,
        })
    }

    async fn cancel(&self, ctx: &Ctx, request: pb::CancelRequest) -> Result<pb::CancelResponse> {
        let cancelled = self.app.cancel(ctx, id(&request.payment_id)?).await?;
        Ok(pb::CancelResponse {
            payment: Some(payment(&cancelled)),
        })
    }

    async fn refund(&self, ctx: &Ctx, request: pb::RefundRequest) -> Result<pb::RefundResponse> {
        let bill = bill(request.bill)?;
        let refunded = self.app.refund(ctx, &bill, &request.provider_id).await?;
        Ok(pb::RefundResponse {
            payment: Some(payment(&refunded)),
        })
    }
}
