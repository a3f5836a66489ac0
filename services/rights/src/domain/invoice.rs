//! Invoices: what an account is asked to pay, line by line (X-PAY-3).

use sv_kernel::Timestamp;

/// What a line is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LineKind {
    /// A month of a plan.
    Plan,
    /// A title that is bought or rented.
    Title,
    /// Paid time of another plan that is not used.
    UnusedTime,
    /// What a coupon takes off.
    Coupon,
    /// Credit of the account that is used, or what it owes.
    Credit,
    /// What is left over and becomes credit.
    CreditCarried,
}

impl LineKind {
    /// Every kind and its name in the table.
    pub(crate) const NAMES: [(Self, &'static str); 6] = [
        (Self::Plan, "plan"),
        (Self::Title, "title"),
        (Self::UnusedTime, "unused_time"),
        (Self::Coupon, "coupon"),
        (Self::Credit, "credit"),
        (Self::CreditCarried, "credit_carried"),
    ];

    /// Returns the name in the table.
    pub(crate) fn name(self) -> &'static str {
        let name = Self::NAMES.iter().find(|(kind, _)| *kind == self);
        name.map_or("plan", |(_, name)| name)
    }
}

/// The most that an invoice asks for: more cannot be said to payments. What is owed beyond it waits for the next.
const MOST: i64 = i32::MAX as i64;

/// A line; what the payer saves is negative.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct InvoiceLine {
    pub(crate) kind: LineKind,
    /// The plan, the title or the coupon's code.
    pub(crate) description: String,
    pub(crate) minor: i64,
}

/// An invoice that is to be written, in minor units of one currency.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Invoice {
    /// They add up to the total.
    pub(crate) lines: Vec<InvoiceLine>,
    /// What the payer is charged; never negative.
    pub(crate) total: i64,
    /// What the time is worth that is bought: what is set off for it where it is not used.
    pub(crate) worth: i64,
    /// What the account's credit changes by once it is paid.
    pub(crate) credit_change: i64,
}

