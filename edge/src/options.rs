//! The edge's configuration: everything that can be switched and tuned (EDGE-12).

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use serde::{Deserialize, Serialize};
use sv_kernel::{Country, Tenant};
use sv_listen::ConnectionOptions;

/// What the edge does, and how much of it.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a setting of its own"
)]
pub struct EdgeOptions {
    /// Lets anonymous callers read what is open to browsing (C24).
    pub anonymous_browse: bool,
    /// How many proxies of ours stand in front: so many entries of `X-Forwarded-For` are believed,
    /// counted from the right. 0 believes none.
    pub trusted_proxies: usize,
    /// Tenants by host name, for callers without a token (C45); others get the default tenant.
    pub tenants: BTreeMap<String, String>,
    /// The header in which a proxy of ours says in which country the client is, e.g. `cf-ipcountry`; the proxy
    /// must replace what clients send. Empty is none.
    pub country_header: String,
    /// By tenant, the country in which callers are taken to be of whom no proxy says it, e.g. `NO`. Of others it
    /// is not known, and what is open in some countries only is not open to them (X-CAT-5).
    pub countries: BTreeMap<String, String>,
    /// The longest address (path and query) in bytes.
    pub max_uri_bytes: usize,
    /// The largest answer of one message in bytes.
    pub max_response_bytes: usize,
    /// Seconds in which a request's body must arrive.
    pub body_seconds: u64,
    /// Packs larger JSON answers for clients that take gzip.
    pub gzip: bool,
    /// Shows `/metrics` on the public port, to callers on this machine only (C39).
    pub metrics: bool,
    /// Serves the web app: its files, and its page to browsers (FE-1).
    pub web: bool,
    /// TLS of the port.
    pub tls: TlsOptions,
    /// What the web app is told.
    pub page: PageOptions,
    /// Connections.
    pub connections: ConnectionOptions,
    /// Rates of calls.
    pub rates: RateOptions,
    /// Answers that go on.
    pub streams: StreamOptions,
    /// Web pages of other origins.
    pub cors: CorsOptions,
    /// Remembered answers.
    pub cache: CacheOptions,
}

/// TLS of the public port (EDGE-9). Files are read again when they change.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct TlsOptions {
    /// A file in PEM with the port's certificate, and after it those between it and its authority; empty speaks plain
    /// HTTP. Read again when it changes.
    pub certificate: PathBuf,
    /// A file with the key of that certificate, in PEM without a passphrase.
    pub key: PathBuf,
    /// Seconds for which browsers that came by TLS and a host's name come by TLS only
    /// (`Strict-Transport-Security`); 0 does not say it.
    pub hsts_seconds: u64,
}

impl Default for TlsOptions {
    fn default() -> Self {
        Self {
            certificate: PathBuf::new(),
            key: PathBuf::new(),
            hsts_seconds: 31_536_000,
        }
    }
}

impl TlsOptions {
    /// Says whether the port has TLS.
    pub fn is_on(&self) -> bool {
        !self.certificate.as_os_str().is_empty()
    }
}

/// What the web app is told by `/config.json` (FE-8, FE-10).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct PageOptions {
    /// What the product is called on pages; empty is `StreamVerse`.
    pub brand: String,
    /// Parts of it that are switched on, or off with `-`: `wire`, `mock`, `analytics`, `chat`, `drm`.
    pub flags: Vec<String>,
    /// Where playlists and segments come from; empty is the address of the page.
    pub streaming_url: String,
    /// Where what viewers do is sent; empty sends nothing.
    pub analytics_url: String,
    /// Where chat is; empty is nowhere.
    pub chat_url: String,
    /// Where licences of protected titles come from; empty is nowhere.
    pub drm_url: String,
}

/// Rates of calls per minute.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct RateOptions {
    /// Whether calls are counted at all.
    pub enabled: bool,
    /// Ordinary calls (SEC-4).
    pub default: Rate,
    /// Passwords and tokens, by address; means of payment, by account.
    pub credentials: Rate,
    /// Search as you type.
    pub search: Rate,
    /// Calls with a token that does not hold, for an address; more are told to wait. Tokens that hold
    /// pass all the same.
    pub bad_tokens: u32,
    /// Tokens that turn out not to hold and were verified for that, for an address; beyond it only those
    /// pass that were seen before.
    pub verifications: u32,
    /// The most callers that are remembered; the longest unseen is forgotten first.
    pub callers: u64,
}

/// The calls of one class that a caller has per minute.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// For an address (IPv6: one /64) without a token.
    pub address: u32,
    /// For an account; 0 counts accounts by their address, too.
    pub account: u32,
}

