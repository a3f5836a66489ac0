//! Orders: single titles that an account buys or rents, and their states (RGT-2).

use std::time::Duration;

use sv_kernel::{Id, Timestamp, User};
use uuid::Uuid;

use super::{PaymentMethod, Price};

/// An account's purchase or rental of a title.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Order {
    pub(crate) id: Id<Order>,
    pub(crate) user: Id<User>,
    /// The title; that of a series stands for its episodes, too.
    pub(crate) content: Uuid,
    /// The series of which the title is an episode.
    pub(crate) series: Option<Uuid>,
    /// The title's name when it was ordered.
    pub(crate) title: String,
    pub(crate) kind: OrderKind,
    pub(crate) price: Price,
    /// The payer's means.
    pub(crate) method: PaymentMethod,
    pub(crate) status: OrderStatus,
    /// When it was paid.
    pub(crate) paid_at: Option<Timestamp>,
    /// Grows by one with each change.
    pub(crate) version: i64,
    pub(crate) created_at: Timestamp,
}

/// What is had of the title.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OrderKind {
    /// It for good.
    Purchase,
    /// It for so many hours from the payment on.
    Rental(u32),
}

/// Where an order stands, as it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OrderStatus {
    /// The payment is not confirmed.
    Pending,
    /// Paid; a rental's time may have run out since.
    Paid,
    /// A rental whose time was over when the title was rented again.
    Ended,
    /// The payment was declined.
    Declined,
    /// Given up for another order of the account before anything was paid; no history.
    Superseded,
    /// Given back.
    Refunded,
}

impl OrderStatus {
    /// Every state and its name in the table.
    pub(crate) const NAMES: [(Self, &'static str); 6] = [
        (Self::Pending, "pending"),
        (Self::Paid, "paid"),
        (Self::Ended, "ended"),
        (Self::Declined, "declined"),
        (Self::Superseded, "superseded"),
        (Self::Refunded, "refunded"),
    ];

    /// Returns the name in the table.
    pub(crate) fn name(self) -> &'static str {
        Self::NAMES
            .iter()
            .find(|(status, _)| *status == self)
            .map_or("ended", |(_, name)| name)
    }
}

impl Order {
    /// Returns when it ends; `None` while it is not paid, and for a purchase.
    pub(crate) fn ends_at(&self) -> Option<Timestamp> {
        match self.kind {
            OrderKind::Purchase => None,
            OrderKind::Rental(hours) => {
                let runs = Duration::from_secs(u64::from(hours) * 3_600);
                self.paid_at.map(|paid| paid + runs)
            }
        }
    }

    /// Says whether it opens the title of another, once it is paid: it is for the same title or for its series.
    pub(crate) fn is_about(&self, other: &Self) -> bool {
        self.content == other.content || Some(self.content) == other.series
    }

    /// Says whether it gives access at an instant: to the microsecond, whatever a job has done.
    pub(crate) fn gives_access(&self, now: Timestamp) -> bool {
        self.status == OrderStatus::Paid && self.ends_at().is_none_or(|end| now < end)
    }

    /// Returns the state that a viewer is told.
    pub(crate) fn status_at(&self, now: Timestamp) -> OrderStatus {
        match self.status {
            OrderStatus::Paid if !self.gives_access(now) => OrderStatus::Ended,
            status => status,
        }
    }

    /// Takes the confirmed payment: time runs from now, not from the request.
    #[must_use]
    pub(crate) fn paid(self, now: Timestamp) -> Self {
        Self {
            paid_at: Some(now),
            ..self.into(OrderStatus::Paid)
        }
    }

    /// Takes another state.
    #[must_use]
    pub(crate) fn into(self, status: OrderStatus) -> Self {
        Self {
            status,
            version: self.version + 1,
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use sv_kernel::Currency;

    use super::*;

    fn order(kind: OrderKind) -> Order {
        let nil = Uuid::nil();
        Order {
            id: Id::from_uuid(nil),
            user: Id::from_uuid(nil),
            content: nil,
            series: None,
            title: "Alien".into(),
            kind,
            price: Price::new(399, Currency::parse("EUR").unwrap()).unwrap(),
            method: PaymentMethod::default(),
            status: OrderStatus::Pending,
            paid_at: None,
            version: 1,
            created_at: Timestamp::from_secs(1_700_000_000),
        }
    }

    #[test]
    fn a_rental_runs_from_its_payment_to_the_microsecond() {
        let request = order(OrderKind::Rental(48));
        assert!(!request.gives_access(request.created_at));
        let paid = request.created_at + Duration::from_hours(5);
        let rental = request.paid(paid);
        let end = paid + Duration::from_hours(48);
        assert_eq!(rental.ends_at(), Some(end));
        assert!(rental.gives_access(end - Duration::from_micros(1)));
        assert!(!rental.gives_access(end));
        assert_eq!(rental.status_at(end), OrderStatus::Ended);
    }

    #[test]
    fn a_purchase_has_no_end_until_it_is_given_back() {
        let paid = Timestamp::from_secs(1_700_000_000);
        let purchase = order(OrderKind::Purchase).paid(paid);
        let late = paid + Duration::from_hours(24 * 365 * 20);
        assert!(purchase.gives_access(late));
        assert!(!purchase.into(OrderStatus::Refunded).gives_access(late));
    }
}
