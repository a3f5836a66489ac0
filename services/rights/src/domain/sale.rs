//! What a payment pays for.

use sv_kernel::{Id, Timestamp};

use super::{Order, OrderStatus, Plan, Schedule, Status, Subscription};
use crate::payments::{Payer, Payment};

/// Names what a payment pays for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PaidFor {
    Subscription(Id<Subscription>),
    Order(Id<Order>),
}

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
