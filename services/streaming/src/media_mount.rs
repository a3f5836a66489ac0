//! The HTTP mount: playlists, segments, files and posters over plain HTTP (STRM-1..3, STRM-5, CDN-9,
//! CDN-12). The edge mounts it in its own process, or another process serves it behind the edge.
//!
//! A request is read ([`address`]), its token opens one packaging of one title, the packaging says
//! what lies there ([`asset`]), and the answer is written with ranges and conditions ([`answer`]).
//! Nothing of a path ever becomes part of a blob's key: keys are built from published media and numbers.

mod address;
mod answer;
mod asset;
mod captions;
mod conditional;
mod range;
mod refusal;
mod segments;

use std::sync::Arc;

use http::{Method, Request, Response, header};
use sv_kernel::{Clock, Error, Result, Tenant, clock_of};
use sv_ports::Blob;
use sv_proto::{common::CommonReason, streaming::StreamingReason};
use sv_rpc::names;
use tonic::body::Body;

use self::{
    address::{Address, Place, Query},
    asset::{Asset, Caching, Content},
    segments::Segments,
};
use crate::{
    app::{Keys, Library, Showing, Watch},
    config::Options,
    domain::{Media, PictureKey, Published, Rendition, Sheet, Thumbnails},
    hls,
};

/// Answers requests for bytes. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct MediaMount(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    library: Library,
    showing: Showing,
    keys: Arc<Keys>,
    watch: Watch,
    blobs: Arc<dyn Blob>,
    segments: Segments,
    /// Business time: entitlements end by it.
    clock: Arc<dyn Clock>,
}

impl MediaMount {
    pub(crate) fn new(
        library: Library,
        showing: Showing,
        keys: Arc<Keys>,
        watch: Watch,
        blobs: Arc<dyn Blob>,
        clock: Arc<dyn Clock>,
        options: &Options,
    ) -> Self {
        Self(Arc::new(Inner {
            library,
            showing,
            keys,
            watch,
            segments: Segments::new(blobs.clone(), options),
            blobs,
            clock,
        }))
    }

    /// Answers one request.
    pub(crate) async fn serve(&self, request: &Request<()>) -> Response<Body> {
        let answered = async {
            let asset = self.find(request).await?;
            answer::answer(request, asset, &self.0.blobs, &self.0.segments).await
        };
        answered.await.unwrap_or_else(refusal::refusal)
    }

    async fn find(&self, request: &Request<()>) -> Result<Asset> {
        let place = Place::read(request.uri().path()).ok_or(CommonReason::RouteNotFound)?;
        if request.method() != Method::GET && request.method() != Method::HEAD {
            let allow = Error::from(CommonReason::MethodNotAllowed);
            return Err(allow.with("allow", "GET, HEAD"));
        }
        let query = Query::read(request.uri().query().unwrap_or_default());
        if place.address == Address::Poster {
            return self.poster(&tenant(request), &place, query.version).await;
        }
        if let Address::Artwork { name } = place.address {
            return self
                .artwork(&tenant(request), &place, name, query.version)
                .await;
        }
        // A token in the query says nothing where the path has one.
        let token = place.token.or(query.token);
        let token = token.ok_or(StreamingReason::PlayTokenInvalid)?;
        let ride = match place.token {
            Some(_) => hls::Ride::Path,
            None => hls::Ride::Query(token),
        };
        let Opened {
            published,
            tenant,
            most_lines,
        } = self.open(token, &place).await?;
        if !place.is_live
            && let Some(asset) = self
                .captions(&tenant, &published, &place.address, &query, ride)
                .await?
        {
            return Ok(asset);
        }
        match &place.address {
            Address::Master if !place.is_live => {
                let tracks = self.tracks(&tenant, &published).await?;
                let text = hls::master(&published.media, most_lines, &tracks, ride);
                Ok(Asset::playlist(text))
            }
            Address::Variant { quality } if place.is_live => {
                let rendition = allowed(&published.media, most_lines, quality)?;
                let length = published.media.loop_length();
                let now = self.0.clock.now();
                Ok(Asset::playlist(hls::live(rendition, length, now, ride)))
            }
            _ => asset(&published, most_lines, &place.address, &query, ride),
        }
    }

