//! Pictures of titles: uploaded, listed, deleted.
//!
//! A picture's blob is named by its bytes and by its upload, so a file is never written over one that is shown, and of
//! two uploads of the same file neither deletes the other's. It is stored before the row that tells of it, and deleted
//! after; what a crash leaves in between is a file that nobody is told of.

use std::sync::{Mutex, PoisonError};

use aws_lc_rs::digest;
use bytes::Bytes;
use serde_json::{Value, json};
use sv_kernel::{Ctx, Error, Result};
use sv_proto::{
    content::ArtworkRole,
    streaming::{StreamingReason, UploadArtworkResponse},
};
use sv_store::{audit, work};
use uuid::Uuid;

use super::{App, port};
use crate::{
    convert,
    domain::{Picture, PictureKey, picture},
    hash::short_hash,
    store,
};

/// The most pictures that a title has.
pub(crate) const MOST: u64 = 100;

impl App {
    /// Stores a picture in place of the one with its role, language and width.
    pub(crate) async fn upload_artwork(
        &self,
        ctx: &Ctx,
        content: Uuid,
        (role, language): (ArtworkRole, &str),
        file: Bytes,
    ) -> Result<UploadArtworkResponse> {
        let wrong = |problem| Error::from(StreamingReason::ArtworkInvalid).with("problem", problem);
        let (format, width, height) = picture::look(&file).map_err(wrong)?;
        self.exists(ctx, content).await?;
        let new = &Picture {
            key: PictureKey {
                role,
                language: PictureKey::language(language),
                width,
            },
            height,
            format,
            size: u32::try_from(file.len()).unwrap_or(u32::MAX),
            hash: name_of_upload(ctx, &file),
            updated_at: ctx.now(),
        };
        let blob = |picture: &Picture| picture.blob(ctx.tenant.as_str(), &content.to_string());
        self.blobs.put_bytes(&blob(new), file).await.map_err(port)?;
        let replaced = &Mutex::new(None);
        let done = self.db.respond(ctx, |tx| {
            work(async move {
                let known = store::artwork::find(tx, &ctx.tenant, content, &new.key).await?;
                let count = store::artwork::count(tx, &ctx.tenant, content).await?;
                if known.is_none() && count >= MOST {
                    return Err(Error::from(StreamingReason::ArtworkLimit).with("limit", MOST));
                }
                store::artwork::put(tx, ctx, content, new).await?;
                let said =
                    |picture: &Picture| json!({ "name": picture.key.name(), "hash": picture.hash });
                let before = known.as_ref().map_or(Value::Null, said);
                let act = audit::Act::on("artwork", content);
                audit::record(tx, ctx, act.changed(before, said(new))).await?;
                *replaced.lock().unwrap_or_else(PoisonError::into_inner) = known;
                Ok(UploadArtworkResponse {
                    picture: Some(convert::picture(new, &content.to_string())),
                })
            })
        });
        let answer = match done.await {
            Ok(answer) => answer,
            Err(refused) => {
                // Where it is unknown whether the row was stored, what the row names stays.
                let kept = store::artwork::find(self.db.read(), &ctx.tenant, content, &new.key);
                let kept = kept.await?;
                if kept.is_none_or(|kept| kept.hash != new.hash) {
                    self.drop_file(&blob(new)).await;
                }
                return Err(refused);
            }
        };
        let before = replaced
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(before) = before {
            self.drop_file(&blob(&before)).await;
        }
        Ok(answer)
    }

    /// Lists the pictures of a title.
    pub(crate) async fn artwork(&self, ctx: &Ctx, content: Uuid) -> Result<Vec<Picture>> {
        let pictures = store::artwork::pictures(self.db.read(), &ctx.tenant, content, MOST);
        Ok(pictures.await?)
    }

    /// Deletes the pictures of a role and language, of a width where one is said; returns how many.
    pub(crate) async fn delete_artwork(
        &self,
        ctx: &Ctx,
        content: Uuid,
        key: &PictureKey,
    ) -> Result<i32> {
        let done = self.db.write(ctx, |tx| {
            work(async move {
                let gone = store::artwork::of_role(tx, &ctx.tenant, content, key).await?;
                if gone.is_empty() {
                    return Err(StreamingReason::ArtworkNotFound.into());
                }
                for picture in &gone {
                    store::artwork::delete(tx, ctx, content, &picture.key).await?;
                }
                let names: Vec<_> = gone.iter().map(|picture| picture.key.name()).collect();
                let act = audit::Act::on("artwork", content);
                let before = json!({ "names": names });
                audit::record(tx, ctx, act.changed(before, Value::Null)).await?;
                Ok::<_, Error>(gone)
            })
        });
        let gone = done.await?;
        for picture in &gone {
            self.drop_file(&picture.blob(ctx.tenant.as_str(), &content.to_string()))
                .await;
        }
        Ok(i32::try_from(gone.len()).unwrap_or(i32::MAX))
    }

    /// Deletes a blob that nothing tells of any more; one that stays does no harm.
    pub(super) async fn drop_file(&self, blob: &str) {
        if let Err(failure) = self.blobs.delete(blob).await {
            tracing::warn!(blob, error = %failure, "a file that nothing tells of could not be deleted");
        }
    }
}

/// Names the bytes of one upload: the same file uploaded again is another blob.
fn name_of_upload(ctx: &Ctx, file: &[u8]) -> String {
    let mut hash = digest::Context::new(&digest::SHA256);
    hash.update(ctx.new_id::<Picture>().uuid().as_bytes());
    hash.update(file);
    short_hash(&hash.finish())
}
