//! The RPCs about invoices and changes of plan: decode, call the use case, encode.

use sv_handlers::rights::BillingService;
use sv_kernel::{Ctx, Paged as _, Result};
use sv_proto::{convert::id, rights as pb};
use sv_rpc::Reply;

use super::{shown, waiting};
use crate::{
    app::{App, Wanted},
    convert::{credit, invoice},
};

/// What accounts are asked to pay, and why.
#[derive(Debug)]
pub(crate) struct Billing {
    pub(crate) app: App,
}

impl BillingService for Billing {
    async fn list_invoices(
        &self,
        ctx: &Ctx,
        request: pb::ListInvoicesRequest,
    ) -> Result<pb::ListInvoicesResponse> {
        let (found, next_page_token, credits) = self.app.my_invoices(ctx, request.page()).await?;
        Ok(pb::ListInvoicesResponse {
            items: found.iter().map(invoice).collect(),
            next_page_token,
            credits: credits.iter().map(credit).collect(),
        })
    }

    async fn get_invoice(
        &self,
        ctx: &Ctx,
        request: pb::GetInvoiceRequest,
    ) -> Result<pb::GetInvoiceResponse> {
        let found = self.app.my_invoice(ctx, &request.id).await?;
        let invoice = Some(invoice(&found));
        Ok(pb::GetInvoiceResponse { invoice })
    }

    async fn preview_plan_change(
        &self,
        ctx: &Ctx,
        request: pb::PreviewPlanChangeRequest,
    ) -> Result<pb::PreviewPlanChangeResponse> {
        let wanted = Wanted {
            subscription: id(&request.id)?,
            plan: &request.plan_id,
            timing: request.timing(),
        };
        self.app.preview_change(ctx, wanted).await
    }

    async fn set_payment_method(
        &self,
        ctx: &Ctx,
        request: pb::SetPaymentMethodRequest,
    ) -> Result<Reply<pb::SetPaymentMethodResponse>> {
        let (of, method) = (id(&request.id)?, &request.payment_method);
        let set = self.app.set_method(ctx, of, method).await?;
        let waits = set.waits;
        let message = pb::SetPaymentMethodResponse {
            subscription: Some(shown(ctx, &set)),
            client_secret: set.client_secret,
        };
        Ok(waiting(waits, message))
    }

    async fn change_plan(
        &self,
        ctx: &Ctx,
        request: pb::ChangePlanRequest,
    ) -> Result<Reply<pb::ChangePlanResponse>> {
        let wanted = Wanted {
            subscription: id(&request.id)?,
            plan: &request.plan_id,
            timing: request.timing(),
        };
        let changed = self.app.change_plan(ctx, wanted, &request.payment_method);
        let changed = changed.await?;
        let waits = changed.waits;
        let message = pb::ChangePlanResponse {
            subscription: Some(shown(ctx, &changed)),
            client_secret: changed.client_secret,
        };
        Ok(waiting(waits, message))
    }
}