    /// Returns the packaging that a token opens, and up to how many lines.
    async fn open(&self, token: &str, place: &Place<'_>) -> Result<Opened> {
        let ring = self.0.keys.ring_for(token).await?;
        let grant = ring.open(token, place.content_id, self.0.clock.now())?;
        // Its tenant's clock may be ahead.
        if clock_of(&self.0.clock, &grant.tenant).now() >= grant.expires_at {
            return Err(StreamingReason::PlayTokenExpired.into());
        }
        self.0.watch.check(&grant).await?;
        // A channel's address is no title's, whatever their ids are.
        let content = match (place.is_live, grant.looped) {
            (true, Some(title)) => Some(title),
            (false, None) => place.content_id.parse().ok(),
            _ => None,
        };
        let content = content.ok_or(StreamingReason::PlayTokenInvalid)?;
        if place.is_live {
            // What is taken off does not go on by way of a channel; while content cannot be asked, it does.
            let may = self.0.showing.may_be_looped(&grant.tenant, content).await;
            if !may.unwrap_or(true) {
                return Err(StreamingReason::PlayTokenExpired.into());
            }
        }
        let packaging = self
            .0
            .library
            .packaging(&grant.tenant, content, &grant.generation)
            .await?;
        Ok(Opened {
            published: packaging.ok_or(StreamingReason::MediaNotFound)?,
            tenant: grant.tenant,
            most_lines: grant.most_lines,
        })
    }

    async fn artwork(
        &self,
        tenant: &Tenant,
        place: &Place<'_>,
        name: &str,
        version: Option<&str>,
    ) -> Result<Asset> {
        let missing = || Error::from(StreamingReason::MediaNotFound);
        let content = place.content_id.parse().map_err(|_| missing())?;
        let key = PictureKey::read(name).ok_or_else(missing)?;
        let picture = self.0.library.picture(tenant, content, &key).await?;
        let picture = picture.ok_or_else(missing)?;
        // As for posters.
        if !self.0.showing.is_published(tenant, content).await? {
            return Err(missing());
        }
        Ok(Asset {
            content: Content::Blob {
                key: picture.blob(tenant.as_str(), &content.to_string()),
                size: u64::from(picture.size),
            },
            kind: picture.format.kind(),
            caching: Caching::of_everyone(version, &picture.hash)?,
            tag: Some(picture.hash),
        })
    }

    async fn poster(
        &self,
        tenant: &Tenant,
        place: &Place<'_>,
        version: Option<&str>,
    ) -> Result<Asset> {
        let missing = || Error::from(StreamingReason::MediaNotFound);
        let content = place.content_id.parse().map_err(|_| missing())?;
        let published = self.0.library.current(tenant, content).await?;
        let published = published.ok_or_else(missing)?;
        // No token is asked for, so what nobody sees yet has no poster.
        if !self.0.showing.is_published(tenant, content).await? {
            return Err(missing());
        }
        let file = &published.poster;
        Ok(Asset {
            content: Content::Blob {
                key: published.media.poster_key(),
                size: file.size,
            },
            kind: "image/jpeg",
            tag: Some(file.hash.clone()),
            caching: Caching::of_everyone(version, &file.hash)?,
        })
    }
}

/// What a token opens.
struct Opened {
    published: Arc<Published>,
    tenant: Tenant,
    /// The most lines of a picture that it opens.
    most_lines: Option<u32>,
}

/// Returns the tenant that the edge read off the host; a token says it otherwise.
fn tenant(request: &Request<()>) -> Tenant {
    let named = request.headers().get(names::TENANT);
    named
        .and_then(|name| Tenant::parse(name.to_str().ok()?).ok())
        .unwrap_or_default()
}

