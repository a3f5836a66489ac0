//! Uploads that go on where they broke off (tus 1.0.0).
//!
//! What arrives becomes blobs, one after another, below a folder of the upload's own. A blob counts once a row names it,
//! and that row and the new end of the upload are one transaction, which finds the old end or nothing: so two requests
//! may bring the same bytes, to whichever process, and one of them is refused. With the last byte the file waits to be
//! packaged, in the same transaction. What a crash leaves is blobs that no row names, and they go with the folder.

use std::sync::Arc;

use aws_lc_rs::digest;
use bytes::{Buf as _, Bytes};
use futures::stream;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use sv_kernel::{Ctx, Error, Result, Timestamp};
use sv_proto::{
    common::CommonReason,
    convert::timestamp,
    streaming::{ContentUploaded, ImportStage, StreamingReason},
};
use sv_rpc::mount::Door;
use sv_store::{
    audit,
    jobs::queue::{self, Work},
    outbox, work,
};
use tokio::{
    sync::Mutex,
    time::{Duration, Instant},
};
use tonic::body::Body;
use uuid::Uuid;

use super::{App, port, sessions::viewer};
use crate::{
    domain::{
        Import,
        import::{Progress, Said},
    },
    store::imports::{self, Change, Found, Part},
};

/// The work of packaging what was uploaded; its key is the import.
pub(crate) const IMPORTS: &str = "imports";
/// The most bytes of one blob: so much of what has arrived may be lost with a process that ends.
const MOST_BYTES: u64 = 16 << 20;
/// How long bytes are gathered for one blob, for connections that bring few.
const MOST_TIME: Duration = Duration::from_secs(10);
/// The most blobs of a small upload: whoever sends bytes one by one does not fill the tables with them.
const MOST_PARTS: u64 = 50_000;
/// A large upload may have one more for each so many bytes: clients send pieces of a megabyte, too.
const SMALL_PART: u64 = 256 << 10;

/// Bounds of uploads.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// Bytes of a file.
    pub(crate) file_bytes: u64,
    /// Bytes of a tenant's files that are not yet packaged.
    pub(crate) tenant_bytes: u64,
    /// A tenant's files that are not yet packaged.
    pub(crate) tenant_files: u64,
    /// How long nothing may come.
    pub(crate) timeout: Duration,
}

/// An upload as it is announced.
#[derive(Clone, Debug)]
pub(crate) struct Announced {
    /// Bytes of the file.
    pub(crate) size: u64,
    /// `Upload-Metadata` as it came.
    pub(crate) metadata: String,
    /// As the uploader calls the file.
    pub(crate) file_name: String,
}

/// What bytes should come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Checksum {
    /// Which one.
    pub(crate) kind: Sum,
    /// Its bytes.
    pub(crate) bytes: Vec<u8>,
}

/// The checksums that are computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sum {
    /// What every server of the protocol computes.
    Sha1,
    /// What nobody can forge.
    Sha256,
}

impl Sum {
    fn algorithm(self) -> &'static digest::Algorithm {
        match self {
            Self::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => &digest::SHA256,
        }
    }
}

/// Bytes that arrive, and where they belong.
pub(crate) struct Arriving {
    /// The place of the first in the file.
    pub(crate) offset: u64,
    /// How many there are, where it is said.
    pub(crate) length: Option<u64>,
    /// What they should come to.
    pub(crate) checksum: Option<Checksum>,
    /// The bytes.
    pub(crate) body: Body,
}

impl App {
    /// Begins an upload.
    pub(crate) async fn begin_upload(
        &self,
        ctx: &Ctx,
        content: Uuid,
        new: Announced,
    ) -> Result<Import> {
        let user = viewer(ctx)?.user.uuid();
        ctx.about("media", &content.to_string());
        if let Some(tool) = self.importing.tools.missing() {
            return Err(Error::from(StreamingReason::ImportToolsMissing).with("tool", tool));
        }
        let bounds = self.importing.bounds;
        if new.size > bounds.file_bytes {
            let error = Error::from(StreamingReason::UploadTooLarge);
            return Err(error.with("limit", bounds.file_bytes));
        }
        self.exists(ctx, content).await?;
        let import = &Import {
            id: ctx.new_id::<Import>().uuid(),
            content,
            user,
            file_name: new.file_name,
            metadata: new.metadata,
            size: new.size,
            arrived: 0,
            progress: Progress::at(ImportStage::Uploading),
            attempts: 0,
            said: Said::default(),
            created_at: ctx.now(),
            updated_at: ctx.now(),
            expires_at: ctx.now() + bounds.timeout,
            is_held: true,
        };
        let done = self.db.write(ctx, |tx| {
            work(async move {
                let held = imports::held(tx, &ctx.tenant).await?;
                let full =
                    |limit: String| Error::from(StreamingReason::UploadLimit).with("limit", limit);
                if held.count >= bounds.tenant_files {
                    return Err(full(format!("{} files", bounds.tenant_files)));
                }
                if held.bytes.saturating_add(import.size) > bounds.tenant_bytes {
                    return Err(full(format!("{} bytes", bounds.tenant_bytes)));
                }
                imports::insert(tx, ctx, import).await?;
                let act = audit::Act::on("media", content).named("media.upload_created");
                audit::record(tx, ctx, act.changed(Value::Null, facts(import))).await?;
                Ok::<_, Error>(())
            })
        });
        done.await?;
        Ok(import.clone())
    }

