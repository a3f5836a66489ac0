//! Makes packaged media the media of a title, after looking at every byte of it (X-TR-1).

use std::{collections::HashMap, sync::Arc};

use aws_lc_rs::digest;
use futures::{StreamExt, TryStreamExt, stream};
use sv_kernel::{Ctx, Error, Result};
use sv_proto::{
    content::BatchGetContentsRequest,
    streaming::{PublishMediaResponse, StreamingReason},
};
use sv_rpc::{call, error};
use sv_store::{audit, work};
use uuid::Uuid;

use super::{App, leftovers::being_removed, port};
use crate::{
    domain::{File, Media, MediaProblem, Published},
    hash::short_hash,
    store,
};

/// How many blobs are read at the same time.
const AT_ONCE: usize = 4;

impl App {
    /// Publishes media whose bytes are in the blob store. Repeating it changes nothing.
    pub(crate) async fn publish(
        &self,
        ctx: &Ctx,
        content: Uuid,
        media: Media,
    ) -> Result<PublishMediaResponse> {
        if media.content_id != content.to_string() {
            return Err(invalid("it is the media of another title"));
        }
        media.check()?;
        self.exists(ctx, content).await?;
        let (progressive, poster) = self.examine(&media).await?;
        let published = &Published {
            media,
            progressive,
            poster,
            published_at: ctx.now(),
        };
        let done = self.db.respond(ctx, |tx| {
            work(async move {
                if !store::packagings::keep(tx, ctx, &published.media.prefix).await? {
                    return Err(being_removed());
                }
                let generation = published.media.generation();
                let before = store::media::find(tx, &ctx.tenant, content, generation).await?;
                // Addresses of the packaging may be in players and caches: its bytes stay what they are.
                if let Some(before) = before
                    && (&before.media, &before.progressive, &before.poster)
                        != (&published.media, &published.progressive, &published.poster)
                {
                    return Err(invalid("this prefix was published with other bytes before"));
                }
                store::media::publish(tx, ctx, content, published).await?;
                let values = serde_json::json!({
                    "prefix": published.media.prefix,
                    "durationSeconds": published.media.duration_seconds,
                    "renditions": published.media.renditions.len(),
                });
                let act = audit::Act::on("media", content).named("media.published");
                audit::record(tx, ctx, act.changed(serde_json::Value::Null, values)).await?;
                let media = Some(published.into());
                Ok(PublishMediaResponse { media })
            })
        });
        done.await
    }

    /// Returns the media that a title has now.
    pub(crate) async fn media(&self, ctx: &Ctx, content: Uuid) -> Result<Arc<Published>> {
        let current = self.library.current(&ctx.tenant, content).await?;
        current.ok_or_else(|| StreamingReason::MediaNotReady.into())
    }

    pub(super) async fn exists(&self, ctx: &Ctx, content: Uuid) -> Result<()> {
        let request = BatchGetContentsRequest {
            ids: vec![content.to_string()],
        };
        let answer = self
            .content
            .clone()
            .batch_get_contents(call(ctx, request))
            .await;
        if answer.map_err(error)?.into_inner().contents.is_empty() {
            return Err(StreamingReason::ContentNotFound.into());
        }
        Ok(())
    }

    /// Reads every blob, and compares segments and sheets with what the media says of them.
    async fn examine(&self, media: &Media) -> Result<(File, File)> {
        let mut keys = vec![media.progressive_key(), media.poster_key()];
        let mut expected = HashMap::new();
        for rendition in &media.renditions {
            for (n, segment) in rendition.segments.iter().enumerate() {
                let key = media.segment_key(&rendition.quality, n);
                expected.insert(key.clone(), (segment.size, segment.hash.as_str()));
                keys.push(key);
            }
        }
        for (n, sheet) in media
            .thumbnails
            .iter()
            .flat_map(|of| &of.sheets)
            .enumerate()
        {
            let key = media.sheet_key(n);
            expected.insert(key.clone(), (sheet.size, sheet.hash.as_str()));
            keys.push(key);
        }
        let files: Vec<File> = stream::iter(keys)
            .map(|key| {
                let said = expected.get(&key).copied();
                async move {
                    let file = self.read(&key).await?;
                    let differs = said.is_some_and(|(size, hash)| {
                        u64::from(size) != file.size || hash != file.hash
                    });
                    if differs {
                        let problem = format!("{key} has other bytes than it should");
                        return Err(invalid(problem));
                    }
                    Ok(file)
                }
            })
            .buffered(AT_ONCE)
            .try_collect()
            .await?;
        let mut files = files.into_iter();
        match (files.next(), files.next()) {
            (Some(progressive), Some(poster)) => Ok((progressive, poster)),
            _ => Err(invalid("the MP4 file or the poster is missing")),
        }
    }

    /// Measures a blob, piece by piece.
    async fn read(&self, key: &str) -> Result<File> {
        let reader = self.blobs.read(key, None).await.map_err(port)?;
        let Some(mut reader) = reader else {
            return Err(invalid(format!("{key} is missing")));
        };
        let (mut context, mut size) = (digest::Context::new(&digest::SHA256), 0_u64);
        while let Some(piece) = reader.body.try_next().await.map_err(port)? {
            size += piece.len() as u64;
            context.update(&piece);
        }
        Ok(File {
            size,
            hash: short_hash(&context.finish()),
        })
    }
}

fn invalid(problem: impl std::fmt::Display) -> Error {
    MediaProblem(problem.to_string()).into()
}
