//! Imports: what was uploaded is checked, packaged and made the media of its title, as work that waits (SCHD-1).
//!
//! A process that is about to go hands its import back, and one that was killed loses its lease: another begins it
//! anew, from the uploaded bytes. What was stored whole before is found by its name and not made again.

use std::{path::Path, time::Duration};

use futures::{StreamExt as _, stream};
use sv_kernel::{Ctx, Error, Result};
use sv_proto::{
    common::CommonReason,
    streaming::{
        self as pb, ImportNoteCode, ImportStage, RetryImportResponse, StreamingReason,
        WatchImportResponse,
    },
};
use sv_rpc::handler::Answers;
use sv_store::{
    audit,
    jobs::queue::{Item, Step},
    work,
};
use tokio::{io::AsyncWriteExt as _, sync::watch};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    App, port,
    uploads::{IMPORTS, enqueue},
};
use crate::{
    domain::{
        Import, Note,
        import::{Progress, Said},
    },
    import::{self, ImportError, Imported, Job, Scratch, Stage},
    store::imports::{self, Change, Found},
};

/// The most imports of a title that are listed.
const MOST: u64 = 100;
/// How often progress is written down, and looked at by those who watch it.
const OFTEN: Duration = Duration::from_millis(500);
/// How often an import is tried whose failure may pass.
const TRIES: u32 = 10;
/// From which try on one that ended with its process is the last: a file that ends processes is not given to all of them.
const ENDED: u32 = 6;
/// What ffmpeg says where its disk is full.
const NO_ROOM: &str = "No space left on device";
/// How long what has ended is listed.
const KEEP: Duration = Duration::from_hours(24 * 30);
/// How many are cleared away in one go.
const BATCH: u64 = 100;

/// Why an import came to nothing.
struct Failure {
    /// For people.
    why: Note,
    /// From which try on nothing else will come of it.
    final_after: u32,
    error: Error,
}

impl App {
    /// Lists the imports of a title, newest first.
    pub(crate) async fn imports(&self, ctx: &Ctx, content: Uuid) -> Result<Vec<Import>> {
        Ok(imports::of_title(self.db.read(), &ctx.tenant, content, MOST).await?)
    }

    /// Returns an import of a title.
    pub(crate) async fn import(&self, ctx: &Ctx, content: Uuid, id: Uuid) -> Result<Import> {
        let found = imports::find(self.db.read(), &ctx.tenant, id).await?;
        let found = found.filter(|import| import.content == content);
        found.ok_or_else(|| StreamingReason::ImportNotFound.into())
    }

    /// Tells how an import stands, and of each change until it is over.
    pub(crate) async fn watch_import(
        &self,
        ctx: &Ctx,
        content: Uuid,
        id: Uuid,
    ) -> Result<Answers<WatchImportResponse>> {
        let first = self.import(ctx, content, id).await?;
        let (app, ctx) = (self.clone(), ctx.clone());
        let changes = stream::try_unfold(
            (app, ctx, Some(first), None::<Import>),
            move |(app, ctx, next, last)| async move {
                if last.as_ref().is_some_and(Import::is_over) {
                    return Ok::<_, Error>(None);
                }
                let now = match next {
                    Some(first) => first,
                    None => loop {
                        tokio::time::sleep(OFTEN).await;
                        let now = app.import(&ctx, content, id).await?;
                        if Some(&now) != last.as_ref() {
                            break now;
                        }
                    },
                };
                let told = WatchImportResponse {
                    media_import: Some((&now).into()),
                };
                Ok(Some((told, (app, ctx, None, Some(now)))))
            },
        );
        Ok(Answers::new(changes))
    }

    /// Has an import that failed tried again.
    pub(crate) async fn retry_import(
        &self,
        ctx: &Ctx,
        content: Uuid,
        id: Uuid,
    ) -> Result<RetryImportResponse> {
        self.import(ctx, content, id).await?;
        let waiting = &Progress::at(ImportStage::Waiting);
        let expires_at = ctx.now() + self.importing.bounds.timeout;
        let done = self.db.respond(ctx, |tx| {
            work(async move {
                let change = Change {
                    attempts: Some(0),
                    said: Some(&Said::default()),
                    expires_at: Some(expires_at),
                    ..Change::to(waiting)
                };
                if !imports::change(tx, ctx, id, Found::Failed, change).await? {
                    return Err(StreamingReason::ImportNotRetryable.into());
                }
                enqueue(tx, ctx, id).await?;
                let act = audit::Act::on("media", content);
                let told = serde_json::json!({ "importId": id.to_string() });
                audit::record(tx, ctx, act.changed(serde_json::Value::Null, told)).await?;
                let now = imports::find(tx, &ctx.tenant, id).await?;
                let media_import = now.as_ref().map(pb::Import::from);
                Ok(RetryImportResponse { media_import })
            })
        });
        done.await
    }

