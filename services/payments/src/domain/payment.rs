//! Payments and where they stand.

use sv_kernel::{Id, Money, Timestamp, User};
use uuid::Uuid;

use super::{ChargeState, Entry, Fact, Kind, Movement, OURS, PaymentMethod, Transaction};

/// What a seller asks to be paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bill {
    pub(crate) id: Id<Payment>,
    pub(crate) account: Id<User>,
    pub(crate) amount: Money,
    pub(crate) method: PaymentMethod,
    /// What the seller calls what is paid for.
    pub(crate) reference: String,
    /// For people.
    pub(crate) description: String,
    /// Whether it is charged without its payer, by a means that was used before.
    pub(crate) off_session: bool,
}

/// A payment with all that is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Payment {
    /// Also the key under which the provider charges once.
    pub(crate) id: Id<Self>,
    pub(crate) account: Id<User>,
    pub(crate) amount: Money,
    pub(crate) method: PaymentMethod,
    pub(crate) reference: String,
    pub(crate) description: String,
    /// Whether it is charged without its payer.
    pub(crate) off_session: bool,
    /// The provider's name of the account, where it has one.
    pub(crate) payer: String,
    /// Who takes it.
    pub(crate) provider: String,
    /// Empty until the provider has answered.
    pub(crate) provider_id: String,
    pub(crate) charge: ChargeState,
    /// When its seller no longer wanted it.
    pub(crate) cancel_asked: Option<Timestamp>,
    /// The charge first.
    pub(crate) transactions: Vec<Transaction>,
    /// Grows by one with each change.
    pub(crate) version: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    /// How often the job has tried in vain since.
    pub(crate) tries: u32,
}

/// Where a payment stands; it follows from what is known of its money.
///
/// ```text
/// intended ─▶ action needed ─▶ processing ─▶ confirmed ─▶ refunding ─▶ refunded
///     └────────────┴───────────────┤             └──────▶ charged back (confirmed again, where it is won)
///                                  ├──▶ declined
///                                  └──▶ cancelling ─▶ cancelled, or confirmed: it was taken before
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Intended,
    ActionNeeded,
    Processing,
    Confirmed,
    Declined,
    Cancelling,
    Cancelled,
    Refunding,
    Refunded,
    ChargedBack,
}

impl Status {
    /// Every state and its name in the table.
    pub(crate) const NAMES: [(Self, &'static str); 10] = [
        (Self::Intended, "intended"),
        (Self::ActionNeeded, "action_needed"),
        (Self::Processing, "processing"),
        (Self::Confirmed, "confirmed"),
        (Self::Declined, "declined"),
        (Self::Cancelling, "cancelling"),
        (Self::Cancelled, "cancelled"),
        (Self::Refunding, "refunding"),
        (Self::Refunded, "refunded"),
        (Self::ChargedBack, "charged_back"),
    ];

    /// Returns the name in the table.
    pub(crate) fn name(self) -> &'static str {
        let name = Self::NAMES.iter().find(|(status, _)| *status == self);
        name.map_or("intended", |(_, name)| name)
    }
}

impl Payment {
    /// Makes a payment that no provider has heard of.
    pub(crate) fn intended(
        bill: &Bill,
        provider: &str,
        transaction: Id<Transaction>,
        now: Timestamp,
    ) -> Self {
        let charge = Transaction {
            id: transaction,
            kind: Kind::Charge,
            key: String::new(),
            minor: bill.amount.minor,
            provider_id: String::new(),
            status: Movement::Pending,
            created_at: now,
            updated_at: now,
        };
        Self {
            id: bill.id,
            account: bill.account,
            amount: bill.amount,
            method: bill.method.clone(),
            reference: bill.reference.clone(),
            description: bill.description.clone(),
            off_session: bill.off_session,
            payer: String::new(),
            provider: provider.to_owned(),
            provider_id: String::new(),
            charge: ChargeState::Intended,
            cancel_asked: None,
            transactions: vec![charge],
            version: 1,
            created_at: now,
            updated_at: now,
            tries: 0,
        }
    }

    /// Says whether it is what a bill asks for.
    pub(crate) fn is_for(&self, bill: &Bill) -> bool {
        (self.account, self.amount) == (bill.account, bill.amount)
    }

