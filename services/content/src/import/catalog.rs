//! Makes titles of the rows of a film catalogue with columns such as `Title`, `Release Date`,
//! `MPAA Rating`, `Running Time min` and `IMDB Rating` (CAT-1, CAT-8, CAT-16).

mod row;

use aws_lc_rs::digest;
use serde::de::IgnoredAny;
use sv_proto::content::{
    Content, ContentStatus, ContentType, Credit, CreditRole, Monetization, MovieDetails,
    content::Details,
};

use self::row::{Columns, Row, whole};
use super::{
    Survey,
    column::Column,
    date::Years,
    report::{Finding, Note},
    rows::{FormatError, Place, RawRow},
    text::Evidence,
};

/// What the catalogue is called as a source of natural keys.
pub const SOURCE: &str = "vega";

/// A title made of a row.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// Its name within the source: the SHA-256 of raw title and raw date, in hex.
    pub key: String,
    /// What it shall be.
    pub content: Content,
    /// What was changed or is doubtful.
    pub notes: Vec<Note>,
}

impl Draft {
    /// Returns the first half of the key as a number.
    pub(super) fn fingerprint(&self) -> u128 {
        let half = self.key.get(..32).unwrap_or_default();
        u128::from_str_radix(half, 16).unwrap_or_default()
    }
}

/// Why a row is not imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The title, as far as it is known.
    pub title: String,
    /// The reason.
    pub note: Note,
}

/// Looks at the letters and dates of a row. Fails where the row is not JSON at all.
pub(super) fn survey(
    row: &RawRow,
    evidence: &mut Evidence,
    years: &mut Years,
) -> Result<(), FormatError> {
    if let Ok(columns) = columns(row)? {
        for (column, text) in columns.texts() {
            match column {
                Some(Column::ReleaseDate) => years.count(text),
                Some(_) => evidence.look_at(text),
                None => {}
            }
        }
    }
    Ok(())
}

/// Makes a title of a row, or says why not. Fails where the row is not JSON at all.
pub(super) fn read(row: &RawRow, survey: &Survey) -> Result<Result<Draft, Refusal>, FormatError> {
    Ok(columns(row)?.and_then(|columns| draft(columns, survey)))
}

fn columns(row: &RawRow) -> Result<Result<Columns, Refusal>, FormatError> {
    match serde_json::from_slice::<Columns>(&row.json) {
        Ok(columns) => Ok(Ok(columns)),
        // The type is told before the rest is looked at: only of JSON is it worth telling.
        Err(e) if e.is_data() => match serde_json::from_slice::<IgnoredAny>(&row.json) {
            Ok(_) => {
                let detail = format!("a row is an object of columns; {}", plain(&e));
                Ok(Err(Refusal {
                    title: String::new(),
                    note: Note::new(Finding::RowNotAnObject, "", detail),
                }))
            }
            Err(e) => Err(not_json(row, &e)),
        },
        Err(e) => Err(not_json(row, &e)),
    }
}

fn not_json(row: &RawRow, error: &serde_json::Error) -> FormatError {
    // The parser counts lines from the start of the row.
    let line = row.line + u64::try_from(error.line()).unwrap_or(1).saturating_sub(1);
    FormatError::NotJson {
        place: Place {
            row: row.number,
            line,
        },
        problem: format!("{} at column {}", plain(error), error.column()),
    }
}

fn draft(columns: Columns, survey: &Survey) -> Result<Draft, Refusal> {
    let mut title = String::new();
    fill(columns, survey, &mut title).map_err(|note| Refusal { title, note })
}

/// Says what is wrong without the place, which counts from the start of the row.
fn plain(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rfind(" at line ") {
        Some(end) => text[..end].into(),
        None => text,
    }
}

fn fill(columns: Columns, survey: &Survey, shown: &mut String) -> Result<Draft, Note> {
    let mut row = Row::new(columns, survey)?;
    let raw_title = row.title()?;
    let title = row.tidy(Column::Title, raw_title.clone(), 300)?;
    if title.is_empty() {
        return Err(row.title_missing());
    }
    shown.clone_from(&title);

    let raw_date = row.text(Column::ReleaseDate)?.unwrap_or_default();
    let release_date = row.release_date(&raw_date);
    let maturity_rating = row.rating()?;
    let minutes = row.number(Column::RunningTime, 1.0, 1500.0)?;
    let distributor = row.tidy_text(Column::Distributor, 200)?;
    let genre = row.tidy_text(Column::Genre, 50)?;
    let director = row.tidy_text(Column::Director, 200)?;
    let movie = MovieDetails {
        distributor,
        production_budget_usd: row.dollars(Column::ProductionBudget)?,
        us_gross_usd: row.dollars(Column::UsGross)?,
        worldwide_gross_usd: row.dollars(Column::WorldwideGross)?,
    };
    let scores = row.scores()?;
    let metadata = row.metadata()?;
    row.leave_the_rest();

    let credits = Some(director)
        .filter(|name| !name.is_empty())
        .map(|name| Credit {
            name,
            role: CreditRole::Director.into(),
            ..Credit::default()
        });
    Ok(Draft {
        key: natural_key(&raw_title, &raw_date),
        content: Content {
            r#type: ContentType::Movie.into(),
            title,
            genres: Some(genre).filter(|g| !g.is_empty()).into_iter().collect(),
            credits: credits.into_iter().collect(),
            release_date,
            // At most 1500 minutes.
            duration_seconds: minutes.map_or(0, |m| whole(m * 60.0)),
            maturity_rating,
            monetization: Monetization::Svod.into(),
            status: ContentStatus::Published.into(),
            scores,
            metadata,
            details: Some(Details::Movie(movie)),
            ..Content::default()
        },
        notes: row.notes,
    })
}

/// Names a film by what its source says of it, so that repeated titles stay apart.
fn natural_key(title: &str, date: &str) -> String {
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(title.as_bytes());
    context.update(&[0x1f]);
    context.update(date.as_bytes());
    let hash = context.finish();
    hash.as_ref()
        .iter()
        .fold(String::with_capacity(64), |mut hex, byte| {
            for nibble in [byte >> 4, byte & 15] {
                hex.extend(char::from_digit(u32::from(nibble), 16));
            }
            hex
        })
}
