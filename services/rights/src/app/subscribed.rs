//! What subscribing, paying again and changing a plan come to.

use crate::domain::{Plan, Subscription};

/// What subscribing came to.
#[derive(Debug)]
pub(crate) struct Subscribed {
    pub(crate) subscription: Subscription,
    pub(crate) plan: Plan,
    /// Empty where the payer need not act.
    pub(crate) client_secret: String,
    /// Whether its payment is not decided yet.
    pub(crate) waits: bool,
}
