//! Captions: uploaded, listed, deleted (CAT-15, X-CAT-4).

use aws_lc_rs::digest;
use bytes::Bytes;
use serde_json::{Value, json};
use sv_kernel::{Ctx, Error, Result};
use sv_proto::{
    common::CommonReason,
    streaming::{CaptionKind, CaptionTrack, StreamingReason, UploadCaptionsResponse},
};
use sv_store::{audit, work};
use uuid::Uuid;

use super::App;
use crate::{
    captions,
    domain::{Track, TrackKey},
    hash::short_hash,
    store,
};

/// The most captions that a title has.
pub(crate) const MOST: u64 = 50;

/// What an editor says of captions.
pub(crate) struct Said {
    pub(crate) key: TrackKey,
    pub(crate) name: String,
    pub(crate) is_default: bool,
}

impl App {
    /// Stores captions in place of those of their language and kind.
    pub(crate) async fn upload_captions(
        &self,
        ctx: &Ctx,
        content: Uuid,
        said: Said,
        file: Bytes,
    ) -> Result<UploadCaptionsResponse> {
        self.exists(ctx, content).await?;
        // Reading takes a while, and nobody else waits for it.
        let read = tokio::task::spawn_blocking(move || captions::read(&file));
        let failed = |cause| Error::from(CommonReason::Internal).because(cause);
        let (body, cues) = read.await.map_err(failed)??;
        let Said {
            key,
            name,
            is_default,
        } = said;
        let track = &Track {
            name: if name.is_empty() { usual(&key) } else { name },
            key,
            is_default,
            hash: short_hash(&digest::digest(&digest::SHA256, body.as_bytes())),
            cues: i32::try_from(cues).unwrap_or(i32::MAX),
            updated_at: ctx.now(),
        };
        let body = body.as_str();
        let done = self.db.respond(ctx, |tx| {
            work(async move {
                let known = store::captions::cues(tx, &ctx.tenant, content, &track.key).await?;
                let count = store::captions::count(tx, &ctx.tenant, content).await?;
                if known.is_none() && count >= MOST {
                    let full = Error::from(StreamingReason::CaptionsLimit);
                    return Err(full.with("limit", MOST));
                }
                store::captions::put(tx, ctx, content, track, body).await?;
                let before = known.map_or(Value::Null, |(_, hash)| json!({ "hash": hash }));
                let after = json!({
                    "track": track.key.folder(),
                    "name": track.name,
                    "cues": track.cues,
                    "hash": track.hash,
                });
                let act = audit::Act::on("captions", content);
                audit::record(tx, ctx, act.changed(before, after)).await?;
                let track = Some(CaptionTrack::from(track));
                Ok(UploadCaptionsResponse { track })
            })
        });
        done.await
    }

    /// Lists the captions of a title.
    pub(crate) async fn captions(&self, ctx: &Ctx, content: Uuid) -> Result<Vec<Track>> {
        self.library.tracks(&ctx.tenant, content).await
    }

    /// Deletes captions of a title.
    pub(crate) async fn delete_captions(
        &self,
        ctx: &Ctx,
        content: Uuid,
        key: &TrackKey,
    ) -> Result<()> {
        let done = self.db.write(ctx, |tx| {
            work(async move {
                if !store::captions::delete(tx, ctx, content, key).await? {
                    return Err(StreamingReason::CaptionsNotFound.into());
                }
                let before = json!({ "track": key.folder() });
                let act = audit::Act::on("captions", content);
                audit::record(tx, ctx, act.changed(before, Value::Null)).await?;
                Ok::<_, Error>(())
            })
        });
        done.await
    }
}

/// Names captions that nobody named.
fn usual(key: &TrackKey) -> String {
    match key.kind {
        CaptionKind::Sdh => format!("{} (SDH)", key.language),
        CaptionKind::Forced => format!("{} (forced)", key.language),
        CaptionKind::Unspecified | CaptionKind::Subtitles => key.language.clone(),
    }
}
