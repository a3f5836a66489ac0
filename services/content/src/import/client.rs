//! Takes a catalogue file to the service, in batches, as a client of `ImportMovies`.

use std::io::{self, Read, Seek};

use prost::Message as _;
use sv_kernel::{Ctx, Error, Timestamp};
use sv_proto::content::{
    ImportAction, ImportMoviesRequest, ImportMoviesResponse, ImportRow,
    content_admin_service_client::ContentAdminServiceClient,
};
use sv_rpc::{Transport, call, error};

use super::{
    Films, Survey,
    catalog::SOURCE,
    report::Report,
    rows::{FormatError, Place},
};

/// The most films of one call.
const BATCH: usize = 500;
/// The most bytes of one call; the service takes 4 MiB.
const BATCH_BYTES: usize = 3 << 20;

/// How far an import is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Rows that are done.
    pub done: u64,
    /// Rows of the file.
    pub total: u64,
}

/// Why an import ended early.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be read; nothing was imported.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// The service refused a batch. Those before it are imported; the same import again goes on.
    #[error(
        "{reason}; {done} of {total} rows were dealt with before, run the import again to go on"
    )]
    Refused {
        /// Rows that are done.
        done: u64,
        /// Rows of the file.
        total: u64,
        /// What the service said.
        reason: Error,
    },
}

/// Imports a file of films and says what became of every row. Repeating it changes nothing, so an
/// import that was interrupted is simply run again. `progress` is told after each batch.
///
/// The file is read twice: where it is no catalogue, that is known before anything is written.
pub async fn import_catalogue<R: Read + Seek>(
    client: &ContentAdminServiceClient<Transport>,
    ctx: &Ctx,
    mut file: R,
    dry_run: bool,
    mut progress: impl FnMut(Progress),
) -> Result<Report, ImportError> {
    let today = year(ctx.now());
    let survey = Survey::of(&mut file, today)?;
    let total = survey.rows;
    file.rewind().map_err(|source| unreadable(source, total))?;

    let report = Report {
        dry_run,
        ..Report::default()
    };
    let mut import = Import {
        client: client.clone(),
        ctx,
        report,
        batch: Vec::new(),
        bytes: 0,
        done: 0,
    };
    for film in Films::new(&mut file, &survey) {
        let film = film?;
        import.report.read += 1;
        match film.outcome {
            Ok(draft) => {
                let title = draft.content.title.clone();
                for note in draft.notes {
                    import.report.note(film.row, film.line, &title, note);
                }
                let row = ImportRow {
                    key: draft.key,
                    content: Some(draft.content),
                };
                import.bytes += row.encoded_len();
                import.batch.push(row);
            }
            Err(refusal) => {
                import.report.refused += 1;
                let (row, line) = (film.row, film.line);
                import.report.note(row, line, &refusal.title, refusal.note);
            }
        }
        if import.batch.len() == BATCH || import.bytes >= BATCH_BYTES {
            import.send(total).await?;
            let done = import.done;
            progress(Progress { done, total });
        }
    }
    import.send(total).await?;
    progress(Progress { done: total, total });
    Ok(import.report)
}

/// Returns the year of a time.
fn year(now: Timestamp) -> i32 {
    time::OffsetDateTime::from_unix_timestamp(now.secs()).map_or(1970, time::OffsetDateTime::year)
}

fn unreadable(source: io::Error, rows: u64) -> FormatError {
    FormatError::Read {
        place: Place {
            row: rows.max(1),
            line: 1,
        },
        source,
    }
}

struct Import<'a> {
    client: ContentAdminServiceClient<Transport>,
    ctx: &'a Ctx,
    report: Report,
    batch: Vec<ImportRow>,
    bytes: usize,
    /// Rows that are refused here or that the service has dealt with.
    done: u64,
}

impl Import<'_> {
    /// Sends the batch: all of it is imported, or nothing.
    async fn send(&mut self, total: u64) -> Result<(), ImportError> {
        if self.batch.is_empty() {
            return Ok(());
        }
        self.bytes = 0;
        let request = ImportMoviesRequest {
            source: SOURCE.into(),
            rows: std::mem::take(&mut self.batch),
            dry_run: self.report.dry_run,
        };
        let answer = self.client.import_movies(call(self.ctx, request)).await;
        let answer = answer.map_err(|status| ImportError::Refused {
            done: self.done,
            total,
            reason: error(status),
        })?;
        self.done = self.report.read;
        self.count(answer.get_ref());
        Ok(())
    }

    fn count(&mut self, answer: &ImportMoviesResponse) {
        for outcome in &answer.outcomes {
            match outcome.action() {
                ImportAction::Created => self.report.created += 1,
                ImportAction::Updated => self.report.updated += 1,
                ImportAction::Unchanged | ImportAction::Unspecified => self.report.unchanged += 1,
            }
        }
    }
}
