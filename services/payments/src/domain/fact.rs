//! What is known of a payment, by an answer of the provider or by an event.

use super::Movement;

/// The key of the refund that we have asked for; those that the provider began have its names.
pub(crate) const OURS: &str = "ours";

/// Something that is so, whenever it is heard of. Facts add up: a payment that has heard the same facts is the same
/// payment, in whatever order they came and however often (X-PAY-1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fact {
    /// The charge has come this far.
    Charge(ChargeState),
    /// A refund has come this far.
    Refund {
        /// [`OURS`], or the provider's name of it.
        key: String,
        /// The provider's name of it; empty where it has not said.
        provider_id: String,
        /// Minor units of the payment's currency.
        minor: i64,
        status: Movement,
    },
    /// The payer's bank takes the money back: disputed, lost or won.
    Chargeback {
        provider_id: String,
        /// Minor units of the payment's currency.
        minor: i64,
        status: Movement,
    },
}

/// How far a charge has come. Later ones outlast earlier ones: a payer whose card was refused may pay by another,
/// and money that was taken was taken whatever else is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ChargeState {
    /// The provider may or may not have heard of it.
    Intended,
    /// The payer has to act.
    ActionNeeded,
    /// The provider works on it.
    Processing,
    Declined,
    Cancelled,
    Confirmed,
}

impl ChargeState {
    /// Every state and its name in the table.
    pub(crate) const NAMES: [(Self, &'static str); 6] = [
        (Self::Intended, "intended"),
        (Self::ActionNeeded, "action_needed"),
        (Self::Processing, "processing"),
        (Self::Declined, "declined"),
        (Self::Cancelled, "cancelled"),
        (Self::Confirmed, "confirmed"),
    ];

    /// Returns the name in the table.
    pub(crate) fn name(self) -> &'static str {
        let name = Self::NAMES.iter().find(|(state, _)| *state == self);
        name.map_or("intended", |(_, name)| name)
    }

    /// Says whether it may still come to a charge by itself.
    pub(crate) fn is_open(self) -> bool {
        self < Self::Declined
    }

    pub(super) fn movement(self) -> Movement {
        match self {
            Self::Intended | Self::ActionNeeded | Self::Processing => Movement::Pending,
            Self::Declined | Self::Cancelled => Movement::Failed,
            Self::Confirmed => Movement::Succeeded,
        }
    }
}
