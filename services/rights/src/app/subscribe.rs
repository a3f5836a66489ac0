//! Subscribing: an intent, the provider, the outcome.

use sv_kernel::{Ctx, Error, Id, Result, User};
use sv_proto::{common::CommonReason, rights::RightsReason};
use sv_store::{StoreError, Tx, audit, work};

use super::{
    App, act, activated,
    coupons::{hold, is_held},
    ending,
    invoices::{Ask, ask},
    overdue,
    subscribed::Subscribed,
};
use crate::{
    domain::{PaidFor, PaymentMethod, Plan, Status, Subscription},
    payments::Payment,
    store::{coupons, payments, plans, subscriptions, trials},
};

/// How often a call that lost a race against another of the same account tries again.
const RACES: u32 = 5;

/// How an account wants to pay.
struct Terms<'a> {
    method: &'a PaymentMethod,
    /// The code that makes it cheaper; empty is none.
    coupon: &'a str,
}

/// What is to be done after the intent was written.
enum Next {
    /// Ask the provider.
    Pay(Payment),
    /// Nothing: the account has this subscription, has it again, or tries it.
    Have(Subscription, Plan),
}

impl App {
    /// Subscribes the caller's account to a plan. Without an `Idempotency-Key`, too, a repeated call
    /// finds the subscription of the first (C40).
    pub(crate) async fn subscribe(
        &self,
        ctx: &Ctx,
        plan: &str,
        method: &str,
        coupon: &str,
    ) -> Result<Subscribed> {
        let user = self.grown_up(ctx).await?;
        let method = PaymentMethod::new(method);
        let terms = Terms {
            method: &method,
            coupon: coupon.trim(),
        };
        self.cashier.check(ctx, &method).await?;
        let found = plans::find(self.db.read(), ctx, plan)
            .await?
            .filter(|plan| plan.on_sale);
        let plan =
            found.ok_or_else(|| Error::from(RightsReason::PlanNotFound).with("plan", plan))?;
        let _lock = self.account_locks.lock(user).await?;
        let mut lost = false;
        for _ in 0..RACES {
            match self.intend(ctx, user, plan.id, &terms, lost).await {
                Ok(Next::Have(subscription, plan)) => {
                    ctx.changes_nothing();
                    return Ok(Subscribed {
                        subscription,
                        plan,
                        client_secret: String::new(),
                        waits: false,
                    });
                }
                Ok(Next::Pay(payment)) => {
                    let paid = self.pay_now(ctx, payment).await?.subscribed()?;
                    match paid.subscription.status {
                        Status::Pending | Status::Active => return Ok(paid),
                        // A later call of the account gave this request up for its own.
                        Status::Superseded => {
                            self.yield_to_another(ctx, user, plan.id).await?;
                            lost = true;
                        }
                        Status::Ended | Status::Declined => {
                            return Err(RightsReason::RequestCancelled.into());
                        }
                    }
                }
                // Another call of the account was first; what it wrote is found now.
                Err(IntendError::Store(failure)) if failure.is_duplicate() => {}
                Err(IntendError::Store(failure)) => return Err(failure.into()),
                Err(IntendError::Refused(refusal)) => return Err(refusal),
            }
        }
        Err(CommonReason::Contended.into())
    }