/// Answers that go on: streams over REST, gRPC and grpc-web.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct StreamOptions {
    /// The most streams of one caller that are open at once: of an account, or of an address without one.
    pub per_caller: u32,
    /// Seconds after which a silent stream of server-sent events says that it is still there.
    pub heartbeat_seconds: u64,
}

impl Default for StreamOptions {
    fn default() -> Self {
        Self {
            per_caller: 10,
            heartbeat_seconds: 15,
        }
    }
}

/// Web pages of other origins (EDGE-9).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct CorsOptions {
    /// Origins whose pages may call, such as `https://app.example.com`; `*` is every origin.
    pub origins: Vec<String>,
}

/// Remembered answers (EDGE-11).
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct CacheOptions {
    /// Whether answers are remembered.
    pub enabled: bool,
    /// The most bytes that are remembered.
    pub bytes: u64,
    /// The largest answer that is remembered, in bytes.
    pub max_answer_bytes: usize,
}

impl Default for EdgeOptions {
    fn default() -> Self {
        Self {
            anonymous_browse: false,
            trusted_proxies: 0,
            tenants: BTreeMap::new(),
            country_header: String::new(),
            countries: BTreeMap::new(),
            max_uri_bytes: 8 * 1024,
            max_response_bytes: 4 * 1024 * 1024,
            body_seconds: 30,
            gzip: true,
            metrics: true,
            web: true,
            tls: TlsOptions::default(),
            page: PageOptions::default(),
            connections: ConnectionOptions::default(),
            rates: RateOptions::default(),
            streams: StreamOptions::default(),
            cors: CorsOptions::default(),
            cache: CacheOptions::default(),
        }
    }
}

impl Default for RateOptions {
    fn default() -> Self {
        Self {
            enabled: true,
            default: Rate {
                address: 100,
                account: 1000,
            },
            credentials: Rate {
                address: 20,
                // Counted by account are calls that charge a means of payment: nobody tries cards one by one.
                account: 20,
            },
            search: Rate {
                address: 100,
                account: 300,
            },
            bad_tokens: 100,
            verifications: 1000,
            callers: 100_000,
        }
    }
}

impl Default for CacheOptions {
    fn default() -> Self {
        Self {
            enabled: true,
            bytes: 64 * 1024 * 1024,
            max_answer_bytes: 256 * 1024,
        }
    }
}

impl EdgeOptions {
    /// Returns the settings of access decisions, for the service stack too.
    pub const fn access(&self) -> sv_rpc::policy::Settings {
        sv_rpc::policy::Settings {
            anonymous_browse: self.anonymous_browse,
        }
    }

    /// Returns the country in which a tenant's callers are taken to be.
    pub(crate) fn country_of(&self, tenant: &Tenant) -> Option<Country> {
        let country = self.countries.get(tenant.as_str())?;
        Country::parse(country).ok()
    }

    pub(crate) const fn body_time(&self) -> Duration {
        Duration::from_secs(self.body_seconds)
    }

    /// Lists what cannot be, each with its setting.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        for (host, tenant) in &self.tenants {
            if let Err(cause) = Tenant::parse(tenant) {
                problems.push(format!("edge.tenants.{host}: {cause}"));
            }
        }
        for (tenant, country) in &self.countries {
            if let Err(cause) = Country::parse(country) {
                problems.push(format!("edge.countries.{tenant}: {cause}"));
            }
        }
        if !self.country_header.is_empty() && self.trusted_proxies == 0 {
            problems.push(
                "edge.country_header: without edge.trusted_proxies clients would say it themselves"
                    .to_owned(),
            );
        }
        for origin in &self.cors.origins {
            let is_origin = origin.parse::<http::Uri>().is_ok_and(|uri| {
                uri.scheme().is_some() && uri.authority().is_some() && !origin.ends_with('/')
            });
            if origin != "*" && !is_origin {
                problems.push(format!(
                    "edge.cors.origins: {origin:?} is no origin such as https://app.example.com"
                ));
            }
        }
        let connections = &self.connections;
        for (name, value) in [
            ("connections.in_all", connections.in_all),
            ("connections.requests", connections.requests),
            ("connections.per_address", connections.per_address),
            (
                "connections.requests_per_address",
                connections.requests_per_address,
            ),
            ("max_uri_bytes", self.max_uri_bytes),
            ("max_response_bytes", self.max_response_bytes),
            (
                "streams.heartbeat_seconds",
                usize::from(self.streams.heartbeat_seconds > 0),
            ),
        ] {
            if value == 0 {
                problems.push(format!("edge.{name}: must not be 0"));
            }
        }
        problems
    }
}
