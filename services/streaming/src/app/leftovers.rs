//! What imports leave in the blob store that came to nothing: segments of one that failed, was cancelled or was killed, and
//! blobs that were never written whole.
//!
//! An import claims the folder into which it packages before it writes. What was claimed and is not published in the end
//! is deleted, unless the title has an import under way, which may want the same folder: the same file gives the same
//! one. While it is deleted nobody claims or publishes it; a deletion that breaks off is begun anew.

use std::time::Duration;

use sv_kernel::{Ctx, Error, Result};
use sv_proto::common::CommonReason;
use sv_store::work;
use uuid::Uuid;

use super::{App, port};
use crate::store::packagings;

/// For so long a folder is kept that nobody wants: a process that was told to end its import may still write into it, and
/// what the command has packaged is looked at before it is published.
const IDLE: Duration = Duration::from_hours(1);
/// From which age on a blob that was never written whole is one that nobody writes any more.
const ABANDONED: Duration = Duration::from_hours(24);
/// How many folders are looked at in one go.
const BATCH: u64 = 100;

impl App {
    /// Claims the folder into which an import packages. Fails, to be tried again, while it is being deleted.
    pub(crate) async fn claim(&self, ctx: &Ctx, content: Uuid, prefix: &str) -> Result<()> {
        let claimed = self
            .db
            .write(ctx, |tx| work(packagings::claim(tx, ctx, content, prefix)));
        if claimed.await? {
            Ok(())
        } else {
            Err(being_removed())
        }
    }

    /// Deletes the folders of imports that came to nothing; returns how many.
    pub(crate) async fn clear_packagings(&self, ctx: &Ctx) -> Result<u64> {
        let mut count = 0;
        for left in packagings::left(self.db.read(), ctx, IDLE, BATCH).await? {
            let ctx = &ctx.for_tenant(super::tenant(&left.tenant)?);
            let (left, folder) = (&left, format!("{}/", left.prefix));
            let begun = self.db.write(ctx, |tx| {
                work(packagings::begin_removal(tx, ctx, left, IDLE))
            });
            if !begun.await? {
                continue;
            }
            if let Err(failure) = self.blobs.delete_prefix(&folder).await {
                tracing::warn!(folder, error = %failure, "what an import left behind could not be deleted");
                continue;
            }
            let done = self.db.write(ctx, |tx| work(packagings::forget(tx, left)));
            done.await?;
            count += 1;
        }
        Ok(count)
    }

    /// Takes away blobs that were begun and never written whole; returns how many.
    pub(crate) async fn clear_unfinished(&self) -> Result<u64> {
        self.blobs.remove_unfinished(ABANDONED).await.map_err(port)
    }
}

/// Says that a folder is being deleted at the moment.
pub(super) fn being_removed() -> Error {
    Error::from(CommonReason::Contended)
}
