//! From one plan to another (X-PAY-3).

use sea_orm::ConnectionTrait;
use sv_kernel::{Ctx, Error, Id, Result, Timestamp, User};
use sv_proto::{
    common::CommonReason,
    convert::timestamp,
    rights::{self as pb, ChangeTiming, RightsReason, SubscriptionPlanChanged},
};
use sv_store::{StoreError, Tx, audit, outbox, work};

use super::{
    App, act,
    invoices::{Ask, ask, draw_up},
    subscribed::Subscribed,
};
use crate::{
    convert,
    domain::{Invoice, PaidFor, PaymentMethod, Plan, Status, Subscription},
    payments::{Payment, PaymentStatus},
    store::{payments, plans, subscriptions},
};

/// How often a call that lost a race against another of the same account tries again.
const RACES: u32 = 5;

/// What is wanted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted<'a> {
    pub(crate) subscription: Id<Subscription>,
    /// Id or code.
    pub(crate) plan: &'a str,
    pub(crate) timing: ChangeTiming,
}

/// What is to be done after it was written down.
enum Next {
    /// Ask the provider.
    Pay(Payment),
    /// Nothing.
    Done(Subscription),
}

impl App {
    /// Says what a change of plan would cost.
    pub(crate) async fn preview_change(
        &self,
        ctx: &Ctx,
        wanted: Wanted<'_>,
    ) -> Result<pb::PreviewPlanChangeResponse> {
        let user = self.grown_up(ctx).await?;
        let db = self.db.read();
        let subscription = subscriptions::find(db, ctx, wanted.subscription).await?;
        let subscription = goes_on(ctx, subscription, user)?;
        let before = self.plan_of(ctx, &subscription).await?;
        let found = plans::find(db, ctx, wanted.plan).await?;
        let plan = may_have(found, &before, wanted.plan)?;
        let at_once = is_at_once(db, ctx, &subscription, (&before, &plan), wanted.timing).await?;
        let end = subscription.period().1;
        let (timing, effective, due, then) = if at_once {
            let drawn = draw_up(db, ctx, &subscription, (&plan, Some(&before)), 0);
            let (due, by_coupon) = drawn.await?;
            // As it will be once that is paid.
            let payment = Payment {
                change_to: Some(plan.id),
                by_coupon,
                ..imagined(ctx, &subscription, &plan)
            };
            let changed = subscription.paid(&payment, ctx.now());
            (ChangeTiming::AtOnce, ctx.now(), due, changed)
        } else {
            let followed = subscription.followed_by(plan.id);
            let timing = ChangeTiming::AtPeriodEnd;
            (timing, end, Invoice::default(), followed)
        };
        let (next, _) = draw_up(db, ctx, &then, (&plan, None), due.credit_change).await?;
        Ok(pb::PreviewPlanChangeResponse {
            timing: timing.into(),
            effective_time: Some(timestamp(effective)),
            lines: convert::lines(&due.lines),
            due_now_minor: sv_proto::convert::count(due.total),
            currency: plan.price.currency().to_string(),
            next_time: Some(timestamp(then.period().1)),
            next_lines: convert::lines(&next.lines),
            next_minor: sv_proto::convert::count(next.total),
        })
    }

