//! Names of the environment that operators know from elsewhere (CFG-2): those that mean a setting,
//! and those that mean nothing here, so that nobody believes they do.

use serde_json::Value;
use sv_boot::config::{Alias, Environment, PREFIX};

use crate::services;

/// Ends the names of variables that say where a service is.
const SERVICE_URL: &str = "_SERVICE_URL";
/// The variable that says on which port to listen.
pub(super) const PORT: &str = "PORT";
/// The variable that names the configuration file.
const FILE: &str = "STREAMVERSE_CONFIG";

/// Reads text as it is.
#[expect(clippy::unnecessary_wraps, reason = "the form of an alias")]
fn text(value: &str) -> Option<Value> {
    Some(value.into())
}

/// Settings that have another name now.
pub(super) const RENAMED: &[(&str, &str)] = &[("rights.payments", "payments.provider")];

/// The names that mean a setting; later ones win.
pub(super) const ALIASES: &[Alias] = &[
    Alias {
        variable: "NODE_ENV",
        setting: "server.profile",
        read: |text| match text {
            "development" | "test" => Some("development".into()),
            "production" => Some("production".into()),
            _ => None,
        },
        form: "development, test or production",
    },
    Alias {
        variable: "DATABASE_URL",
        setting: "store.url",
        read: |text| text.starts_with("postgres").then(|| text.into()),
        form: "postgres://user:password@host:port/database",
    },
    Alias {
        variable: "KAFKA_BROKERS",
        setting: "bus.kafka_brokers",
        read: text,
        form: "host:port",
    },
    Alias {
        variable: "NEXT_PUBLIC_STREAMING_URL",
        setting: "edge.page.streaming_url",
        read: |text| text.starts_with("http").then(|| text.into()),
        form: "https://host",
    },
    Alias {
        variable: "NEXT_PUBLIC_ANALYTICS_URL",
        setting: "edge.page.analytics_url",
        read: |text| text.starts_with("http").then(|| text.into()),
        form: "https://host",
    },
    Alias {
        variable: "NEXT_PUBLIC_CHAT_URL",
        setting: "edge.page.chat_url",
        read: |text| text.starts_with("http").then(|| text.into()),
        form: "https://host",
    },
    Alias {
        variable: "NEXT_PUBLIC_DRM_URL",
        setting: "edge.page.drm_url",
        read: |text| text.starts_with("http").then(|| text.into()),
        form: "https://host",
    },
    Alias {
        variable: "OPENSEARCH_URL",
        setting: "index.opensearch_url",
        read: |text| text.starts_with("http").then(|| text.into()),
        form: "http://host:port",
    },
    Alias {
        variable: "REDIS_URL",
        setting: "counters.redis_url",
        read: |text| text.starts_with("redis").then(|| text.into()),
        form: "redis://host:port",
    },
    Alias {
        variable: "NATS_URL",
        setting: "fanout.nats_url",
        read: |text| (text.starts_with("nats") || text.starts_with("tls")).then(|| text.into()),
        form: "nats://host:port",
    },
    Alias {
        variable: "STORAGE_PATH",
        setting: "blobs.folder",
        read: text,
        form: "a folder",
    },
    Alias {
        variable: "SMTP_URL",
        setting: "mail.smtp_url",
        read: |text| text.starts_with("smtp").then(|| text.into()),
        form: "smtps://user:password@host:port",
    },
    Alias {
        variable: "JWT_SECRET",
        setting: "auth.jwt_secret",
        read: text,
        form: "a secret",
    },
    Alias {
        variable: "JWT_EXPIRES_IN",
        setting: "auth.access_token_seconds",
        read: |text| seconds(text).map(Value::from),
        form: "seconds, or a number with s, m, h or d",
    },
    Alias {
        variable: "STRIPE_SECRET_KEY",
        setting: "payments.stripe_secret_key",
        read: text,
        form: "sk_…",
    },
    Alias {
        variable: "STRIPE_WEBHOOK_SECRET",
        setting: "payments.stripe_webhook_secret",
        read: text,
        form: "whsec_…",
    },
    Alias {
        variable: "VAULT_ADDR",
        setting: "vault.address",
        read: |text| text.starts_with("http").then(|| text.into()),
        form: "https://host:port",
    },
    Alias {
        variable: "VAULT_TOKEN",
        setting: "vault.token",
        read: text,
        form: "a token",
    },
    Alias {
        variable: "VAULT_NAMESPACE",
        setting: "vault.namespace",
        read: text,
        form: "a namespace",
    },
    Alias {
        variable: "VAULT_CACERT",
        setting: "vault.ca",
        read: text,
        form: "a file",
    },
    Alias {
        variable: "LOG_LEVEL",
        setting: "telemetry.log_level",
        read: text,
        form: "info",
    },
    // After LOG_LEVEL: who looks for a fault sets it beside what the installation says.
    Alias {
        variable: "RUST_LOG",
        setting: "telemetry.log_level",
        read: text,
        form: "info",
    },
    Alias {
        variable: "OTEL_EXPORTER_OTLP_ENDPOINT",
        setting: "telemetry.otlp_endpoint",
        read: text,
        form: "http://host:4317",
    },
];