    /// Writes what is wanted before the provider hears of it.
    async fn intend(
        &self,
        ctx: &Ctx,
        user: Id<User>,
        plan: Id<Plan>,
        terms: &Terms<'_>,
        lost: bool,
    ) -> Result<Next, IntendError> {
        let written = self.db.write(ctx, |tx| {
            work(async move {
                // Locked, it is the plan that is charged: neither its price nor its sale changes between.
                let plan = &sold(tx, ctx, plan).await?;
                let (over, running): (Vec<_>, Vec<_>) = subscriptions::lock_open(tx, ctx, user)
                    .await?
                    .into_iter()
                    .partition(|open| open.status_at(ctx.now()) == Status::Ended);
                let mut given_up = false;
                for old in over {
                    given_up |= payments::void_open(tx, ctx, PaidFor::Subscription(old.id)).await?;
                    let ended = old.clone().ended();
                    if subscriptions::update(tx, ctx, &ended).await? {
                        ending::tell(tx, ctx, &old, &ended).await?;
                    }
                }
                let (cancelled, goes_on): (Vec<_>, Vec<_>) = running
                    .into_iter()
                    .partition(|running| running.cancel_at_period_end);
                let same = cancelled.into_iter().find(|one| one.plan == plan.id);
                let next = match (goes_on.into_iter().next(), same) {
                    (None, None) => Self::request(tx, ctx, user, plan, terms).await?,
                    (None, Some(cancelled)) => {
                        in_time(tx, ctx, terms, &cancelled).await?;
                        let resumed = Self::resume(tx, ctx, cancelled, terms.method).await?;
                        Next::Have(resumed, plan.clone())
                    }
                    (Some(open), _) if open.status == Status::Pending => {
                        Self::again(tx, ctx, open, plan, terms, (lost, &mut given_up)).await?
                    }
                    (Some(open), _) if open.plan == plan.id => {
                        in_time(tx, ctx, terms, &open).await?;
                        if open.owed().is_some() {
                            // What is overdue is charged by these means at once (X-PAY-4).
                            let method = terms.method.clone();
                            let set = overdue::put_method(tx, ctx, (open.id, user), method).await;
                            let (open, payment, void) = set.map_err(IntendError::Refused)?;
                            given_up |= void;
                            payment.map_or_else(|| Next::Have(open, plan.clone()), Next::Pay)
                        } else {
                            Next::Have(open, plan.clone())
                        }
                    }
                    (Some(open), _) => {
                        let other = plans::by_ids(tx, ctx, [open.plan]).await?;
                        return Err(IntendError::Refused(already(&other)));
                    }
                };
                Ok((next, given_up))
            })
        });
        let (next, given_up) = written.await?;
        if given_up {
            self.unwanted.notify_one();
        }
        Ok(next)
    }

    /// Refuses where the account has, or is about to have, another plan.
    async fn yield_to_another(&self, ctx: &Ctx, user: Id<User>, plan: Id<Plan>) -> Result<()> {
        let open = subscriptions::open(self.db.read(), ctx, user).await?;
        match open.into_iter().find(|open| !open.cancel_at_period_end) {
            Some(open) if open.plan != plan => {
                let other = plans::by_ids(self.db.read(), ctx, [open.plan]).await?;
                Err(already(&other))
            }
            _ => Ok(()),
        }
    }

    /// Writes a request and its first payment, or begins the account's trial.
    async fn request(
        tx: &Tx,
        ctx: &Ctx,
        user: Id<User>,
        plan: &Plan,
        terms: &Terms<'_>,
    ) -> Result<Next, IntendError> {
        let method = terms.method.clone();
        let new = Subscription::requested(ctx.new_id(), user, plan.id, method, ctx.now());
        let held = hold(tx, ctx, terms.coupon, plan, new).await;
        let (new, coupon) = held.map_err(IntendError::Refused)?;
        if plan.trial_days > 0 && trials::begin(tx, ctx, user, new.id).await? {
            let tried = new.on_trial(plan.trial_days);
            subscriptions::insert(tx, ctx, &tried).await?;
            if let Some(coupon) = coupon {
                coupons::redeem(tx, ctx, &coupon, &tried).await?;
            }
            audit::record(tx, ctx, act(None, &tried, Some(plan))).await?;
            activated(tx, ctx, &tried, plan).await?;
            return Ok(Next::Have(tried, plan.clone()));
        }
        subscriptions::insert(tx, ctx, &new).await?;
        if let Some(coupon) = coupon {
            coupons::redeem(tx, ctx, &coupon, &new).await?;
        }
        audit::record(tx, ctx, act(None, &new, Some(plan))).await?;
        Ok(Next::Pay(Self::attempt(tx, ctx, &new, plan, true).await?))
    }