    /// Returns where it stands.
    pub(crate) fn status(&self) -> Status {
        let mut taken_back = self.of(Kind::Chargeback);
        if taken_back.any(|chargeback| chargeback.status != Movement::Failed) {
            return Status::ChargedBack;
        }
        let settled = self.refunded();
        if settled > 0 && settled >= self.amount.minor {
            return Status::Refunded;
        }
        let refunds = self
            .of(Kind::Refund)
            .filter(|refund| refund.status != Movement::Failed);
        let begun: i64 = refunds.map(|refund| refund.minor).sum();
        if begun > 0 && begun >= self.amount.minor {
            return Status::Refunding;
        }
        match self.charge {
            ChargeState::Confirmed => Status::Confirmed,
            ChargeState::Declined => Status::Declined,
            ChargeState::Cancelled => Status::Cancelled,
            _ if self.cancel_asked.is_some() => Status::Cancelling,
            ChargeState::Intended => Status::Intended,
            ChargeState::ActionNeeded => Status::ActionNeeded,
            ChargeState::Processing => Status::Processing,
        }
    }

    /// Returns what of it has been given back, in minor units.
    pub(crate) fn refunded(&self) -> i64 {
        let refunds = self.of(Kind::Refund);
        let done = refunds.filter(|refund| refund.status == Movement::Succeeded);
        done.map(|refund| refund.minor).sum()
    }

    /// Says whether a sum may be a part of its money, or all of it.
    pub(crate) fn may_move(&self, sum: Money) -> bool {
        sum.currency == self.amount.currency && (1..=self.amount.minor).contains(&sum.minor)
    }

    /// Finds the refund that we have asked for.
    pub(crate) fn our_refund(&self) -> Option<&Transaction> {
        self.of(Kind::Refund).find(|refund| refund.key == OURS)
    }

    /// Says whether the provider has to be asked about it.
    pub(crate) fn is_unsettled(&self) -> bool {
        match self.status() {
            Status::Intended | Status::ActionNeeded | Status::Processing | Status::Cancelling => {
                true
            }
            _ => self
                .our_refund()
                .is_some_and(|refund| refund.status == Movement::Pending),
        }
    }

    fn of(&self, kind: Kind) -> impl Iterator<Item = &Transaction> {
        self.transactions.iter().filter(move |one| one.kind == kind)
    }

    /// Takes a fact. Returns what it means for the books, which is nothing where it is known or outlasted.
    pub(crate) fn take(
        &mut self,
        fact: &Fact,
        now: Timestamp,
        new_id: &dyn Fn() -> Uuid,
    ) -> Option<Entry> {
        match fact {
            Fact::Charge(state) => {
                if *state <= self.charge {
                    return None;
                }
                self.charge = *state;
                let name = self.provider_id.clone();
                let movement = state.movement();
                self.advance(
                    (Kind::Charge, ""),
                    self.amount.minor,
                    &name,
                    movement,
                    now,
                    new_id,
                )
            }
            Fact::Refund {
                key,
                provider_id,
                minor,
                status,
            } => self.advance(
                (Kind::Refund, key),
                *minor,
                provider_id,
                *status,
                now,
                new_id,
            ),
            Fact::Chargeback {
                provider_id,
                minor,
                status,
            } => {
                let which = (Kind::Chargeback, provider_id.as_str());
                self.advance(which, *minor, provider_id, *status, now, new_id)
            }
        }
    }

    fn advance(
        &mut self,
        (kind, key): (Kind, &str),
        minor: i64,
        provider_id: &str,
        status: Movement,
        now: Timestamp,
        new_id: &dyn Fn() -> Uuid,
    ) -> Option<Entry> {
        let currency = self.amount.currency;
        let mut known = self.transactions.iter_mut();
        let Some(known) = known.find(|one| one.kind == kind && one.key == key) else {
            let new = Transaction {
                id: Id::from_uuid(new_id()),
                kind,
                key: key.to_owned(),
                minor,
                provider_id: provider_id.to_owned(),
                status,
                created_at: now,
                updated_at: now,
            };
            let entry = new.entry(None, currency, new_id());
            self.transactions.push(new);
            return entry;
        };
        if known.provider_id.is_empty() {
            provider_id.clone_into(&mut known.provider_id);
        }
        if !known.yields_to(status) {
            return None;
        }
        let before = known.status;
        known.status = status;
        known.updated_at = now;
        known.entry(Some(before), currency, new_id())
    }
}
