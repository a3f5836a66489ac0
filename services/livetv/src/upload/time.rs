//! Times as guides write them: `YYYYMMDDhhmmss +hhmm` (XMLTV) or `YYYY-MM-DD hh:mm:ss+hh:mm` (RFC 3339), with
//! fewer digits, with a zone's name, or with neither offset nor zone: then they are in the zone of their source.

use jiff::{
    civil,
    tz::{AmbiguousOffset, TimeZone},
};
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

/// The zone of times that say none (X-LIVE-1).
#[derive(Clone, Debug)]
pub(crate) struct Zone(Option<TimeZone>);

impl Zone {
    /// Where nobody names one (C17).
    pub(crate) const UTC: Self = Self(None);

    /// Finds a zone by its name in the IANA database, e.g. `Europe/Oslo`.
    pub(crate) fn named(name: &str) -> Option<Self> {
        TimeZone::get(name).ok().map(|zone| Self(Some(zone)))
    }

    /// Says what a clock of the zone shows at a moment, and how far it is from UTC: `2026-10-25T02:30:00+01:00`.
    pub(crate) fn shown(&self, at: Timestamp) -> String {
        let zone = self.0.clone().unwrap_or(TimeZone::UTC);
        let at = jiff::Timestamp::from_second(at.secs());
        at.map(|at| {
            at.to_zoned(zone)
                .strftime("%Y-%m-%dT%H:%M:%S%:z")
                .to_string()
        })
        .unwrap_or_default()
    }

    /// Says which moment a clock of the zone shows. What it shows twice, because it is set back, is the second
    /// time where the first is not after `last`; what it never shows is as much later as it is set ahead.
    fn moment(&self, local: PrimitiveDateTime, last: Option<Timestamp>) -> Option<Timestamp> {
        let Some(zone) = &self.0 else {
            return Timestamp::try_from_secs(local.assume_utc().unix_timestamp());
        };
        let date = civil::Date::new(
            local.year().try_into().ok()?,
            u8::from(local.month()).try_into().ok()?,
            local.day().try_into().ok()?,
        );
        let (hour, minute, second) = local.as_hms();
        let part = |number: u8| i8::try_from(number).ok();
        let shown = date.ok()?.at(part(hour)?, part(minute)?, part(second)?, 0);
        let found = zone.to_ambiguous_timestamp(shown);
        let is_twice = matches!(found.offset(), AmbiguousOffset::Fold { .. });
        let read =
            |found: Result<jiff::Timestamp, _>| Timestamp::try_from_secs(found.ok()?.as_second());
        let first = read(found.compatible())?;
        if is_twice && last.is_some_and(|last| first <= last) {
            return read(found.later());
        }
        Some(first)
    }
}

/// Reads a time; one without an offset is in `zone`, and after `last` where that is in doubt. One that lies
/// beyond the years 1 to 9999 there is none: it could not be told again.
pub(crate) fn read(text: &str, zone: &Zone, last: Option<Timestamp>) -> Option<Timestamp> {
    let text = text.trim();
    let (digits, rest) = if text.as_bytes().get(4) == Some(&b'-') {
        iso(text)?
    } else {
        let end = text.find(|c: char| !c.is_ascii_digit());
        let (digits, rest) = text.split_at(end.unwrap_or(text.len()));
        (digits.to_owned(), rest)
    };
    let local = local(&digits)?;
    let rest = rest.trim();
    if rest.is_empty() {
        return zone.moment(local, last);
    }
    let at = local.assume_offset(offset(rest)?);
    Timestamp::try_from_secs(at.unix_timestamp())
}