    /// Packages what was uploaded; one try.
    pub(crate) async fn do_import(
        &self,
        ctx: Ctx,
        item: Item,
        leaving: CancellationToken,
    ) -> Result<Step> {
        let Ok(id) = item.key.parse::<Uuid>() else {
            return Ok(Step::Done);
        };
        let found = imports::find(self.db.read(), &ctx.tenant, id).await?;
        let Some(import) = found.filter(Import::is_under_way) else {
            return Ok(Step::Done);
        };
        // Whoever gives an import up, or back, says so.
        let was_left = import.progress.stage != ImportStage::Waiting;
        if was_left && item.attempt >= ENDED {
            return self.failed(&ctx, id, item.attempt, Failure::left()).await;
        }
        let begun = Progress::at(ImportStage::Probing);
        if !self.note(&ctx, id, &begun, Some(item.attempt)).await? {
            return Ok(Step::Done);
        }
        let (said, heard) = watch::channel(begun);
        let ended = tokio::select! {
            biased;
            () = leaving.cancelled() => None,
            taken_back = self.tell(&ctx, id, heard) => {
                taken_back?;
                self.let_go(&ctx, id).await;
                return Ok(Step::Done);
            }
            ended = Box::pin(self.package(&ctx, &import, said)) => Some(ended),
        };
        match ended {
            // Another process goes on with it, as if it had not been begun here.
            None => {
                let waiting = Progress::at(ImportStage::Waiting);
                self.note(&ctx, id, &waiting, None).await?;
                Ok(Step::More(Vec::new()))
            }
            Some(Ok(imported)) => {
                self.published(&ctx, id, imported).await?;
                self.let_go(&ctx, id).await;
                Ok(Step::Done)
            }
            Some(Err(failure)) => self.failed(&ctx, id, item.attempt, failure).await,
        }
    }

    /// Writes down how far an import is; says whether it goes on.
    async fn note(
        &self,
        ctx: &Ctx,
        id: Uuid,
        progress: &Progress,
        attempts: Option<u32>,
    ) -> Result<bool> {
        let change = &Change {
            attempts,
            ..Change::to(progress)
        };
        let done = self.db.write(ctx, |tx| {
            work(imports::change(
                tx,
                ctx,
                id,
                Found::UnderWay,
                change.clone(),
            ))
        });
        Ok(done.await?)
    }

    /// Writes progress down now and then; ends where somebody has taken the import back.
    async fn tell(&self, ctx: &Ctx, id: Uuid, mut heard: watch::Receiver<Progress>) -> Result<()> {
        loop {
            tokio::time::sleep(OFTEN).await;
            let now = heard.borrow_and_update().clone();
            if !self.note(ctx, id, &now, None).await? {
                return Ok(());
            }
        }
    }

    /// Gathers the uploaded bytes, packages them and makes them the title's media.
    async fn package(
        &self,
        ctx: &Ctx,
        import: &Import,
        said: watch::Sender<Progress>,
    ) -> Result<Imported, Failure> {
        let scratch = Scratch::open(&self.importing.scratch)
            .await
            .map_err(ImportError::Disk)
            .map_err(Failure::from)?;
        let file = scratch.path().join("upload");
        self.gather(ctx, import, &file).await?;
        let content_id = import.content.to_string();
        let job = Job {
            content_id: &content_id,
            file: &file,
            scratch: scratch.path(),
            tools: &self.importing.tools,
        };
        let mut report = |progress: import::Progress| {
            said.send_replace(shown(&progress));
        };
        let prefix = import::prefix(&job).await.map_err(Failure::from)?;
        let claimed = self.claim(ctx, import.content, &prefix).await;
        claimed.map_err(Failure::of_ours)?;
        let imported = import::import_into(&job, prefix, &*self.blobs, &mut report).await;
        let imported = imported.map_err(Failure::from)?;
        said.send_replace(Progress::at(ImportStage::Publishing));
        let media = imported.media.clone();
        let published = self.publish(ctx, import.content, media).await;
        published.map_err(Failure::of_ours)?;
        Ok(imported)
    }

