//! Asks for money, and writes what came of it.

use std::slice;

use sea_orm::ConnectionTrait;
use sv_kernel::{Ctx, Error, Id, Money, Result};
use sv_proto::{common::CommonReason, rights::RightsReason};
use sv_store::{StoreError, Tx, audit, work};

use super::{
    App, act, activated, change, ending,
    orders::{self, Ordered},
    overdue,
    subscribed::Subscribed,
};
use crate::{
    domain::{Order, OrderStatus, Plan, Sale, Schedule, Subscription},
    payments::{Charge, ChargeOutcome, Payer, Payment, PaymentStatus},
    store::{self, credits, payments, plans, sales},
};

/// What came of asking for a payment.
pub(super) struct Paid {
    pub(super) sale: Sale,
    /// Empty where the payer need not act.
    pub(super) client_secret: String,
    /// Whether it is not decided yet.
    pub(super) waits: bool,
}

impl Paid {
    /// Takes it as a subscription, whose payment it was.
    pub(super) fn subscribed(self) -> Result<Subscribed> {
        match self.sale {
            Sale::Subscription(subscription, plan) => Ok(Subscribed {
                subscription,
                plan,
                client_secret: self.client_secret,
                waits: self.waits,
            }),
            Sale::Order(_) => Err(other_payment()),
        }
    }

    /// Takes it as an order, whose payment it was.
    pub(super) fn ordered(self) -> Result<Ordered> {
        match self.sale {
            Sale::Order(order) => Ok(Ordered {
                order,
                client_secret: self.client_secret,
                waits: self.waits,
            }),
            Sale::Subscription(..) => Err(other_payment()),
        }
    }
}

fn other_payment() -> Error {
    Error::from(CommonReason::Internal).because("a payment pays for something of another kind")
}

impl App {
    /// Charges a payment and takes the answer over. An error leaves the intent to the job.
    pub(super) async fn pay(&self, ctx: &Ctx, payment: Payment) -> Result<Paid> {
        let payer = self.payer_of(ctx, &payment).await?;
        let charge = self.cashier.charge(ctx, &payment, &payer).await?;
        self.take_over(ctx, payment, charge).await
    }

    /// Charges a payment for a caller, as [`App::pay`] does. Where there is no answer it waits: what the provider does not
    /// say of one payment says nothing about others, so the caller is not told that nothing can be paid here.
    pub(super) async fn pay_now(&self, ctx: &Ctx, payment: Payment) -> Result<Paid> {
        let payer = self.payer_of(ctx, &payment).await?;
        let id = payment.id;
        match self.cashier.charge(ctx, &payment, &payer).await {
            Ok(charge) => match self.take_over(ctx, payment, charge).await {
                // Another call gave it up while it was charged; the payer's means are not at fault.
                Err(declined)
                    if declined.is(&RightsReason::PaymentDeclined)
                        && self.is_given_up(ctx, id).await? =>
                {
                    Err(CommonReason::Contended.into())
                }
                taken => taken,
            },
            Err(silence) => self.left_open(ctx, &payment, silence).await,
        }
    }

    /// Says whether a payment that was not taken was given up by another call.
    async fn is_given_up(&self, ctx: &Ctx, id: Id<Payment>) -> Result<bool> {
        let stands = payments::find(self.db.read(), ctx, id).await?;
        Ok(stands.is_some_and(|payment| payment.status != PaymentStatus::Declined))
    }

    /// Answers a call whose payment was not decided because payments, or the provider, did not answer: the intent is
    /// written, and the job goes on with it. Fails with any other error.
    pub(super) async fn left_open(
        &self,
        ctx: &Ctx,
        payment: &Payment,
        silence: Error,
    ) -> Result<Paid> {
        // Payments cannot be reached, does not know, or has others in the way.
        if ![CommonReason::Unavailable, CommonReason::Contended]
            .iter()
            .any(|one| silence.is(one))
        {
            return Err(silence);
        }
        tracing::warn!(
            payment.id = %payment.id,
            error = &silence as &dyn std::error::Error,
            "a payment waits for an answer"
        );
        // But for the intent, which is on record.
        ctx.changes_nothing();
        let sale = sales::find(self.db.read(), ctx, payment.pays_for).await?;
        Ok(Paid {
            sale: sale.ok_or_else(|| pays_for_nothing(payment))?,
            client_secret: String::new(),
            waits: true,
        })
    }

    /// Says whose payment it is, and for what.
    pub(super) async fn payer_of(&self, ctx: &Ctx, payment: &Payment) -> Result<Payer> {
        let sale = sales::find(self.db.read(), ctx, payment.pays_for).await?;
        let sale = match sale.ok_or_else(|| pays_for_nothing(payment))? {
            Sale::Subscription(of, plan) => {
                let bought = charged(self.db.read(), ctx, payment, &of, &plan).await?;
                Sale::Subscription(of, bought.unwrap_or(plan))
            }
            order @ Sale::Order(_) => order,
        };
        Ok(sale.payer())
    }

