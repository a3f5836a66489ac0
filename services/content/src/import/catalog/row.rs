//! A row of the catalogue while it is read: columns are taken out one by one, and what is changed
//! on the way is noted.

use std::fmt;

use prost_types::{Struct, Value as ProtoValue, value::Kind};
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::Value;
use sv_proto::content::Score;

use super::super::{
    date::{self, ReleaseDate},
    report::{Finding, Note},
    text::{Letters, Reading},
};

/// The ratings of the American board, past and present.
const RATINGS: [&str; 12] = [
    "G", "PG", "PG-13", "R", "NC-17", "X", "M", "GP", "M/PG", "Approved", "Passed", "TV-MA",
];
/// What stands for no rating.
const UNRATED: [&str; 5] = ["Not Rated", "Unrated", "NR", "Open", "N/A"];

/// The columns of a row, in the order of the file.
pub(super) struct Columns(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Columns {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Columns;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Columns, A::Error> {
                let mut columns = Vec::new();
                while let Some(column) = map.next_entry()? {
                    columns.push(column);
                }
                Ok(Columns(columns))
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

/// A row that is being read: columns are taken out one by one.
pub(super) struct Row<'a> {
    columns: Vec<(String, Value)>,
    letters: &'a mut Letters,
    /// What was changed or is doubtful so far.
    pub(super) notes: Vec<Note>,
}

impl<'a> Row<'a> {
    pub(super) fn new(columns: Columns, letters: &'a mut Letters) -> Result<Self, Note> {
        let mut names: Vec<&str> = columns.0.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        if let Some(pair) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            let detail = "the column stands twice in the row; keep one";
            return Err(Note::new(Finding::ColumnTwice, &cut(pair[0]), detail));
        }
        Ok(Self {
            columns: columns.0,
            letters,
            notes: Vec::new(),
        })
    }

    fn take(&mut self, column: &str) -> Value {
        match self.columns.iter().position(|(name, _)| name == column) {
            Some(at) => self.columns.swap_remove(at).1,
            None => Value::Null,
        }
    }

    fn note(&mut self, finding: Finding, column: &str, detail: String) {
        self.notes.push(Note::new(finding, column, detail));
    }

    /// Takes the title; a number becomes a text.
    pub(super) fn title(&mut self) -> Result<String, Note> {
        match self.take("Title") {
            Value::Null => Ok(String::new()),
            Value::String(title) => Ok(title),
            Value::Number(number) => {
                let title = number.to_string();
                self.note(
                    Finding::TitleWasNumber,
                    "Title",
                    format!("the number {title} became a text"),
                );
                Ok(title)
            }
            other => Err(wrong_type("Title", "a text", &other)),
        }
    }

    pub(super) fn text(&mut self, column: &str) -> Result<Option<String>, Note> {
        match self.take(column) {
            Value::Null => Ok(None),
            Value::String(text) => Ok(Some(text)),
            other => Err(wrong_type(column, "a text or null", &other)),
        }
    }

    pub(super) fn tidy_text(&mut self, column: &str, max: usize) -> Result<String, Note> {
        let text = self.text(column)?.unwrap_or_default();
        self.tidy(column, text, max)
    }

    /// Repairs letters, trims, and refuses what the catalogue does not take.
    pub(super) fn tidy(&mut self, column: &str, text: String, max: usize) -> Result<String, Note> {
        let text = match self.letters.read(&text) {
            Reading::Sound => text,
            Reading::Repaired(repaired) => {
                self.note(
                    Finding::LettersRepaired,
                    column,
                    format!("`{}` became `{}`", cut(&text), cut(&repaired)),
                );
                repaired
            }
            Reading::Doubtful => {
                self.note(
                    Finding::LettersDoubtful,
                    column,
                    format!("`{}` looks damaged and was left as it is", cut(&text)),
                );
                text
            }
        };
        let trimmed = text.trim();
        if trimmed.chars().any(char::is_control) {
            let detail = "the text holds control characters; remove them";
            return Err(Note::new(Finding::TextUnprintable, column, detail));
        }
        let length = trimmed.chars().count();
        if length > max {
            let detail = format!("{length} characters; the catalogue takes {max}");
            return Err(Note::new(Finding::TextTooLong, column, detail));
        }
        if trimmed.len() < text.len() && !trimmed.is_empty() {
            self.note(
                Finding::SpaceTrimmed,
                column,
                "white space around the text was removed".into(),
            );
        }
        Ok(trimmed.into())
    }

    pub(super) fn release_date(&mut self, raw: &str) -> String {
        if raw.trim().is_empty() {
            return String::new();
        }
        match date::read(raw) {
            ReleaseDate::Good(date) => date,
            ReleaseDate::WrongCentury(date) => {
                self.note(
                    Finding::CenturyMoved,
                    "Release Date",
                    format!(
                        "`{}` became {date}: its two-digit year was read as 20xx",
                        cut(raw)
                    ),
                );
                date
            }
            ReleaseDate::Unreadable => {
                self.note(
                    Finding::DateLeftOut,
                    "Release Date",
                    format!(
                        "`{}` is no date such as `Jun 12 1998` and was left out",
                        cut(raw)
                    ),
                );
                String::new()
            }
        }
    }

    pub(super) fn rating(&mut self) -> Result<String, Note> {
        const COLUMN: &str = "MPAA Rating";
        let rating = self.tidy_text(COLUMN, 20)?;
        if rating.is_empty() || RATINGS.contains(&rating.as_str()) {
            return Ok(rating);
        }
        let same = |known: &&&str| known.eq_ignore_ascii_case(&rating);
        if UNRATED.iter().any(|known| same(&known)) {
            self.note(
                Finding::RatingRenamed,
                COLUMN,
                format!("`{rating}` means unrated and became empty"),
            );
            return Ok(String::new());
        }
        if let Some(known) = RATINGS.iter().find(same) {
            self.note(
                Finding::RatingRenamed,
                COLUMN,
                format!("`{rating}` became `{known}`"),
            );
            return Ok((*known).into());
        }
        self.note(
            Finding::RatingUnknown,
            COLUMN,
            format!("`{rating}` is not a rating of the American board and was left as it is"),
        );
        Ok(rating)
    }

    /// Takes a number; one outside the range is left out.
    pub(super) fn number(&mut self, column: &str, min: f64, max: f64) -> Result<Option<f64>, Note> {
        let number = match self.take(column) {
            Value::Null => return Ok(None),
            Value::Number(number) => number,
            other => return Err(wrong_type(column, "a number or null", &other)),
        };
        let fits = number.as_f64().filter(|n| (min..=max).contains(n));
        if fits.is_none() {
            self.note(
                Finding::ValueLeftOut,
                column,
                format!("{number} is not between {min} and {max} and was left out"),
            );
        }
        Ok(fits)
    }

    pub(super) fn dollars(&mut self, column: &str) -> Result<f64, Note> {
        Ok(self.number(column, 0.0, 1e12)?.unwrap_or_default().round())
    }

    pub(super) fn scores(&mut self) -> Result<Vec<Score>, Note> {
        let imdb = self.number("IMDB Rating", 0.0, 10.0)?;
        let votes = self.number("IMDB Votes", 0.0, 2e9)?;
        let tomatoes = self.number("Rotten Tomatoes Rating", 0.0, 100.0)?;
        let score = |source: &str, value, scale, votes: Option<f64>| Score {
            source: source.into(),
            value,
            scale,
            votes: votes.map_or(0, whole),
        };
        let imdb = imdb.map(|value| score("imdb", value, 10.0, votes));
        let tomatoes = tomatoes.map(|value| score("rotten-tomatoes", value, 100.0, None));
        Ok(imdb.into_iter().chain(tomatoes).collect())
    }

    /// Keeps the columns that have no field of their own.
    pub(super) fn metadata(&mut self) -> Result<Option<Struct>, Note> {
        let mut fields = Struct::default().fields;
        for (column, name) in [
            ("Source", "sourceMaterial"),
            ("Creative Type", "creativeType"),
        ] {
            let text = self.tidy_text(column, 200)?;
            if !text.is_empty() {
                fields.insert(name.into(), value(Kind::StringValue(text)));
            }
        }
        if let Some(sales) = self.number("US DVD Sales", 0.0, 1e12)? {
            fields.insert("usDvdSalesUsd".into(), value(Kind::NumberValue(sales)));
        }
        Ok((!fields.is_empty()).then_some(Struct { fields }))
    }

    pub(super) fn leave_the_rest(&mut self) {
        let mut unknown: Vec<String> = self.columns.drain(..).map(|(name, _)| name).collect();
        unknown.sort_unstable();
        for name in unknown.iter().take(20) {
            let detail = "the column is not known and was left out".into();
            self.note(Finding::ColumnUnknown, &cut(name), detail);
        }
    }
}

fn value(kind: Kind) -> ProtoValue {
    ProtoValue { kind: Some(kind) }
}

fn wrong_type(column: &str, expected: &str, found: &Value) -> Note {
    let found = match found {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    };
    let detail = format!("the column holds {found}; it takes {expected}");
    Note::new(Finding::WrongType, column, detail)
}

/// Shortens a text for a report.
fn cut(text: &str) -> String {
    match text.char_indices().nth(80) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into(),
    }
}

/// Rounds to a whole number.
#[expect(
    clippy::cast_possible_truncation,
    reason = "`as` saturates, and callers bound the value"
)]
pub(super) fn whole(number: f64) -> i32 {
    number.round() as i32
}
