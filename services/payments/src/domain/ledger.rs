//! The books: double entry.

use sv_kernel::{Currency, Id, Money, Timestamp};
use uuid::Uuid;

use super::{Kind, Movement, Transaction};

/// An account of the books.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Account {
    /// Owed to payers until a refund has arrived.
    Payer,
    /// What the provider holds for us.
    Provider,
    /// What was earned.
    Revenue,
    /// What was given back.
    Refunds,
    /// What banks have taken back.
    Disputes,
}

impl Account {
    /// Every account and its name in the table, in the order of the lists.
    pub(crate) const NAMES: [(Self, &'static str); 5] = [
        (Self::Payer, "payer"),
        (Self::Provider, "provider"),
        (Self::Revenue, "revenue"),
        (Self::Refunds, "refunds"),
        (Self::Disputes, "disputes"),
    ];

    /// Returns the name in the table.
    pub(crate) fn name(self) -> &'static str {
        let name = Self::NAMES.iter().find(|(account, _)| *account == self);
        name.map_or("payer", |(_, name)| name)
    }

    /// Reads the name in the table.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        let found = Self::NAMES.iter().find(|(_, known)| *known == name);
        found.map(|(account, _)| *account)
    }
}

/// A sum on an account: debits are positive, credits negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) account: Account,
    pub(crate) amount: Money,
}

/// What an account holds in a currency.
pub(crate) type Balance = Line;

/// An entry of the books. There is none whose lines do not add up to zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) id: Uuid,
    pub(crate) transaction: Id<Transaction>,
    /// What happened, e.g. `charge.succeeded`.
    pub(crate) event: String,
    lines: Vec<Line>,
    pub(crate) at: Timestamp,
}

impl Entry {
    /// Makes an entry in one currency; `None` where the sums move nothing, or do not add up to zero.
    pub(super) fn balanced(
        id: Uuid,
        transaction: Id<Transaction>,
        event: String,
        currency: Currency,
        sums: impl IntoIterator<Item = (Account, i64)>,
        at: Timestamp,
    ) -> Option<Self> {
        let sums = sums.into_iter().filter(|(_, minor)| *minor != 0);
        let lines = sums.map(|(account, minor)| Line {
            account,
            amount: Money::new(minor, currency),
        });
        let lines: Vec<_> = lines.collect();
        Self::read(id, transaction, event, lines, at).filter(|entry| !entry.lines.is_empty())
    }

    /// Takes an entry as it was written; `None` where a currency's lines do not add up to zero.
    pub(crate) fn read(
        id: Uuid,
        transaction: Id<Transaction>,
        event: String,
        lines: Vec<Line>,
        at: Timestamp,
    ) -> Option<Self> {
        let of_currency = |wanted: &Line| {
            let same = lines
                .iter()
                .filter(|line| line.amount.currency == wanted.amount.currency);
            same.map(|line| i128::from(line.amount.minor)).sum::<i128>()
        };
        lines
            .iter()
            .all(|line| of_currency(line) == 0)
            .then_some(())?;
        Some(Self {
            id,
            transaction,
            event,
            lines,
            at,
        })
    }

    /// Lists what it moves.
    pub(crate) fn lines(&self) -> &[Line] {
        &self.lines
    }
}

impl Transaction {
    /// Lists what a movement in a state has moved between the accounts of the books, as account and minor units.
    ///
    /// What is written for a change of state is the difference, so that the balances follow from the last state,
    /// whatever came between.
    fn moved(kind: Kind, status: Option<Movement>, minor: i64) -> [(Account, i64); 5] {
        use Account::{Disputes, Payer, Provider, Refunds, Revenue};
        let (payer, provider, revenue, refunds, disputes) = match (kind, status) {
            (Kind::Charge, Some(Movement::Succeeded)) => (0, minor, -minor, 0, 0),
            (Kind::Refund, Some(Movement::Pending)) => (-minor, 0, 0, minor, 0),
            (Kind::Refund, Some(Movement::Succeeded)) => (0, -minor, 0, minor, 0),
            (Kind::Chargeback, Some(Movement::Pending | Movement::Succeeded)) => {
                (0, -minor, 0, 0, minor)
            }
            (Kind::Charge | Kind::Refund | Kind::Chargeback, _) => (0, 0, 0, 0, 0),
        };
        [
            (Payer, payer),
            (Provider, provider),
            (Revenue, revenue),
            (Refunds, refunds),
            (Disputes, disputes),
        ]
    }

    /// Returns the entry of the books for the way from another state of this movement, or from none.
    pub(super) fn entry(
        &self,
        from: Option<Movement>,
        currency: Currency,
        id: Uuid,
    ) -> Option<Entry> {
        let before = Self::moved(self.kind, from, self.minor);
        let after = Self::moved(self.kind, Some(self.status), self.minor);
        let lines = before
            .into_iter()
            .zip(after)
            .map(|((account, before), (_, after))| (account, after - before));
        let event = format!("{}.{}", self.kind.name(), self.status.name());
        Entry::balanced(id, self.id, event, currency, lines, self.updated_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_no_entry_that_does_not_add_up_to_zero_in_each_currency() {
        let line = |account, minor, currency: &str| Line {
            account,
            amount: Money::new(minor, Currency::parse(currency).unwrap()),
        };
        let entry = |lines| {
            let nil = Uuid::nil();
            Entry::read(
                nil,
                Id::from_uuid(nil),
                String::new(),
                lines,
                Timestamp::EPOCH,
            )
        };
        let (a, b) = (Account::Provider, Account::Revenue);
        assert!(entry(vec![line(a, 799, "EUR"), line(b, -799, "EUR")]).is_some());
        assert!(entry(vec![line(a, 799, "EUR"), line(b, -798, "EUR")]).is_none());
        assert!(entry(vec![line(a, 799, "EUR"), line(b, -799, "NOK")]).is_none());
        assert!(entry(vec![line(a, i64::MAX, "EUR"), line(b, i64::MAX, "EUR")]).is_none());
    }
}
