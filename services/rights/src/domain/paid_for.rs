//! Names of what a payment pays for.

use sv_kernel::Id;

use super::{Order, Subscription};

/// Names what a payment pays for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PaidFor {
    Subscription(Id<Subscription>),
    Order(Id<Order>),
}