    /// Returns an upload of the caller's own, whatever became of it.
    pub(crate) async fn own_upload(&self, ctx: &Ctx, content: Uuid, id: Uuid) -> Result<Import> {
        let user = viewer(ctx)?.user.uuid();
        ctx.about("media", &content.to_string());
        let found = imports::find(self.db.read(), &ctx.tenant, id).await?;
        let own = found.filter(|import| import.content == content && import.user == user);
        let own = own.ok_or(StreamingReason::UploadNotFound)?;
        match own.progress.stage {
            ImportStage::Cancelled | ImportStage::Expired => {
                Err(StreamingReason::UploadEnded.into())
            }
            ImportStage::Uploading if own.expires_at <= ctx.now() => {
                Err(StreamingReason::UploadEnded.into())
            }
            _ => Ok(own),
        }
    }

    /// Takes further bytes of an upload, and returns how far it is then.
    pub(crate) async fn append(
        &self,
        ctx: &Ctx,
        door: &Door,
        upload: Import,
        arriving: Arriving,
    ) -> Result<Import> {
        if arriving.offset != upload.arrived {
            return Err(conflict(upload.arrived));
        }
        let room = upload.size - upload.arrived;
        if arriving.length.is_some_and(|length| length > room) {
            return Err(Error::from(CommonReason::TooLarge).with("limit", room));
        }
        let incoming = Incoming::new(arriving.body, room, arriving.checksum.as_ref());
        let incoming = Arc::new(Mutex::new(incoming));
        let mut upload = upload;
        let mut staged = Vec::new();
        let taken = self
            .take(
                ctx,
                door,
                &mut upload,
                &incoming,
                arriving.checksum.is_some(),
                &mut staged,
            )
            .await;
        let outcome = match taken {
            Ok(()) => match &arriving.checksum {
                Some(checksum) => {
                    self.settle(ctx, &mut upload, &incoming, checksum, &staged)
                        .await
                }
                None => Ok(()),
            },
            Err(refused) => Err(refused),
        };
        if let Err(refused) = outcome {
            self.drop_parts(ctx, upload.id, &staged).await;
            return Err(refused);
        }
        Ok(upload)
    }

    /// Stores what arrives, and has it count at once where no checksum decides on it.
    async fn take(
        &self,
        ctx: &Ctx,
        door: &Door,
        upload: &mut Import,
        incoming: &Arc<Mutex<Incoming>>,
        is_checked: bool,
        staged: &mut Vec<Part>,
    ) -> Result<()> {
        let mut start = upload.arrived;
        let known = imports::count_parts(self.db.read(), &ctx.tenant, upload.id).await?;
        let mut left = most_parts(upload.size).saturating_sub(known);
        while incoming.lock().await.has_more().await {
            if left == 0 {
                let error = Error::from(StreamingReason::UploadInvalid);
                return Err(error.with("problem", "its pieces are too many; send larger ones"));
            }
            left -= 1;
            door.check(ctx).await?;
            let part = self.store_part(ctx, upload.id, start, incoming).await?;
            start += part.size;
            staged.push(part);
            if !is_checked {
                self.commit(ctx, upload, staged).await?;
                staged.clear();
            }
        }
        match incoming.lock().await.fault.take() {
            Some(fault) => Err(fault),
            None => Ok(()),
        }
    }

    /// Has what arrived count if it is what the checksum says.
    async fn settle(
        &self,
        ctx: &Ctx,
        upload: &mut Import,
        incoming: &Arc<Mutex<Incoming>>,
        checksum: &Checksum,
        staged: &[Part],
    ) -> Result<()> {
        let sum = incoming.lock().await.sum.take();
        let sum = sum.map(digest::Context::finish);
        if sum.is_none_or(|sum| sum.as_ref() != checksum.bytes) {
            return Err(StreamingReason::UploadChecksumMismatch.into());
        }
        if staged.is_empty() {
            return Ok(());
        }
        self.commit(ctx, upload, staged).await
    }