/// Finds what lies at an address within a packaging.
fn asset(
    published: &Published,
    most_lines: Option<u32>,
    address: &Address<'_>,
    query: &Query<'_>,
    ride: hls::Ride<'_>,
) -> Result<Asset> {
    let missing = || Error::from(StreamingReason::MediaNotFound);
    let media = &published.media;
    let rendition = |quality: &str| allowed(media, most_lines, quality);
    match address {
        Address::Master => Ok(Asset::playlist(hls::master(media, most_lines, &[], ride))),
        Address::Variant { quality } => {
            Ok(Asset::playlist(hls::variant(rendition(quality)?, ride)))
        }
        Address::Segment { quality, file } => {
            let rendition = rendition(quality)?;
            let n = address::segment_number(file).ok_or_else(missing)?;
            let segment = rendition.segment(n).ok_or_else(missing)?;
            Ok(Asset {
                content: Content::Segment {
                    key: media.segment_key(&rendition.quality, n),
                    size: segment.size,
                    hash: segment.hash.clone(),
                },
                kind: hls::SEGMENT_TYPE,
                tag: Some(segment.hash.clone()),
                caching: Caching::of_tree(ride, query.version, &segment.hash)?,
            })
        }
        Address::Thumbnails { file } => {
            let thumbnails = media.thumbnails.as_ref().ok_or_else(missing)?;
            if *file == "track.vtt" {
                return Ok(track(media, thumbnails, ride));
            }
            let n = address::sheet_number(file).ok_or_else(missing)?;
            let sheet = thumbnails.sheets.get(n).ok_or_else(missing)?;
            Ok(Asset {
                content: Content::Blob {
                    key: media.sheet_key(n),
                    size: sheet.size.into(),
                },
                kind: "image/jpeg",
                tag: Some(sheet.hash.clone()),
                caching: Caching::of_tree(ride, query.version, &sheet.hash)?,
            })
        }
        Address::Progressive if !media.file_is_within(most_lines) => {
            Err(StreamingReason::QualityNotIncluded.into())
        }
        Address::Progressive => Ok(Asset {
            content: Content::Blob {
                key: media.progressive_key(),
                size: published.progressive.size,
            },
            kind: "video/mp4",
            tag: Some(published.progressive.hash.clone()),
            caching: Caching::Private,
        }),
        Address::Poster | Address::Artwork { .. } => Err(missing()),
    }
}

/// Writes the track of thumbnails, whose addresses carry the token as its own does.
fn track(media: &Media, thumbnails: &Thumbnails, ride: hls::Ride<'_>) -> Asset {
    let address = |n: usize, sheet: &Sheet| {
        let hash = &sheet.hash;
        format!("sheet-{n}.jpg?v={hash}{}", ride.further())
    };
    let text = thumbnails.track(media.duration_seconds, address);
    Asset {
        content: Content::Text(text.into()),
        kind: hls::CAPTIONS_TYPE,
        tag: None,
        caching: Caching::Never,
    }
}

/// Finds the rendition of a quality that may be shown in at most so many lines.
fn allowed<'m>(media: &'m Media, most_lines: Option<u32>, quality: &str) -> Result<&'m Rendition> {
    let rendition = media.rendition(quality);
    let rendition = rendition.ok_or(StreamingReason::MediaNotFound)?;
    if media.within(most_lines).contains(&rendition) {
        Ok(rendition)
    } else {
        Err(StreamingReason::QualityNotIncluded.into())
    }
}

/// Sets a header whose value is known to be one.
fn put(headers: &mut http::HeaderMap, name: header::HeaderName, value: impl AsRef<str>) {
    if let Ok(value) = value.as_ref().parse() {
        headers.insert(name, value);
    }
}

#[cfg(test)]
mod tests;
