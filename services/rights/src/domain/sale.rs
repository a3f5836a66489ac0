//! What a payment pays for.

use sv_kernel::Timestamp;

use super::{Held, Order, OrderStatus, Plan, Schedule, Status, Subscription};
use crate::payments::{Payer, Payment};

/// What a payment pays for: payments of both are asked for, confirmed and given back by the same steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Sale {
    /// With its plan.
    Subscription(Subscription, Plan),
    Order(Order),
}

impl Sale {
    /// Says who pays for it, and what it is called.
    pub(crate) fn payer(&self) -> Payer {
        match self {
            Self::Subscription(subscription, plan) => Payer {
                account: subscription.user,
                description: plan.name.clone(),
            },
            Self::Order(order) => Payer {
                account: order.user,
                description: order.title.clone(),
            },
        }
    }

    /// Says whether nobody wants it any more, so that what is taken for it is given back.
    pub(crate) fn is_over(&self) -> bool {
        match self {
            Self::Subscription(subscription, _) => {
                !matches!(subscription.status, Status::Pending | Status::Active)
            }
            Self::Order(order) => order.status != OrderStatus::Pending,
        }
    }

    /// Takes a confirmed payment.
    #[must_use]
    pub(crate) fn paid(self, payment: &Payment, now: Timestamp) -> Self {
        match self {
            Self::Subscription(subscription, plan) => {
                Self::Subscription(subscription.paid(payment, now), plan)
            }
            Self::Order(order) => Self::Order(order.paid(now)),
        }
    }

    /// Is given up before it was paid.
    #[must_use]
    pub(crate) fn given_up(self) -> Self {
        match self {
            Self::Subscription(subscription, plan) => {
                Self::Subscription(subscription.superseded(), plan)
            }
            Self::Order(order) => Self::Order(order.into(OrderStatus::Superseded)),
        }
    }

    /// Takes a declined payment; `None` where it changes nothing: the plan stays that was to be changed.
    #[must_use]
    pub(crate) fn declined(
        self,
        payment: &Payment,
        schedule: &Schedule,
        now: Timestamp,
    ) -> Option<Self> {
        match self {
            Self::Subscription(..) if payment.change_to.is_some() => None,
            Self::Subscription(subscription, plan) => Some(Self::Subscription(
                subscription.declined(schedule, now)?,
                plan,
            )),
            Self::Order(order) => Some(Self::Order(order.into(OrderStatus::Declined))),
        }
    }
}

impl Subscription {
    /// Takes a confirmed payment: the first starts the time, a later one prolongs it, one for a change of plan starts
    /// it anew.
    #[must_use]
    pub(crate) fn paid(mut self, payment: &Payment, now: Timestamp) -> Self {
        if let Some(plan) = payment.change_to {
            // What was left then is set off, so time runs from then.
            self.plan = plan;
            self.next_plan = None;
            self.start = payment.created_at;
            self.periods_before = payment.period.saturating_sub(1);
            self.method = payment.method.clone();
        } else if self.status == Status::Pending {
            // Time runs from the payment, not from the request.
            self.start = now;
        }
        if payment.by_coupon {
            self.held = self.held.map(Held::used_once);
        }
        if self.overdue.take().is_some() {
            // By what was paid now the next one is charged.
            self.method = payment.method.clone();
        }
        self.status = Status::Active;
        self.paid_periods += 1;
        self.version += 1;
        self
    }
}
