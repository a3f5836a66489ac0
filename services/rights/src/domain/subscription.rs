//! Subscriptions and their states.

use std::time::Duration;

use sv_kernel::{Id, Timestamp, User};

use super::{Anchor, Plan};
use crate::payments::PaymentMethod;

/// An account's subscription to a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Subscription {
    pub(crate) id: Id<Subscription>,
    pub(crate) user: Id<User>,
    pub(crate) plan: Id<Plan>,
    /// The payer's means for the next charge.
    pub(crate) method: PaymentMethod,
    pub(crate) status: Status,
    /// When the first period began, or begins after a trial, or the request came while nothing is paid.
    pub(crate) start: Timestamp,
    /// How many periods are paid.
    pub(crate) paid_periods: u32,
    pub(crate) cancel_at_period_end: bool,
    /// Grows by one with each change.
    pub(crate) version: i64,
    pub(crate) created_at: Timestamp,
}

/// Where a subscription stands, as it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// The first payment is not confirmed.
    Pending,
    /// Paid; the time may have run out since.
    Active,
    /// Over.
    Ended,
    /// The first payment was declined.
    Declined,
    /// Given up for another request of the account before anything was paid; no history.
    Superseded,
}

impl Status {
    /// Every state and its name in the table.
    pub(crate) const NAMES: [(Self, &'static str); 5] = [
        (Self::Pending, "pending"),
        (Self::Active, "active"),
        (Self::Ended, "ended"),
        (Self::Declined, "declined"),
        (Self::Superseded, "superseded"),
    ];

    /// Returns the name in the table.
    pub(crate) fn name(self) -> &'static str {
        Self::NAMES
            .iter()
            .find(|(status, _)| *status == self)
            .map_or("ended", |(_, name)| name)
    }
}

