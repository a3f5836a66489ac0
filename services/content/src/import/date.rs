//! Reads the release dates of a catalogue file.

use std::collections::BTreeMap;

use time::{Date, Month};

/// The oldest film there is.
const FIRST_FILM_YEAR: i32 = 1874;
/// So many years ahead a film may be announced.
const ANNOUNCED_AHEAD: i32 = 10;
/// So many dates beyond that show that a file has years of the wrong century.
const PROOFS: u32 = 3;
/// So many years without a film end what a file has of its own time.
const SILENCE: i32 = 3;

/// What a release date turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum ReleaseDate {
    /// A date as it is.
    Good(String),
    /// A date as it is, so far ahead that no film can be announced for it.
    Doubtful(String),
    /// A date whose year has two digits; the century is guessed.
    Guessed(String),
    /// A date whose two-digit year was put into the wrong century; moved back by 100 years.
    WrongCentury(String),
    /// No date that a film can have.
    Unreadable,
}

/// The years of a file, counted before it is read.
#[derive(Debug)]
pub(super) struct Years {
    today: i32,
    /// Films of each year that is written with four digits.
    films: BTreeMap<i32, u32>,
}

impl Years {
    /// Counts from nothing.
    pub(super) fn new(today: i32) -> Self {
        Self {
            today,
            films: BTreeMap::new(),
        }
    }

    /// Counts a date.
    pub(super) fn count(&mut self, text: &str) {
        if let Some((Year::Full(year), ..)) = split(text) {
            *self.films.entry(year).or_default() += 1;
        }
    }

    /// Judges the file.
    pub(super) fn calendar(&self) -> Calendar {
        let beyond = self.today + ANNOUNCED_AHEAD + 1;
        let proofs: u32 = self.films.range(beyond..).map(|(_, films)| films).sum();
        Calendar {
            today: self.today,
            wrong_from: (proofs >= PROOFS).then(|| self.silence().unwrap_or(beyond).min(beyond)),
        }
    }

    /// Returns the first of the years without a film that follow the fullest year.
    fn silence(&self) -> Option<i32> {
        // Of years that are equally full the first: the last of equals is what counts.
        let fullest = self.films.iter().rev().max_by_key(|(_, films)| **films)?.0;
        let years: Vec<i32> = self.films.range(fullest..).map(|(year, _)| *year).collect();
        let gap = years.windows(2).find(|pair| pair[1] - pair[0] > SILENCE)?;
        Some(gap[0] + 1)
    }
}

/// How the years of one file are understood.
///
/// A year of four digits is believed. Only where a file shows that it was made of two-digit years,
/// by several films that nobody can have announced, those go back by 100 years, and so do what
/// lies before them down to the first years of silence after the file's fullest year.
#[derive(Clone, Debug)]
pub(super) struct Calendar {
    today: i32,
    /// Years of four digits from here on are a century late.
    wrong_from: Option<i32>,
}

impl Calendar {
    /// Reads `Jun 12 1998`, `June 12, 1998`, `12-Jun-98`, `1998-06-12` and `1998/06/12`.
    pub(super) fn read(&self, text: &str) -> ReleaseDate {
        let Some((year, month, day)) = split(text) else {
            return ReleaseDate::Unreadable;
        };
        let (year, sort): (_, fn(String) -> ReleaseDate) = match year {
            Year::Full(year) if self.wrong_from.is_some_and(|from| year >= from) => {
                (year - 100, ReleaseDate::WrongCentury)
            }
            Year::Full(year) if year > self.today + ANNOUNCED_AHEAD => {
                (year, ReleaseDate::Doubtful)
            }
            Year::Full(year) => (year, ReleaseDate::Good),
            Year::Short(year) => (self.century(year), ReleaseDate::Guessed),
        };
        match Date::from_calendar_date(year, month, day) {
            Ok(date) if year >= FIRST_FILM_YEAR => sort(format!(
                "{:04}-{:02}-{:02}",
                date.year(),
                u8::from(date.month()),
                date.day()
            )),
            _ => ReleaseDate::Unreadable,
        }
    }

    /// Puts a year of two digits into the last century in which it is not ahead of us.
    fn century(&self, year: i32) -> i32 {
        let now = self.today + 1;
        let candidate = now - now.rem_euclid(100) + year;
        if candidate > now {
            candidate - 100
        } else {
            candidate
        }
    }
}

#[derive(Clone, Copy)]
enum Year {
    Full(i32),
    Short(i32),
}

fn split(text: &str) -> Option<(Year, Month, u8)> {
    let mut parts = text
        .trim()
        .split([' ', '-', ',', '/'])
        .filter(|part| !part.is_empty());
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
    // Numbers only: the year comes first, and whole; anything else could be read in two ways.
    match year(a)? {
        full @ Year::Full(_) => Some((full, Month::try_from(number(b)?).ok()?, number(c)?)),
        Year::Short(_) => None,
    }
}

fn year(part: &str) -> Option<Year> {
    let digits = part.bytes().all(|b| b.is_ascii_digit());
    match part.len() {
        4 if digits => part.parse().ok().map(Year::Full),
        2 if digits => part.parse().ok().map(Year::Short),
        _ => None,
    }
}

