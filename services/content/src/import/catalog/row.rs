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
    Survey,
    column::Column,
    date::ReleaseDate,
    report::{Finding, Note},
    text::Reading,
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

impl Columns {
    /// Returns every column that holds a text.
    pub(super) fn texts(&self) -> impl Iterator<Item = (Option<Column>, &str)> {
        self.0
            .iter()
            .filter_map(|(name, value)| Some((Column::named(name), value.as_str()?)))
    }
}

/// A row that is being read: columns are taken out one by one.
pub(super) struct Row<'a> {
    columns: Vec<(Option<Column>, String, Value)>,
    survey: &'a Survey,
    /// The names of the columns, where none is the title, as far as a message takes them.
    instead_of_title: Vec<String>,
    /// What was changed or is doubtful so far.
    pub(super) notes: Vec<Note>,
}

impl<'a> Row<'a> {
    pub(super) fn new(columns: Columns, survey: &'a Survey) -> Result<Self, Note> {
        let columns: Vec<(Option<Column>, String, Value)> = columns
            .0
            .into_iter()
            .map(|(name, value)| (Column::named(&name), name, value))
            .collect();
        let mut names: Vec<(&str, &str)> = columns
            .iter()
            .map(|(column, name, _)| match column {
                Some(column) => (column.name(), name.as_str()),
                None => (name.as_str(), name.as_str()),
            })
            .collect();
        names.sort_unstable();
        if let Some(pair) = names.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            let detail = if pair[0].1 == pair[1].1 {
                "the column stands twice in the row; keep one".to_owned()
            } else {
                let (one, other) = (cut(pair[0].1), cut(pair[1].1));
                format!("`{one}` and `{other}` are the same column; keep one")
            };
            return Err(Note::new(Finding::ColumnTwice, &cut(pair[0].0), detail));
        }
        let titled = columns.iter().any(|c| c.0 == Some(Column::Title));
        let instead_of_title = columns
            .iter()
            .take(if titled { 0 } else { 8 })
            .map(|(_, name, _)| format!("`{}`", cut(name)))
            .collect();
        Ok(Self {
            columns,
            survey,
            instead_of_title,
            notes: Vec::new(),
        })
    }

    fn take(&mut self, column: Column) -> Value {
        let place = self.columns.iter().position(|c| c.0 == Some(column));
        match place {
            Some(at) => self.columns.swap_remove(at).2,
            None => Value::Null,
        }
    }

    fn note(&mut self, finding: Finding, column: Column, detail: String) {
        self.notes.push(Note::new(finding, column.name(), detail));
    }

    /// Says that there is no title, and what there is instead.
    pub(super) fn title_missing(&self) -> Note {
        let detail = if self.instead_of_title.is_empty() {
            "there is no title; give the film one".to_owned()
        } else {
            format!(
                "there is no column `Title`, only {}; give the film a title",
                self.instead_of_title.join(", ")
            )
        };
        Note::new(Finding::TitleMissing, Column::Title.name(), detail)
    }

    /// Takes the title; a number becomes a text.
    pub(super) fn title(&mut self) -> Result<String, Note> {
        match self.take(Column::Title) {
            Value::Null => Ok(String::new()),
            Value::String(title) => Ok(title),
            Value::Number(number) => {
                let title = number.to_string();
                self.note(
                    Finding::TitleWasNumber,
                    Column::Title,
                    format!("the number {title} became a text"),
                );
                Ok(title)
            }
            other => Err(wrong_type(Column::Title, "a text", &other)),
        }
    }

    pub(super) fn text(&mut self, column: Column) -> Result<Option<String>, Note> {
        match self.take(column) {
            Value::Null => Ok(None),
            Value::String(text) => Ok(Some(text)),
            other => Err(wrong_type(column, "a text or null", &other)),
        }
    }

    pub(super) fn tidy_text(&mut self, column: Column, max: usize) -> Result<String, Note> {
        let text = self.text(column)?.unwrap_or_default();
        self.tidy(column, text, max)
    }

    /// Repairs letters, trims, and refuses what the catalogue does not take.
    pub(super) fn tidy(
        &mut self,
        column: Column,
        text: String,
        max: usize,
    ) -> Result<String, Note> {
        let text = match self.survey.letters.read(&text) {
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
            return Err(Note::new(Finding::TextUnprintable, column.name(), detail));
        }
        let length = trimmed.chars().count();
        if length > max {
            let detail = format!("{length} characters; the catalogue takes {max}");
            return Err(Note::new(Finding::TextTooLong, column.name(), detail));
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
        match self.survey.calendar.read(raw) {
            ReleaseDate::Good(date) => date,
            ReleaseDate::Doubtful(date) => {
                self.note(
                    Finding::DateDoubtful,
                    Column::ReleaseDate,
                    format!("`{}` lies far ahead and was left as it is", cut(raw)),
                );
                date
            }
            ReleaseDate::Guessed(date) => {
                self.note(
                    Finding::CenturyGuessed,
                    Column::ReleaseDate,
                    format!("`{}` became {date}: its year has two digits", cut(raw)),
                );
                date
            }
            ReleaseDate::WrongCentury(date) => {
                self.note(
                    Finding::CenturyMoved,
                    Column::ReleaseDate,
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
                    Column::ReleaseDate,
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
        const COLUMN: Column = Column::MpaaRating;
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
    pub(super) fn number(
        &mut self,
        column: Column,
        min: f64,
        max: f64,
    ) -> Result<Option<f64>, Note> {
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

    pub(super) fn dollars(&mut self, column: Column) -> Result<f64, Note> {
        Ok(self.number(column, 0.0, 1e12)?.unwrap_or_default().round())
    }

    pub(super) fn scores(&mut self) -> Result<Vec<Score>, Note> {
        let imdb = self.number(Column::ImdbRating, 0.0, 10.0)?;
        let votes = self.number(Column::ImdbVotes, 0.0, 2e9)?;
        let tomatoes = self.number(Column::TomatoesRating, 0.0, 100.0)?;
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
            (Column::Source, "sourceMaterial"),
            (Column::CreativeType, "creativeType"),
        ] {
            let text = self.tidy_text(column, 200)?;
            if !text.is_empty() {
                fields.insert(name.into(), value(Kind::StringValue(text)));
            }
        }
        if let Some(sales) = self.number(Column::UsDvdSales, 0.0, 1e12)? {
            fields.insert("usDvdSalesUsd".into(), value(Kind::NumberValue(sales)));
        }
        Ok((!fields.is_empty()).then_some(Struct { fields }))
    }

    pub(super) fn leave_the_rest(&mut self) {
        let mut unknown: Vec<String> = self.columns.drain(..).map(|(_, name, _)| name).collect();
        unknown.sort_unstable();
        for name in unknown.iter().take(20) {
            let detail =
                "the column is not known and was left out; the report lists those that are";
            self.notes
                .push(Note::new(Finding::ColumnUnknown, &cut(name), detail));
        }
    }
}

fn value(kind: Kind) -> ProtoValue {
    ProtoValue { kind: Some(kind) }
}

fn wrong_type(column: Column, expected: &str, found: &Value) -> Note {
    let found = match found {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    };
    let detail = format!("the column holds {found}; it takes {expected}");
    Note::new(Finding::WrongType, column.name(), detail)
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