impl Subscription {
    /// Makes a subscription that waits for its first payment.
    pub(crate) fn requested(
        id: Id<Self>,
        user: Id<User>,
        plan: Id<Plan>,
        method: PaymentMethod,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            user,
            plan,
            method,
            status: Status::Pending,
            start: now,
            paid_periods: 0,
            cancel_at_period_end: false,
            version: 1,
            created_at: now,
        }
    }

    /// Makes one that was given for so many months: it runs from now on and ends by itself.
    pub(crate) fn given(
        id: Id<Self>,
        user: Id<User>,
        plan: Id<Plan>,
        months: u32,
        now: Timestamp,
    ) -> Self {
        Self {
            status: Status::Active,
            paid_periods: months,
            cancel_at_period_end: true,
            ..Self::requested(id, user, plan, PaymentMethod::default(), now)
        }
    }

    /// Is tried for so many days: the first period begins, and is charged, when they are over.
    #[must_use]
    pub(crate) fn on_trial(mut self, days: u16) -> Self {
        self.status = Status::Active;
        self.start = self.created_at + Duration::from_hours(24) * u32::from(days);
        self
    }

    /// Returns when the trial ends, or ended, while nothing is paid.
    pub(crate) fn trial_end(&self) -> Option<Timestamp> {
        let tried = self.paid_periods == 0 && self.start > self.created_at;
        tried.then_some(self.start)
    }

    /// Runs for so many months more; what follows after is as before.
    #[must_use]
    pub(crate) fn prolonged(mut self, months: u32) -> Self {
        self.paid_periods = self.paid_periods.saturating_add(months);
        self.version += 1;
        self
    }

    fn anchor(&self) -> Anchor {
        Anchor { start: self.start }
    }

    /// Returns when a period ends; 1 is the first.
    pub(crate) fn end_of(&self, period: u32) -> Timestamp {
        self.anchor().begin_of(period)
    }

    /// Returns begin and end of the paid time that runs now, or ran last.
    pub(crate) fn period(&self) -> (Timestamp, Timestamp) {
        let begin = self.anchor().begin_of(self.paid_periods.saturating_sub(1));
        (begin, self.anchor().begin_of(self.paid_periods))
    }

    /// Returns the begin of the paid month in which an instant lies; none where it lies in none.
    pub(crate) fn running_from(&self, now: Timestamp) -> Option<Timestamp> {
        let mut begins = (0..self.paid_periods)
            .rev()
            .map(|n| self.anchor().begin_of(n));
        begins.find(|begin| *begin <= now)
    }

    /// Says whether it gives access at an instant: to the microsecond, whatever a job has done.
    pub(crate) fn gives_access(&self, now: Timestamp) -> bool {
        self.status == Status::Active && now < self.period().1
    }

    /// Returns the state that a viewer is told.
    pub(crate) fn status_at(&self, now: Timestamp) -> Status {
        match self.status {
            Status::Active if now >= self.period().1 => Status::Ended,
            status => status,
        }
    }

    /// Takes a confirmed payment: the first starts the time, a later one prolongs it.
    #[must_use]
    pub(crate) fn paid(mut self, now: Timestamp) -> Self {
        if self.status == Status::Pending {
            // Time runs from the payment, not from the request.
            self.start = now;
        }
        self.status = Status::Active;
        self.paid_periods += 1;
        self.version += 1;
        self
    }

    /// Takes a declined payment: a request is declined; what is paid stays until its end.
    #[must_use]
    pub(crate) fn declined(mut self) -> Self {
        if self.status == Status::Pending {
            self.status = Status::Declined;
        } else {
            self.cancel_at_period_end = true;
        }
        self.version += 1;
        self
    }

    /// Ends at the end of the paid time; a request that is not paid ends at once.
    #[must_use]
    pub(crate) fn cancelled(mut self) -> Self {
        if self.status == Status::Pending {
            self.status = Status::Ended;
        }
        self.cancel_at_period_end = true;
        self.version += 1;
        self
    }

    /// Goes on after it was cancelled, charged by `method` from now on.
    #[must_use]
    pub(crate) fn resumed(mut self, method: PaymentMethod) -> Self {
        self.cancel_at_period_end = false;
        self.method = method;
        self.version += 1;
        self
    }

    /// Gives an unpaid request up for another.
    #[must_use]
    pub(crate) fn superseded(mut self) -> Self {
        self.status = Status::Superseded;
        self.version += 1;
        self
    }

    /// Ends now.
    #[must_use]
    pub(crate) fn ended(mut self) -> Self {
        self.status = Status::Ended;
        self.version += 1;
        self
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn requested() -> Subscription {
        let nil = Uuid::nil();
        Subscription::requested(
            Id::from_uuid(nil),
            Id::from_uuid(nil),
            Id::from_uuid(nil),
            PaymentMethod::default(),
            Timestamp::parse_rfc3339("2026-01-31T12:00:00Z").unwrap(),
        )
    }

    #[test]
    fn access_ends_with_the_paid_time_to_the_microsecond() {
        let now = requested().start;
        let active = requested().paid(now);
        let (_, end) = active.period();
        assert_eq!(end.to_string(), "2026-02-28T12:00:00Z");
        assert!(active.gives_access(end - Duration::from_micros(1)));
        assert!(!active.gives_access(end));
        assert_eq!(active.status_at(end), Status::Ended);
        assert_eq!(
            active.paid(end).period().1.to_string(),
            "2026-03-31T12:00:00Z"
        );
    }

    #[test]
    fn a_request_gives_nothing_and_time_runs_from_the_payment() {
        let request = requested();
        assert!(!request.gives_access(request.start));
        let later = request.start + Duration::from_hours(5);
        assert_eq!(request.paid(later).period().0, later);
    }

    #[test]
    fn cancelling_keeps_what_is_paid() {
        let now = requested().start;
        let cancelled = requested().paid(now).cancelled();
        assert!(cancelled.gives_access(now) && cancelled.cancel_at_period_end);
        assert_eq!(requested().cancelled().status, Status::Ended);
    }
}