/// What is to be paid for a month of a plan.
#[derive(Clone, Debug, Default)]
pub(crate) struct Month<'a> {
    pub(crate) plan: &'a str,
    pub(crate) price: i64,
    /// A coupon's code and what it takes off.
    pub(crate) coupon: Option<(&'a str, i64)>,
    /// The plan before, and what is left of the time that was paid for it.
    pub(crate) unused: Option<(&'a str, i64)>,
    /// What the account has; below zero it owes it.
    pub(crate) credit: i64,
}

impl Invoice {
    /// Writes the invoice of a title.
    pub(crate) fn of_title(title: &str, price: i64) -> Self {
        Self {
            lines: vec![InvoiceLine {
                kind: LineKind::Title,
                description: title.to_owned(),
                minor: price,
            }],
            total: price,
            worth: price,
            credit_change: 0,
        }
    }

    /// Writes the invoice of a month: its price less the coupon, less unused time, less credit or with what is owed.
    /// What is left over becomes credit.
    pub(crate) fn of_month(month: &Month<'_>) -> Self {
        let mut lines = Vec::new();
        let mut line = |kind, description: &str, minor: i64| {
            if minor != 0 || kind == LineKind::Plan {
                lines.push(InvoiceLine {
                    kind,
                    description: description.to_owned(),
                    minor,
                });
            }
        };
        line(LineKind::Plan, month.plan, month.price);
        let (code, off) = month.coupon.unwrap_or_default();
        let off = off.clamp(0, month.price.max(0));
        line(LineKind::Coupon, code, -off);
        let worth = month.price - off;
        let (before, unused) = month.unused.unwrap_or_default();
        let unused = unused.max(0);
        line(LineKind::UnusedTime, before, -unused);
        let owed = month
            .credit
            .saturating_neg()
            .clamp(0, MOST - worth.min(MOST));
        let due = worth.saturating_add(owed).saturating_sub(unused);
        let used = month.credit.clamp(0, due.max(0));
        line(LineKind::Credit, "", owed - used);
        let carried = due.saturating_neg().max(0);
        line(LineKind::CreditCarried, "", carried);
        Self {
            lines,
            total: due.max(0) - used,
            worth,
            credit_change: carried + owed - used,
        }
    }
}

/// Returns what is left at an instant of time that is worth a sum: by the microsecond, rounded down.
pub(crate) fn unused(worth: i64, begin: Timestamp, end: Timestamp, now: Timestamp) -> i64 {
    let whole = i128::from(end.micros()) - i128::from(begin.micros());
    let left = i128::from(end.micros()) - i128::from(now.micros().max(begin.micros()));
    if whole <= 0 || left <= 0 {
        return 0;
    }
    i64::try_from(i128::from(worth) * left / whole).unwrap_or(worth)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;
    use crate::domain::Anchor;

    proptest! {
        /// X-PAY-3.
        #[test]
        fn the_lines_add_up_to_what_is_charged_and_nothing_is_lost_or_negative(
            price in 1_i64..=100_000_000,
            off in 0_i64..=200_000_000,
            unused in 0_i64..=3_600_000_000,
            credit in -10_000_000_000_i64..=10_000_000_000,
        ) {
            let invoice = Invoice::of_month(&Month {
                plan: "New",
                price,
                coupon: Some(("CODE", off)),
                unused: Some(("Old", unused)),
                credit,
            });
            let sum: i64 = invoice.lines.iter().map(|line| line.minor).sum();
            prop_assert_eq!(sum, invoice.total);
            prop_assert!(invoice.total >= 0 && invoice.worth >= 0 && invoice.worth <= price);
            prop_assert!(invoice.total <= MOST);
            // The account never has less than nothing where it owed nothing, and what it gives is what it gets.
            prop_assert!(credit + invoice.credit_change >= 0 || credit < 0);
            prop_assert_eq!(invoice.total + unused, invoice.worth + invoice.credit_change);
            let settled = credit + invoice.credit_change == 0;
            prop_assert!(invoice.total == 0 || settled || credit < -MOST / 2);
        }

        #[test]
        fn unused_time_is_within_what_it_is_worth_and_shrinks(
            year in 2020_i32..2032,
            month in 1_u8..=12,
            day in 1_u8..=31,
            micros in 0_i64..86_400_000_000,
            worth in 0_i64..=i64::from(i32::MAX),
            first in 0.0_f64..1.0,
            second in 0.0_f64..1.0,
        ) {
            let month = time::Month::try_from(month).unwrap();
            let day = day.min(month.length(year));
            let date = time::Date::from_calendar_date(year, month, day).unwrap();
            let start = date.midnight().assume_utc().unix_timestamp() * 1_000_000 + micros;
            let anchor = Anchor { start: Timestamp::from_micros(start) };
            let (begin, end) = (anchor.begin_of(0), anchor.begin_of(1));
            let days = end.since(begin).as_secs() / 86_400;
            prop_assert!((28..=31).contains(&days));
            prop_assert_eq!(unused(worth, begin, end, begin), worth, "in the same second all of it");
            prop_assert_eq!(unused(worth, begin, end, end), 0);
            let at = |part: f64| begin + end.since(begin).mul_f64(part);
            let (early, late) = (at(first.min(second)), at(first.max(second)));
            let (more, less) = (unused(worth, begin, end, early), unused(worth, begin, end, late));
            prop_assert!(less <= more && more <= worth && less >= 0);
        }
    }

    #[test]
    fn what_is_left_over_becomes_credit() {
        let down = Invoice::of_month(&Month {
            plan: "Basic",
            price: 799,
            unused: Some(("Premium", 1_500)),
            ..Month::default()
        });
        assert_eq!((down.total, down.credit_change, down.worth), (0, 701, 799));
        let next = Invoice::of_month(&Month {
            plan: "Basic",
            price: 799,
            credit: 701,
            ..Month::default()
        });
        assert_eq!((next.total, next.credit_change), (98, -701));
    }

    #[test]
    fn what_is_owed_is_asked_for_with_the_next_month() {
        let owing = Month {
            plan: "Basic",
            price: 799,
            credit: -400,
            ..Month::default()
        };
        let next = Invoice::of_month(&owing);
        assert_eq!(
            (next.total, next.credit_change, next.worth),
            (1_199, 400, 799)
        );
        let down = Invoice::of_month(&Month {
            unused: Some(("Premium", 1_599)),
            ..owing
        });
        assert_eq!(
            (down.total, down.credit_change),
            (0, 800),
            "400 of it are owed"
        );
    }

    #[test]
    fn half_of_a_month_is_worth_half_whatever_its_length() {
        for (begin, end) in [
            ("2024-02-01T00:00:00Z", "2024-03-01T00:00:00Z"),
            ("2025-02-01T00:00:00Z", "2025-03-01T00:00:00Z"),
            ("2026-01-31T00:00:00Z", "2026-02-28T00:00:00Z"),
        ] {
            let [begin, end] = [begin, end].map(|at| Timestamp::parse_rfc3339(at).unwrap());
            let half = begin
                + Duration::from_micros(
                    u64::try_from((end.micros() - begin.micros()) / 2).unwrap(),
                );
            assert_eq!(unused(800, begin, end, half), 400);
            assert_eq!(unused(801, begin, end, half), 400, "rounded down");
        }
    }
}
