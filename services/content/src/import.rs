//! Imports of films from files: reads a file row by row, makes titles of the rows, and reports
//! every row that it changed, doubts or refuses, with the reason.
//!
//! `source` unpacks, [`rows`] cuts a file into its films without holding more than one, [`catalog`]
//! makes a title of a film, `column` knows the columns, `text` repairs letters that went through the wrong code page, `date`
//! reads dates, [`report`] collects what happened, and [`import_catalogue`] takes it all to the
//! service. What letters and dates mean depends on the file as a whole, so it is read twice:
//! [`Survey`] first, then [`Films`].

use std::{collections::HashSet, io::Read};

pub mod catalog;
mod client;
mod column;
mod date;
pub mod report;
pub mod rows;
mod source;
mod text;

pub use client::{ImportError, Progress, import_catalogue};
pub use column::known_columns;

use catalog::{Draft, Refusal};
use date::{Calendar, Years};
use report::{Finding, Note};
use rows::{FormatError, Rows};
use text::{Evidence, Letters};

/// A row of a catalogue file, read.
#[derive(Clone, Debug, PartialEq)]
pub struct Film {
    /// The row, from 1.
    pub row: u64,
    /// The line that the row starts on, from 1.
    pub line: u64,
    /// The title made of it, or why there is none.
    pub outcome: Result<Draft, Refusal>,
}

/// What a file as a whole says about its letters and dates.
#[derive(Clone, Debug)]
pub struct Survey {
    /// How many rows the file has.
    pub rows: u64,
    letters: Letters,
    calendar: Calendar,
}

impl Survey {
    /// Reads a file to its end, and holds one row at a time. Films cannot be of a time far beyond
    /// the year of `today`.
    pub fn of<R: Read>(reader: R, today: i32) -> Result<Self, FormatError> {
        let mut rows = 0;
        let mut evidence = Evidence::default();
        let mut years = Years::new(today);
        for row in Rows::new(reader) {
            rows += 1;
            catalog::survey(&row?, &mut evidence, &mut years)?;
        }
        Ok(Self {
            rows,
            letters: evidence.letters(),
            calendar: years.calendar(),
        })
    }
}

/// The films of a catalogue file, in order; one row and 32 bytes for each row before are held.
/// After an error there are no more.
#[derive(Debug)]
pub struct Films<R> {
    rows: Rows<R>,
    survey: Survey,
    seen: HashSet<u128>,
    failed: bool,
}

impl<R: Read> Films<R> {
    /// Reads from `reader`, which needs no buffer of its own, what was surveyed before.
    pub fn new(reader: R, survey: &Survey) -> Self {
        Self {
            rows: Rows::new(reader),
            survey: survey.clone(),
            seen: HashSet::new(),
            failed: false,
        }
    }

    fn read(&mut self) -> Result<Option<Film>, FormatError> {
        let Some(row) = self.rows.next().transpose()? else {
            return Ok(None);
        };
        let outcome = catalog::read(&row, &self.survey)?.and_then(|draft| {
            if self.seen.insert(draft.fingerprint()) {
                return Ok(draft);
            }
            let detail = "another row of the file has the same title and date; keep one";
            Err(Refusal {
                title: draft.content.title,
                note: Note::new(Finding::RowTwice, "", detail),
            })
        });
        Ok(Some(Film {
            row: row.number,
            line: row.line,
            outcome,
        }))
    }
}

impl<R: Read> Iterator for Films<R> {
    type Item = Result<Film, FormatError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let film = self.read();
        self.failed = film.is_err();
        film.transpose()
    }
}
