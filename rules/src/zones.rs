//! What clocks of a zone show, as instants (X-CAT-5).

use jiff::{civil, tz::TimeZone};
use sv_kernel::{FieldViolation, Timestamp};

/// Why what clocks show names no instant.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
pub enum ZoneError {
    /// The IANA database has no such zone.
    #[error("is the name of a zone in the IANA database, e.g. Europe/Oslo")]
    Zone,
    /// The text is no date and time.
    #[error("is a date and a time without an offset, e.g. 2026-12-24T20:00:00")]
    Time,
}

/// Fails where the IANA database has no zone of this name.
pub fn check(zone: &str) -> Result<(), ZoneError> {
    named(zone).map(drop)
}

/// Says which instant it is when clocks of a zone show a date and a time. What they show twice, because they are set
/// back, is the first time; what they never show is as much later as they are set ahead.
pub fn moment(zone: &str, shown: &str) -> Result<Timestamp, ZoneError> {
    let zone = named(zone)?;
    let plain = |byte: u8| byte.is_ascii_digit() || b"-:T".contains(&byte);
    // A library that reads times takes an offset, too, and drops it.
    if !matches!(shown.len(), 16 | 19) || !shown.bytes().all(plain) {
        return Err(ZoneError::Time);
    }
    let shown: civil::DateTime = shown.parse().map_err(|_| ZoneError::Time)?;
    let at = zone.to_ambiguous_timestamp(shown).compatible();
    let at = at.map_err(|_| ZoneError::Time)?.as_second();
    Timestamp::try_from_secs(at).ok_or(ZoneError::Time)
}

/// An end of a window as editors say it: its name, what clocks show, empty where they say nothing, and whether an instant
/// stands beside.
pub type Shown<'s> = (&'static str, &'s str, bool);

/// Says which instants the ends of a window are that are told by what clocks of a zone show. A violation names its field
/// within the window, such as `startLocal`.
pub fn instants(
    zone: &str,
    ends: [Shown<'_>; 2],
) -> Result<[Option<Timestamp>; 2], FieldViolation> {
    let wrong = |field: String, rule, description: String| FieldViolation {
        field,
        rule,
        description,
    };
    if !zone.is_empty() {
        check(zone).map_err(|cause| wrong("timeZone".into(), "ZONE", cause.to_string()))?;
    }
    let mut instants = [None; 2];
    for ((name, shown, has_instant), at) in ends.into_iter().zip(&mut instants) {
        if shown.is_empty() {
            continue;
        }
        let field = format!("{name}Local");
        if has_instant {
            let problem = format!("stands in place of {name}Time, not beside it");
            return Err(wrong(field, "ALONE", problem));
        }
        let found = moment(zone, shown).map_err(|cause| {
            let field = match cause {
                ZoneError::Zone => "timeZone".into(),
                ZoneError::Time => field,
            };
            wrong(field, "ZONE", cause.to_string())
        });
        *at = Some(found?);
    }
    Ok(instants)
}

fn named(zone: &str) -> Result<TimeZone, ZoneError> {
    TimeZone::get(zone).map_err(|_| ZoneError::Zone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_of_a_zone_name_an_instant_to_the_second() {
        let of = |zone, shown| moment(zone, shown).map(|at| at.to_string());
        let is = |zone, shown, at: &str| assert_eq!(of(zone, shown), Ok(at.to_owned()), "{shown}");
        is("Europe/Oslo", "2026-12-24T20:00:00", "2026-12-24T19:00:00Z");
        is("Europe/Oslo", "2026-07-24T20:00", "2026-07-24T18:00:00Z");
        is(
            "Asia/Kolkata",
            "2026-12-24T20:00:01",
            "2026-12-24T14:30:01Z",
        );
        // Clocks of Oslo go from 02:00 to 03:00 on 29 March, and from 03:00 to 02:00 on 25 October.
        is("Europe/Oslo", "2026-03-29T02:30:00", "2026-03-29T01:30:00Z");
        is("Europe/Oslo", "2026-10-25T02:30:00", "2026-10-25T00:30:00Z");
    }

    #[test]
    fn what_names_no_instant_says_why() {
        for zone in ["", "Europe/Atlantis", "+02:00"] {
            let refused = moment(zone, "2026-12-24T20:00:00");
            assert_eq!(refused, Err(ZoneError::Zone), "{zone:?}");
            assert_eq!(check(zone), Err(ZoneError::Zone));
        }
        for bad in [
            "",
            "2026-12-24",
            "2026-12-24T20:00:00Z",
            "2026-12-24T20:00+01",
            "2026-02-30T20:00:00",
            "2026-12-24T25:00:00",
            "24.12.2026 20:00",
        ] {
            assert_eq!(moment("Europe/Oslo", bad), Err(ZoneError::Time), "{bad:?}");
        }
    }
}
