//! Imports of any size: rows are written in batches as they come, so that nothing holds all of them.

use futures::{Stream, StreamExt as _};
use prost::Message as _;
use sv_kernel::{Code, Ctx, Error, Result};
use sv_proto::{
    content::{
        ImportAction, ImportMoviesRequest, ImportOutcome, ImportRow, ImportTitlesRequest,
        ImportTitlesResponse, RefusedRow,
    },
    convert,
};

use super::App;

/// The most rows of a batch, and the bytes beyond which it takes no further one.
const BATCH: (usize, usize) = (500, 1024 * 1024);
/// The most refused rows that are told.
const MOST_TOLD: usize = 1_000;

/// Rows that wait to be written together.
#[derive(Default)]
struct Batch {
    source: String,
    dry_run: bool,
    rows: Vec<Row>,
    bytes: usize,
}

/// A row and its number, from 1.
type Row = (i32, ImportRow);

impl Batch {
    /// Says whether a row can only come into the next one.
    fn is_full_for(&self, next: &ImportTitlesRequest) -> bool {
        let is_other = (&self.source, self.dry_run) != (&next.source, next.dry_run);
        let is_full = self.rows.len() >= BATCH.0 || self.bytes >= BATCH.1;
        !self.rows.is_empty() && (is_other || is_full)
    }

    fn push(&mut self, number: i32, next: ImportTitlesRequest) {
        let row = next.row.unwrap_or_default();
        self.bytes += row.encoded_len();
        (self.source, self.dry_run) = (next.source, next.dry_run);
        self.rows.push((number, row));
    }
}

impl App {
    /// Creates or updates films by their natural keys, of rows that come one after the other.
    pub(crate) async fn import_titles(
        &self,
        ctx: &Ctx,
        mut messages: impl Stream<Item = Result<ImportTitlesRequest>> + Unpin + Send,
    ) -> Result<ImportTitlesResponse> {
        let (mut told, mut batch) = (ImportTitlesResponse::default(), Batch::default());
        while let Some(next) = messages.next().await {
            let next = match next {
                Ok(next) => next,
                Err(broken) => {
                    // What came before is sound: sending it again changes nothing.
                    self.write(ctx, batch, &mut told).await?;
                    return Err(broken);
                }
            };
            if batch.is_full_for(&next) {
                self.write(ctx, std::mem::take(&mut batch), &mut told)
                    .await?;
            }
            told.rows = told.rows.saturating_add(1);
            batch.push(told.rows, next);
        }
        if told.rows == 0 {
            return Err(convert::refuse("row", "REQUIRED", "is there at least once"));
        }
        self.write(ctx, batch, &mut told).await?;
        if told.created + told.updated == 0 {
            ctx.changes_nothing();
        }
        Ok(told)
    }

    /// Writes a batch: all of it at once, but for the rows that are refused, which are found by halves.
    async fn write(&self, ctx: &Ctx, batch: Batch, told: &mut ImportTitlesResponse) -> Result<()> {
        let mut left = vec![batch.rows];
        while let Some(rows) = left.pop() {
            let Some((number, first)) = rows.first() else {
                continue;
            };
            let (number, key) = (*number, first.key.clone());
            let request = ImportMoviesRequest {
                source: batch.source.clone(),
                rows: rows.iter().map(|(_, row)| row.clone()).collect(),
                dry_run: batch.dry_run,
            };
            match self.import_movies(ctx, request).await {
                Ok(done) => count(&done.outcomes, told),
                Err(error) if !is_of_rows(&error) => return Err(error),
                Err(error) if rows.len() == 1 => refuse(number, key, &error, told),
                Err(_) => {
                    let mut first = rows;
                    let second = first.split_off(first.len() / 2);
                    // The first half is written first: rows of one key stay in their order.
                    left.extend([second, first]);
                }
            }
        }
        Ok(())
    }
}

fn count(outcomes: &[ImportOutcome], told: &mut ImportTitlesResponse) {
    for outcome in outcomes {
        let counter = match outcome.action() {
            ImportAction::Created => &mut told.created,
            ImportAction::Updated => &mut told.updated,
            ImportAction::Unchanged | ImportAction::Unspecified => &mut told.unchanged,
        };
        *counter += 1;
    }
}

fn refuse(row: i32, key: String, error: &Error, told: &mut ImportTitlesResponse) {
    told.refused += 1;
    if told.problems.len() >= MOST_TOLD {
        return;
    }
    let violation = error.violations().first();
    let message = violation.map_or_else(
        || error.message(),
        |violation| {
            let field = violation.field.trim_start_matches("rows[0].");
            format!("{field} {}", violation.description)
        },
    );
    told.problems.push(RefusedRow {
        row,
        key,
        reason: error.reason().to_owned(),
        message,
    });
}

/// Says whether rows are refused, and not the service in trouble.
fn is_of_rows(error: &Error) -> bool {
    matches!(
        error.info().code,
        Code::InvalidArgument
            | Code::NotFound
            | Code::AlreadyExists
            | Code::FailedPrecondition
            | Code::OutOfRange
    )
}