    /// Writes what is said of a payment, and tells the payer.
    pub(super) async fn take_over(
        &self,
        ctx: &Ctx,
        payment: Payment,
        charge: Charge,
    ) -> Result<Paid> {
        let sale = self.settle(ctx, &payment, &charge).await?;
        let (waits, client_secret) = match charge.outcome {
            ChargeOutcome::Waiting { client_secret } => (true, client_secret),
            ChargeOutcome::Declined => return Err(RightsReason::PaymentDeclined.into()),
            ChargeOutcome::Confirmed => (false, String::new()),
        };
        Ok(Paid {
            sale,
            client_secret,
            waits,
        })
    }

    /// Writes the outcome of a payment with its effect, once. Returns what it pays for as it stands.
    /// What was taken for a payment that nobody wants any more is given back.
    pub(super) async fn settle(
        &self,
        ctx: &Ctx,
        payment: &Payment,
        charge: &Charge,
    ) -> Result<Sale> {
        let missing = || pays_for_nothing(payment);
        let missing = &missing;
        let schedule = &self.options.schedule(&ctx.tenant);
        let written = self.db.write(ctx, |tx| {
            work(async move {
                let now = sales::lock(tx, ctx, payment.pays_for).await?;
                put_outcome(
                    tx,
                    ctx,
                    (payment, charge),
                    now.ok_or_else(missing)?,
                    schedule,
                )
                .await
            })
        });
        let settled = written.await?;
        if settled.unwanted {
            self.unwanted.notify_one();
        }
        if let Some(sale) = settled.sale {
            return Ok(sale);
        }
        // As the other call left it, which the transaction need not have seen.
        let left = sales::find(self.db.read(), ctx, payment.pays_for).await?;
        left.ok_or_else(missing)
    }
}

/// A payment whose sale is not there.
pub(super) fn pays_for_nothing(payment: &Payment) -> Error {
    Error::from(CommonReason::Internal).because(format!("payment {} pays for nothing", payment.id))
}

/// What a transaction made of a payment's outcome.
pub(super) struct Settled {
    /// What it pays for as it stands; `None` where another call had settled the payment.
    sale: Option<Sale>,
    /// Whether the job has to speak to payments because of it.
    pub(super) unwanted: bool,
}

/// Writes the outcome of a payment for `now`.
pub(super) async fn put_outcome(
    tx: &Tx,
    ctx: &Ctx,
    (payment, charge): (&Payment, &Charge),
    now: Sale,
    schedule: &Schedule,
) -> Result<Settled> {
    let others = others(tx, ctx, &now).await?;
    // What the account has by another order is not sold to it again, whoever was first to ask.
    let twice = match &now {
        Sale::Order(order) => {
            let mut opens = others.iter().filter(|other| other.is_about(order));
            opens.any(|other| orders::refused_by(ctx, slice::from_ref(other), order.kind).is_some())
        }
        Sale::Subscription(..) => false,
    };
    let bought = match &now {
        Sale::Subscription(of, plan) => charged(tx, ctx, payment, of, plan).await?,
        Sale::Order(_) => None,
    };
    let gone = bought.is_none() && matches!(now, Sale::Subscription(..));
    let over = now.is_over() || twice || gone;
    let status = match charge.outcome {
        ChargeOutcome::Confirmed if over => PaymentStatus::Refunding,
        ChargeOutcome::Confirmed => PaymentStatus::Confirmed,
        ChargeOutcome::Waiting { .. } if over => PaymentStatus::Voiding,
        ChargeOutcome::Waiting { .. } => PaymentStatus::Waiting,
        ChargeOutcome::Declined => PaymentStatus::Declined,
    };
    let payment = Payment {
        status,
        provider_id: charge.provider_id.clone(),
        ..payment.clone()
    };
    if !payments::settle(tx, ctx, &payment).await? {
        // Another call has settled it, or it was given up meanwhile.
        ctx.changes_nothing();
        return Ok(Settled {
            sale: None,
            unwanted: late(tx, ctx, payment, charge).await?,
        });
    }
    let then = match status {
        PaymentStatus::Confirmed => Some(now.clone().paid(&payment, ctx.now())),
        _ if twice && !now.is_over() => Some(now.clone().given_up()),
        PaymentStatus::Declined if !over => now.clone().declined(&payment, schedule, ctx.now()),
        _ => None,
    };
    let Some(mut then) = then else {
        ctx.changes_nothing();
        return Ok(Settled {
            sale: Some(now),
            unwanted: over,
        });
    };
    if !sales::update(tx, ctx, &then).await? {
        // Changed by another process between our read and write; the payment stays open.
        return Err(CommonReason::Contended.into());
    }
    let confirmed = status == PaymentStatus::Confirmed;
    audit::record(tx, ctx, settled(&payment, &now, &then)).await?;
    let mut unwanted = over;
    if confirmed {
        unwanted |= give_up_for(tx, ctx, &then, others).await?;
    }
    if let (true, Sale::Subscription(before, old), Some(bought)) = (confirmed, &now, &bought)
        && let Sale::Subscription(after, plan) = &mut then
    {
        overdue::tell(tx, ctx, before, after, bought).await?;
        activated(tx, ctx, after, bought).await?;
        let by = Money::new(payment.credit_change, payment.amount.currency);
        credits::change(tx, ctx, after.user, by).await?;
        if payment.change_to.is_some() {
            let at = after.period().0;
            change::tell(tx, ctx, after, (old, bought), at, Some(&payment)).await?;
            *plan = bought.clone();
        }
    } else if let (Sale::Subscription(before, _), Sale::Subscription(after, _), Some(asked)) =
        (&now, &then, &bought)
    {
        overdue::tell(tx, ctx, before, after, asked).await?;
    }
    tell(tx, ctx, &now, &then).await?;
    Ok(Settled {
        sale: Some(then),
        unwanted,
    })
}