    /// Changes a subscription's plan. An empty `method` keeps the means of the subscription.
    pub(crate) async fn change_plan(
        &self,
        ctx: &Ctx,
        wanted: Wanted<'_>,
        method: &str,
    ) -> Result<Subscribed> {
        let user = self.grown_up(ctx).await?;
        let method = (!method.is_empty()).then(|| PaymentMethod::new(method));
        match &method {
            Some(method) => self.cashier.check(ctx, method).await?,
            None if self.cashier.takes_payments(ctx).await? => {}
            None => return Err(RightsReason::PaymentsOff.into()),
        }
        for _ in 0..RACES {
            let written = self.db.write(ctx, |tx| {
                let method = method.clone();
                work(async move { intend(tx, ctx, user, wanted, method).await })
            });
            match written.await {
                Ok((next, given_up)) => {
                    if given_up {
                        self.unwanted.notify_one();
                    }
                    return match next {
                        Next::Pay(payment) => {
                            let wanted = payment.change_to;
                            let paid = self.pay_now(ctx, payment).await?.subscribed()?;
                            if !paid.waits && wanted != Some(paid.subscription.plan) {
                                // Given up meanwhile, for another change or because it is cancelled.
                                return Err(CommonReason::Contended.into());
                            }
                            Ok(paid)
                        }
                        Next::Done(subscription) => {
                            let plan = self.plan_of(ctx, &subscription).await?;
                            Ok(Subscribed {
                                subscription,
                                plan,
                                client_secret: String::new(),
                                waits: false,
                            })
                        }
                    };
                }
                // A payment for the same month was asked for at the same moment; it is found now.
                Err(IntendError::Store(failure)) if failure.is_duplicate() => {}
                Err(IntendError::Store(failure)) => return Err(failure.into()),
                Err(IntendError::Refused(refusal)) => return Err(refusal),
            }
        }
        Err(CommonReason::Contended.into())
    }
}

/// Writes what is wanted; says, too, whether the job has to speak to payments because of it.
async fn intend(
    tx: &Tx,
    ctx: &Ctx,
    user: Id<User>,
    wanted: Wanted<'_>,
    method: Option<PaymentMethod>,
) -> Result<(Next, bool), IntendError> {
    let plan = plans::find(tx, ctx, wanted.plan).await?;
    // Locked, it is the plan that is charged: neither its price nor its sale changes between.
    let plan = match plan {
        Some(plan) => plans::lock(tx, ctx, plan.id).await?,
        None => None,
    };
    // Nor does the subscription, be it by its renewal. The plan is locked first, as by those who subscribe.
    let found = subscriptions::lock(tx, ctx, wanted.subscription).await?;
    let old = goes_on(ctx, found, user)?;
    let before = plans::by_ids(tx, ctx, [old.plan]).await?;
    let before = before.into_iter().next();
    let before = before.ok_or_else(|| Error::from(CommonReason::Internal))?;
    let plan = may_have(plan, &before, wanted.plan)?;
    let of = PaidFor::Subscription(old.id);
    let open = payments::newest(tx, ctx, of).await?;
    let open = open.filter(|payment| payment.status.is_open());
    if is_at_once(tx, ctx, &old, (&before, &plan), wanted.timing).await? {
        let method = method.unwrap_or_else(|| old.method.clone());
        if let Some(open) = &open
            && open.change_to == Some(plan.id)
            && open.method == method
        {
            return Ok((Next::Pay(open.clone()), false));
        }
        // What another call, or a renewal, asks the provider for at this moment is not given up for this one: of calls by
        // several means each would be charged, and given back, in turn.
        if open.is_some_and(|open| open.is_being_asked(ctx.now())) {
            return Err(IntendError::Refused(CommonReason::Contended.into()));
        }
        // Another change, or a renewal: what is paid now stands for both.
        let given_up = payments::void_open(tx, ctx, of).await?;
        let what = Ask {
            plan: &plan,
            method: &method,
            before: Some(&before),
            payer_present: true,
        };
        let payment = ask(tx, ctx, &old, &what).await?;
        return Ok((Next::Pay(payment), given_up));
    }
    let follows = old.next_plan.map_or(old.plan, |next| next.plan);
    let changes = open.is_some_and(|open| open.change_to.is_some());
    if follows == plan.id && !changes && method.is_none() {
        ctx.changes_nothing();
        return Ok((Next::Done(old), false));
    }
    // A change at once that waits is given up for this one, and a renewal is asked for anew, at the new price.
    let given_up = payments::void_open(tx, ctx, of).await?;
    let mut new = old.clone().followed_by(plan.id);
    if let Some(method) = method {
        new.method = method;
    }
    if !subscriptions::update(tx, ctx, &new).await? {
        return Err(IntendError::Refused(CommonReason::Contended.into()));
    }
    audit::record(tx, ctx, act(Some(&old), &new, None)).await?;
    let at = new.period().1.max(ctx.now());
    if follows != plan.id {
        tell(tx, ctx, &new, (&before, &plan), at, None).await?;
    }
    Ok((Next::Done(new), given_up))
}

