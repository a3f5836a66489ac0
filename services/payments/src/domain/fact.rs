//! What is known of a payment, by an answer of the provider or by an event.

use super::{ChargeState, Movement};

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
