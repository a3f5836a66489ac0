//! The RPCs of administrators: decode, call the use case, encode.

use sv_handlers::payments::PaymentAdminService;
use sv_kernel::{Ctx, Paged as _, Result};
use sv_proto::{convert::id, payments as pb};

use super::Payments;
use crate::convert;

impl PaymentAdminService for Payments {
    async fn admin_list_payments(
        &self,
        ctx: &Ctx,
        request: pb::AdminListPaymentsRequest,
    ) -> Result<pb::AdminListPaymentsResponse> {
        let filter = convert::filter(&request)?;
        let (found, next_page_token) = self.app.list(ctx, &filter, request.page()).await?;
        Ok(pb::AdminListPaymentsResponse {
            items: found.iter().map(convert::payment).collect(),
            next_page_token,
        })
    }

    async fn get_ledger(
        &self,
        ctx: &Ctx,
        _: pb::GetLedgerRequest,
    ) -> Result<pb::GetLedgerResponse> {
        let balances = self.app.balances(ctx).await?;
        Ok(pb::GetLedgerResponse {
            balances: balances.iter().map(convert::line).collect(),
        })
    }

    async fn admin_get_payment(
        &self,
        ctx: &Ctx,
        request: pb::AdminGetPaymentRequest,
    ) -> Result<pb::AdminGetPaymentResponse> {
        let (payment, entries) = self.app.get(ctx, id(&request.id)?).await?;
        let transactions = payment.transactions.iter().map(convert::transaction);
        Ok(pb::AdminGetPaymentResponse {
            payment: Some(convert::payment(&payment)),
            transactions: transactions.collect(),
            entries: entries.iter().map(convert::entry).collect(),
        })
    }
}
