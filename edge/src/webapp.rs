//! The web app: the files of its bundle, and its page wherever a browser goes (FE-1).
//!
//! The bundle is `frontend/dist`, built by `make web` and part of the program. Pages share their addresses with the
//! REST surface (`/search`): whoever navigates gets the page, every other call its answer.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    io::Write as _,
    sync::{Arc, OnceLock},
};

use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header, request::Parts};
use http_body_util::Full;
use sv_rest::Plan;
use tonic::body::Body;

use crate::{
    options::PageOptions,
    refusal::Refusal,
    rest::{has_version, ranges, takes_gzip, weight},
};

/// What the page may load and do: its own origin's, what it makes itself for the player (`blob:`; an empty track of
/// captions as `data:`), and pictures from anywhere by https: editors may name posters that lie elsewhere. Where
/// operators say that something lies at another origin, the page may speak to that, too.
fn content_policy(page: &PageOptions) -> Option<HeaderValue> {
    let places = [
        &page.streaming_url,
        &page.analytics_url,
        &page.chat_url,
        &page.drm_url,
    ];
    let mut elsewhere: Vec<String> = places.into_iter().filter_map(|url| origin(url)).collect();
    elsewhere.dedup();
    let elsewhere: String = elsewhere.iter().flat_map(|one| [" ", one]).collect();
    let policy = format!(
        "default-src 'self'; connect-src 'self'{elsewhere}; img-src 'self' https: data: blob:; \
         media-src 'self' blob: data:{elsewhere}; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; \
         form-action 'self'; frame-ancestors 'none'"
    );
    HeaderValue::from_str(&policy).ok()
}

/// The origin of an address, e.g. `https://media.example.com`.
fn origin(url: &str) -> Option<String> {
    let url: http::Uri = url.parse().ok()?;
    Some(format!("{}://{}", url.scheme_str()?, url.authority()?))
}

/// What `/config.json` says (FE-8, FE-10).
fn config(page: &PageOptions) -> serde_json::Value {
    let flags: serde_json::Map<_, _> = page
        .flags
        .iter()
        .map(|flag| match flag.strip_prefix('-') {
            Some(off) => (off.to_owned(), false.into()),
            None => (flag.clone(), true.into()),
        })
        .collect();
    let mut told = serde_json::Map::from_iter([("flags".to_owned(), flags.into())]);
    for (name, value) in [
        ("brand", &page.brand),
        ("NEXT_PUBLIC_STREAMING_URL", &page.streaming_url),
        ("NEXT_PUBLIC_ANALYTICS_URL", &page.analytics_url),
        ("NEXT_PUBLIC_CHAT_URL", &page.chat_url),
        ("NEXT_PUBLIC_DRM_URL", &page.drm_url),
    ] {
        if !value.is_empty() {
            told.insert(name.to_owned(), value.as_str().into());
        }
    }
    told.into()
}

/// Names of files below this say a hash of their content (Vite's `assetsDir`).
const HASHED: &str = "/assets/";
const PAGE: &str = "/index.html";
const CONFIG: &str = "/config.json";

#[derive(rust_embed::Embed)]
#[folder = "../frontend/dist"]
struct Bundle;

/// A file of the bundle.
struct Asset {
    bytes: Bytes,
    kind: HeaderValue,
    etag: HeaderValue,
    /// Whether packing makes it smaller: fonts and pictures are packed already.
    text: bool,
    packed: OnceLock<Option<Bytes>>,
}

impl Asset {
    fn packed(&self) -> Option<Bytes> {
        let pack = || {
            let mut packer = GzEncoder::new(Vec::new(), Compression::best());
            packer.write_all(&self.bytes).ok()?;
            packer.finish().ok().map(Bytes::from)
        };
        let packed = self.packed.get_or_init(|| self.text.then(pack).flatten());
        packed.clone()
    }
}

/// The web app's files by path, e.g. `/index.html`. Cheap to clone.
#[derive(Clone)]
pub(crate) struct WebApp {
    assets: Arc<HashMap<String, Asset>>,
    policy: Option<HeaderValue>,
}