/// Tells that an account has, or will have, another plan.
pub(super) async fn tell(
    tx: &Tx,
    ctx: &Ctx,
    of: &Subscription,
    (before, plan): (&Plan, &Plan),
    at: Timestamp,
    payment: Option<&Payment>,
) -> Result<(), StoreError> {
    let user = of.user.to_string();
    let told = SubscriptionPlanChanged {
        subscription_id: of.id.to_string(),
        user_id: user.clone(),
        old_plan_code: before.code.clone(),
        plan_code: plan.code.clone(),
        effective_time: Some(timestamp(at)),
        invoice_id: payment.map_or_else(String::new, |payment| payment.id.to_string()),
    };
    outbox::append_as(tx, ctx, user, of.version, &told).await
}

/// Takes a subscription of the account that goes on.
fn goes_on(ctx: &Ctx, found: Option<Subscription>, user: Id<User>) -> Result<Subscription> {
    let found = found
        .filter(|found| found.user == user)
        .ok_or(RightsReason::SubscriptionNotFound)?;
    match found.status_at(ctx.now()) {
        Status::Pending => Err(RightsReason::SubscriptionNotPaid.into()),
        Status::Active if found.cancel_at_period_end => {
            Err(RightsReason::SubscriptionCancelled.into())
        }
        Status::Active if found.owed().is_some() => Err(RightsReason::SubscriptionPastDue.into()),
        Status::Active => Ok(found),
        Status::Ended | Status::Declined | Status::Superseded => {
            Err(RightsReason::SubscriptionNotFound.into())
        }
    }
}

/// Takes a plan that is on sale, or the one that the account has.
fn may_have(found: Option<Plan>, before: &Plan, name: &str) -> Result<Plan> {
    found
        .filter(|plan| plan.on_sale || plan.id == before.id)
        .ok_or_else(|| Error::from(RightsReason::PlanNotFound).with("plan", name))
}

/// Says whether a change is made at once, where nothing is said of it: to a dearer plan. What is paid already in another
/// currency, be it a month that is to come, cannot be set off.
async fn is_at_once(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    of: &Subscription,
    (before, plan): (&Plan, &Plan),
    timing: ChangeTiming,
) -> Result<bool> {
    if plan.id == before.id {
        return Ok(false);
    }
    let currency = plan.price.currency();
    let mut same_currency = before.price.currency() == currency;
    if let Some(first) = of.unused(ctx.now()).next() {
        let taken = payments::taken(db, ctx, of.id, first).await?;
        same_currency &= taken.iter().all(|paid| {
            paid.amount.currency == currency || paid.status != PaymentStatus::Confirmed
        });
    }
    match timing {
        ChangeTiming::AtPeriodEnd => Ok(false),
        ChangeTiming::AtOnce if same_currency => Ok(true),
        ChangeTiming::AtOnce => Err(RightsReason::CurrencyDiffers.into()),
        ChangeTiming::Unspecified => Ok(same_currency && plan.price.minor() > before.price.minor()),
    }
}

/// A payment that nobody has asked for, by which to see what would come of it.
fn imagined(ctx: &Ctx, of: &Subscription, plan: &Plan) -> Payment {
    Payment {
        id: ctx.new_id(),
        pays_for: PaidFor::Subscription(of.id),
        period: of.paid_periods + 1,
        amount: plan.price.money(),
        worth: plan.price.minor().into(),
        credit_change: 0,
        by_coupon: false,
        change_to: None,
        payer_present: true,
        method: of.method.clone(),
        status: PaymentStatus::Intended,
        provider_id: String::new(),
        created_at: ctx.now(),
        updated_at: ctx.now(),
    }
}

/// Why nothing was written.
enum IntendError {
    Store(StoreError),
    Refused(Error),
}

impl From<StoreError> for IntendError {
    fn from(failure: StoreError) -> Self {
        Self::Store(failure)
    }
}

impl From<Error> for IntendError {
    fn from(refusal: Error) -> Self {
        Self::Refused(refusal)
    }
}