    async fn store_part(
        &self,
        ctx: &Ctx,
        id: Uuid,
        start: u64,
        incoming: &Arc<Mutex<Incoming>>,
    ) -> Result<Part> {
        let name = ctx.new_id::<Part>();
        let blob = format!("{}{start}-{name}", Import::folder(ctx.tenant.as_str(), id));
        incoming.lock().await.begin_part();
        let pieces = stream::unfold(incoming.clone(), |incoming| async move {
            let piece = incoming.lock().await.next_of_part().await?;
            Some((Ok(piece), incoming))
        });
        match self.blobs.put(&blob, Box::pin(pieces)).await {
            Ok(info) => Ok(Part {
                start,
                size: info.size,
                blob,
            }),
            Err(full) if full.is_full() => {
                Err(Error::from(StreamingReason::UploadStorageFull).because(full))
            }
            Err(failure) => Err(port(failure)),
        }
    }

    /// Has stored bytes count, if the upload still ends where they begin.
    async fn commit(&self, ctx: &Ctx, upload: &mut Import, parts: &[Part]) -> Result<()> {
        let from = upload.arrived;
        let to = from + parts.iter().map(|part| part.size).sum::<u64>();
        let expires_at = ctx.now() + self.importing.bounds.timeout;
        let whole = to == upload.size;
        let before = &*upload;
        let done = self.db.write(ctx, |tx| {
            work(async move {
                if !imports::advance(tx, ctx, before.id, (from, to), expires_at).await? {
                    let now = imports::find(tx, &ctx.tenant, before.id).await?;
                    return Err(match now {
                        Some(now) if !now.is_over() => conflict(now.arrived),
                        _ => StreamingReason::UploadEnded.into(),
                    });
                }
                for part in parts {
                    imports::insert_part(tx, ctx, before.id, part).await?;
                }
                if whole {
                    hand_over(tx, ctx, before, expires_at).await?;
                }
                Ok::<_, Error>(())
            })
        });
        if let Err(refused) = done.await {
            self.drop_parts(ctx, upload.id, parts).await;
            return Err(refused);
        }
        upload.arrived = to;
        upload.expires_at = expires_at;
        if whole {
            upload.progress = Progress::at(ImportStage::Waiting);
        }
        Ok(())
    }

    /// Deletes blobs that came to nothing; where it is unknown whether a row names one, what it names stays.
    async fn drop_parts(&self, ctx: &Ctx, id: Uuid, parts: &[Part]) {
        for part in parts {
            let named = imports::has_part(self.db.read(), &ctx.tenant, id, part).await;
            if matches!(named, Ok(false)) {
                self.drop_file(&part.blob).await;
            }
        }
    }

    /// Ends an upload, or the import that it has become. Anybody may who may publish media: whoever began it may be gone,
    /// and it holds room and a turn.
    pub(crate) async fn cancel_upload(&self, ctx: &Ctx, content: Uuid, id: Uuid) -> Result<()> {
        viewer(ctx)?;
        ctx.about("media", &content.to_string());
        let found = imports::find(self.db.read(), &ctx.tenant, id).await?;
        let upload = found.filter(|import| import.content == content);
        let upload = &upload.ok_or(StreamingReason::UploadNotFound)?;
        let ended = &Progress::at(ImportStage::Cancelled);
        let done = self.db.write(ctx, |tx| {
            work(async move {
                let open = imports::change(tx, ctx, id, Found::Open, Change::to(ended)).await?;
                let failed = imports::change(tx, ctx, id, Found::Failed, Change::to(ended)).await?;
                if !open && !failed {
                    return Err(Error::from(StreamingReason::UploadEnded));
                }
                let act = audit::Act::on("media", content).named("media.upload_cancelled");
                audit::record(tx, ctx, act.changed(facts(upload), Value::Null)).await?;
                Ok(())
            })
        });
        done.await?;
        // Whoever packages it notices within a second, and deletes it then; while it waits, nobody does.
        if !upload.is_under_way() || upload.progress.stage == ImportStage::Waiting {
            self.let_go(ctx, id).await;
        }
        Ok(())
    }

    /// Deletes the bytes of an import; what cannot be deleted now is by the job that looks for it.
    pub(super) async fn let_go(&self, ctx: &Ctx, id: Uuid) {
        let folder = Import::folder(ctx.tenant.as_str(), id);
        if let Err(failure) = self.blobs.delete_prefix(&folder).await {
            tracing::warn!(folder, error = %failure, "the bytes of an upload could not be deleted");
            return;
        }
        let done = self
            .db
            .write(ctx, |tx| work(imports::let_go(tx, ctx, id)))
            .await;
        if let Err(failure) = done {
            tracing::warn!(folder, error = %failure, "an upload's end could not be noted");
        }
    }
}

/// Returns how many blobs an upload of a size may have.
const fn most_parts(size: u64) -> u64 {
    MOST_PARTS + size / SMALL_PART
}

