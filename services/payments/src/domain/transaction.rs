//! Movements of a payment's money (PAY-1).

use sv_kernel::{Id, Timestamp};

/// A movement of a payment's money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Transaction {
    pub(crate) id: Id<Self>,
    pub(crate) kind: Kind,
    /// Tells movements of one kind and payment apart: of refunds that we asked for `ours`, else the provider's name.
    pub(crate) key: String,
    /// Minor units of the payment's currency.
    pub(crate) minor: i64,
    /// Empty until the provider has answered.
    pub(crate) provider_id: String,
    pub(crate) status: Movement,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

/// Which way money moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Charge,
    Refund,
    Chargeback,
}

impl Kind {
    /// Every kind and its name in the table.
    pub(crate) const NAMES: [(Self, &'static str); 3] = [
        (Self::Charge, "charge"),
        (Self::Refund, "refund"),
        (Self::Chargeback, "chargeback"),
    ];

    /// Returns the name in the table.
    pub(crate) fn name(self) -> &'static str {
        let name = Self::NAMES.iter().find(|(kind, _)| *kind == self);
        name.map_or("charge", |(_, name)| name)
    }
}

/// How far a movement is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Movement {
    /// Under way; of a chargeback: disputed.
    Pending,
    /// Done; of a chargeback: lost.
    Succeeded,
    /// Not done; of a chargeback: won, the money came back.
    Failed,
}

impl Movement {
    /// Every state and its name in the table.
    pub(crate) const NAMES: [(Self, &'static str); 3] = [
        (Self::Pending, "pending"),
        (Self::Succeeded, "succeeded"),
        (Self::Failed, "failed"),
    ];

    /// Returns the name in the table.
    pub(crate) fn name(self) -> &'static str {
        let name = Self::NAMES.iter().find(|(status, _)| *status == self);
        name.map_or("pending", |(_, name)| name)
    }

    /// Orders states by what outlasts what: a charge that failed may still succeed by another try of its payer, a
    /// refund that succeeded may still come back, and a dispute that was lost may be won.
    fn rank(self, kind: Kind) -> u8 {
        match (self, kind) {
            (Self::Pending, _) => 0,
            (Self::Failed, Kind::Charge) | (Self::Succeeded, Kind::Refund | Kind::Chargeback) => 1,
            (Self::Succeeded, Kind::Charge) | (Self::Failed, Kind::Refund | Kind::Chargeback) => 2,
        }
    }
}

impl Transaction {
    /// Says whether another state outlasts that of this movement.
    pub(super) fn yields_to(&self, status: Movement) -> bool {
        status.rank(self.kind) > self.status.rank(self.kind)
    }
}
