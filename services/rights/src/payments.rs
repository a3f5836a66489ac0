//! Payments: the seam to a provider, and the built-in provider for tests and demonstrations.
//!
//! The provider is asked between two transactions: the first writes the intent, the second its
//! outcome. A charge carries the payment's id as its key, so asking again charges once; what a crash
//! leaves open the job asks again.
//!
//! A payment that is no longer wanted is never just forgotten, since the payer may be charged for it
//! at any moment: it is [voided](PaymentStatus::Voiding) at the provider, and what was taken all the
//! same is [given back](PaymentStatus::Refunding). Both are asked until the provider has answered.

mod no_provider;
mod test_provider;

use std::fmt;

use async_trait::async_trait;
use sv_kernel::{BoxError, Id, Money, Timestamp};

pub use no_provider::NoProvider;
pub use test_provider::TestProvider;

/// The payer's means of payment as the provider names it. It stays out of logs.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct PaymentMethod(String);

impl PaymentMethod {
    /// Wraps a provider's name; empty is the provider's default.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// Returns the provider's name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PaymentMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PaymentMethod(…)")
    }
}

/// One attempt to be paid, for a period of a subscription or for an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// Also the key under which the provider charges once.
    pub id: Id<Self>,
    pub(crate) pays_for: crate::domain::PaidFor,
    /// Which period it pays; 1 is the first, and the only one of an order.
    pub period: u32,
    /// How much.
    pub amount: Money,
    /// The payer's means.
    pub method: PaymentMethod,
    /// Where it stands.
    pub status: PaymentStatus,
    /// The provider's name of it; empty until the provider has answered.
    pub provider_id: String,
    /// When it was intended.
    pub created_at: Timestamp,
    /// When its state changed last.
    pub updated_at: Timestamp,
}

/// Where a payment stands.
///
/// ```text
/// intended ─▶ waiting ─▶ confirmed ─▶ refunding (an order that is given back)
///     │  └───────┴──────▶ declined
///     └──────────┴──────▶ voiding ─▶ voided
///                            └──────────┴──▶ refunding ─▶ refunded
/// ```
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
    /// No longer wanted; the provider has to be told.
    Voiding,
    /// Cancelled at the provider before anything was taken.
    Voided,
    /// Taken although it was no longer wanted, or not wanted any more; it has to be given back.
    Refunding,
    /// Given back.
    Refunded,
}

impl PaymentStatus {
    /// Every state and its name in the table.
    pub(crate) const NAMES: [(Self, &'static str); 8] = [
        (Self::Intended, "intended"),
        (Self::Waiting, "waiting"),
        (Self::Confirmed, "confirmed"),
        (Self::Declined, "declined"),
        (Self::Voiding, "voiding"),
        (Self::Voided, "voided"),
        (Self::Refunding, "refunding"),
        (Self::Refunded, "refunded"),
    ];

    /// Returns the name in the table.
    pub(crate) fn name(self) -> &'static str {
        Self::NAMES
            .iter()
            .find(|(status, _)| *status == self)
            .map_or("intended", |(_, name)| name)
    }

    /// Says whether the payment may still come to pay for its period.
    pub(crate) fn is_open(self) -> bool {
        matches!(self, Self::Intended | Self::Waiting)
    }
}

/// What the provider says of a charge.
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

/// What the provider says of a payment that is no longer wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cancellation {
    /// It will not be charged.
    Cancelled,
    /// It was charged before; it has to be refunded.
    Charged,
    /// The provider has never heard of it: a charge may still be on its way.
    Unknown,
}

/// Takes payments, and gives them back. An error says nothing about what happened at the provider:
/// every call may be repeated and has its effect once per payment.
#[async_trait]
pub trait PaymentProvider: Send + Sync + fmt::Debug {
    /// Says whether the provider knows a means of payment; asked before anything is written.
    async fn knows(&self, method: &PaymentMethod) -> Result<bool, BoxError>;

    /// Charges a payment, or tells how its charge stands if the id was charged before.
    async fn charge(&self, payment: &Payment) -> Result<Charge, BoxError>;

    /// Tells how a payment stands whose payer says that they have acted.
    async fn confirm(&self, payment: &Payment, client_secret: &str) -> Result<Charge, BoxError>;

    /// Cancels a payment that was not charged yet.
    async fn cancel(&self, payment: &Payment) -> Result<Cancellation, BoxError>;

    /// Gives the whole of a charged payment back.
    async fn refund(&self, payment: &Payment) -> Result<(), BoxError>;

    /// Says whether anything can be sold through it.
    fn takes_payments(&self) -> bool {
        true
    }
}
