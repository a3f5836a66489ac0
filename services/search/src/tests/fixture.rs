//! The titles of `golden/catalogue.txt`: none of them exists.

use sv_kernel::Timestamp;
use sv_proto::content::ContentType;

use crate::{
    convert::kind_name,
    domain::{Entry, EntryText, Field, Open, OpenWindow},
};

/// A title, and how much it is watched.
#[derive(Clone, Debug)]
pub(super) struct Title {
    pub(super) entry: Entry,
    pub(super) plays: f64,
}

/// Reads all.
pub(super) fn catalogue() -> Vec<Title> {
    let lines = include_str!("../../golden/catalogue.txt").lines();
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .enumerate()
        .map(|(number, line)| title(number, line))
        .collect()
}

fn title(number: usize, line: &str) -> Title {
    let mut parts = line.split(" | ");
    let (kind, name) = (kind(parts.next().unwrap()), parts.next().unwrap());
    let mut made = Title {
        plays: 0.0,
        entry: Entry {
            id: format!("title-{number:04}"),
            kind: kind.into(),
            title: name.into(),
            year: 0,
            poster_url: String::new(),
            genres: Vec::new(),
            popularity: 0.0,
            for_children: false,
            open: Vec::new(),
            airing: None,
            texts: vec![EntryText::new(Field::Title, name)],
        },
    };
    for part in parts {
        let (what, value) = part.split_once(' ').unwrap_or((part, ""));
        tell(&mut made, what, value);
    }
    made
}

fn tell(title: &mut Title, what: &str, value: &str) {
    let entry = &mut title.entry;
    let mut add = |field| entry.texts.push(EntryText::new(field, value));
    match what {
        "year" => {
            add(Field::Tag);
            entry.year = value.parse().unwrap();
        }
        "genre" => {
            add(Field::Genre);
            entry.genres.push(value.into());
        }
        "by" => add(Field::Person),
        "tag" => add(Field::Tag),
        "about" => add(Field::Synopsis),
        "orig" | "also" => add(Field::OriginalTitle),
        "pop" => entry.popularity = value.parse::<f64>().unwrap() * 1_000.0,
        "plays" => title.plays = value.parse().unwrap(),
        "kids" => entry.for_children = true,
        "lang" => {}
        "only" => open(entry, Some(value), None, None),
        "from" => open(entry, None, Some(value), None),
        "until" => open(entry, None, None, Some(value)),
        other => panic!("what is {other}?"),
    }
}

fn open(entry: &mut Entry, country: Option<&str>, start: Option<&str>, end: Option<&str>) {
    let window = OpenWindow {
        countries: country.map(str::to_owned).into_iter().collect(),
        platforms: Vec::new(),
        start: start.map(new_year),
        end: end.map(new_year),
    };
    entry.open.push(Open {
        windows: vec![window],
        blocked: Vec::new(),
    });
}

/// Returns the beginning of a year, give or take a day, in microseconds.
fn new_year(year: &str) -> i64 {
    let days = (year.parse::<f64>().unwrap() - 1970.0) * 365.2425;
    #[expect(clippy::cast_possible_truncation, reason = "a day more or less")]
    Timestamp::from_secs((days * 86_400.0) as i64).micros()
}

/// Reads a type as filters name it.
pub(super) fn kind(name: &str) -> ContentType {
    let known = (0..20).filter_map(|number| ContentType::try_from(number).ok());
    let mut named = known.filter(|kind| kind_name((*kind).into()) == name);
    named.next().unwrap_or_else(|| panic!("no type is {name}"))
}
