//! The RPCs of support: decode, call the use case, encode.

use sv_handlers::rights::SupportService;
use sv_kernel::{Ctx, Paged as _, Result};
use sv_proto::{convert::id, rights as pb};

use crate::{
    app::App,
    convert::{credit, invoice, purchase, rental, subscription},
    domain::{Order, OrderKind},
};

/// What support sees and does about what an account has bought.
#[derive(Debug)]
pub(crate) struct Support {
    pub(crate) app: App,
}

impl SupportService for Support {
    async fn admin_list_subscriptions(
        &self,
        ctx: &Ctx,
        request: pb::AdminListSubscriptionsRequest,
    ) -> Result<pb::AdminListSubscriptionsResponse> {
        let account = id(&request.account_id)?;
        let listed = self.app.account_subscriptions(ctx, account, request.page());
        let (found, next_page_token) = listed.await?;
        let found = found.iter();
        Ok(pb::AdminListSubscriptionsResponse {
            items: found
                .map(|(one, plan)| subscription(one, plan, ctx.now()))
                .collect(),
            next_page_token,
        })
    }

    async fn admin_list_orders(
        &self,
        ctx: &Ctx,
        request: pb::AdminListOrdersRequest,
    ) -> Result<pb::AdminListOrdersResponse> {
        let account = id(&request.account_id)?;
        let listed = self.app.account_orders(ctx, account, request.page());
        let (found, next_page_token) = listed.await?;
        let shown = |order: &Order| {
            let is_purchase = order.kind == OrderKind::Purchase;
            pb::Order {
                purchase: is_purchase.then(|| purchase(order, ctx.now())),
                rental: (!is_purchase).then(|| rental(order, ctx.now())),
            }
        };
        Ok(pb::AdminListOrdersResponse {
            items: found.iter().map(shown).collect(),
            next_page_token,
        })
    }

    async fn admin_list_invoices(
        &self,
        ctx: &Ctx,
        request: pb::AdminListInvoicesRequest,
    ) -> Result<pb::AdminListInvoicesResponse> {
        let account = id(&request.account_id)?;
        let listed = self.app.invoices_of(ctx, account, request.page());
        let (found, next_page_token, credits) = listed.await?;
        Ok(pb::AdminListInvoicesResponse {
            items: found.iter().map(invoice).collect(),
            next_page_token,
            credits: credits.iter().map(credit).collect(),
        })
    }

    async fn admin_get_invoice(
        &self,
        ctx: &Ctx,
        request: pb::AdminGetInvoiceRequest,
    ) -> Result<pb::AdminGetInvoiceResponse> {
        let found = self.app.invoice(ctx, &request.id).await?;
        let invoice = Some(invoice(&found));
        Ok(pb::AdminGetInvoiceResponse { invoice })
    }

    async fn end_subscription(
        &self,
        ctx: &Ctx,
        request: pb::EndSubscriptionRequest,
    ) -> Result<pb::EndSubscriptionResponse> {
        let ended = self.app.end_for_good(ctx, id(&request.id)?, request.refund);
        let (ended, plan, back) = ended.await?;
        Ok(pb::EndSubscriptionResponse {
            subscription: Some(subscription(&ended, &plan, ctx.now())),
            refund_minor: back.money,
            credit_change_minor: back.credit,
            currency: back.currency.map_or_else(String::new, |of| of.to_string()),
        })
    }
}
