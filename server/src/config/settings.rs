//! Every setting: what it may be, and whether production has a word on it.
//!
//! A setting without a row here fails the tests, so that nobody adds one without saying how far it
//! goes and whether the production profile ([`super::production`]) must refuse some of it.

use sv_boot::telemetry::TelemetryOptions;
use sv_kernel::Tenant;

use super::{
    address::listen_address,
    bounds::{Bounds, Text},
};
use crate::services;

/// A setting as the process sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setting {
    /// Its name, e.g. `edge.gzip`.
    pub name: &'static str,
    /// What it may be.
    pub bounds: Bounds,
    /// Whether production refuses some of it.
    #[cfg_attr(not(test), expect(dead_code, reason = "tests hold the decision"))]
    pub production: Production,
}

/// The decision about a setting in production.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Production {
    /// Whatever the bounds allow does no harm.
    TakesAll,
    /// A rule of [`super::production`] reads it.
    Ruled,
}

use Bounds::{Map, Number, OneOf, Switch, Texts};
use Production::{Ruled, TakesAll};

const fn row(name: &'static str, bounds: Bounds, production: Production) -> Setting {
    Setting {
        name,
        bounds,
        production,
    }
}

const KIB: u64 = 1024;
const MIB: u64 = 1024 * KIB;
const GIB: u64 = 1024 * MIB;
/// The largest of the 32-bit numbers that count calls.
const ALL: u64 = u32::MAX as u64;

