//! Captions beside the qualities of a title (X-CAT-4).

use std::sync::Arc;

use aws_lc_rs::digest;
use sv_kernel::{Result, Tenant};
use sv_proto::streaming::StreamingReason;
use uuid::Uuid;

use super::{
    MediaMount,
    address::{Address, Query},
    asset::{Asset, Caching, Content},
};
use crate::{
    app::port,
    captions,
    domain::{Published, Track, TrackKey},
    hash::short_hash,
    hls,
    import::first_picture,
};

/// The name of a file of captions in its folder.
const FILE: &str = "captions.vtt";

impl MediaMount {
    /// Lists the captions of a title.
    pub(super) async fn tracks(
        &self,
        tenant: &Tenant,
        published: &Published,
    ) -> Result<Vec<Track>> {
        self.0.library.tracks(tenant, title(published)?).await
    }

    /// Finds the playlist or the file of captions; `None` where the address is that of a quality.
    pub(super) async fn captions(
        &self,
        tenant: &Tenant,
        published: &Arc<Published>,
        address: &Address<'_>,
        query: &Query<'_>,
        ride: hls::Ride<'_>,
    ) -> Result<Option<Asset>> {
        let (folder, file) = match address {
            Address::Variant { quality } => (quality, None),
            Address::Segment { quality, file } => (quality, Some(*file)),
            _ => return Ok(None),
        };
        let Some(key) = TrackKey::read(folder) else {
            return Ok(None);
        };
        if file.is_some_and(|file| file != FILE) {
            return Err(StreamingReason::MediaNotFound.into());
        }
        let cues = self.0.library.cues(tenant, title(published)?, &key).await?;
        let (cues, hash) = cues.ok_or(StreamingReason::MediaNotFound)?;
        if file.is_none() {
            let seconds = published.media.duration_seconds;
            return Ok(Some(Asset::playlist(hls::captions(seconds, &hash, ride))));
        }
        let text = captions::head(self.first_picture(published).await?) + &cues;
        Ok(Some(Asset {
            // Its head is the packaging's, so another packaging has another tag under one address of the cues.
            tag: Some(short_hash(&digest::digest(
                &digest::SHA256,
                text.as_bytes(),
            ))),
            content: Content::Text(text.into()),
            kind: hls::CAPTIONS_TYPE,
            caching: match Caching::of_one(query.version, &hash)? {
                Caching::PrivateImmutable => Caching::Private,
                shorter => shorter,
            },
        }))
    }

    /// Returns the presentation time of a title's first picture, in ticks of 90 kHz.
    async fn first_picture(&self, published: &Published) -> Result<Option<i64>> {
        let media = &published.media;
        let Some(rendition) = media.renditions.first() else {
            return Ok(None);
        };
        let key = media.segment_key(&rendition.quality, 0);
        let bytes = self.0.blobs.get(&key).await.map_err(port)?;
        Ok(bytes.and_then(|bytes| first_picture(&bytes)))
    }
}

fn title(published: &Published) -> Result<Uuid> {
    let id = published.media.content_id.parse();
    id.map_err(|_| StreamingReason::MediaNotFound.into())
}
