//! Gives the money of an order back (X-PAY-2).

use sv_kernel::{Ctx, Id, Result, Timestamp};
use sv_proto::{
    common::CommonReason,
    rights::{self as pb, RightsReason},
};
use sv_store::{audit, work};

use super::{
    App,
    orders::{self as ordering, act},
};
use crate::{
    convert::{purchase, rental},
    domain::{Order, OrderKind, OrderStatus, PaidFor},
    payments::PaymentStatus,
    store::{orders, payments},
};

impl App {
    /// Closes what was bought or rented at once; the job gives the money back. A rental whose time is over
    /// can be given back, too.
    pub(crate) async fn refund(&self, ctx: &Ctx, id: Id<Order>) -> Result<pb::RefundOrderResponse> {
        // Nobody would give anything back.
        if !self.cashier.takes_payments(ctx).await? {
            return Err(RightsReason::PaymentsOff.into());
        }
        let done = self.db.respond(ctx, |tx| {
            work(async move {
                let order = orders::lock(tx, ctx, id).await?;
                let order = order.ok_or(RightsReason::OrderNotFound)?;
                if order.status == OrderStatus::Refunded {
                    ctx.changes_nothing();
                    // Its money is with us again where a bank took it and lost the dispute.
                    if let Some(paid) = payments::newest(tx, ctx, PaidFor::Order(id)).await? {
                        payments::give_back(tx, ctx, paid).await?;
                    }
                    return Ok(answer(&order, ctx.now()));
                }
                if !matches!(order.status, OrderStatus::Paid | OrderStatus::Ended) {
                    return Err(RightsReason::NotRefundable.into());
                }
                let paid = payments::newest(tx, ctx, PaidFor::Order(id)).await?;
                let paid = paid.ok_or(RightsReason::NotRefundable)?;
                let refunded = order.clone().into(OrderStatus::Refunded);
                let taken_back = paid.status == PaymentStatus::Confirmed
                    && payments::give_back(tx, ctx, paid).await?;
                if !taken_back || !orders::update(tx, ctx, &refunded).await? {
                    return Err(CommonReason::Contended.into());
                }
                audit::record(tx, ctx, act(Some(&order), &refunded)).await?;
                ordering::tell(tx, ctx, &refunded).await?;
                Ok(answer(&refunded, ctx.now()))
            })
        });
        let answer = done.await?;
        self.unwanted.notify_one();
        Ok(answer)
    }
}

fn answer(order: &Order, now: Timestamp) -> pb::RefundOrderResponse {
    let is_purchase = order.kind == OrderKind::Purchase;
    pb::RefundOrderResponse {
        purchase: is_purchase.then(|| purchase(order, now)),
        rental: (!is_purchase).then(|| rental(order, now)),
    }
}