/// Leaves a file that is here whole to be packaged, and tells of it.
async fn hand_over(
    tx: &sv_store::Tx,
    ctx: &Ctx,
    upload: &Import,
    expires_at: Timestamp,
) -> Result<()> {
    let waiting = Progress::at(ImportStage::Waiting);
    let change = Change {
        expires_at: Some(expires_at),
        ..Change::to(&waiting)
    };
    imports::change(tx, ctx, upload.id, Found::Uploading, change).await?;
    enqueue(tx, ctx, upload.id).await?;
    let event = ContentUploaded {
        import_id: upload.id.to_string(),
        content_id: upload.content.to_string(),
        user_id: upload.user.to_string(),
        file_name: upload.file_name.clone(),
        size: i64::try_from(upload.size).unwrap_or(i64::MAX),
        time: Some(timestamp(ctx.now())),
    };
    let (title, version) = (event.content_id.clone(), ctx.now().micros());
    outbox::append_as(tx, ctx, title, version, &event).await?;
    let act = audit::Act::on("media", upload.content).named("media.uploaded");
    audit::record(tx, ctx, act.changed(Value::Null, facts(upload))).await?;
    Ok(())
}

/// Leaves an import to be done.
pub(super) async fn enqueue(tx: &sv_store::Tx, ctx: &Ctx, id: Uuid) -> Result<()> {
    let left = Work {
        kind: IMPORTS,
        key: id.to_string(),
        priority: 0,
        payload: Vec::new(),
    };
    Ok(queue::enqueue(tx, ctx, left).await?)
}

fn facts(upload: &Import) -> Value {
    json!({
        "importId": upload.id.to_string(),
        "fileName": upload.file_name,
        "size": upload.size,
    })
}

fn conflict(arrived: u64) -> Error {
    Error::from(StreamingReason::UploadOffsetConflict).with("offset", arrived)
}

/// A body that is cut into blobs as it arrives.
struct Incoming {
    body: Body,
    /// What has arrived and belongs to the next blob.
    rest: Bytes,
    /// Bytes that may still come.
    room: u64,
    /// Bytes that the present blob may still take, and until when.
    part: (u64, Instant),
    sum: Option<digest::Context>,
    /// Why no more is taken.
    fault: Option<Error>,
    is_over: bool,
}

impl Incoming {
    fn new(body: Body, room: u64, checksum: Option<&Checksum>) -> Self {
        Self {
            body,
            rest: Bytes::new(),
            room,
            part: (0, Instant::now()),
            sum: checksum.map(|checksum| digest::Context::new(checksum.kind.algorithm())),
            fault: None,
            is_over: false,
        }
    }

    /// Waits for bytes; says whether there are any.
    async fn has_more(&mut self) -> bool {
        while self.rest.is_empty() && !self.is_over {
            match self.body.frame().await {
                None => self.is_over = true,
                Some(Err(cause)) => {
                    self.is_over = true;
                    let error = Error::from(CommonReason::HttpInvalid);
                    let error = error.with("problem", "the body breaks off");
                    self.fault = Some(error.because(cause));
                }
                Some(Ok(frame)) => {
                    let data = frame.into_data().unwrap_or_default();
                    if data.len() as u64 > self.room {
                        self.is_over = true;
                        let error = Error::from(CommonReason::TooLarge);
                        self.fault = Some(error.with("limit", self.room));
                    } else {
                        self.room -= data.len() as u64;
                        self.rest = data;
                    }
                }
            }
        }
        !self.rest.is_empty()
    }

    fn begin_part(&mut self) {
        self.part = (MOST_BYTES, Instant::now() + MOST_TIME);
    }

    /// Returns the next bytes of the present blob; none where the blob is full, or nothing more comes.
    async fn next_of_part(&mut self) -> Option<Bytes> {
        let (room, until) = self.part;
        if room == 0 {
            return None;
        }
        match tokio::time::timeout_at(until, self.has_more()).await {
            Ok(true) => {}
            Ok(false) | Err(_) => return None,
        }
        let most = usize::try_from(room).unwrap_or(usize::MAX);
        let piece = self.rest.split_to(most.min(self.rest.remaining()));
        self.part.0 -= piece.len() as u64;
        if let Some(sum) = &mut self.sum {
            sum.update(&piece);
        }
        Some(piece)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_every_size_that_can_be_allowed_may_come_in_the_pieces_that_clients_send() {
        const MIB: u64 = 1 << 20;
        // The default, in pieces of a megabyte; and the most that can be set, as it is cut here.
        assert!(most_parts(64 << 30) >= (64 << 30) / MIB);
        assert!(most_parts(1 << 42) >= (1 << 42) / MOST_BYTES);
        assert_eq!(most_parts(1), MOST_PARTS);
    }
}
