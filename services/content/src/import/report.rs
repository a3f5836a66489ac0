//! What an import did, in a form that a person and a program can read.

use std::fmt;

use serde::Serialize;

use super::column::known_columns;

/// The most findings that a report keeps; more are only counted.
pub const MAX_FINDINGS: usize = 10_000;

/// What happened to a row that was not taken as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Finding {
    /// Refused: the row is not an object.
    RowNotAnObject,
    /// Refused: a column occurs twice.
    ColumnTwice,
    /// Refused: a column holds another type of value.
    WrongType,
    /// Refused: there is no title.
    TitleMissing,
    /// Refused: a text is longer than the catalogue takes.
    TextTooLong,
    /// Refused: a text holds control characters.
    TextUnprintable,
    /// Refused: another row of the file has the same title and date.
    RowTwice,
    /// Changed: the title was a number and became a text.
    TitleWasNumber,
    /// Changed: letters of a wrong code page were repaired.
    LettersRepaired,
    /// Changed: the year was moved back by 100.
    CenturyMoved,
    /// Changed: the year has two digits, and the century is guessed.
    CenturyGuessed,
    /// Changed: the rating was given its usual name.
    RatingRenamed,
    /// Changed: white space around a text was removed.
    SpaceTrimmed,
    /// Changed: the date cannot be read and was left out.
    DateLeftOut,
    /// Changed: a value is outside what is possible and was left out.
    ValueLeftOut,
    /// Changed: a column is unknown and was left out.
    ColumnUnknown,
    /// Doubtful: the date lies so far ahead that no film is announced for it; left as it is.
    DateDoubtful,
    /// Doubtful: letters look damaged, but nothing proves what they were; left as they are.
    LettersDoubtful,
    /// Doubtful: the rating is not a usual one; left as it is.
    RatingUnknown,
}

/// What a finding means for its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The row is not imported.
    Refused,
    /// The row is imported with a change.
    Changed,
    /// The row is imported as it is; somebody should look at it.
    Doubtful,
}

impl Finding {
    /// Returns what it means for the row.
    pub fn severity(self) -> Severity {
        match self {
            Self::RowNotAnObject
            | Self::ColumnTwice
            | Self::WrongType
            | Self::TitleMissing
            | Self::TextTooLong
            | Self::TextUnprintable
            | Self::RowTwice => Severity::Refused,
            Self::TitleWasNumber
            | Self::LettersRepaired
            | Self::CenturyMoved
            | Self::CenturyGuessed
            | Self::RatingRenamed
            | Self::SpaceTrimmed
            | Self::DateLeftOut
            | Self::ValueLeftOut
            | Self::ColumnUnknown => Severity::Changed,
            Self::DateDoubtful | Self::LettersDoubtful | Self::RatingUnknown => Severity::Doubtful,
        }
    }

    /// Returns the stable name, e.g. `TITLE_MISSING`.
    pub fn name(self) -> &'static str {
        match self {
            Self::RowNotAnObject => "ROW_NOT_AN_OBJECT",
            Self::ColumnTwice => "COLUMN_TWICE",
            Self::WrongType => "WRONG_TYPE",
            Self::TitleMissing => "TITLE_MISSING",
            Self::TextTooLong => "TEXT_TOO_LONG",
            Self::TextUnprintable => "TEXT_UNPRINTABLE",
            Self::RowTwice => "ROW_TWICE",
            Self::TitleWasNumber => "TITLE_WAS_NUMBER",
            Self::LettersRepaired => "LETTERS_REPAIRED",
            Self::CenturyMoved => "CENTURY_MOVED",
            Self::CenturyGuessed => "CENTURY_GUESSED",
            Self::RatingRenamed => "RATING_RENAMED",
            Self::SpaceTrimmed => "SPACE_TRIMMED",
            Self::DateLeftOut => "DATE_LEFT_OUT",
            Self::ValueLeftOut => "VALUE_LEFT_OUT",
            Self::ColumnUnknown => "COLUMN_UNKNOWN",
            Self::DateDoubtful => "DATE_DOUBTFUL",
            Self::LettersDoubtful => "LETTERS_DOUBTFUL",
            Self::RatingUnknown => "RATING_UNKNOWN",
        }
    }
}

/// A finding about one row, without its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// What was found.
    pub finding: Finding,
    /// The column, e.g. `Release Date`; empty for the row as a whole.
    pub column: String,
    /// What stood there and what became of it.
    pub detail: String,
}

impl Note {
    /// Makes a note.
    pub fn new(finding: Finding, column: &str, detail: impl Into<String>) -> Self {
        Self {
            finding,
            column: column.into(),
            detail: detail.into(),
        }
    }
}

/// A finding with its place in the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// The row, from 1.
    pub row: u64,
    /// The line that the row starts on, from 1.
    pub line: u64,
    /// The title as imported; empty where there is none.
    pub title: String,
    /// What it means for the row.
    pub severity: Severity,
    /// What was found.
    pub finding: Finding,
    /// The column; empty for the row as a whole.
    pub column: String,
    /// What stood there and what became of it.
    pub detail: String,
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Refused => "refused",
            Severity::Changed => "changed",
            Severity::Doubtful => "doubtful",
        };
        let (row, line, name) = (self.row, self.line, self.finding.name());
        write!(f, "row {row} (line {line}) {severity} {name}")?;
        if !self.title.is_empty() {
            write!(f, " `{}`", self.title)?;
        }
        if !self.column.is_empty() {
            write!(f, ", {}", self.column)?;
        }
        write!(f, ": {}", self.detail)
    }
}

/// What an import did. `read` is the sum of the four outcomes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Whether nothing was written.
    pub dry_run: bool,
    /// Rows of the file.
    pub read: u64,
    /// Films that are new.
    pub created: u64,
    /// Films that were there and have changed.
    pub updated: u64,
    /// Films that were there, and so.
    pub unchanged: u64,
    /// Rows that were not imported.
    pub refused: u64,
    /// Every row that was changed, doubted or refused, in the order of the file.
    pub findings: Vec<Entry>,
    /// Findings beyond the [`MAX_FINDINGS`] that are listed.
    pub findings_left_out: u64,
    /// The columns that are known, where the file has another one, or has no title.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub known_columns: Vec<&'static str>,
}

impl Report {
    /// Says whether the file has rows, and not one was taken.
    pub fn refused_all(&self) -> bool {
        self.read > 0 && self.refused == self.read
    }

    /// Adds a finding, or counts it where the list is full.
    pub fn note(&mut self, row: u64, line: u64, title: &str, note: Note) {
        let of_names = matches!(note.finding, Finding::ColumnUnknown | Finding::TitleMissing);
        if of_names && self.known_columns.is_empty() {
            self.known_columns = known_columns().collect();
        }
        if self.findings.len() == MAX_FINDINGS {
            self.findings_left_out += 1;
            return;
        }
        self.findings.push(Entry {
            row,
            line,
            title: title.into(),
            severity: note.finding.severity(),
            finding: note.finding,
            column: note.column,
            detail: note.detail,
        });
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for entry in &self.findings {
            writeln!(f, "{entry}")?;
        }
        if self.findings_left_out > 0 {
            writeln!(f, "and {} findings more", self.findings_left_out)?;
        }
        if !self.known_columns.is_empty() {
            let known = self.known_columns.join(", ");
            writeln!(f, "known columns: {known}; docs/catalogues.md says more")?;
        }
        let done = if self.dry_run { "would be " } else { "" };
        write!(
            f,
            "read {}, {done}created {}, {done}updated {}, unchanged {}, refused {}",
            self.read, self.created, self.updated, self.unchanged, self.refused
        )
    }
}