    /// Lets a cancelled subscription go on whose time still runs.
    async fn resume(
        tx: &Tx,
        ctx: &Ctx,
        cancelled: Subscription,
        method: &PaymentMethod,
    ) -> Result<Subscription, IntendError> {
        let resumed = cancelled.clone().resumed(method.clone());
        if !subscriptions::update(tx, ctx, &resumed).await? {
            return Err(IntendError::Refused(CommonReason::Contended.into()));
        }
        let act = act(Some(&cancelled), &resumed, None).named("subscription.resumed");
        audit::record(tx, ctx, act).await?;
        ending::tell(tx, ctx, &cancelled, &resumed).await?;
        Ok(resumed)
    }

    /// Goes on with a request that is not paid yet.
    async fn again(
        tx: &Tx,
        ctx: &Ctx,
        open: Subscription,
        plan: &Plan,
        terms: &Terms<'_>,
        (lost, given_up): (bool, &mut bool),
    ) -> Result<Next, IntendError> {
        let payment = payments::newest(tx, ctx, PaidFor::Subscription(open.id))
            .await?
            .filter(|payment| payment.status.is_open());
        let same = open.plan == plan.id && is_held(tx, ctx, terms.coupon, &open).await?;
        match payment {
            Some(payment) if same && payment.method == *terms.method => Ok(Next::Pay(payment)),
            // Given up for that one itself, it does not give that one up: they would go on charging in turn.
            _ if lost => Err(IntendError::Refused(CommonReason::Contended.into())),
            _ => {
                // Another plan, means or coupon: what was begun is given up, and cancelled at the provider.
                *given_up |= payments::void_open(tx, ctx, PaidFor::Subscription(open.id)).await?;
                let (user, superseded) = (open.user, open.clone().superseded());
                subscriptions::update(tx, ctx, &superseded).await?;
                let act = act(Some(&open), &superseded, None).named("subscription.given_up");
                audit::record(tx, ctx, act).await?;
                Self::request(tx, ctx, user, plan, terms).await
            }
        }
    }

    /// Writes a payment for the subscription's next period.
    pub(super) async fn attempt(
        tx: &Tx,
        ctx: &Ctx,
        subscription: &Subscription,
        plan: &Plan,
        payer_present: bool,
    ) -> Result<Payment, StoreError> {
        let month = Ask {
            plan,
            method: &subscription.method,
            before: None,
            payer_present,
        };
        ask(tx, ctx, subscription, &month).await
    }
}

/// Finds a plan that is on sale, and locks it.
async fn sold(tx: &Tx, ctx: &Ctx, id: Id<Plan>) -> Result<Plan, IntendError> {
    let found = plans::lock(tx, ctx, id).await?;
    found.filter(|plan| plan.on_sale).ok_or_else(|| {
        let refusal = Error::from(RightsReason::PlanNotFound);
        IntendError::Refused(refusal.with("plan", id))
    })
}

/// Refuses a coupon for a subscription that goes on without it.
async fn in_time(
    tx: &Tx,
    ctx: &Ctx,
    terms: &Terms<'_>,
    goes_on: &Subscription,
) -> Result<(), IntendError> {
    if terms.coupon.is_empty() || is_held(tx, ctx, terms.coupon, goes_on).await? {
        return Ok(());
    }
    Err(IntendError::Refused(RightsReason::CouponTooLate.into()))
}

/// Returns the refusal of a plan beside another.
fn already(other: &[Plan]) -> Error {
    let name = other.first().map_or("", |plan| plan.name.as_str());
    Error::from(RightsReason::AlreadySubscribed).with("plan", name)
}

/// Why no intent was written.
enum IntendError {
    Store(StoreError),
    Refused(Error),
}

impl From<StoreError> for IntendError {
    fn from(failure: StoreError) -> Self {
        Self::Store(failure)
    }
}