    /// Writes the uploaded bytes into one file.
    async fn gather(&self, ctx: &Ctx, import: &Import, to: &Path) -> Result<(), Failure> {
        let disk = |cause| Failure::from(ImportError::Disk(cause));
        let mut out = tokio::fs::File::create_new(to).await.map_err(disk)?;
        let mut at = 0;
        while at < import.size {
            let parts = imports::parts(self.db.read(), &ctx.tenant, import.id, at, BATCH).await;
            let parts = parts.map_err(|cause| Failure::of_ours(cause.into()))?;
            if parts.first().is_none_or(|part| part.start != at) {
                return Err(Failure::lost());
            }
            for part in parts {
                let read = self.blobs.read(&part.blob, None).await;
                let read = read.map_err(|cause| Failure::of_ours(port(cause)))?;
                let Some(mut read) = read.filter(|read| read.info.size == part.size) else {
                    return Err(Failure::lost());
                };
                while let Some(piece) = read.body.next().await {
                    let piece = piece.map_err(|cause| Failure::of_ours(port(cause)))?;
                    out.write_all(&piece).await.map_err(disk)?;
                }
                at += part.size;
            }
        }
        out.flush().await.map_err(disk)
    }

    /// Notes that an import has come to its end.
    async fn published(&self, ctx: &Ctx, id: Uuid, imported: Imported) -> Result<()> {
        let said = &Said {
            failure: None,
            notes: imported.notes,
        };
        let rendition = imported.media.renditions.first();
        let progress = &Progress {
            stage: ImportStage::Published,
            milli: 1_000,
            quality: rendition.map_or_else(String::new, |of| of.quality.clone()),
        };
        let change = &Change {
            said: Some(said),
            ..Change::to(progress)
        };
        let done = self.db.write(ctx, |tx| {
            work(imports::change(
                tx,
                ctx,
                id,
                Found::UnderWay,
                change.clone(),
            ))
        });
        Ok(done.await.map(drop)?)
    }

    /// Notes that a try has failed, for good or not.
    async fn failed(&self, ctx: &Ctx, id: Uuid, attempt: u32, failure: Failure) -> Result<Step> {
        let is_final = attempt >= failure.final_after;
        let stage = if is_final {
            ImportStage::Failed
        } else {
            ImportStage::Waiting
        };
        let progress = &Progress::at(stage);
        let said = &Said::failed(failure.why);
        let expires_at = ctx.now() + self.importing.bounds.timeout;
        let change = &Change {
            said: Some(said),
            expires_at: Some(expires_at),
            ..Change::to(progress)
        };
        let done = self.db.write(ctx, |tx| {
            work(imports::change(
                tx,
                ctx,
                id,
                Found::UnderWay,
                change.clone(),
            ))
        });
        done.await?;
        if is_final && failure.final_after < TRIES {
            tracing::warn!(import = %id, error = &failure.error as &dyn std::error::Error, "an import failed");
            return Ok(Step::Done);
        }
        Err(failure.error)
    }

