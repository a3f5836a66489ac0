//! The seam to whoever moves the money.
//!
//! The provider is asked between two transactions: the first writes the intent, the second its outcome. A charge
//! carries the payment's id as its key, so asking again charges once; what a crash leaves open the job asks again.

mod no_provider;
pub(crate) mod stripe;
mod test_provider;

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use sv_kernel::{BoxError, Clock, Id, Timestamp, User};

pub(crate) use no_provider::NoProvider;
pub(crate) use stripe::StripeProvider;
pub(crate) use test_provider::TestProvider;

use crate::domain::{ChargeState, Fact, Movement, Payment, PaymentMethod};

/// What the provider says of a charge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Charge {
    /// The provider's name of the payment.
    pub(crate) provider_id: String,
    pub(crate) state: ChargeState,
    /// For the payer's client, where the payer has to act; else empty.
    pub(crate) client_secret: String,
}

/// What the provider says of a payment that is no longer wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cancellation {
    /// It will not be charged.
    Cancelled,
    /// It was charged before; it has to be refunded.
    Charged,
    /// The provider has never heard of it: a charge may still be on its way.
    Unknown,
}

/// What the provider says of a refund.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refund {
    /// The provider's name of it.
    pub(crate) provider_id: String,
    pub(crate) status: Movement,
}

/// Something that the provider tells without being asked: late, more than once, and in no order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProviderEvent {
    /// The provider's name of the event.
    pub(crate) id: String,
    pub(crate) fact: Fact,
}

/// Takes payments, and gives them back. An error says nothing about what happened at the provider: every call may be
/// repeated and has its effect once per payment.
#[async_trait]
pub(crate) trait PaymentProvider: Send + Sync + fmt::Debug {
    /// Returns its name, by which payments remember who took them.
    fn name(&self) -> &'static str;

    /// Returns the same provider by another clock, where it goes by one: the test clock of a tenant (X-PAY-8).
    fn by(&self, _clock: &Arc<dyn Clock>) -> Option<Arc<dyn PaymentProvider>> {
        None
    }

    /// Says whether anything can be sold through it.
    fn takes_payments(&self) -> bool {
        true
    }

    /// Says whether it knows a means of payment; asked before anything is written.
    async fn knows(&self, method: &PaymentMethod) -> Result<bool, BoxError>;

    /// Makes the account known to the provider, where it has names for those who pay. Repeated, it may give another
    /// name; the first that was remembered counts.
    async fn payer(&self, _account: Id<User>) -> Result<Option<String>, BoxError> {
        Ok(None)
    }

    /// Charges a payment, or tells how its charge stands if the id was charged before.
    async fn charge(&self, payment: &Payment) -> Result<Charge, BoxError>;

    /// Tells how a payment stands whose payer says that they have acted.
    async fn confirm(&self, payment: &Payment, client_secret: &str) -> Result<Charge, BoxError>;

    /// Cancels a payment that was not charged yet.
    async fn cancel(&self, payment: &Payment) -> Result<Cancellation, BoxError>;

    /// Gives the whole of a charged payment back, or tells how its refund stands.
    async fn refund(&self, payment: &Payment) -> Result<Refund, BoxError>;

    /// Says when there is something to be told of a payment next; `None` where the provider calls by itself.
    fn tells_next(&self, _payment: &Payment) -> Option<Timestamp> {
        None
    }

    /// Tells what has happened to a payment by now, as far as nobody has asked for it.
    fn tells(&self, _payment: &Payment) -> Vec<ProviderEvent> {
        Vec::new()
    }
}
