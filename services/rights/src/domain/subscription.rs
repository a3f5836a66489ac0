//! Subscriptions and their states.

use std::time::Duration;

use sv_kernel::{Id, Timestamp, User};

use super::{Anchor, Held, PaymentMethod, Plan, Schedule};

/// How long after the end of a trial its first charge may take.
const FIRST_CHARGE: Duration = Duration::from_mins(10);

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
    /// How many periods are paid, those of plans before this one included.
    pub(crate) paid_periods: u32,
    /// How many of them lie before `start`: a change of plan at once begins to count anew.
    pub(crate) periods_before: u32,
    /// The plan that follows.
    pub(crate) next_plan: Option<NextPlan>,
    /// What makes charges cheaper.
    pub(crate) held: Option<Held>,
    pub(crate) cancel_at_period_end: bool,
    /// Where a renewal was not paid: how it goes on.
    pub(crate) overdue: Option<Overdue>,
    /// Grows by one with each change.
    pub(crate) version: i64,
    pub(crate) created_at: Timestamp,
}

/// A plan that follows on another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NextPlan {
    pub(crate) plan: Id<Plan>,
    /// The first period that is one of it.
    pub(crate) from: u32,
}

/// A renewal that was not paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Overdue {
    /// How often it was declined.
    pub(crate) tries: u32,
    /// When it is tried again.
    pub(crate) retry_at: Timestamp,
    /// Until when the subscription gives access all the same.
    pub(crate) grace_end: Timestamp,
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
            periods_before: 0,
            next_plan: None,
            held: None,
            cancel_at_period_end: false,
            overdue: None,
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

    /// Says whether months that are given of a plan can be added at its end: the last of what is paid is one of it.
    pub(crate) fn ends_with(&self, plan: Id<Plan>) -> bool {
        let followed = self
            .next_plan
            .is_some_and(|next| next.from <= self.paid_periods);
        self.plan == plan && !followed
    }

    /// Runs for so many months more of its plan; another plan follows after them. Where a renewal was not paid, they
    /// stand for it.
    #[must_use]
    pub(crate) fn prolonged(mut self, months: u32, now: Timestamp) -> Self {
        self.paid_periods = self.paid_periods.saturating_add(months);
        if let Some(next) = &mut self.next_plan {
            next.from = next.from.saturating_add(months);
        }
        if now < self.period().1 {
            self.overdue = None;
        }
        self.version += 1;
        self
    }

    fn anchor(&self) -> Anchor {
        Anchor { start: self.start }
    }

    /// Returns when a period ends; 1 is the first. One that a change of plan has cut short ended with it.
    pub(crate) fn end_of(&self, period: u32) -> Timestamp {
        self.anchor()
            .begin_of(period.saturating_sub(self.periods_before))
    }

    /// Returns when a period begins.
    pub(crate) fn begin_of(&self, period: u32) -> Timestamp {
        self.end_of(period.saturating_sub(1))
    }

    /// Returns begin and end of the paid time that runs now, or ran last.
    pub(crate) fn period(&self) -> (Timestamp, Timestamp) {
        (
            self.begin_of(self.paid_periods),
            self.end_of(self.paid_periods),
        )
    }

    /// Lists the paid periods that are not over at an instant, the first one first.
    pub(crate) fn unused(&self, now: Timestamp) -> impl Iterator<Item = u32> {
        (self.periods_before + 1..=self.paid_periods)
            .filter(move |period| self.end_of(*period) > now)
    }

    /// Returns the begin of the paid month in which an instant lies; none where it lies in none.
    pub(crate) fn running_from(&self, now: Timestamp) -> Option<Timestamp> {
        let mut begins = (self.periods_before + 1..=self.paid_periods)
            .rev()
            .map(|period| self.begin_of(period));
        begins.find(|begin| *begin <= now)
    }

    /// Returns it as it is at an instant: with the plan that has followed by then.
    #[must_use]
    pub(crate) fn at(mut self, now: Timestamp) -> Self {
        if let Some(next) = self.next_plan
            && self.paid_periods >= next.from
            && self.begin_of(next.from) <= now
        {
            self.plan = next.plan;
            self.next_plan = None;
        }
        self
    }

    /// Returns the plan that the next charge is for.
    pub(crate) fn plan_to_charge(&self) -> Id<Plan> {
        let next = self
            .next_plan
            .filter(|next| next.from <= self.paid_periods + 1);
        next.map_or(self.plan, |next| next.plan)
    }

    /// Has another plan when what is paid is over, or the present one for good.
    #[must_use]
    pub(crate) fn followed_by(mut self, plan: Id<Plan>) -> Self {
        let from = self.paid_periods + 1;
        self.next_plan = (plan != self.plan).then_some(NextPlan { plan, from });
        self.version += 1;
        self
    }

    /// Says whether it gives access at an instant: to the microsecond, whatever a job has done.
    pub(crate) fn gives_access(&self, now: Timestamp) -> bool {
        self.status == Status::Active && now < self.access_end()
    }

    /// Returns when it gives no access any more, as things stand.
    pub(crate) fn access_end(&self) -> Timestamp {
        let end = self.period().1;
        self.owed()
            .map_or(end, |overdue| overdue.grace_end.max(end))
            .max(self.tried_until())
    }

    /// Returns until when a trial that goes on gives access: charged when it is over, it is not closed meanwhile.
    fn tried_until(&self) -> Timestamp {
        match self.trial_end() {
            Some(end) if !self.cancel_at_period_end => end + FIRST_CHARGE,
            _ => self.period().1,
        }
    }

    /// Returns how a renewal goes on that was not paid, while somebody still wants it.
    pub(crate) fn owed(&self) -> Option<Overdue> {
        let wanted = self.status == Status::Active && !self.cancel_at_period_end;
        self.overdue.filter(|_| wanted)
    }

    /// Returns the state that a viewer is told.
    pub(crate) fn status_at(&self, now: Timestamp) -> Status {
        match self.status {
            Status::Active if now >= self.tried_until() && self.owed().is_none() => Status::Ended,
            status => status,
        }
    }

    /// Takes a declined payment: a request is declined; what is paid stays until its end, and a renewal is tried again
    /// as the schedule says, until no try is left. `None` where it changes nothing: a try by the payer's own wish
    /// takes none of those away.
    #[must_use]
    pub(crate) fn declined(mut self, schedule: &Schedule, now: Timestamp) -> Option<Self> {
        if self.status == Status::Pending {
            self.status = Status::Declined;
        } else if self.paid_periods == 0 {
            // A trial, of which nothing was ever paid.
            self.cancel_at_period_end = true;
        } else {
            let before = self.overdue;
            if before.is_some_and(|overdue| now < overdue.retry_at) {
                return None;
            }
            let tries = before.map_or(0, |overdue| overdue.tries) + 1;
            let end = self.period().1;
            match schedule.after(tries, end, now) {
                Some(retry_at) => {
                    let grace_end =
                        before.map_or(end + schedule.grace, |overdue| overdue.grace_end);
                    self.overdue = Some(Overdue {
                        tries,
                        retry_at,
                        grace_end,
                    });
                }
                None if now < end => self.cancel_at_period_end = true,
                None => {
                    self.overdue = None;
                    self.status = Status::Ended;
                }
            }
        }
        self.version += 1;
        Some(self)
    }

    /// Gives access beyond its end while its payer has to act on the renewal.
    #[must_use]
    pub(crate) fn kept_waiting(mut self, schedule: &Schedule, retry_at: Timestamp) -> Self {
        self.overdue = Some(Overdue {
            tries: 0,
            retry_at,
            grace_end: self.period().1 + schedule.grace,
        });
        self.version += 1;
        self
    }

    /// Is charged by another means from now on.
    #[must_use]
    pub(crate) fn charged_by(mut self, method: PaymentMethod) -> Self {
        self.method = method;
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
        self.next_plan = None;
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

    /// Says whether it is over before anything of it was paid or given.
    pub(crate) fn came_to_nothing(&self) -> bool {
        let over = !matches!(self.status, Status::Pending | Status::Active);
        over && self.paid_periods == 0
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
    use crate::payments::{Payment, PaymentStatus};

    /// A payment of a period; `change_to` is set where it is for a change of plan.
    fn payment(period: u32, change_to: Option<u128>, at: Timestamp) -> Payment {
        let nil = Uuid::nil();
        Payment {
            id: Id::from_uuid(nil),
            pays_for: crate::domain::PaidFor::Subscription(Id::from_uuid(nil)),
            period,
            amount: sv_kernel::Money::new(799, sv_kernel::Currency::parse("EUR").unwrap()),
            worth: 799,
            credit_change: 0,
            by_coupon: false,
            change_to: change_to.map(|id| Id::from_uuid(Uuid::from_u128(id))),
            method: PaymentMethod::default(),
            payer_present: true,
            status: PaymentStatus::Confirmed,
            provider_id: String::new(),
            created_at: at,
            updated_at: at,
        }
    }

    fn first(at: Timestamp) -> Payment {
        payment(1, None, at)
    }

    #[test]
    fn another_plan_at_once_begins_a_month_of_its_own() {
        let now = requested().start;
        let active = requested().paid(&first(now), now);
        let later = now + Duration::from_hours(24 * 10);
        let changed = active.paid(&payment(2, Some(7), later), later);
        assert_eq!(changed.plan, Id::from_uuid(Uuid::from_u128(7)));
        assert_eq!(changed.period().0, later);
        assert_eq!(changed.period().1.to_string(), "2026-03-10T12:00:00Z");
        assert_eq!(changed.unused(later).collect::<Vec<_>>(), [2]);
        assert_eq!(changed.end_of(1), later, "the month before was cut short");
        // In the same microsecond once more.
        let again = changed.paid(&payment(3, Some(8), later), later);
        assert_eq!(
            again.period(),
            (
                later,
                Timestamp::parse_rfc3339("2026-03-10T12:00:00Z").unwrap()
            )
        );
        assert_eq!(again.unused(later).collect::<Vec<_>>(), [3]);
        assert!(again.gives_access(later));
    }

    #[test]
    fn another_plan_at_the_end_follows_when_its_month_is_paid_and_begins() {
        let now = requested().start;
        let other = Id::from_uuid(Uuid::from_u128(7));
        let active = requested().paid(&first(now), now);
        let old = active.plan;
        let end = active.period().1;
        let followed = active.followed_by(other);
        assert_eq!((followed.plan, followed.plan_to_charge()), (old, other));
        assert_eq!(
            followed.clone().at(end).plan,
            old,
            "nothing is paid of it yet"
        );
        let early = end - Duration::from_hours(1);
        let paid = followed.clone().paid(&payment(2, None, early), early);
        assert_eq!(paid.clone().at(early).plan, old);
        assert_eq!(paid.clone().at(end).plan, other);
        assert_eq!(paid.at(end).next_plan, None);
        assert_eq!(followed.followed_by(old).next_plan, None, "taken back");
    }

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
        let active = requested().paid(&first(now), now);
        let (_, end) = active.period();
        assert_eq!(end.to_string(), "2026-02-28T12:00:00Z");
        assert!(active.gives_access(end - Duration::from_micros(1)));
        assert!(!active.gives_access(end));
        assert_eq!(active.status_at(end), Status::Ended);
        assert_eq!(
            active
                .paid(&payment(2, None, end), end)
                .period()
                .1
                .to_string(),
            "2026-03-31T12:00:00Z"
        );
    }

    #[test]
    fn a_request_gives_nothing_and_time_runs_from_the_payment() {
        let request = requested();
        assert!(!request.gives_access(request.start));
        let later = request.start + Duration::from_hours(5);
        assert_eq!(request.paid(&first(later), later).period().0, later);
    }

    #[test]
    fn a_renewal_that_is_declined_is_tried_again_and_plays_within_its_grace() {
        let schedule: Schedule = "1 3 grace 2".parse().unwrap();
        let day = Duration::from_hours(24);
        let now = requested().start;
        let active = requested().paid(&first(now), now);
        let end = active.period().1;
        let early = end - Duration::from_hours(1);
        let once = active.declined(&schedule, early).unwrap();
        assert_eq!(once.overdue.unwrap().retry_at, end + day);
        assert!(once.gives_access(end + day * 2 - Duration::from_micros(1)));
        assert!(!once.gives_access(end + day * 2), "its grace is over");
        assert_eq!(
            once.status_at(end + day * 2),
            Status::Active,
            "it is still asked for"
        );
        assert_eq!(
            once.clone().declined(&schedule, end),
            None,
            "the payer's own try"
        );
        let twice = once.declined(&schedule, end + day).unwrap();
        assert_eq!(twice.overdue.unwrap().retry_at, end + day * 3);
        let paid = twice.clone().paid(&payment(2, None, end + day), end + day);
        assert_eq!(
            (paid.overdue, paid.period().0),
            (None, end),
            "time runs on from the end"
        );
        let over = twice.clone().declined(&schedule, end + day * 3).unwrap();
        assert_eq!(over.status, Status::Ended);
        let cancelled = twice.cancelled();
        assert!(
            !cancelled.gives_access(end + day),
            "nobody wants it any more"
        );
        assert_eq!(cancelled.status_at(end + day), Status::Ended);
        // Without tries it ends with what is paid.
        let none: Schedule = "".parse().unwrap();
        let last = requested()
            .paid(&first(now), now)
            .declined(&none, early)
            .unwrap();
        assert!(last.cancel_at_period_end && last.gives_access(early));
    }

    #[test]
    fn cancelling_keeps_what_is_paid() {
        let now = requested().start;
        let cancelled = requested().paid(&first(now), now).cancelled();
        assert!(cancelled.gives_access(now) && cancelled.cancel_at_period_end);
        assert_eq!(requested().cancelled().status, Status::Ended);
    }
}
