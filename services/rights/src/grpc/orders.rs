//! The RPCs about single titles: decode, call the use case, encode.

use sv_handlers::rights::{OrderAdminService, OrderService};
use sv_kernel::{Ctx, Paged as _, Result};
use sv_proto::{convert::id, rights as pb};
use sv_rpc::Reply;

use super::waiting;
use crate::{
    app::{App, Wish},
    convert::{entitlement, purchase, rental},
    domain::OrderKind,
    store::orders::Part,
};

/// What accounts do with single titles.
#[derive(Debug)]
pub(crate) struct Orders {
    pub(crate) app: App,
}

impl OrderService for Orders {
    async fn purchase_title(
        &self,
        ctx: &Ctx,
        request: pb::PurchaseTitleRequest,
    ) -> Result<Reply<pb::PurchaseTitleResponse>> {
        let (content, method) = (&request.content_id, &request.payment_method);
        let ordered = self.app.order(ctx, content, Wish::Own, method).await?;
        let waits = ordered.waits;
        let message = pb::PurchaseTitleResponse {
            purchase: Some(purchase(&ordered.order, ctx.now())),
            client_secret: ordered.client_secret,
        };
        Ok(waiting(waits, message))
    }

    async fn list_purchases(
        &self,
        ctx: &Ctx,
        request: pb::ListPurchasesRequest,
    ) -> Result<pb::ListPurchasesResponse> {
        let listed = self.app.my_orders(ctx, Part::Purchases, request.page());
        let (orders, next_page_token) = listed.await?;
        let orders = orders.iter().map(|order| purchase(order, ctx.now()));
        Ok(pb::ListPurchasesResponse {
            items: orders.collect(),
            next_page_token,
        })
    }

    async fn confirm_purchase(
        &self,
        ctx: &Ctx,
        request: pb::ConfirmPurchaseRequest,
    ) -> Result<Reply<pb::ConfirmPurchaseResponse>> {
        let is_purchase = |kind| kind == OrderKind::Purchase;
        let (order, secret) = (id(&request.id)?, &request.client_secret);
        let confirmed = self
            .app
            .confirm_order(ctx, order, is_purchase, secret)
            .await?;
        let waits = confirmed.waits;
        let message = pb::ConfirmPurchaseResponse {
            purchase: Some(purchase(&confirmed.order, ctx.now())),
            client_secret: confirmed.client_secret,
        };
        Ok(waiting(waits, message))
    }

    async fn rent_title(
        &self,
        ctx: &Ctx,
        request: pb::RentTitleRequest,
    ) -> Result<Reply<pb::RentTitleResponse>> {
        let wish = Wish::Rent(request.duration_hours.unsigned_abs());
        let (content, method) = (&request.content_id, &request.payment_method);
        let ordered = self.app.order(ctx, content, wish, method).await?;
        let waits = ordered.waits;
        let message = pb::RentTitleResponse {
            rental: Some(rental(&ordered.order, ctx.now())),
            client_secret: ordered.client_secret,
        };
        Ok(waiting(waits, message))
    }

    async fn list_rentals(
        &self,
        ctx: &Ctx,
        request: pb::ListRentalsRequest,
    ) -> Result<pb::ListRentalsResponse> {
        let listed = self.app.my_orders(ctx, Part::Rentals, request.page());
        let (orders, next_page_token) = listed.await?;
        let orders = orders.iter().map(|order| rental(order, ctx.now()));
        Ok(pb::ListRentalsResponse {
            items: orders.collect(),
            next_page_token,
        })
    }

    async fn confirm_rental(
        &self,
        ctx: &Ctx,
        request: pb::ConfirmRentalRequest,
    ) -> Result<Reply<pb::ConfirmRentalResponse>> {
        let is_rental = |kind| kind != OrderKind::Purchase;
        let (order, secret) = (id(&request.id)?, &request.client_secret);
        let confirmed = self
            .app
            .confirm_order(ctx, order, is_rental, secret)
            .await?;
        let waits = confirmed.waits;
        let message = pb::ConfirmRentalResponse {
            rental: Some(rental(&confirmed.order, ctx.now())),
            client_secret: confirmed.client_secret,
        };
        Ok(waiting(waits, message))
    }

    async fn list_entitlements(
        &self,
        ctx: &Ctx,
        request: pb::ListEntitlementsRequest,
    ) -> Result<pb::ListEntitlementsResponse> {
        let (found, next_page_token) = self.app.entitlements(ctx, request.page()).await?;
        Ok(pb::ListEntitlementsResponse {
            items: found.iter().map(entitlement).collect(),
            next_page_token,
        })
    }
}

impl OrderAdminService for Orders {
    async fn refund_order(
        &self,
        ctx: &Ctx,
        request: pb::RefundOrderRequest,
    ) -> Result<pb::RefundOrderResponse> {
        self.app.refund(ctx, id(&request.id)?).await
    }
}