/// Names of other documents that mean nothing here, by their beginnings, and what to know.
const WITHOUT_MEANING: &[(&str, &str)] = &[
    (
        "STORAGE_TYPE",
        "media lie in a folder (blobs.folder, STORAGE_PATH), or where blobs.url names a bucket in that",
    ),
    (
        "S3_",
        "a bucket is named by blobs.url (s3://bucket/prefix), blobs.endpoint and blobs.region",
    ),
    (
        "CDN_",
        "there is no CDN service; how long bytes may be kept follows from their addresses",
    ),
    ("GOOGLE_CLIENT_", "signing in by Google is not built"),
    ("APPLE_CLIENT_", "signing in by Apple is not built"),
    ("OAUTH_", "signing in by other providers is not built"),
    ("SMTP_", "the mail server is mail.smtp_url (SMTP_URL)"),
    (
        "SENDGRID_",
        "mails go by SMTP: mail.smtp_url (SMTP_URL) takes smtps://apikey:KEY@smtp.sendgrid.net:465",
    ),
    ("TWILIO_", "no messages are sent"),
    ("FCM_", "no messages are sent"),
    ("APNS_", "no messages are sent"),
    (
        "VAULT_",
        "of Vault's own variables VAULT_ADDR, VAULT_TOKEN, VAULT_NAMESPACE and VAULT_CACERT count; the rest is vault.*",
    ),
    (
        "ELASTICSEARCH_URL",
        "the search index is index.opensearch_url (OPENSEARCH_URL)",
    ),
    (
        "LOCAL_GPU_COUNT",
        "files are encoded by streaming.ffmpeg on this machine's processors",
    ),
    (
        "RUNPOD_",
        "files are encoded by streaming.ffmpeg on this machine's processors",
    ),
    ("GEMINI_", "there is no assistant"),
    ("NEXT_PUBLIC_", "it is for web pages, not for this program"),
    (
        "POSTGRES_",
        "it is for the server's own container; here it is DATABASE_URL",
    ),
];

/// Lists the variables that look like settings and are not used, each with the reason.
pub(crate) fn unused(env: &Environment, sections: &Value) -> Vec<String> {
    let mut notes: Vec<_> = env
        .names()
        .filter_map(|name| {
            reason(name, sections).map(|reason| format!("{name} is set but not used: {reason}"))
        })
        .collect();
    notes.sort_unstable();
    notes
}

fn reason(name: &str, sections: &Value) -> Option<String> {
    if let Some(service) = name.strip_suffix(SERVICE_URL) {
        let service = service.to_lowercase();
        let known = services::find(&service).is_some();
        return (!known).then(|| format!("there is no service {service}"));
    }
    if let Some(rest) = name.strip_prefix(PREFIX) {
        let ours = name == FILE || rest.starts_with("TEST_") || rest.starts_with("STACK_");
        let is_setting = rest.contains("__") || sections.get(rest.to_ascii_lowercase()).is_some();
        return (!ours && !is_setting)
            .then(|| format!("settings are written {PREFIX}<SECTION>__<KEY>"));
    }
    if is_ours(name) {
        return None;
    }
    WITHOUT_MEANING
        .iter()
        .find(|(beginning, _)| name.starts_with(beginning))
        .map(|(_, reason)| (*reason).to_owned())
}

/// Says whether a variable means a setting, or the place of the settings.
pub(super) fn is_ours(name: &str) -> bool {
    let alias = ALIASES.iter().any(|alias| alias.variable == name);
    alias || name == PORT || name.starts_with(PREFIX) || name.ends_with(SERVICE_URL)
}

/// Lists the variables that say where a service is: the variable, the service, the address.
pub(super) fn peers(env: &Environment) -> impl Iterator<Item = (String, &'static str, &str)> {
    services::names().filter_map(|service| {
        let variable = format!("{}{SERVICE_URL}", service.to_uppercase());
        let url = env.get(&variable)?;
        Some((variable, service, url))
    })
}

/// Reads `3600`, `60m`, `12h`, `7d`.
pub(super) fn seconds(text: &str) -> Option<u64> {
    let (digits, unit) = match text.char_indices().find(|(_, c)| !c.is_ascii_digit()) {
        Some((at, _)) => text.split_at(at),
        None => (text, "s"),
    };
    let factor = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return None,
    };
    digits.parse::<u64>().ok()?.checked_mul(factor)
}
