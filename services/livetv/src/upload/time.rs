//! Times as XMLTV writes them: `YYYYMMDDhhmmss +hhmm`, or fewer digits, or a zone's name, or none.

use sv_kernel::Timestamp;
use time::{Date, Month, PrimitiveDateTime, Time, UtcOffset};

/// Names of zones that guides use although they are ambiguous elsewhere, in minutes east of UTC.
const ZONES: &[(&str, i16)] = &[
    ("UTC", 0),
    ("GMT", 0),
    ("Z", 0),
    ("WET", 0),
    ("BST", 60),
    ("WEST", 60),
    ("CET", 60),
    ("CEST", 120),
    ("EET", 120),
    ("EEST", 180),
    ("MSK", 180),
    ("EST", -300),
    ("EDT", -240),
    ("CST", -360),
    ("CDT", -300),
    ("MST", -420),
    ("MDT", -360),
    ("PST", -480),
    ("PDT", -420),
];

/// Reads a time; one without an offset is in UTC (C17). One that lies beyond the years 1 to 9999 there is
/// none: it could not be told again.
pub(crate) fn read(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit());
    let (digits, rest) = text.split_at(end.unwrap_or(text.len()));
    let local = local(digits)?;
    let offset = offset(rest.trim())?;
    let at = local.assume_offset(offset);
    Timestamp::try_from_secs(at.unix_timestamp())
}

/// Reads `YYYYMMDD` and as many of hour, minute and second as there are.
fn local(digits: &str) -> Option<PrimitiveDateTime> {
    if !matches!(digits.len(), 8 | 10 | 12 | 14) {
        return None;
    }
    let number = |from: usize, to: usize| match digits.get(from..to) {
        Some(part) => part.parse::<u8>().ok(),
        None => Some(0),
    };
    let year: i32 = digits.get(..4)?.parse().ok()?;
    let month = Month::try_from(number(4, 6)?).ok()?;
    let date = Date::from_calendar_date(year, month, number(6, 8)?).ok()?;
    // A second that was added to a minute is the last of it.
    let second = number(12, 14)?;
    let second = if second == 60 { 59 } else { second };
    let time = Time::from_hms(number(8, 10)?, number(10, 12)?, second).ok()?;
    Some(PrimitiveDateTime::new(date, time))
}

/// Reads `+hhmm`, `+hh:mm`, `+hh`, a zone's name or nothing.
fn offset(text: &str) -> Option<UtcOffset> {
    let minutes = match text.as_bytes().first() {
        None => 0,
        Some(sign @ (b'+' | b'-')) => {
            let digits: String = text[1..].chars().filter(|c| *c != ':').collect();
            if !matches!(digits.len(), 2 | 4) || !digits.bytes().all(|c| c.is_ascii_digit()) {
                return None;
            }
            let hours: i16 = digits.get(..2)?.parse().ok()?;
            let minutes: i16 = digits
                .get(2..)
                .filter(|m| !m.is_empty())
                .map_or(Some(0), |m| m.parse().ok())?;
            if hours > 14 || minutes > 59 {
                return None;
            }
            let all = hours * 60 + minutes;
            if *sign == b'-' { -all } else { all }
        }
        Some(_) => {
            let known = |(name, _): &&(&str, i16)| name.eq_ignore_ascii_case(text);
            ZONES.iter().find(known)?.1
        }
    };
    UtcOffset::from_whole_seconds(i32::from(minutes) * 60).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(text: &str) -> Timestamp {
        Timestamp::parse_rfc3339(text).unwrap()
    }

    #[test]
    fn an_offset_counts_and_without_one_a_time_is_in_utc() {
        for (text, at) in [
            ("20080715003000 -0600", "2008-07-15T06:30:00Z"),
            ("20080715003000 +0530", "2008-07-14T19:00:00Z"),
            ("20080715003000+02:00", "2008-07-14T22:30:00Z"),
            ("20080715003000 +01", "2008-07-14T23:30:00Z"),
            ("20080715003000", "2008-07-15T00:30:00Z"),
            ("20080715003000 Z", "2008-07-15T00:30:00Z"),
            ("20010829000500 BST", "2001-08-28T23:05:00Z"),
            ("200006031633", "2000-06-03T16:33:00Z"),
            ("2000060316 utc", "2000-06-03T16:00:00Z"),
            (" 20000603 ", "2000-06-03T00:00:00Z"),
            ("20161231235960", "2016-12-31T23:59:59Z"),
            ("00010101000000", "0001-01-01T00:00:00Z"),
            ("99991231235959 +0100", "9999-12-31T22:59:59Z"),
        ] {
            assert_eq!(read(text), Some(utc(at)), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in [
            "",
            "now",
            "2008",
            "2008071500300",
            "20081315003000",
            "20080230003000",
            "20080715253000",
            "20080715003000 XYZ",
            "20080715003000 +9",
            "20080715003000 +1900",
            "20080715003000 +0é00",
            "-20080715003000",
            "２００８０７１５",
            "00001231235959",
            "00010101000000 +0001",
            "99991231233000 -0100",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