/// Every setting, in the order of the sections.
pub(crate) const ALL_SETTINGS: &[Setting] = &[
    row(
        "server.profile",
        OneOf(&["development", "production"]),
        TakesAll,
    ),
    row("server.listen", Bounds::Text(LISTEN), Ruled),
    row("server.ops_listen", Bounds::Text(LISTEN), Ruled),
    row("server.behind", OneOf(&["nothing", "proxy", "mesh"]), Ruled),
    row("server.data_dir", Bounds::Text(FOLDER), TakesAll),
    row("server.demo", Switch, Ruled),
    row("server.replicas", Switch, TakesAll),
    row("server.announce_seconds", Number(0, 600), TakesAll),
    row("server.drain_seconds", Number(1, 600), TakesAll),
    row("store.url", Bounds::Text(POSTGRES), Ruled),
    row("store.max_connections", Number(2, 1_000), TakesAll),
    row("bus.kafka_brokers", Bounds::Text(BROKERS), Ruled),
    row("index.opensearch_url", Bounds::Text(HTTP), Ruled),
    row("blobs.folder", Bounds::Text(ANY_FOLDER), TakesAll),
    row("blobs.shared", Switch, TakesAll),
    row("mesh.trusted_keys", Bounds::Text(ANY_FOLDER), Ruled),
    row("mesh.key_days", Number(1, 365), TakesAll),
    row(
        "peers",
        Map {
            key: SERVICE,
            value: PEER,
        },
        Ruled,
    ),
    row("edge.anonymous_browse", Switch, TakesAll),
    row("edge.trusted_proxies", Number(0, 16), Ruled),
    row(
        "edge.tenants",
        Map {
            key: HOST,
            value: TENANT,
        },
        TakesAll,
    ),
    row("edge.max_uri_bytes", Number(256, 64 * KIB), TakesAll),
    row(
        "edge.max_response_bytes",
        Number(64 * KIB, 64 * MIB),
        TakesAll,
    ),
    row("edge.body_seconds", Number(1, 600), TakesAll),
    row("edge.gzip", Switch, TakesAll),
    row("edge.metrics", Switch, TakesAll),
    row("edge.connections.in_all", Number(1, 1_000_000), TakesAll),
    row(
        "edge.connections.per_address",
        Number(1, 1_000_000),
        TakesAll,
    ),
    row(
        "edge.connections.http2_streams",
        Number(1, 10_000),
        TakesAll,
    ),
    row("edge.connections.requests", Number(1, 1_000_000), TakesAll),
    row(
        "edge.connections.first_byte_seconds",
        Number(1, 300),
        TakesAll,
    ),
    row("edge.connections.head_seconds", Number(1, 300), TakesAll),
    row("edge.connections.idle_seconds", Number(1, 3_600), TakesAll),
    row("edge.connections.write_seconds", Number(1, 3_600), TakesAll),
    row(
        "edge.connections.max_age_seconds",
        Number(10, 86_400),
        TakesAll,
    ),
    row("edge.connections.drain_seconds", Number(1, 600), TakesAll),
    row(
        "edge.connections.http2_control_frames",
        Number(10, 1_000_000),
        TakesAll,
    ),
    row(
        "edge.connections.connection_bytes",
        Number(64 * KIB, GIB),
        TakesAll,
    ),
    row(
        "edge.connections.bytes_in_all",
        Number(MIB, 64 * GIB),
        TakesAll,
    ),
    row("edge.connections.body_seconds", Number(1, 600), TakesAll),
    row("edge.rates.enabled", Switch, Ruled),
    row("edge.rates.default.address", Number(1, ALL), Ruled),
    row("edge.rates.default.account", Number(0, ALL), Ruled),
    row("edge.rates.credentials.address", Number(1, ALL), Ruled),
    row("edge.rates.credentials.account", Number(0, ALL), Ruled),
    row("edge.rates.search.address", Number(1, ALL), Ruled),
    row("edge.rates.search.account", Number(0, ALL), Ruled),
    row("edge.rates.bad_tokens", Number(1, ALL), Ruled),
    row("edge.rates.verifications", Number(1, 100_000), TakesAll),
    row("edge.rates.callers", Number(1_000, 100_000_000), TakesAll),
    row("edge.cors.origins", Texts(ORIGIN), TakesAll),
    row("edge.cache.enabled", Switch, TakesAll),
    row("edge.cache.bytes", Number(0, 64 * GIB), TakesAll),
    row("edge.cache.max_answer_bytes", Number(0, 64 * MIB), TakesAll),
    row("auth.access_token_seconds", Number(1, 30 * 86_400), Ruled),
    row("auth.session_days", Number(1, 400), TakesAll),
    row("auth.bcrypt_cost", Number(4, 16), Ruled),
    row("auth.pepper", Bounds::Text(SECRET), Ruled),
    row("auth.hash_threads", Number(0, 256), TakesAll),
    row("auth.hash_queue", Number(1, 100_000), TakesAll),
    row("auth.failures_in_all", Number(1, 100), TakesAll),
    row("auth.failures_per_network", Number(1, 100), TakesAll),
    row("auth.failures_per_known_place", Number(1, 100), TakesAll),
    row("auth.key_days", Number(1, 366), TakesAll),
    row("auth.jwt_secret", Bounds::Text(SECRET), Ruled),
    row("admin.audit_retention_days", Number(1, 3_660), TakesAll),
    row("users.max_profiles", Number(1, 100), TakesAll),
    row("users.max_ratings", Number(1, 100_000), TakesAll),
    row("users.max_watchlist", Number(1, 10_000), TakesAll),
    row("rights.payments", OneOf(&["test", "none"]), Ruled),
    row(
        "rights.renew_before_seconds",
        Number(0, 7 * 86_400),
        TakesAll,
    ),
    row("rights.action_seconds", Number(60, 30 * 86_400), TakesAll),
    row("rights.job_period_seconds", Number(1, 3_600), TakesAll),
    row("search.index_budget_ms", Number(10, 60_000), TakesAll),
    row("search.fallback_budget_ms", Number(10, 60_000), TakesAll),
    row("search.index_pause_ms", Number(0, 600_000), TakesAll),
    row(
        "streaming.segment_cache_bytes",
        Number(0, 64 * GIB),
        TakesAll,
    ),
    row("streaming.segment_load_bytes", Number(MIB, ALL), TakesAll),
    row("streaming.key_days", Number(1, 366), TakesAll),
    row("streaming.streams_without_plan", Number(1, 100), TakesAll),
    row("streaming.heartbeat_seconds", Number(5, 60), TakesAll),
    row("streaming.live_secret", Bounds::Text(SECRET), Ruled),
    row("streaming.live_signed_hosts", Texts(HOST), TakesAll),
    row("streaming.ffmpeg", Bounds::Text(PROGRAM), TakesAll),
    row("streaming.ffprobe", Bounds::Text(PROGRAM), TakesAll),
    row("streaming.weak_sandbox", Switch, Ruled),
    row("health.tolerance_seconds", Number(1, 3_600), TakesAll),
    row("health.outbox_age_seconds", Number(1, 86_400), TakesAll),
    row(
        "health.consumer_lag_events",
        Number(1, 100_000_000),
        TakesAll,
    ),
    row("telemetry.log_level", Bounds::Text(LOG_LEVEL), TakesAll),
    row(
        "telemetry.log_format",
        OneOf(&["auto", "text", "json"]),
        TakesAll,
    ),
    row("telemetry.otlp_endpoint", Bounds::Text(HTTP), Ruled),
];