/// Tells what a payment has made of a sale for those who keep an account's access elsewhere (X-WH-1).
pub(super) async fn tell(
    tx: &Tx,
    ctx: &Ctx,
    before: &Sale,
    after: &Sale,
) -> Result<(), StoreError> {
    match (before, after) {
        (Sale::Subscription(before, _), Sale::Subscription(after, _)) => {
            ending::tell(tx, ctx, before, after).await
        }
        (_, Sale::Order(order)) => orders::tell(tx, ctx, order).await,
        (Sale::Order(_), Sale::Subscription(..)) => Ok(()),
    }
}

/// Returns the plan of which a payment buys a month; `None` where it is gone.
async fn charged(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    payment: &Payment,
    of: &Subscription,
    plan: &Plan,
) -> Result<Option<Plan>, StoreError> {
    let id = payment.change_to.unwrap_or_else(|| of.plan_to_charge());
    if id == plan.id {
        return Ok(Some(plan.clone()));
    }
    Ok(plans::by_ids(db, ctx, [id]).await?.into_iter().next())
}

/// Lists what else an account has of the title of an order, of its series and of its episodes, or waits to pay.
async fn others(tx: &Tx, ctx: &Ctx, sale: &Sale) -> Result<Vec<Order>, StoreError> {
    let Sale::Order(order) = sale else {
        return Ok(Vec::new());
    };
    // Locked: of two that are paid at the same moment the later one sees the earlier.
    let mut open = store::orders::lock_open(tx, ctx, order).await?;
    open.retain(|other| other.id != order.id);
    Ok(open)
}

/// Gives up what waits for a payment and would not be sold beside what was paid now.
async fn give_up_for(
    tx: &Tx,
    ctx: &Ctx,
    paid: &Sale,
    others: Vec<Order>,
) -> Result<bool, StoreError> {
    let Sale::Order(paid) = paid else {
        return Ok(false);
    };
    let mut unwanted = false;
    for other in others {
        let had = slice::from_ref(paid);
        let refused = paid.is_about(&other) && orders::refused_by(ctx, had, other.kind).is_some();
        if other.status == OrderStatus::Pending && refused {
            unwanted |= orders::give_up(tx, ctx, other).await?;
        }
    }
    Ok(unwanted)
}

/// Describes what a payment did, for its audit record.
fn settled(payment: &Payment, before: &Sale, after: &Sale) -> audit::Act {
    let confirmed = payment.status == PaymentStatus::Confirmed;
    match (before, after) {
        (Sale::Subscription(old, _), Sale::Subscription(new, plan)) => {
            act(Some(old), new, Some(plan)).named(if payment.change_to.is_some() {
                "subscription.plan_changed"
            } else if confirmed {
                "subscription.paid"
            } else {
                "subscription.declined"
            })
        }
        (old, Sale::Order(new)) => {
            let old = match old {
                Sale::Order(old) => Some(old),
                Sale::Subscription(..) => None,
            };
            orders::act(old, new).named(if confirmed {
                "order.paid"
            } else if new.status == OrderStatus::Superseded {
                "order.given_up"
            } else {
                "order.declined"
            })
        }
        (Sale::Order(_), Sale::Subscription(new, plan)) => act(None, new, Some(plan)),
    }
}

/// Takes up an answer that comes after the payment was given up. Returns whether the job has to
/// speak to payments because of it.
async fn late(tx: &Tx, ctx: &Ctx, payment: Payment, charge: &Charge) -> Result<bool, StoreError> {
    use PaymentStatus::{Declined, Refunding, Voided, Voiding};
    let (status, from): (_, &[_]) = match charge.outcome {
        ChargeOutcome::Confirmed => (Refunding, &[Voiding, Voided, Declined]),
        ChargeOutcome::Waiting { .. } => (Voiding, &[Voided, Declined]),
        ChargeOutcome::Declined => return Ok(false),
    };
    payments::advance(tx, ctx, &Payment { status, ..payment }, from).await
}
