//! The web app: the files of its bundle, and its page wherever a browser goes (FE-1).
//!
//! The bundle is `frontend/dist`, built by `make web` and part of the program. Pages share their addresses with the
//! REST surface (`/search`): whoever navigates gets the page, every other call its answer.

use std::{
    collections::HashMap,
    io::Read as _,
    sync::{Arc, OnceLock},
};

use bytes::Bytes;
use flate2::read::GzDecoder;
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header, request::Parts};
use http_body_util::Full;
use sv_rest::Plan;
use tonic::body::Body;
use twox_hash::XxHash3_128;

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

/// A file of the bundle as the program has it.
struct File {
    /// Its path, e.g. `/index.html`.
    path: &'static str,
    kind: &'static str,
    /// A hash of its content.
    version: &'static str,
    /// Whether `bytes` are gzip.
    packed: bool,
    bytes: &'static [u8],
}

/// What `build.rs` made of the bundle.
const BUNDLE: &[File] = include!(concat!(env!("OUT_DIR"), "/bundle.rs"));

/// A file of the bundle, as it is served.
struct Asset {
    kind: HeaderValue,
    etag: HeaderValue,
    packed: Option<Bytes>,
    /// Unpacked where somebody takes it no other way.
    plain: OnceLock<Bytes>,
}

impl Asset {
    /// Takes a file out of the program.
    fn of(file: &File) -> Option<Self> {
        let bytes = Bytes::from_static(file.bytes);
        let (packed, plain) = if file.packed {
            (Some(bytes), OnceLock::new())
        } else {
            (None, bytes.into())
        };
        Some(Self {
            kind: HeaderValue::from_str(file.kind).ok()?,
            etag: HeaderValue::from_str(&format!("\"{}\"", file.version)).ok()?,
            packed,
            plain,
        })
    }

    /// The file as it is; `None` where what the program has is no gzip.
    fn plain(&self) -> Option<Bytes> {
        if let Some(packed) = self.packed.as_ref().filter(|_| self.plain.get().is_none()) {
            let mut plain = Vec::new();
            GzDecoder::new(packed.as_ref())
                .read_to_end(&mut plain)
                .ok()?;
            let _ = self.plain.set(plain.into());
        }
        self.plain.get().cloned()
    }
}

/// The web app's files by path, e.g. `/index.html`. Cheap to clone.
#[derive(Clone)]
pub(crate) struct WebApp {
    assets: Arc<HashMap<&'static str, Asset>>,
    policy: Option<HeaderValue>,
}

impl WebApp {
    /// Takes the bundle out of the program; serves nothing where it is switched off.
    pub(crate) fn new(enabled: bool, page: &PageOptions) -> Self {
        let files = BUNDLE.iter().filter(|_| enabled);
        let assets = files.filter_map(|file| Some((file.path, Asset::of(file)?)));
        let mut assets: HashMap<_, _> = assets.collect();
        if let Some(told) = assets.get_mut(CONFIG) {
            let text = config(page).to_string();
            let version = XxHash3_128::oneshot(text.as_bytes());
            if let Ok(etag) = HeaderValue::from_str(&format!("\"{version:032x}\"")) {
                told.etag = etag;
            }
            told.packed = None;
            told.plain = Bytes::from(text).into();
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
        let packed = asset.packed.clone();
        let body = if let Some(packed) = packed.filter(|_| takes_gzip(&head.headers)) {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            packed
        } else {
            asset.plain().unwrap_or_default()
        };
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