/// Reads the name of a month, whole or its first three letters.
fn month(part: &str) -> Option<Month> {
    const NAMES: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let part = part.trim_end_matches('.').to_ascii_lowercase();
    let is_it = |name: &str| name == part || name.get(..3) == Some(part.as_str());
    let index = NAMES.iter().position(|name| is_it(name))?;
    Month::try_from(u8::try_from(index + 1).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file with these dates, read in 2026.
    fn calendar(dates: &[&str]) -> Calendar {
        let mut years = Years::new(2026);
        for date in dates {
            years.count(date);
        }
        years.calendar()
    }

    fn read(text: &str) -> ReleaseDate {
        calendar(&[text]).read(text)
    }

    fn good(date: &str) -> ReleaseDate {
        ReleaseDate::Good(date.into())
    }

    #[test]
    fn a_year_of_four_digits_is_believed() {
        for (text, date) in [
            ("Jun 12 1998", "1998-06-12"),
            (" feb 29 2008 ", "2008-02-29"),
            ("1998-06-12", "1998-06-12"),
            ("2024-02-29", "2024-02-29"),
            ("May 01 2019", "2019-05-01"),
            ("Dec 31 2011", "2011-12-31"),
            ("Jan 01 2012", "2012-01-01"),
            ("Dec 19 2031", "2031-12-19"),
            ("June 12, 1998", "1998-06-12"),
            ("12 September 1998", "1998-09-12"),
            ("2024/02/29", "2024-02-29"),
        ] {
            assert_eq!(read(text), good(date), "{text}");
        }
        assert_eq!(
            read("Oct 09 2046"),
            ReleaseDate::Doubtful("2046-10-09".into()),
            "one film beyond belief proves nothing of the others"
        );
    }

    #[test]
    fn two_digits_are_the_last_century_that_is_not_ahead_and_say_nothing_of_four() {
        let calendar = calendar(&["2024-02-29", "May 01 2019", "12-Jun-98"]);
        let guessed = |date: &str| ReleaseDate::Guessed(date.into());
        assert_eq!(calendar.read("12-Jun-98"), guessed("1998-06-12"));
        assert_eq!(calendar.read("12-Jun-09"), guessed("2009-06-12"));
        assert_eq!(calendar.read("12-Jun-27"), guessed("2027-06-12"));
        assert_eq!(calendar.read("12-Jun-28"), guessed("1928-06-12"));
        assert_eq!(calendar.read("12-Jun-00"), guessed("2000-06-12"));
        assert_eq!(calendar.read("2024-02-29"), good("2024-02-29"));
        assert_eq!(calendar.read("May 01 2019"), good("2019-05-01"));
    }

    #[test]
    fn a_file_that_shows_years_of_the_wrong_century_has_them_moved() {
        let moved = |date: &str| ReleaseDate::WrongCentury(date.into());
        let own: Vec<String> = (1950..2012).map(|year| format!("Jun 12 {year}")).collect();
        let mut dates: Vec<&str> = own.iter().map(String::as_str).collect();
        dates.extend(["Feb 08 2016", "Oct 09 2046", "Jan 01 2044"]);
        let unproved = calendar(&dates);
        assert_eq!(unproved.read("Feb 08 2016"), good("2016-02-08"));

        dates.push("Dec 15 2039");
        let proved = calendar(&dates);
        assert_eq!(proved.read("Dec 31 2011"), good("2011-12-31"));
        assert_eq!(proved.read("Oct 09 2046"), moved("1946-10-09"));
        // 2016 was a leap year, and 1916.
        assert_eq!(proved.read("Feb 29 2016"), moved("1916-02-29"));
        assert_eq!(proved.read("Feb 29 2000"), good("2000-02-29"));
    }

    #[test]
    fn years_of_a_file_that_goes_on_to_today_stay() {
        let own: Vec<String> = (1950..=2026).map(|year| format!("Jun 12 {year}")).collect();
        let mut dates: Vec<&str> = own.iter().map(String::as_str).collect();
        dates.extend(["Oct 09 2046", "Jan 01 2044", "Dec 15 2039"]);
        let calendar = calendar(&dates);
        assert_eq!(calendar.read("Jun 12 2024"), good("2024-06-12"));
        assert_eq!(
            calendar.read("Dec 15 2039"),
            ReleaseDate::WrongCentury("1939-12-15".into())
        );
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
            "Jun +1 1998",
            "1998-13-01",
            "Jun 00 1998",
            "12/06/1998",
            "06-12-98",
            "٢٠٠١-٠١-٠١",
        ] {
            assert_eq!(read(bad), ReleaseDate::Unreadable, "{bad:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn a_date_of_our_time_is_read_as_it_is_written(
            dates in proptest::collection::vec((1874_i32..=2036, 1_u8..=12, 1_u8..=28), 1..200),
        ) {
            let written: Vec<String> = dates
                .iter()
                .map(|(year, month, day)| format!("{year:04}-{month:02}-{day:02}"))
                .collect();
            let texts: Vec<&str> = written.iter().map(String::as_str).collect();
            let calendar = calendar(&texts);
            for text in texts {
                proptest::prop_assert_eq!(calendar.read(text), good(text));
            }
        }
    }
}