/// Reads `YYYY-MM-DD`, `YYYY-MM-DDThh:mm` or `YYYY-MM-DD hh:mm:ss.fff` up to the offset, as digits; parts of a
/// second are dropped.
fn iso(text: &str) -> Option<(String, &str)> {
    let (date, rest) = text.split_at_checked(10)?;
    let mut digits: String = date.split('-').collect();
    if digits.len() != 8 || date.as_bytes().get(7) != Some(&b'-') {
        return None;
    }
    let time = rest.strip_prefix(['T', 't', ' ']).unwrap_or_default();
    if !time.starts_with(|c: char| c.is_ascii_digit()) {
        return Some((digits, rest));
    }
    let end = time.find(|c: char| !c.is_ascii_digit() && c != ':');
    let (clock, mut rest) = time.split_at(end.unwrap_or(time.len()));
    if !matches!(clock.len(), 5 | 8) || clock.split(':').any(|part| part.len() != 2) {
        return None;
    }
    digits.extend(clock.split(':'));
    if let Some(fraction) = rest.strip_prefix('.') {
        rest = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
    }
    Some((digits, rest))
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

/// Reads `+hhmm`, `+hh:mm`, `+hh` or a zone's name.
fn offset(text: &str) -> Option<UtcOffset> {
    let minutes = match text.as_bytes().first() {
        None => return None,
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
    fn an_offset_counts_and_without_one_a_time_is_in_its_sources_zone() {
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
            ("2026-11-29T20:15:00+01:00", "2026-11-29T19:15:00Z"),
            ("2026-11-29 20:15:00.250Z", "2026-11-29T20:15:00Z"),
            ("2026-11-29t20:15 -0330", "2026-11-29T23:45:00Z"),
            ("2026-11-29 20:15", "2026-11-29T20:15:00Z"),
            ("2026-11-29", "2026-11-29T00:00:00Z"),
            ("2026-11-29 CET", "2026-11-28T23:00:00Z"),
        ] {
            assert_eq!(read(text, &Zone::UTC, None), Some(utc(at)), "{text}");
        }
        let oslo = Zone::named("Europe/Oslo").unwrap();
        for (text, at) in [
            ("20260715003000", "2026-07-14T22:30:00Z"),
            ("2026-12-15 00:30", "2026-12-14T23:30:00Z"),
            ("20260715003000 +0000", "2026-07-15T00:30:00Z"),
            // 02:00 to 03:00 is left out.
            ("20260329013000", "2026-03-29T00:30:00Z"),
            ("20260329023000", "2026-03-29T01:30:00Z"),
            ("20260329033000", "2026-03-29T01:30:00Z"),
        ] {
            assert_eq!(read(text, &oslo, None), Some(utc(at)), "{text}");
        }
        assert!(Zone::named("Europe/Atlantis").is_none());
    }

    #[test]
    fn a_clock_shows_the_hour_that_is_there_twice_with_its_offset() {
        let oslo = Zone::named("Europe/Oslo").unwrap();
        let shown = |at: &str| oslo.shown(utc(at));
        assert_eq!(shown("2026-10-25T00:30:00Z"), "2026-10-25T02:30:00+02:00");
        assert_eq!(shown("2026-10-25T01:30:00Z"), "2026-10-25T02:30:00+01:00");
        assert_eq!(
            Zone::UTC.shown(utc("2026-10-25T01:30:00Z")),
            "2026-10-25T01:30:00+00:00"
        );
    }

    #[test]
    fn an_hour_that_clocks_show_twice_is_told_by_what_was_before() {
        let oslo = Zone::named("Europe/Oslo").unwrap();
        let mut last = None;
        let told = ["0130", "0200", "0230", "0200", "0230", "0300"].map(|clock| {
            last = read(&format!("20261025{clock}"), &oslo, last);
            last.unwrap().to_string()
        });
        let hours = [
            "2026-10-24T23:30:00Z",
            "2026-10-25T00:00:00Z",
            "2026-10-25T00:30:00Z",
            "2026-10-25T01:00:00Z",
            "2026-10-25T01:30:00Z",
            "2026-10-25T02:00:00Z",
        ];
        assert_eq!(told, hours);
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
            "2026-11-29T",
            "2026-11-29T20",
            "2026-11-29T20:15:0",
            "2026-11-29T2015",
            "2026-1-29",
            "2026-11_29",
            "2026-11-2９",
            "2026-02-30",
            "2026-11-29T20:15:00+25:00",
        ] {
            assert_eq!(read(text, &Zone::UTC, None), None, "{text}");
        }
    }
}