impl WebApp {
    /// Takes the bundle out of the program; serves nothing where it is switched off.
    pub(crate) fn new(enabled: bool, page: &PageOptions) -> Self {
        let assets = Bundle::iter().filter(|_| enabled).filter_map(|name| {
            let file = Bundle::get(&name)?;
            let hash = file.metadata.sha256_hash();
            let etag = hex::encode(&hash[..16]);
            let kind = file.metadata.mimetype();
            let asset = Asset {
                bytes: match file.data {
                    std::borrow::Cow::Borrowed(bytes) => Bytes::from_static(bytes),
                    std::borrow::Cow::Owned(bytes) => bytes.into(),
                },
                text: packs(kind),
                kind: HeaderValue::from_str(&with_charset(kind)).ok()?,
                etag: HeaderValue::from_str(&format!("\"{etag}\"")).ok()?,
                packed: OnceLock::new(),
            };
            Some((format!("/{name}"), asset))
        });
        let mut assets: HashMap<_, _> = assets.collect();
        if let Some(told) = assets.get_mut(CONFIG) {
            told.bytes = config(page).to_string().into();
            let mut hash = DefaultHasher::new();
            told.bytes.hash(&mut hash);
            if let Ok(etag) = HeaderValue::from_str(&format!("\"{:016x}\"", hash.finish())) {
                told.etag = etag;
            }
        }
        Self {
            assets: Arc::new(assets),
            policy: content_policy(page),
        }
    }

    /// Answers a request for a file of the bundle, or of a browser that goes to a page; `None` if it is for others.
    pub(crate) fn answer(
        &self,
        head: &Parts,
        plan: &Plan,
    ) -> Option<Result<Response<Body>, Refusal>> {
        let path = head.uri.path();
        let reads = matches!(head.method, Method::GET | Method::HEAD);
        if let Some(asset) = self.assets.get(path) {
            return Some(if reads {
                Ok(self.give(asset, path, head))
            } else {
                Err(Refusal::of_method("GET, HEAD"))
            });
        }
        let page = self.assets.get(PAGE)?;
        if !reads || !navigates(&head.headers) || is_media(plan, head) {
            return None;
        }
        Some(Ok(self.give(page, PAGE, head)))
    }

    fn give(&self, asset: &Asset, path: &str, head: &Parts) -> Response<Body> {
        let mut response = Response::new(Body::empty());
        let headers = response.headers_mut();
        headers.insert(header::ETAG, asset.etag.clone());
        let lasting = if path.starts_with(HASHED) {
            "public, max-age=31536000, immutable"
        } else {
            "no-cache"
        };
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(lasting));
        let vary = if path == PAGE {
            if let Some(policy) = &self.policy {
                headers.insert(header::CONTENT_SECURITY_POLICY, policy.clone());
            }
            for (name, value) in [
                ("referrer-policy", "same-origin"),
                ("cross-origin-opener-policy", "same-origin"),
            ] {
                headers.insert(name, HeaderValue::from_static(value));
            }
            // The same address is an answer of the REST surface.
            "accept, accept-encoding, authorization"
        } else {
            "accept-encoding"
        };
        headers.insert(header::VARY, HeaderValue::from_static(vary));
        let known = asset
            .etag
            .to_str()
            .is_ok_and(|etag| has_version(&head.headers, etag));
        if known {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            return response;
        }
        headers.insert(header::CONTENT_TYPE, asset.kind.clone());
        let packed = takes_gzip(&head.headers).then(|| asset.packed()).flatten();
        if packed.is_some() {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        let body = packed.unwrap_or_else(|| asset.bytes.clone());
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
        if head.method != Method::HEAD {
            *response.body_mut() = Body::new(Full::new(body));
        }
        response
    }
}

/// Says whether a person goes to an address with a browser: browsers ask for HTML before all else then, and bear no
/// token.
fn navigates(headers: &HeaderMap) -> bool {
    let ranges = ranges(headers);
    let by_name = ranges.iter().any(|(kind, _)| kind == "text/html");
    by_name
        && weight(&ranges, "text/html") > weight(&ranges, "application/json")
        && !headers.contains_key(header::AUTHORIZATION)
        && headers
            .get("sec-fetch-dest")
            .is_none_or(|dest| dest == "document")
}

/// Says whether an address is one of posters, playlists or segments, which browsers may be sent to as well.
fn is_media(plan: &Plan, head: &Parts) -> bool {
    let query = head.uri.query().unwrap_or_default();
    plan.route(head.method.as_str(), head.uri.path(), query)
        .is_ok_and(|matched| matched.method().http_mount)
}

fn packs(kind: &str) -> bool {
    kind.starts_with("text/")
        || ["javascript", "json", "svg", "manifest", "xml"]
            .iter()
            .any(|part| kind.contains(part))
}

fn with_charset(kind: &str) -> String {
    if kind.starts_with("text/") {
        format!("{kind}; charset=utf-8")
    } else {
        kind.to_owned()
    }
}
