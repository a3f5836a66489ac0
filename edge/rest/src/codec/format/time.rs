//! `Timestamp` as RFC 3339 and `Duration` as seconds with an `s`, with 0, 3, 6 or 9 digits of
//! fraction.

use super::number::put_unsigned;

/// 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z.
const TIMESTAMPS: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;
/// About ten thousand years, either way.
const DURATION_SECONDS: i64 = 315_576_000_000;
const NANOS: i32 = 1_000_000_000;
const DAY: i64 = 86_400;

/// Reads `1972-01-01T10:00:20.021Z` or with an offset; `None` where it is no such text or
/// outside the years 1 to 9999.
pub(crate) fn parse_timestamp(text: &[u8]) -> Option<(i64, i32)> {
    let (date_time, rest) = text.split_first_chunk::<19>()?;
    let digits = |from: usize, count: usize| number(&date_time[from..from + count]);
    for (at, expected) in [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')] {
        if date_time[at] != expected {
            return None;
        }
    }
    let (year, month, day) = (digits(0, 4)?, digits(5, 2)?, digits(8, 2)?);
    let (hour, minute, second) = (digits(11, 2)?, digits(14, 2)?, digits(17, 2)?);
    if !(1..=12).contains(&month) || !(1..=days_in_month(year, month)).contains(&day) {
        return None;
    }
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let (nanos, zone) = fraction(rest)?;
    let offset = match zone {
        b"Z" => 0,
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let (hours, minutes) = (number(&[*h1, *h2])?, number(&[*m1, *m2])?);
            if hours > 23 || minutes > 59 {
                return None;
            }
            (hours * 3600 + minutes * 60) * if *sign == b'-' { -1 } else { 1 }
        }
        _ => return None,
    };
    let local = days(year, month, day) * DAY + hour * 3600 + minute * 60 + second;
    let seconds = local - offset;
    TIMESTAMPS.contains(&seconds).then_some((seconds, nanos))
}

/// Appends a quoted timestamp; false where it is out of range.
pub(crate) fn put_timestamp(out: &mut Vec<u8>, seconds: i64, nanos: i32) -> bool {
    if !TIMESTAMPS.contains(&seconds) || !(0..NANOS).contains(&nanos) {
        return false;
    }
    let (year, month, day) = date(seconds.div_euclid(DAY));
    let time = seconds.rem_euclid(DAY);
    let mut text = *b"\"0000-00-00T00:00:00";
    put_digits(&mut text[1..5], year);
    put_digits(&mut text[6..8], month);
    put_digits(&mut text[9..11], day);
    put_digits(&mut text[12..14], time / 3600);
    put_digits(&mut text[15..17], time / 60 % 60);
    put_digits(&mut text[18..20], time % 60);
    out.extend_from_slice(&text);
    put_fraction(out, nanos);
    out.extend_from_slice(b"Z\"");
    true
}

/// Reads `3.000001s`; `None` where it is no such text or beyond ten thousand years.
pub(crate) fn parse_duration(text: &[u8]) -> Option<(i64, i32)> {
    let text = text.strip_suffix(b"s")?;
    let (sign, text) = match text {
        [b'-', text @ ..] => (-1, text),
        text => (1, text),
    };
    let whole = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let seconds = if (1..=12).contains(&whole) {
        number(&text[..whole])?
    } else {
        return None;
    };
    let (nanos, rest) = fraction(&text[whole..])?;
    let fits = rest.is_empty() && seconds <= DURATION_SECONDS;
    fits.then_some((seconds * i64::from(sign), nanos * sign))
}

/// Appends a quoted duration; false where it is out of range or its parts disagree in sign.
pub(crate) fn put_duration(out: &mut Vec<u8>, seconds: i64, nanos: i32) -> bool {
    let agree = seconds == 0 || nanos == 0 || (seconds < 0) == (nanos < 0);
    if seconds.unsigned_abs() > DURATION_SECONDS.unsigned_abs()
        || nanos <= -NANOS
        || nanos >= NANOS
        || !agree
    {
        return false;
    }
    out.push(b'"');
    if seconds < 0 || nanos < 0 {
        out.push(b'-');
    }
    put_unsigned(out, seconds.unsigned_abs());
    put_fraction(out, nanos.abs());
    out.extend_from_slice(b"s\"");
    true
}

/// Reads decimal digits and nothing else.
fn number(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0, |value, byte| {
        byte.is_ascii_digit()
            .then(|| value * 10 + i64::from(byte - b'0'))
    })
}

/// Reads a fraction of one to nine digits, if there is one, as nanoseconds.
fn fraction(text: &[u8]) -> Option<(i32, &[u8])> {
    let Some(text) = text.strip_prefix(b".") else {
        return Some((0, text));
    };
    let count = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if !(1..=9).contains(&count) {
        return None;
    }
    let nanos = text[..count].iter().chain(&[b'0'; 9]).take(9);
    let nanos = nanos.fold(0, |value, byte| value * 10 + i32::from(byte - b'0'));
    Some((nanos, &text[count..]))
}

