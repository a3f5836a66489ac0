//! Paid periods: months that keep their day (X-PAY-3).

use sv_kernel::Timestamp;
use time::{Date, Duration, Month, OffsetDateTime};

/// The day of the month and the time of day on which an account pays. Where a month is too short
/// for the day, its last day stands in; the next month has the day again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Anchor {
    /// When the first period began.
    pub(crate) start: Timestamp,
}

impl Anchor {
    /// Returns the instant at which the `n`th period begins; 0 is the first.
    pub(crate) fn begin_of(self, n: u32) -> Timestamp {
        let micros = i128::from(self.start.micros()) * 1_000;
        let Ok(start) = OffsetDateTime::from_unix_timestamp_nanos(micros) else {
            return self.start;
        };
        let date = add_months(start.date(), n);
        let moved = start.replace_date(date);
        i64::try_from(moved.unix_timestamp_nanos() / 1_000)
            .map_or(self.start, Timestamp::from_micros)
    }
}

/// Adds months; a day that the month lacks becomes its last.
fn add_months(date: Date, n: u32) -> Date {
    let months = i64::from(date.year()) * 12 + i64::from(u8::from(date.month())) - 1 + i64::from(n);
    let (Ok(year), Ok(month)) = (
        i32::try_from(months.div_euclid(12)),
        u8::try_from(months.rem_euclid(12) + 1),
    ) else {
        return date;
    };
    let Ok(month) = Month::try_from(month) else {
        return date;
    };
    let day = date.day().min(month.length(year));
    // The day exists in that month; a year beyond the calendar's end leaves a month of 30 days.
    Date::from_calendar_date(year, month, day)
        .unwrap_or_else(|_| date.saturating_add(Duration::days(30)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(start: &str) -> Vec<String> {
        let anchor = Anchor {
            start: Timestamp::parse_rfc3339(start).unwrap(),
        };
        (0..6)
            .map(|n| anchor.begin_of(n).to_string()[..16].to_owned())
            .collect()
    }

    #[test]
    fn a_month_that_is_too_short_lends_its_last_day() {
        assert_eq!(
            days("2023-12-31T08:30:00Z"),
            [
                "2023-12-31T08:30",
                "2024-01-31T08:30",
                "2024-02-29T08:30",
                "2024-03-31T08:30",
                "2024-04-30T08:30",
                "2024-05-31T08:30",
            ]
        );
        assert_eq!(days("2025-01-29T00:00:00Z")[1], "2025-02-28T00:00");
    }
}
