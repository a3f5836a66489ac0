//! What is asked of the service `payments`, and what it has said.
//!
//! It is asked between two transactions: the first writes the intent, the second its outcome. A payment has its id
//! from here, so asking again charges once; what a crash leaves open the job asks again, and what becomes known
//! later comes as `payment.changed`.
//!
//! A payment that is no longer wanted is never just forgotten, since the payer may be charged for it
//! at any moment: it is [voided](PaymentStatus::Voiding) there, and what was taken all the
//! same is [given back](PaymentStatus::Refunding). Both are asked until there is an answer.

mod cashier;

use std::time::Duration;

use sv_kernel::{Id, Money, Timestamp};

use crate::domain::{PaidFor, PaymentMethod, Plan};

pub(crate) use cashier::{Cancellation, Cashier, Charge, ChargeOutcome, Payer};

/// One attempt to be paid, for a period of a subscription or for an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Payment {
    /// Also the key under which the provider charges once.
    pub(crate) id: Id<Self>,
    pub(crate) pays_for: PaidFor,
    /// Which period it pays; 1 is the first, and the only one of an order.
    pub(crate) period: u32,
    /// How much is charged; nothing is asked of the provider where that is nothing.
    pub(crate) amount: Money,
    /// What is bought by it is worth so much, in minor units: what is set off for time that is not used.
    pub(crate) worth: i64,
    /// What the account's credit changes by once it is paid, in minor units.
    pub(crate) credit_change: i64,
    /// Whether a coupon made it cheaper.
    pub(crate) by_coupon: bool,
    /// The plan that begins with it, where it is for a change of plan at once.
    pub(crate) change_to: Option<Id<Plan>>,
    /// The payer's means.
    pub(crate) method: PaymentMethod,
    /// Whether its payer has asked for it and can act; renewals come by themselves.
    pub(crate) payer_present: bool,
    /// Where it stands.
    pub(crate) status: PaymentStatus,
    /// The provider's name of it; empty until the provider has answered.
    pub(crate) provider_id: String,
    /// When it was intended.
    pub(crate) created_at: Timestamp,
    /// When its state changed last.
    pub(crate) updated_at: Timestamp,
}

/// For so long at most a call asks the provider for its payment; what is open longer was left behind.
const BEING_ASKED: Duration = Duration::from_secs(10);

impl Payment {
    /// Says whether another call, of whichever process, waits for the provider's answer about it at this moment.
    pub(crate) fn is_being_asked(&self, now: Timestamp) -> bool {
        self.status == PaymentStatus::Intended && self.created_at + BEING_ASKED > now
    }
}

/// Where a payment stands.
///
/// ```text
/// intended ─▶ waiting ─▶ confirmed ─▶ refunding (an order that is given back), or refunded (by others)
///     │  └───────┴──────▶ declined
///     └──────────┴──────▶ voiding ─▶ voided
///                            └──────────┴──▶ refunding ─▶ refunded
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PaymentStatus {
    /// The provider may or may not have heard of it.
    Intended,
    /// The payer has to act, or the provider works on it.
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
    /// Given back, or taken back by the payer's bank.
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
