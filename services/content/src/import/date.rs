//! Reads the release dates of a catalogue file.

use time::{Date, Month};

/// Two digits of a year were taken for this century from here on (the data ends in 2011).
const FIRST_IMPOSSIBLE_YEAR: i32 = 2012;
/// The oldest film there is.
const FIRST_FILM_YEAR: i32 = 1874;

/// What a release date turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum ReleaseDate {
    /// A date as it is.
    Good(String),
    /// A date whose two-digit year was put into the wrong century; moved back by 100 years.
    WrongCentury(String),
    /// No date that a film can have.
    Unreadable,
}

/// Reads `Jun 12 1998`, `12-Jun-98` and `1998-06-12`.
pub(super) fn read(text: &str) -> ReleaseDate {
    let Some((year, month, day)) = split(text.trim()) else {
        return ReleaseDate::Unreadable;
    };
    let (year, moved) = if year >= FIRST_IMPOSSIBLE_YEAR {
        (year - 100, true)
    } else {
        (year, false)
    };
    if !(FIRST_FILM_YEAR..FIRST_IMPOSSIBLE_YEAR).contains(&year) {
        return ReleaseDate::Unreadable;
    }
    let Ok(date) = Date::from_calendar_date(year, month, day) else {
        return ReleaseDate::Unreadable;
    };
    let date = format!(
        "{:04}-{:02}-{:02}",
        date.year(),
        u8::from(date.month()),
        date.day()
    );
    if moved {
        ReleaseDate::WrongCentury(date)
    } else {
        ReleaseDate::Good(date)
    }
}

fn split(text: &str) -> Option<(i32, Month, u8)> {
    let mut parts = text.split([' ', '-']).filter(|part| !part.is_empty());
    let (a, b, c) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let number = |part: &str| -> Option<u8> {
        let digits = (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        part.parse().ok().filter(|_| digits)
    };
    if let Some(month) = month(a) {
        return Some((year(c)?, month, number(b)?));
    }
    if let Some(month) = month(b) {
        return Some((year(c)?, month, number(a)?));
    }
    Some((year(a)?, Month::try_from(number(b)?).ok()?, number(c)?))
}

fn year(part: &str) -> Option<i32> {
    let digits = part.bytes().all(|b| b.is_ascii_digit());
    match part.len() {
        4 if digits => part.parse().ok(),
        // Read as this century, so that it is moved back and reported where that is wrong.
        2 if digits => part.parse::<i32>().ok().map(|year| 2000 + year),
        _ => None,
    }
}

fn month(part: &str) -> Option<Month> {
    const NAMES: [&str; 12] = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ];
    let part = part.to_ascii_lowercase();
    let index = NAMES.iter().position(|name| *name == part)?;
    Month::try_from(u8::try_from(index + 1).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_the_data_are_read() {
        let good = |date: &str| ReleaseDate::Good(date.into());
        assert_eq!(read("Jun 12 1998"), good("1998-06-12"));
        assert_eq!(read(" feb 29 2008 "), good("2008-02-29"));
        assert_eq!(read("1998-06-12"), good("1998-06-12"));
        assert_eq!(read("Dec 31 2011"), good("2011-12-31"));
        assert_eq!(read("12-Jun-09"), good("2009-06-12"));
    }

    #[test]
    fn years_that_the_data_cannot_hold_are_a_century_early() {
        let moved = |date: &str| ReleaseDate::WrongCentury(date.into());
        assert_eq!(read("Jan 01 2012"), moved("1912-01-01"));
        assert_eq!(read("Oct 09 2046"), moved("1946-10-09"));
        assert_eq!(read("12-Jun-98"), moved("1998-06-12"));
        // 2000 was a leap year, 1900 was not.
        assert_eq!(read("Feb 29 2016"), moved("1916-02-29"));
    }

    #[test]
    fn what_is_no_date_is_not_guessed() {
        for bad in [
            "",
            "1998",
            "Feb 30 1999",
            "Jun 12",
            "Jun 12 1998 x",
            "Brumaire 18 1999",
            "Jun 12 19998",
            "Jan 01 1700",
            "Jan 01 2112",
            "Jun +1 1998",
            "1998-13-01",
            "Jun 00 1998",
            "٢٠٠١-٠١-٠١",
        ] {
            assert_eq!(read(bad), ReleaseDate::Unreadable, "{bad:?}");
        }
    }
}
