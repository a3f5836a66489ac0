//! What stands behind paid time: where plans were changed, a month may be paid by what was left of others (X-PAY-3).

use std::cmp::Reverse;

use sv_kernel::Timestamp;

use super::{Status, Subscription, unused};
use crate::payments::{Payment, PaymentStatus};

/// Returns what was set off for unused time: what the month and the change of credit are worth beyond the charge.
fn set_off(payment: &Payment) -> i64 {
    payment
        .worth
        .saturating_add(payment.credit_change)
        .saturating_sub(payment.amount.minor)
}

/// What a payment cost of an account's debt, and what it used of its credit.
fn owed_and_used(payment: &Payment) -> (i64, i64) {
    let change = payment.credit_change;
    (change.max(0), change.saturating_neg().max(0))
}

/// Says how much of each payment a change of plan has set off, of all that were taken: months that had not begun were
/// unused whole, so the newest count first.
fn shares<'a>(change: &Payment, taken: &'a [Payment]) -> Vec<(&'a Payment, i64)> {
    let counted = |paid: &&Payment| {
        let was_ours =
            paid.status == PaymentStatus::Confirmed || paid.updated_at >= change.created_at;
        paid.period < change.period && paid.amount.currency == change.amount.currency && was_ours
    };
    let mut before: Vec<&Payment> = taken.iter().filter(counted).collect();
    before.sort_by_key(|paid| Reverse((paid.period, paid.created_at)));
    let mut rest = set_off(change).max(0);
    let mut shares = Vec::new();
    for paid in before {
        let share = rest.min(paid.worth.max(0));
        rest -= share;
        shares.push((paid, share));
        // What was before that, it has set off itself.
        if paid.change_to.is_some() || rest == 0 {
            break;
        }
    }
    shares
}

/// What a payment that went back takes with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reversal {
    /// Whether the subscription is over.
    pub(crate) closes: bool,
    /// What the account's credit changes by, in minor units.
    pub(crate) credit: i64,
}

/// Says what becomes of a subscription and of credit where a confirmed payment went back, of all that were `taken`.
///
/// Where its month runs, the subscription is over, and what else had paid for the rest of it is credit again. Where a
/// change of plan has set the month off, that sum is taken from the account's credit, which then may be below zero; where
/// nothing else was paid for the new month, or a bank takes money back, which leaves no trust, the subscription is over,
/// and what was `left` of it counts against what is owed.
pub(crate) fn reversal(
    of: &Subscription,
    payment: &Payment,
    taken: &[Payment],
    (left, by_bank): (i64, bool),
    now: Timestamp,
) -> Reversal {
    let is_over = !matches!(of.status, Status::Pending | Status::Active);
    let (owed, used) = owed_and_used(payment);
    let later = taken
        .iter()
        .filter(|later| later.change_to.is_some() && later.period > payment.period);
    let (closes, credit) = if let Some(change) = later.min_by_key(|change| change.period) {
        let shares = shares(change, taken);
        let own = shares.into_iter().find(|(paid, _)| paid.id == payment.id);
        let lives_on = own.map_or(0, |(_, share)| {
            share.min(payment.amount.minor.saturating_sub(owed))
        });
        // Nothing else was paid for what runs now.
        let unpaid = change.amount.minor == 0 && of.end_of(change.period) > now;
        let closes = !is_over && (by_bank || unpaid);
        let kept = if closes { left } else { 0 };
        (closes, -lives_on.saturating_sub(kept).max(0))
    } else if is_over {
        (false, 0)
    } else {
        let (begin, end) = (of.begin_of(payment.period), of.end_of(payment.period));
        let others = set_off(payment).max(0).saturating_add(used);
        (by_bank || end > now, unused(others, begin, end, now))
    };
    Reversal {
        closes,
        credit: credit.saturating_sub(owed),
    }
}

/// What goes back where the last paid month is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Undone {
    /// The payments, each whole.
    pub(crate) payments: Vec<Payment>,
    /// What the account's credit changes by, in minor units.
    pub(crate) credit: i64,
}