    /// Ends uploads to which nothing came in time, deletes bytes that nobody needs any more, says of imports whose work
    /// died that they failed, and forgets what ended long ago.
    pub(crate) async fn clear_imports(&self, ctx: &Ctx) -> Result<()> {
        let expired = imports::expired(self.db.read(), ctx, BATCH).await?;
        for (tenant, id) in expired {
            let ctx = &ctx.for_tenant(super::tenant(&tenant)?);
            let progress = &Progress::at(ImportStage::Expired);
            let done = self.db.write(ctx, |tx| {
                work(imports::expire(tx, ctx, id, ctx.now(), progress))
            });
            done.await?;
        }
        for dead in sv_store::jobs::queue::dead(&self.db, IMPORTS, BATCH).await? {
            let Ok(id) = dead.key.parse::<Uuid>() else {
                continue;
            };
            let ctx = &ctx.for_tenant(dead.tenant);
            let progress = &Progress::at(ImportStage::Failed);
            let said = &Said::failed(Note {
                detail: dead.cause.clone(),
                ..Note::new(ImportNoteCode::GivenUp, dead.cause)
            });
            let change = &Change {
                said: Some(said),
                expires_at: Some(ctx.now() + self.importing.bounds.timeout),
                ..Change::to(progress)
            };
            let done = self.db.write(ctx, |tx| {
                work(imports::change(
                    tx,
                    ctx,
                    id,
                    Found::UnderWay,
                    change.clone(),
                ))
            });
            done.await?;
        }
        let spent = imports::spent(self.db.read(), ctx, BATCH).await?;
        for (tenant, id) in spent {
            self.let_go(&ctx.for_tenant(super::tenant(&tenant)?), id)
                .await;
        }
        let before = ctx.now() - KEEP;
        let done = self.db.write(ctx, |tx| work(imports::forget(tx, before)));
        done.await?;
        Ok(())
    }
}

/// Says how far an import is, as those who watch it hear it.
fn shown(progress: &import::Progress) -> Progress {
    let stage = match progress.stage {
        Stage::Probing => ImportStage::Probing,
        Stage::Packaging => ImportStage::Packaging,
        Stage::Checking => ImportStage::Verifying,
        Stage::Storing => ImportStage::Publishing,
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "0 to 1000"
    )]
    let milli = (progress.fraction.clamp(0.0, 1.0) * 1_000.0) as u32;
    Progress {
        stage,
        milli,
        quality: progress.quality.clone(),
    }
}

impl Failure {
    /// Is a failure of ours, which may pass.
    fn of_ours(error: Error) -> Self {
        let of_title =
            error.is(&StreamingReason::ContentNotFound) || error.is(&StreamingReason::MediaInvalid);
        let (code, final_after) = if of_title {
            (ImportNoteCode::MediaRefused, 1)
        } else {
            (ImportNoteCode::ServiceFailed, TRIES)
        };
        Self {
            why: Note {
                detail: error.message(),
                ..Note::new(code, error.message())
            },
            final_after,
            error,
        }
    }

    /// Is the failure of an import whose processes ended while they packaged it.
    fn left() -> Self {
        Self {
            why: Note::new(
                ImportNoteCode::ProcessesEnded,
                "the processes that packaged it ended before they could say why; it may need more memory than they \
                 have",
            ),
            final_after: 1,
            error: CommonReason::Internal.into(),
        }
    }

    /// Is the failure of an upload whose bytes are not there any more.
    fn lost() -> Self {
        Self {
            why: Note::new(
                ImportNoteCode::UploadLost,
                "the uploaded bytes are not there any more; upload the file again",
            ),
            final_after: 1,
            error: CommonReason::Internal.into(),
        }
    }
}

impl From<ImportError> for Failure {
    fn from(cause: ImportError) -> Self {
        let final_after = match &cause {
            // It is the disk, not the file.
            ImportError::Tool { complaint, .. } if complaint.contains(NO_ROOM) => TRIES,
            // The machine may have been short of something.
            ImportError::Tool { .. } | ImportError::TooSlow(_) => 2,
            ImportError::ToolMissing(_)
            | ImportError::Disk(_)
            | ImportError::Store(_)
            | ImportError::Title(_)
            | ImportError::Publish(_) => TRIES,
            _ => 1,
        };
        Self {
            why: cause.note(),
            final_after,
            error: Error::from(CommonReason::Internal).because(cause),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_passes_and_a_file_that_ffmpeg_does_not_take_is_tried_twice() {
        let tried = |complaint: &str| {
            let failed = ImportError::Tool {
                doing: "making the MP4 file",
                complaint: complaint.to_owned(),
            };
            Failure::from(failed).final_after
        };
        assert_eq!(tried("Invalid data found when processing input"), 2);
        let full = "av_interleaved_write_frame(): No space left on device";
        assert_eq!(tried(full), TRIES);
        let disk = std::io::ErrorKind::StorageFull.into();
        assert_eq!(Failure::from(ImportError::Disk(disk)).final_after, TRIES);
        assert_eq!(Failure::from(ImportError::NotVideo).final_after, 1);
    }
}