fn put_fraction(out: &mut Vec<u8>, nanos: i32) {
    let mut text = *b".000000000";
    put_digits(&mut text[1..], i64::from(nanos));
    let shown = match nanos {
        0 => 0,
        _ if nanos % 1_000_000 == 0 => 4,
        _ if nanos % 1_000 == 0 => 7,
        _ => 10,
    };
    out.extend_from_slice(&text[..shown]);
}

fn put_digits(into: &mut [u8], mut value: i64) {
    for digit in into.iter_mut().rev() {
        #[expect(clippy::cast_sign_loss, reason = "never negative")]
        let last = (value % 10) as u8;
        *digit = b'0' + last;
        value /= 10;
    }
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days from 1970-01-01 in the Gregorian calendar, counting years from March so that the leap
/// day comes last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The inverse of [`days`].
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let years = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * years + years / 4 - years / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = (shifted + 2) % 12 + 1;
    (years + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn dates_and_days_agree_on_every_day_of_ten_thousand_years() {
        let mut expected = (1, 1, 1);
        for day in TIMESTAMPS.start() / DAY..=TIMESTAMPS.end() / DAY {
            assert_eq!(date(day), expected);
            assert_eq!(days(expected.0, expected.1, expected.2), day);
            expected.2 += 1;
            if expected.2 > days_in_month(expected.0, expected.1) {
                expected = (expected.0, expected.1 + 1, 1);
            }
            if expected.1 > 12 {
                expected = (expected.0 + 1, 1, 1);
            }
        }
        assert_eq!(expected, (10_000, 1, 1));
        assert_eq!(days(1970, 1, 1), 0);
        assert_eq!(days(2024, 2, 29), 19_782);
    }

    proptest! {
        #[test]
        fn times_round_trip(seconds in TIMESTAMPS, span in -DURATION_SECONDS..=DURATION_SECONDS, nanos in 0..NANOS) {
            let mut out = Vec::new();
            prop_assert!(put_timestamp(&mut out, seconds, nanos));
            prop_assert_eq!(parse_timestamp(&out[1..out.len() - 1]), Some((seconds, nanos)));
            let nanos = if span < 0 { -nanos } else { nanos };
            let mut out = Vec::new();
            prop_assert!(put_duration(&mut out, span, nanos));
            prop_assert_eq!(parse_duration(&out[1..out.len() - 1]), Some((span, nanos)));
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "0000-01-01T00:00:00Z",
            "10000-01-01T00:00:00Z",
            "2024-02-30T00:00:00Z",
            "2023-02-29T00:00:00Z",
            "2024-13-01T00:00:00Z",
            "2024-00-01T00:00:00Z",
            "2024-01-01T24:00:00Z",
            "2024-01-01T00:60:00Z",
            "2024-01-01T00:00:60Z",
            "2024-01-01 00:00:00Z",
            "2024-01-01t00:00:00Z",
            "2024-01-01T00:00:00z",
            "2024-01-01T00:00:00",
            "2024-01-01T00:00:00.Z",
            "2024-01-01T00:00:00.1234567890Z",
            "2024-01-01T00:00:00+24:00",
            "2024-01-01T00:00:00+0100",
            "2024-01-01T00:00:00ZZ",
            "9999-12-31T23:59:59-00:01",
            "0001-01-01T00:00:00+00:01",
            "",
        ] {
            assert_eq!(parse_timestamp(text.as_bytes()), None, "{text}");
        }
        for text in [
            "1",
            "s",
            "-s",
            "1.s",
            ".5s",
            "1.0000000001s",
            "+1s",
            "315576000001s",
            "1 s",
            "9999999999999999999999s",
            "1h",
        ] {
            assert_eq!(parse_duration(text.as_bytes()), None, "{text}");
        }
        assert!(!put_duration(&mut Vec::new(), 1, -1));
        assert!(!put_timestamp(&mut Vec::new(), 0, -1));
        assert!(!put_timestamp(&mut Vec::new(), 253_402_300_800, 0));
    }

    #[test]
    fn fractions_have_as_many_digits_as_they_need() {
        for (nanos, expected) in [
            (0, "\"1s\""),
            (10_000_000, "\"1.010s\""),
            (10_000, "\"1.000010s\""),
            (10, "\"1.000000010s\""),
        ] {
            let mut out = Vec::new();
            assert!(put_duration(&mut out, 1, nanos));
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
        let mut out = Vec::new();
        assert!(put_duration(&mut out, 0, -500_000_000));
        assert_eq!(out, b"\"-0.500s\"");
        assert_eq!(parse_timestamp(b"1970-01-01T08:00:01+08:00"), Some((1, 0)));
    }
}