/// Undoes the last paid month of all payments that were `taken`: its own payment goes back and those of earlier months
/// that were set off against it, credit that was used for them comes back, and credit that was made of them goes.
pub(crate) fn undone(taken: &[Payment]) -> Undone {
    let mut undone = Undone::default();
    let last = taken
        .iter()
        .max_by_key(|paid| (paid.period, paid.created_at));
    let mut next: Vec<&Payment> = last.into_iter().collect();
    while let Some(paid) = next.pop() {
        undone.payments.push(paid.clone());
        // What went back before has had its effect.
        if paid.status != PaymentStatus::Confirmed {
            continue;
        }
        undone.credit += paid.worth - paid.amount.minor;
        if paid.change_to.is_none() {
            continue;
        }
        for (earlier, share) in shares(paid, taken) {
            if share > 0 && earlier.status == PaymentStatus::Confirmed {
                undone.credit -= share;
                next.push(earlier);
            }
        }
    }
    undone
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use sv_kernel::{Currency, Id, Money};
    use uuid::Uuid;

    use super::*;
    use crate::domain::{PaidFor, PaymentMethod};

    fn start() -> Timestamp {
        Timestamp::parse_rfc3339("2026-01-01T00:00:00Z").unwrap()
    }

    /// A payment of a period; a change of plan where something is set off.
    fn paid(period: u32, amount: i64, worth: i64, credit_change: i64, change: bool) -> Payment {
        let id = |number: u32| Uuid::from_u128(number.into());
        Payment {
            id: Id::from_uuid(id(period)),
            pays_for: PaidFor::Subscription(Id::from_uuid(id(0))),
            period,
            amount: Money::new(amount, Currency::parse("EUR").unwrap()),
            worth,
            credit_change,
            by_coupon: false,
            change_to: change.then(|| Id::from_uuid(id(9))),
            method: PaymentMethod::default(),
            payer_present: true,
            status: PaymentStatus::Confirmed,
            provider_id: String::new(),
            created_at: start(),
            updated_at: start(),
        }
    }

    fn subscription(payments: &[Payment]) -> Subscription {
        let id = Id::from_uuid(Uuid::nil());
        let method = PaymentMethod::default();
        let new = Subscription::requested(
            id,
            Id::from_uuid(Uuid::nil()),
            Id::from_uuid(Uuid::nil()),
            method,
            start(),
        );
        let paid = |of: Subscription, payment: &Payment| of.paid(payment, start());
        payments.iter().fold(new, paid)
    }

    /// Reverses payments one after the other; returns whether it is over, and what the account has then.
    fn reverse(taken: &[Payment], order: &[usize], by_bank: bool, left: i64) -> (bool, i64) {
        let mut taken = taken.to_vec();
        let mut of = subscription(&taken);
        let mut credit: i64 = taken.iter().map(|paid| paid.credit_change).sum();
        for place in order {
            let was = taken[*place].clone();
            taken[*place].status = PaymentStatus::Refunded;
            let reversal = reversal(&of, &was, &taken, (left, by_bank), start());
            credit += reversal.credit;
            if reversal.closes {
                of = of.ended();
            }
        }
        (of.status == Status::Ended, credit)
    }

    /// Premium for 1599, in the same moment basic for 799 of it.
    fn down() -> [Payment; 2] {
        [paid(1, 1_599, 1_599, 0, false), paid(2, 0, 799, 800, true)]
    }

    /// Basic for 799, in the same moment premium for 800 more.
    fn up() -> [Payment; 2] {
        [paid(1, 799, 799, 0, false), paid(2, 800, 1_599, 0, true)]
    }

    #[test]
    fn what_was_made_of_a_payment_goes_back_with_it() {
        assert_eq!(reverse(&down(), &[0], true, 799), (true, 0));
        assert_eq!(reverse(&down(), &[0], false, 799), (true, 0));
        assert_eq!(reverse(&up(), &[0], false, 1_599), (false, -799));
        assert_eq!(reverse(&up(), &[0], true, 1_599), (true, 0));
        assert_eq!(
            reverse(&up(), &[1], false, 1_599),
            (true, 799),
            "the change is taken back"
        );
        for by_bank in [false, true] {
            for order in [[0, 1], [1, 0]] {
                assert_eq!(
                    reverse(&up(), &order, by_bank, 1_599),
                    (true, 0),
                    "{order:?}"
                );
            }
        }
    }

    #[test]
    fn a_month_that_was_used_takes_no_credit_with_it() {
        let renewed = [paid(1, 799, 799, 0, false), paid(2, 799, 799, 0, false)];
        let of = subscription(&renewed);
        let later = start() + Duration::from_hours(24 * 40);
        let back = reversal(&of, &renewed[0], &renewed, (0, false), later);
        assert_eq!((back.closes, back.credit), (false, 0));
        let back = reversal(&of, &renewed[1], &renewed, (0, false), later);
        assert_eq!((back.closes, back.credit), (true, 0));
        // A debt that it had paid is owed again; credit that it had used comes back as far as time is left.
        let with_debt = [paid(1, 1_000, 799, 201, false)];
        assert_eq!(reverse(&with_debt, &[0], false, 0), (true, 0));
        let with_credit = [paid(1, 400, 1_199, -799, false)];
        assert_eq!(reverse(&with_credit, &[0], false, 0), (true, 0));
    }

    #[test]
    fn the_last_month_is_undone_with_all_that_paid_for_it() {
        let sums = |taken: &[Payment]| {
            let undone = undone(taken);
            let money: i64 = undone.payments.iter().map(|paid| paid.amount.minor).sum();
            (money, undone.credit)
        };
        assert_eq!(sums(&down()), (1_599, -800));
        assert_eq!(sums(&up()), (1_599, 0));
        let by_credit = [paid(1, 400, 1_199, -799, false)];
        assert_eq!(sums(&by_credit), (400, 799));
        let [basic, premium] = up();
        let again = paid(3, 0, 799, 800, true);
        assert_eq!(sums(&[basic, premium, again]), (1_599, -800));
        let mut back = down();
        back[0].status = PaymentStatus::Refunded;
        assert_eq!(sums(&back), (0, 799), "what it owed for it is owed no more");
        back[1].status = PaymentStatus::Refunded;
        assert_eq!(sums(&back), (0, 0), "repeated, it changes nothing");
        assert_eq!(sums(&[]), (0, 0));
    }
}
