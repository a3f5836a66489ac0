//! Invoices: what the next charge is made of, and what was asked for (X-PAY-3).

use std::collections::HashMap;

use sea_orm::ConnectionTrait;
use sv_kernel::{Ctx, Id, Money, Page, PageAsk, PageRequest, Result, User};
use sv_proto::{convert::page_error, rights::RightsReason};
use sv_store::{StoreError, Tx};
use uuid::Uuid;

use super::{App, parse};
use crate::{
    documents::coupon,
    domain::{Held, Invoice, Month, PaidFor, PaymentMethod, Plan, Subscription, unused},
    payments::{Payment, PaymentStatus},
    store::{coupons, credits, invoices, payments},
};

/// An invoice with what became of it.
#[derive(Debug)]
pub(crate) struct Issued {
    pub(crate) stored: invoices::Stored,
    pub(crate) payment: Payment,
}

impl App {
    /// Lists the account's invoices, newest first, and its credit.
    pub(crate) async fn my_invoices(
        &self,
        ctx: &Ctx,
        ask: PageAsk<'_>,
    ) -> Result<(Vec<Issued>, String, Vec<Money>)> {
        let user = self.grown_up(ctx).await?;
        self.invoices_of(ctx, user, ask).await
    }

    /// Lists an account's invoices, newest first, and its credit.
    pub(crate) async fn invoices_of(
        &self,
        ctx: &Ctx,
        user: Id<User>,
        ask: PageAsk<'_>,
    ) -> Result<(Vec<Issued>, String, Vec<Money>)> {
        let list = format!("invoices of {user}");
        let PageRequest { size, after, skip } = self.pages.read(&list, ask).map_err(page_error)?;
        let after = after.as_deref().and_then(parse);
        let db = self.db.read();
        let rows = invoices::list(db, ctx, user, after, skip, size + 1).await?;
        let page = Page::cut(rows, size, |invoice| invoice.id.to_string());
        let next = self.pages.write(&list, page.next.as_deref());
        let issued = self.with_payments(ctx, page.items).await?;
        Ok((issued, next, credits::of_account(db, ctx, user).await?))
    }

    /// Returns an invoice of the account.
    pub(crate) async fn my_invoice(&self, ctx: &Ctx, id: &str) -> Result<Issued> {
        let user = self.grown_up(ctx).await?;
        let found = self.invoice(ctx, id).await?;
        if found.stored.user != user {
            return Err(RightsReason::InvoiceNotFound.into());
        }
        Ok(found)
    }

    /// Returns an invoice of any account.
    pub(crate) async fn invoice(&self, ctx: &Ctx, id: &str) -> Result<Issued> {
        let id = parse(id).ok_or(RightsReason::InvoiceNotFound)?;
        let found = invoices::find(self.db.read(), ctx, id).await?;
        let found = self.with_payments(ctx, found.into_iter().collect()).await?;
        let found = found.into_iter().next();
        found.ok_or_else(|| RightsReason::InvoiceNotFound.into())
    }

    async fn with_payments(
        &self,
        ctx: &Ctx,
        stored: Vec<invoices::Stored>,
    ) -> Result<Vec<Issued>, StoreError> {
        let ids = stored.iter().map(|invoice| invoice.id);
        let found = payments::by_ids(self.db.read(), ctx, ids).await?;
        let mut found: HashMap<Uuid, Payment> = found
            .into_iter()
            .map(|payment| (payment.id.uuid(), payment))
            .collect();
        let issued = stored.into_iter().filter_map(|stored| {
            let payment = found.remove(&stored.id)?;
            Some(Issued { stored, payment })
        });
        Ok(issued.collect())
    }
}

/// Draws up the invoice for a subscription's next month of a plan. With the plan `before` it is for a change at once:
/// what is left of the paid time is set off. The account's credit counts as changed by so much. Says, too, whether a
/// coupon makes it cheaper.
pub(super) async fn draw_up(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    of: &Subscription,
    (plan, before): (&Plan, Option<&Plan>),
    credit_change: i64,
) -> Result<(Invoice, bool), StoreError> {
    let coupon = match of.held.filter(|held| held.lasts()) {
        Some(Held { coupon, .. }) => coupons::find(db, ctx, coupon.uuid()).await?,
        None => None,
    };
    let off = coupon
        .as_ref()
        .and_then(|coupon| coupon::discount(coupon, plan.id, plan.price));
    let code = coupon.as_ref().map_or("", |coupon| coupon.code.as_str());
    let unused = match before {
        Some(before) => Some((before.name.as_str(), left(db, ctx, of, before).await?)),
        None => None,
    };
    let currency = plan.price.currency();
    let invoice = Invoice::of_month(&Month {
        plan: &plan.name,
        price: plan.price.minor().into(),
        coupon: off.map(|off| (code, off)),
        unused,
        credit: credits::in_currency(db, ctx, of.user, currency)
            .await?
            .saturating_add(credit_change),
    });
    Ok((invoice, off.is_some()))
}

/// Adds up what is left of the paid time: each month by what was paid for it, or by the plan's price where it was
/// given. What has gone back is worth nothing.
pub(super) async fn left(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    of: &Subscription,
    plan: &Plan,
) -> Result<i64, StoreError> {
    let now = ctx.now();
    let periods: Vec<u32> = of.unused(now).collect();
    let Some(first) = periods.first() else {
        return Ok(0);
    };
    let taken = payments::taken(db, ctx, of.id, *first).await?;
    let worth = |period: u32| {
        let mut of_period = taken.iter().filter(|payment| payment.period == period);
        let same = |payment: &&Payment| payment.amount.currency == plan.price.currency();
        let stays = |payment: &&Payment| payment.status == PaymentStatus::Confirmed;
        if of_period.clone().next().is_none() {
            return i64::from(plan.price.minor());
        }
        let stays = of_period.find(|payment| stays(payment) && same(payment));
        stays.map_or(0, |payment| payment.worth)
    };
    let left = periods.into_iter().map(|period| {
        let (begin, end) = (of.begin_of(period), of.end_of(period));
        unused(worth(period), begin, end, now)
    });
    Ok(left.fold(0, i64::saturating_add))
}

/// How a subscription's next month is to be paid.
pub(super) struct Ask<'a> {
    pub(super) plan: &'a Plan,
    pub(super) method: &'a PaymentMethod,
    /// The plan before, where it is for a change at once.
    pub(super) before: Option<&'a Plan>,
    /// Whether the payer has asked for it and can act.
    pub(super) payer_present: bool,
}

/// Writes the payment of a subscription's next period, and its invoice.
pub(super) async fn ask(
    tx: &Tx,
    ctx: &Ctx,
    of: &Subscription,
    ask: &Ask<'_>,
) -> Result<Payment, StoreError> {
    let (invoice, by_coupon) = draw_up(tx, ctx, of, (ask.plan, ask.before), 0).await?;
    let payment = Payment {
        id: ctx.new_id(),
        pays_for: PaidFor::Subscription(of.id),
        period: of.paid_periods + 1,
        amount: Money::new(invoice.total, ask.plan.price.currency()),
        worth: invoice.worth,
        credit_change: invoice.credit_change,
        by_coupon,
        change_to: ask.before.map(|_| ask.plan.id),
        method: ask.method.clone(),
        payer_present: ask.payer_present,
        status: PaymentStatus::Intended,
        provider_id: String::new(),
        created_at: ctx.now(),
        updated_at: ctx.now(),
    };
    payments::insert(tx, ctx, &payment).await?;
    invoices::insert(tx, ctx, &payment, of.user, &invoice.lines).await?;
    Ok(payment)
}
