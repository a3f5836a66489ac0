//! Subscribing: an intent, the provider, the outcome.

use sv_kernel::{Ctx, Error, Id, Result, User};
use sv_proto::{common::CommonReason, rights::RightsReason};
use sv_store::{StoreError, Tx};

use super::{App, me};
use crate::{
    domain::{Plan, Status, Subscription},
    payments::{Payment, PaymentStatus},
    store::{payments, plans, subscriptions},
};

/// How often a call that lost a race against another of the same account tries again.
const RACES: u32 = 5;

/// What subscribing came to.
#[derive(Debug)]
pub(crate) struct Subscribed {
    pub(crate) subscription: Subscription,
    pub(crate) plan: Plan,
    /// Empty where the payer need not act.
    pub(crate) client_secret: String,
}

/// What is to be done after the intent was written.
enum Next {
    /// Ask the provider.
    Pay(Payment),
    /// Nothing: the account has this subscription.
    Have(Subscription),
}

impl App {
    /// Subscribes the caller's account to a plan. Without an `Idempotency-Key`, too, a repeated call
    /// finds the subscription of the first (C40).
    pub(crate) async fn subscribe(
        &self,
        ctx: &Ctx,
        plan: &str,
        method: &str,
    ) -> Result<Subscribed> {
        let user = me(ctx)?;
        let found = plans::find(self.db.read(), ctx, plan)
            .await?
            .filter(|plan| plan.on_sale);
        let plan =
            found.ok_or_else(|| Error::from(RightsReason::PlanNotFound).with("plan", plan))?;
        for _ in 0..RACES {
            match self.intend(ctx, user, &plan, method).await {
                Ok(Next::Have(subscription)) => {
                    return Ok(Subscribed {
                        subscription,
                        plan,
                        client_secret: String::new(),
                    });
                }
                Ok(Next::Pay(payment)) => {
                    let paid = self.pay(ctx, payment, plan.clone()).await?;
                    if paid.subscription.status != Status::Ended {
                        return Ok(paid);
                    }
                    // A later call of the account gave this request up for its own.
                    self.yield_to_another(ctx, user, &plan).await?;
                }
                // Another call of the account was first; what it wrote is found now.
                Err(IntendError::Store(failure)) if failure.is_duplicate() => {}
                Err(IntendError::Store(failure)) => return Err(failure.into()),
                Err(IntendError::Refused(refusal)) => return Err(refusal),
            }
        }
        Err(CommonReason::Unavailable.into())
    }

    /// Writes what is wanted before the provider hears of it.
    async fn intend(
        &self,
        ctx: &Ctx,
        user: Id<User>,
        plan: &Plan,
        method: &str,
    ) -> Result<Next, IntendError> {
        let tx = self.db.begin(ctx).await?;
        let next = match subscriptions::open(&tx, ctx, user).await? {
            None => Self::request(&tx, ctx, user, plan, method).await?,
            Some(old) if old.status_at(ctx.now()) == Status::Ended => {
                subscriptions::update(&tx, ctx, &old.ended()).await?;
                Self::request(&tx, ctx, user, plan, method).await?
            }
            Some(open) if open.status == Status::Active && open.plan == plan.id => Next::Have(open),
            Some(open) if open.status == Status::Active => {
                let other = plans::by_ids(&tx, ctx, [open.plan]).await?;
                return Err(IntendError::Refused(already(&other)));
            }
            Some(open) => Self::again(&tx, ctx, open, plan, method).await?,
        };
        tx.commit().await?;
        Ok(next)
    }

    /// Refuses where the account has, or is about to have, another plan.
    async fn yield_to_another(&self, ctx: &Ctx, user: Id<User>, plan: &Plan) -> Result<()> {
        match subscriptions::open(self.db.read(), ctx, user).await? {
            Some(open) if open.plan != plan.id => {
                let other = plans::by_ids(self.db.read(), ctx, [open.plan]).await?;
                Err(already(&other))
            }
            _ => Ok(()),
        }
    }

    /// Writes a request and its first payment.
    async fn request(
        tx: &Tx,
        ctx: &Ctx,
        user: Id<User>,
        plan: &Plan,
        method: &str,
    ) -> Result<Next, StoreError> {
        let new = Subscription::requested(ctx.new_id(), user, plan.id, ctx.now());
        subscriptions::insert(tx, ctx, &new).await?;
        Ok(Next::Pay(Self::attempt(tx, ctx, &new, plan, method).await?))
    }

    /// Goes on with a request that is not paid yet.
    async fn again(
        tx: &Tx,
        ctx: &Ctx,
        open: Subscription,
        plan: &Plan,
        method: &str,
    ) -> Result<Next, StoreError> {
        let payment = payments::newest(tx, ctx, open.id).await?;
        match payment {
            Some(payment) if open.plan == plan.id && payment.method == method => {
                Ok(Next::Pay(payment))
            }
            payment => {
                // Another plan or means: what was begun is given up, and its late confirmation
                // finds a payment that is settled.
                if let Some(payment) = payment {
                    let given_up = Payment {
                        status: PaymentStatus::Declined,
                        ..payment
                    };
                    payments::settle(tx, ctx, &given_up).await?;
                }
                let user = open.user;
                subscriptions::update(tx, ctx, &open.ended()).await?;
                Self::request(tx, ctx, user, plan, method).await
            }
        }
    }

    /// Writes a payment for the subscription's next period.
    pub(super) async fn attempt(
        tx: &Tx,
        ctx: &Ctx,
        subscription: &Subscription,
        plan: &Plan,
        method: &str,
    ) -> Result<Payment, StoreError> {
        let payment = Payment {
            id: ctx.new_id(),
            subscription: subscription.id,
            period: subscription.paid_periods + 1,
            amount: plan.price,
            method: method.to_owned(),
            status: PaymentStatus::Intended,
            provider_id: String::new(),
            created_at: ctx.now(),
        };
        payments::insert(tx, ctx, &payment).await?;
        Ok(payment)
    }
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
