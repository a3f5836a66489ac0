//! What the settings of the process may be, and whether production has a word on them. Those of the
//! services stand beside their `Options`.
//!
//! A setting without a row here fails the tests, so that nobody adds one without saying how far it
//! goes and whether the production profile ([`super::production`]) must refuse some of it.

use sv_boot::{
    config::{
        Bounds, Setting, Text,
        texts::{HOST, SECRET},
    },
    telemetry::TelemetryOptions,
};
use sv_kernel::{Country, Tenant};
use sv_ports::Sender;

use super::address::listen_address;
use crate::services;

use Bounds::{Map, Number, OneOf, Switch, Texts};

const KIB: u64 = 1024;
const MIB: u64 = 1024 * KIB;
const GIB: u64 = 1024 * MIB;
/// The largest of the 32-bit numbers that count calls.
const ALL: u64 = u32::MAX as u64;

/// Lists every setting.
pub(crate) fn all() -> impl Iterator<Item = &'static Setting> {
    let of_services = services::TABLE
        .iter()
        .filter_map(|service| service.settings.as_ref())
        .flat_map(|section| section.settings);
    OF_THE_PROCESS.iter().chain(of_services)
}

const OF_THE_PROCESS: &[Setting] = &[
    Setting::free("server.profile", OneOf(&["development", "production"])),
    Setting::ruled("server.listen", Bounds::Text(LISTEN)),
    Setting::ruled("server.ops_listen", Bounds::Text(LISTEN)),
    Setting::ruled("server.behind", OneOf(&["nothing", "proxy", "mesh"])),
    Setting::free("server.data_dir", Bounds::Text(FOLDER)),
    Setting::ruled("server.demo", Switch),
    Setting::free("server.replicas", Switch),
    Setting::free("server.announce_seconds", Number(0, 600)),
    Setting::free("server.drain_seconds", Number(1, 600)),
    Setting::ruled("store.url", Bounds::Text(POSTGRES)),
    Setting::free("store.max_connections", Number(2, 1_000)),
    Setting::ruled("store.ca", Bounds::Text(ANY_FILE)),
    Setting::ruled("bus.kafka_brokers", Bounds::Text(BROKERS)),
    Setting::ruled("bus.tls", Switch),
    Setting::free("bus.ca", Bounds::Text(ANY_FILE)),
    Setting::free("bus.certificate", Bounds::Text(ANY_FILE)),
    Setting::free("bus.key", Bounds::Text(ANY_FILE)),
    Setting::free("bus.user", Bounds::Text(USER)),
    Setting::ruled("bus.password", Bounds::Text(SECRET)),
    Setting::free(
        "bus.mechanism",
        OneOf(&["scram-sha-512", "scram-sha-256", "plain"]),
    ),
    Setting::ruled("index.opensearch_url", Bounds::Text(HTTP)),
    Setting::free("index.ca", Bounds::Text(ANY_FILE)),
    Setting::ruled("counters.redis_url", Bounds::Text(REDIS)),
    Setting::free("counters.ca", Bounds::Text(ANY_FILE)),
    Setting::ruled("fanout.nats_url", Bounds::Text(NATS)),
    Setting::free("fanout.ca", Bounds::Text(ANY_FILE)),
    Setting::free("blobs.folder", Bounds::Text(ANY_FOLDER)),
    Setting::free("blobs.shared", Switch),
    Setting::free("blobs.url", Bounds::Text(BUCKET)),
    Setting::ruled("blobs.endpoint", Bounds::Text(HTTP)),
    Setting::free("blobs.region", Bounds::Text(REGION)),
    Setting::free("blobs.access_key_id", Bounds::Text(KEY_ID)),
    Setting::ruled("blobs.secret_access_key", Bounds::Text(SECRET)),
    Setting::free("blobs.path_style", Switch),
    Setting::ruled("mail.smtp_url", Bounds::Text(SMTP)),
    Setting::free("mail.folder", Bounds::Text(ANY_FOLDER)),
    Setting::ruled("mail.from", Bounds::Text(SENDER)),
    Setting::ruled("mail.link_base", Bounds::Text(PAGES)),
    Setting::ruled(
        "mail.link_base_of",
        Map {
            key: TENANT,
            value: PAGES_OF,
        },
    ),
    Setting::ruled("vault.address", Bounds::Text(VAULT)),
    Setting::ruled("vault.token", Bounds::Text(SECRET)),
    Setting::free("vault.namespace", Bounds::Text(PATH)),
    Setting::free("vault.ca", Bounds::Text(ANY_FILE)),
    Setting::free("vault.kubernetes_role", Bounds::Text(USER)),
    Setting::free("vault.kubernetes_mount", Bounds::Text(PATH)),
    Setting::free("vault.service_account", Bounds::Text(ANY_FILE)),
    Setting::ruled("mesh.trusted_keys", Bounds::Text(ANY_FOLDER)),
    Setting::free("mesh.key_days", Number(1, 365)),
    Setting::ruled("mesh.tls.certificate", Bounds::Text(ANY_FILE)),
    Setting::free("mesh.tls.key", Bounds::Text(ANY_FILE)),
    Setting::free("mesh.tls.ca", Bounds::Text(ANY_FILE)),
    Setting::ruled(
        "peers",
        Map {
            key: SERVICE,
            value: PEER,
        },
    ),
    Setting::free("edge.anonymous_browse", Switch),
    Setting::ruled("edge.trusted_proxies", Number(0, 16)),
    Setting::free(
        "edge.tenants",
        Map {
            key: HOST,
            value: TENANT,
        },
    ),
    Setting::free("edge.country_header", Bounds::Text(HEADER)),
    Setting::free(
        "edge.countries",
        Map {
            key: TENANT,
            value: COUNTRY,
        },
    ),
    Setting::free("edge.max_uri_bytes", Number(256, 64 * KIB)),
    Setting::free("edge.max_response_bytes", Number(64 * KIB, 64 * MIB)),
    Setting::free("edge.body_seconds", Number(1, 600)),
    Setting::free("edge.gzip", Switch),
    Setting::free("edge.metrics", Switch),
    Setting::free("edge.web", Switch),
    Setting::ruled("edge.tls.certificate", Bounds::Text(ANY_FILE)),
    Setting::free("edge.tls.key", Bounds::Text(ANY_FILE)),
    Setting::free("edge.tls.hsts_seconds", Number(0, 63_072_000)),
    Setting::free("edge.page.brand", Bounds::Text(BRAND)),
    Setting::free("edge.page.flags", Texts(FLAG)),
    Setting::free("edge.page.streaming_url", Bounds::Text(HTTP)),
    Setting::free("edge.page.analytics_url", Bounds::Text(HTTP)),
    Setting::free("edge.page.chat_url", Bounds::Text(HTTP)),
    Setting::free("edge.page.drm_url", Bounds::Text(HTTP)),
    Setting::free("edge.connections.in_all", Number(1, 1_000_000)),
    Setting::free("edge.connections.per_address", Number(1, 1_000_000)),
    Setting::free("edge.connections.http2_streams", Number(1, 10_000)),
    Setting::free("edge.connections.requests", Number(1, 1_000_000)),
    Setting::free(
        "edge.connections.requests_per_address",
        Number(1, 1_000_000),
    ),
    Setting::free("edge.connections.handshakes", Number(1, 1_000_000)),
    Setting::free(
        "edge.connections.handshakes_per_address",
        Number(1, 1_000_000),
    ),
    Setting::free("edge.connections.handshake_seconds", Number(1, 300)),
    Setting::free("edge.connections.first_byte_seconds", Number(1, 300)),
    Setting::free("edge.connections.head_seconds", Number(1, 300)),
    Setting::free("edge.connections.idle_seconds", Number(1, 3_600)),
    Setting::free("edge.connections.write_seconds", Number(1, 3_600)),
    Setting::free("edge.connections.max_age_seconds", Number(10, 86_400)),
    Setting::free("edge.connections.drain_seconds", Number(1, 600)),
    Setting::free(
        "edge.connections.http2_control_frames",
        Number(10, 1_000_000),
    ),
    Setting::free("edge.connections.connection_bytes", Number(64 * KIB, GIB)),
    Setting::free("edge.connections.bytes_in_all", Number(MIB, 64 * GIB)),
    Setting::free("edge.connections.body_seconds", Number(1, 600)),
    Setting::ruled("edge.rates.enabled", Switch),
    Setting::ruled("edge.rates.default.address", Number(1, ALL)),
    Setting::ruled("edge.rates.default.account", Number(0, ALL)),
    Setting::ruled("edge.rates.credentials.address", Number(1, ALL)),
    Setting::ruled("edge.rates.credentials.account", Number(0, ALL)),
    Setting::ruled("edge.rates.search.address", Number(1, ALL)),
    Setting::ruled("edge.rates.search.account", Number(0, ALL)),
    Setting::ruled("edge.rates.bad_tokens", Number(1, ALL)),
    Setting::free("edge.rates.verifications", Number(1, 100_000)),
    Setting::free("edge.rates.callers", Number(1_000, 100_000_000)),
    Setting::free("edge.streams.per_caller", Number(1, 10_000)),
    Setting::free("edge.streams.heartbeat_seconds", Number(1, 300)),
    Setting::free("edge.cors.origins", Texts(ORIGIN)),
    Setting::free("edge.cache.enabled", Switch),
    Setting::free("edge.cache.bytes", Number(0, 64 * GIB)),
    Setting::free("edge.cache.max_answer_bytes", Number(0, 64 * MIB)),
    Setting::free("health.tolerance_seconds", Number(1, 3_600)),
    Setting::free("health.outbox_age_seconds", Number(1, 86_400)),
    Setting::free("health.consumer_lag_events", Number(1, 100_000_000)),
    Setting::free("health.work_age_seconds", Number(1, 86_400)),
    Setting::free("telemetry.log_level", Bounds::Text(LOG_LEVEL)),
    Setting::free("telemetry.log_format", OneOf(&["auto", "text", "json"])),
    Setting::ruled("telemetry.otlp_endpoint", Bounds::Text(HTTP)),
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
const ANY_FILE: Text = Text {
    form: "empty or the path of a file",
    examples: &["", "/etc/streamverse/tls/tls.crt"],
    fits: |text| !text.contains('\0'),
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
const USER: Text = Text {
    form: "empty or the name of a user, of at most 256 bytes",
    examples: &["", "streamverse", "svc.tv@example.com"],
    fits: |text| text.len() <= 256 && !text.chars().any(char::is_control),
};
const PATH: Text = Text {
    form: "empty or parts of letters, digits, _, . and - between slashes",
    examples: &["", "kubernetes", "tv/prod"],
    fits: |text| {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"_.-/".contains(&b);
        text.len() <= 256 && text.bytes().all(plain) && !text.contains("..")
    },
};
const HTTP: Text = Text {
    form: "empty or an address such as http://host:4317",
    examples: &["", "http://search:9200", "https://sv:sesame@search:9200/x"],
    fits: |text| text.is_empty() || is_url(text, &["http", "https"]),
};
/// What is wrong with it `VaultConfig::problem` says, without showing it: people put tokens there.
const VAULT: Text = Text {
    form: "empty or an address such as https://vault:8200, without user, query and fragment",
    examples: &["", "https://vault:8200", "http://127.0.0.1:8200/vault"],
    fits: |_| true,
};
const REDIS: Text = Text {
    form: "empty or redis://user:password@host:6379/0, with TLS rediss://",
    examples: &[
        "",
        "redis://cache:6379",
        "rediss://sv:sesame@cache:6380/1",
        "redis://:sesame@[::1]",
    ],
    fits: |text| text.is_empty() || is_url(text, &["redis", "rediss"]),
};
const NATS: Text = Text {
    form: "empty or nats://user:password@host:4222, with TLS tls://",
    examples: &["", "nats://nats:4222", "tls://sv:sesame@nats:4222"],
    fits: |text| text.is_empty() || is_url(text, &["nats", "tls"]),
};
const BUCKET: Text = Text {
    form: "empty or s3://bucket/prefix",
    examples: &["", "s3://media", "s3://media/streamverse"],
    fits: |text| {
        let place = text.strip_prefix("s3://");
        text.is_empty()
            || place.is_some_and(|place| {
                let mut parts = place.trim_end_matches('/').split('/');
                parts.all(|part| !part.is_empty() && !part.starts_with('.'))
                    && !place.contains(['\\', '?', '#', '@', ' '])
            })
    },
};
const SMTP: Text = Text {
    form: "empty or smtps://user:password@host:465, with STARTTLS smtp://user:password@host:587?tls=required",
    examples: &[
        "",
        "smtp://localhost:1025",
        "smtps://sv:sesame@mail:465",
        "smtp://sv:sesame@mail:587?tls=required",
    ],
    fits: |text| {
        let query = text.split_once('?').map(|(_, query)| query);
        text.is_empty()
            || (is_url(text, &["smtp", "smtps"])
                && query.is_none_or(|query| {
                    text.starts_with("smtp://")
                        && ["tls=required", "tls=opportunistic"].contains(&query)
                }))
    },
};
const SENDER: Text = Text {
    form: "an address, with a name or without, such as StreamVerse <no-reply@example.org>",
    examples: &["no-reply@example.org", "StreamVerse <no-reply@example.org>"],
    fits: |text| text.parse::<Sender>().is_ok(),
};
const PAGES: Text = Text {
    form: "empty or the address of the web app such as https://tv.example.com",
    examples: &["", "https://tv.example.com", "http://localhost:3000"],
    fits: |text| text.is_empty() || is_page(text),
};
const PAGES_OF: Text = Text {
    form: "the address of the web app such as https://tv.example.com",
    examples: &["https://tv.example.com", "http://localhost:3000"],
    fits: is_page,
};
const REGION: Text = Text {
    form: "empty or a region such as eu-north-1",
    examples: &["", "eu-north-1"],
    fits: |text| {
        text.bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    },
};
const KEY_ID: Text = Text {
    form: "empty or the id of a key, of at most 128 letters and digits",
    examples: &["", "AKIAIOSFODNN7EXAMPLE"],
    fits: |text| text.len() <= 128 && text.bytes().all(|b| b.is_ascii_graphic() && b != b'/'),
};
const SERVICE: Text = Text {
    form: "the name of a service",
    examples: &["auth", "search", "users", "streaming"],
    fits: |text| services::names().any(|name| name == text),
};
const PEER: Text = Text {
    form: "an address such as http://users:9082, several between commas; https:// with mesh.tls",
    examples: &[
        "http://users:9082",
        "http://10.0.0.1:9082,http://[::1]:9082",
        "https://users.tv.svc:9090",
    ],
    fits: |text| {
        text.split(',')
            .all(|address| is_url(address.trim(), &["http", "https"]))
    },
};
const TENANT: Text = Text {
    form: "the name of a tenant",
    examples: &["default", "acme"],
    fits: |text| Tenant::parse(text).is_ok(),
};
const HEADER: Text = Text {
    form: "the name of a header in lower case, or nothing",
    examples: &["", "cf-ipcountry", "x-country"],
    fits: |text| {
        text.len() <= 64
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    },
};
const COUNTRY: Text = Text {
    form: "a country of two letters such as NO",
    examples: &["NO", "SE"],
    fits: |text| Country::parse(text).is_ok(),
};
const ORIGIN: Text = Text {
    form: "an origin such as https://app.example.com",
    examples: &["*", "https://app.example.com", "http://localhost:5173"],
    fits: |text| {
        text == "*" || (is_url(text, &["http", "https"]) && text.matches('/').count() == 2)
    },
};
const BRAND: Text = Text {
    form: "empty or a name of at most 40 characters",
    examples: &["", "Nordlys TV"],
    fits: |text| text.chars().count() <= 40 && !text.chars().any(char::is_control),
};
const FLAG: Text = Text {
    form: "wire, mock, record, analytics, chat or drm, with - before it to switch it off",
    examples: &["drm", "-wire"],
    fits: |text| {
        let name = text.strip_prefix('-').unwrap_or(text);
        ["wire", "mock", "record", "analytics", "chat", "drm"].contains(&name)
    },
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

fn is_page(text: &str) -> bool {
    is_url(text, &["http", "https"]) && !text.contains(['?', '#', '@', '"', '<', '>'])
}

fn is_host_and_port(text: &str) -> bool {
    text.rsplit_once(':').is_some_and(|(host, port)| {
        !host.is_empty()
            && !host.contains(['/', '@', ' '])
            && port.parse::<u16>().is_ok_and(|p| p > 0)
    })
}