const LISTEN: Text = Text {
    form: "an address such as 127.0.0.1:3000 or localhost:3000",
    examples: &["127.0.0.1:0", "localhost:3000", "[::1]:80", "0.0.0.0:65535"],
    fits: |text| listen_address(text).is_ok(),
};
const FOLDER: Text = Text {
    form: "the path of a folder",
    examples: &["data", "/var/lib/stream verse"],
    fits: |text| !text.is_empty(),
};
const ANY_FOLDER: Text = Text {
    form: "empty or the path of a folder",
    examples: &["", "/srv/media"],
    fits: |text| !text.contains('\0'),
};
const PROGRAM: Text = Text {
    form: "the name or the path of a program",
    examples: &["ffmpeg", "/opt/ffmpeg/bin/ffmpeg"],
    fits: |text| !text.trim().is_empty(),
};
const POSTGRES: Text = Text {
    form: "empty or postgres://user:password@host:port/database",
    examples: &["", "postgres://sv:p%40ss@db:5432/sv?sslmode=require"],
    fits: |text| {
        let url = text
            .strip_prefix("postgres://")
            .or_else(|| text.strip_prefix("postgresql://"));
        text.is_empty() || url.is_some_and(|rest| !rest.is_empty())
    },
};
const BROKERS: Text = Text {
    form: "empty or host:port, several between commas",
    examples: &["", "kafka:9092", "a:9092,b:9092"],
    fits: |text| {
        text.is_empty()
            || text
                .split(',')
                .all(|broker| is_host_and_port(broker.trim()))
    },
};
const HTTP: Text = Text {
    form: "empty or an address such as http://host:4317",
    examples: &["", "http://search:9200", "https://sv:sesame@search:9200/x"],
    fits: |text| text.is_empty() || is_url(text, &["http", "https"]),
};
const SERVICE: Text = Text {
    form: "the name of a service",
    examples: &["auth", "search", "users", "streaming"],
    fits: |text| services::names().any(|name| name == text),
};
const PEER: Text = Text {
    form: "an address such as http://users:9082, several between commas",
    examples: &[
        "http://users:9082",
        "http://10.0.0.1:9082,http://[::1]:9082",
    ],
    fits: |text| {
        text.split(',')
            .all(|address| is_url(address.trim(), &["http"]))
    },
};
const HOST: Text = Text {
    form: "a host name such as www.example.com",
    examples: &["www.example.com", "localhost", "xn--fjrd-doa.example"],
    fits: |text| {
        !text.is_empty()
            && text.len() <= 253
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b".-_".contains(&b))
    },
};
const TENANT: Text = Text {
    form: "the name of a tenant",
    examples: &["default", "acme"],
    fits: |text| Tenant::parse(text).is_ok(),
};
const ORIGIN: Text = Text {
    form: "an origin such as https://app.example.com",
    examples: &["*", "https://app.example.com", "http://localhost:5173"],
    fits: |text| {
        text == "*" || (is_url(text, &["http", "https"]) && text.matches('/').count() == 2)
    },
};
const SECRET: Text = Text {
    form: "empty or a secret of at most 1024 bytes",
    examples: &["", "0123456789abcdef0123456789abcdef", "#: '\"\\"],
    fits: |text| text.len() <= 1_024,
};
const LOG_LEVEL: Text = Text {
    form: "a filter such as info or info,sv_edge=debug",
    examples: &["info", "warn,sv_edge=debug", "off"],
    fits: |text| {
        let options = TelemetryOptions {
            log_level: text.to_owned(),
            ..TelemetryOptions::default()
        };
        options.problem().is_none()
    },
};

fn is_url(text: &str, schemes: &[&str]) -> bool {
    text.parse::<http::Uri>().is_ok_and(|uri| {
        uri.authority().is_some() && uri.scheme_str().is_some_and(|s| schemes.contains(&s))
    })
}

fn is_host_and_port(text: &str) -> bool {
    text.rsplit_once(':').is_some_and(|(host, port)| {
        !host.is_empty()
            && !host.contains(['/', '@', ' '])
            && port.parse::<u16>().is_ok_and(|p| p > 0)
    })
}
