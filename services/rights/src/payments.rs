//! Payments: the seam to a provider, and the built-in provider for tests and demonstrations.
//!
//! The provider is asked between two transactions: the first writes the intent, the second its
//! outcome. A charge carries the payment's id as its key, so asking again charges once; what a crash
//! leaves open the job asks again.

mod test_provider;

use std::fmt;

use async_trait::async_trait;
use sv_kernel::{BoxError, Id, Money, Timestamp};

pub use test_provider::TestProvider;

/// One attempt to be paid for one period.
#[derive(Clone, PartialEq, Eq)]
pub struct Payment {
    /// Also the key under which the provider charges once.
    pub id: Id<Self>,
    pub(crate) subscription: Id<crate::domain::Subscription>,
    /// Which period it pays; 1 is the first.
    pub period: u32,
    /// How much.
    pub amount: Money,
    /// The payer's means as the provider names it.
    pub method: String,
    /// Where it stands.
    pub status: PaymentStatus,
    /// The provider's name of it; empty until the provider has answered.
    pub provider_id: String,
    /// When it was intended.
    pub created_at: Timestamp,
}

impl fmt::Debug for Payment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without the payer's means.
        f.debug_struct("Payment")
            .field("id", &self.id)
            .field("period", &self.period)
            .field("amount", &self.amount)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// Where a payment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaymentStatus {
    /// The provider may or may not have heard of it.
    Intended,
    /// The payer has to act.
    Waiting,
    /// Paid.
    Confirmed,
    /// Not paid.
    Declined,
}

impl PaymentStatus {
    /// Every state and its name in the table.
    pub(crate) const NAMES: [(Self, &'static str); 4] = [
        (Self::Intended, "intended"),
        (Self::Waiting, "waiting"),
        (Self::Confirmed, "confirmed"),
        (Self::Declined, "declined"),
    ];

    /// Returns the name in the table.
    pub(crate) fn name(self) -> &'static str {
        Self::NAMES
            .iter()
            .find(|(status, _)| *status == self)
            .map_or("intended", |(_, name)| name)
    }
}

/// What the provider says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charge {
    /// The provider's name of the payment.
    pub provider_id: String,
    /// How it went.
    pub outcome: ChargeOutcome,
}

/// How a charge went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChargeOutcome {
    /// Paid.
    Confirmed,
    /// The payer has to act, with this secret.
    ActionNeeded {
        /// For the payer's client.
        client_secret: String,
    },
    /// Not paid.
    Declined,
}

/// Takes payments.
#[async_trait]
pub trait PaymentProvider: Send + Sync + fmt::Debug {
    /// Charges a payment, or tells how its charge stands if the id was charged before. An error
    /// says nothing about whether the payer was charged.
    async fn charge(&self, payment: &Payment) -> Result<Charge, BoxError>;
}
