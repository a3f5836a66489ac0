//! The configuration: every section, its defaults, and the names that operators know (CFG-1, CFG-2).

use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    time::Duration,
};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sv_boot::{
    HealthOptions,
    config::{Alias, ConfigError, Environment, Layers, Origin},
    telemetry::TelemetryOptions,
};

use crate::{adapters, cli::Place, services};

/// All settings.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Config {
    /// The process.
    pub server: ServerConfig,
    /// The tables.
    pub store: StoreConfig,
    /// The event bus.
    pub bus: BusConfig,
    /// The search index.
    pub index: IndexConfig,
    /// The media files.
    pub blobs: BlobsConfig,
    /// How the processes know each other.
    pub mesh: MeshConfig,
    /// Addresses of services that run elsewhere, by name.
    pub peers: BTreeMap<String, String>,
    /// The public port.
    pub edge: sv_edge::EdgeOptions,
    /// Signing in.
    pub auth: sv_auth::Options,
    /// Accounts and profiles.
    pub users: sv_users::Options,
    /// Plans and access.
    pub rights: sv_rights::Options,
    /// Search.
    pub search: sv_search::Options,
    /// Playback.
    pub streaming: sv_streaming::Options,
    /// From when on what is not well shows in `/ready`.
    pub health: HealthOptions,
    /// Logs and traces.
    pub telemetry: TelemetryOptions,
}

/// The process.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ServerConfig {
    /// `development` or `production`; production refuses what is only safe on a developer's machine.
    pub profile: Profile,
    /// Address of the public port.
    pub listen: SocketAddr,
    /// Address of the operators' port.
    pub ops_listen: SocketAddr,
    /// The data folder.
    pub data_dir: PathBuf,
    /// Fill an empty data folder with demonstration titles.
    pub demo: bool,
    /// Says that services run in more than one process each; what they share must then be on servers.
    pub replicas: bool,
    /// Seconds for which a process that is told to end serves on while `/ready` answers 503, so that
    /// balancers and clients hear of it; unset: 0 in development, 5 in production.
    pub announce_seconds: Option<u64>,
    /// Seconds that calls in flight, what they left to be done and the publishing of their events
    /// have in all after that.
    pub drain_seconds: u64,
}

impl ServerConfig {
    /// How long the end of the process is announced.
    pub(crate) fn announce(&self) -> Duration {
        let usual = match self.profile {
            Profile::Development => 0,
            Profile::Production => 5,
        };
        Duration::from_secs(self.announce_seconds.unwrap_or(usual))
    }
}

/// What kind of installation this is.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Profile {
    /// A developer's machine.
    #[default]
    Development,
    /// Anything that others rely on.
    Production,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            profile: Profile::default(),
            listen: (Ipv4Addr::UNSPECIFIED, 3000).into(),
            ops_listen: (Ipv4Addr::LOCALHOST, 9464).into(),
            data_dir: "data".into(),
            demo: false,
            replicas: false,
            announce_seconds: None,
            drain_seconds: 20,
        }
    }
}

/// The tables.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct StoreConfig {
    /// `postgres://user:password@host:port/database`; empty keeps them in the data folder.
    pub url: String,
    /// The most connections of this process to PostgreSQL, for all of its services together.
    pub max_connections: u32,
}

impl Default for StoreConfig {
    fn default() -> Self {
        Self {
            url: String::new(),
            max_connections: 16,
        }
    }
}

/// The event bus.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct BusConfig {
    /// Kafka's bootstrap servers, `host:port,host:port`; empty keeps events in the data folder.
    pub kafka_brokers: String,
}

/// The search index.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct IndexConfig {
    /// OpenSearch's address, `http://host:9200`; empty keeps the index in the data folder.
    pub opensearch_url: String,
}

/// The media files.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct BlobsConfig {
    /// The folder; empty means `blobs` in the data folder.
    pub folder: PathBuf,
    /// Says that every process sees the same files in it, e.g. over NFS.
    pub shared: bool,
}

/// How the processes know each other.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct MeshConfig {
    /// A folder of public keys that people hand out; only these services are believed then. Empty:
    /// each process publishes its own, in the database or the data folder.
    pub trusted_keys: PathBuf,
    /// Days after which a service's key is replaced; not with `trusted_keys`.
    pub key_days: u64,
}

impl Default for MeshConfig {
    fn default() -> Self {
        Self {
            trusted_keys: PathBuf::new(),
            key_days: 7,
        }
    }
}

/// Reads text as it is.
#[expect(clippy::unnecessary_wraps, reason = "the form of an alias")]
fn text(value: &str) -> Option<Value> {
    Some(value.into())
}

const ALIASES: &[Alias] = &[
    Alias {
        variable: "PORT",
        setting: "server.listen",
        read: |text| {
            let port = text.parse::<u16>().ok()?;
            Some(
                SocketAddr::from((Ipv4Addr::UNSPECIFIED, port))
                    .to_string()
                    .into(),
            )
        },
        form: "a port number",
    },
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
        variable: "OPENSEARCH_URL",
        setting: "index.opensearch_url",
        read: |text| text.starts_with("http").then(|| text.into()),
        form: "http://host:port",
    },
    Alias {
        variable: "STORAGE_PATH",
        setting: "blobs.folder",
        read: text,
        form: "a folder",
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
        variable: "LOG_LEVEL",
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

/// Reads `3600`, `60m`, `12h`, `7d`.
fn seconds(text: &str) -> Option<u64> {
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

impl Config {
    /// Lays defaults, file and environment over each other.
    pub(crate) fn layers(file: Option<&Path>, env: &Environment) -> Result<Layers, ConfigError> {
        let mut layers = Layers::of(&Self::default());
        if let Some(file) = file {
            layers = layers.file(file)?;
        }
        layers = layers.environment(env, ALIASES)?;
        for service in services::names() {
            let variable = format!("{}_SERVICE_URL", service.to_uppercase());
            if let Some(url) = env.get(&variable) {
                layers.set(
                    &format!("peers.{service}"),
                    url.into(),
                    Origin::Variable(variable),
                )?;
            }
        }
        Ok(layers)
    }

    /// Reads the settings of a place: what the command line says lies over the rest.
    pub(crate) fn at(place: &Place) -> Result<Layers, ConfigError> {
        let mut layers = Self::layers(place.config.as_deref(), &Environment::of_process())?;
        if let Some(folder) = &place.data_dir {
            let folder = folder.to_string_lossy().into();
            layers.set("server.data_dir", folder, Origin::Flag("--data-dir".into()))?;
        }
        Ok(layers)
    }

    /// Refuses what cannot work and what is not safe in production, naming each setting.
    pub(crate) fn check(&self) -> Result<(), Unusable> {
        let mut problems = self.edge.problems();
        problems.extend(self.telemetry.problem());
        if self.server.profile == Profile::Production {
            if !self.auth.jwt_secret.is_empty() {
                problems.push(
                    "auth.jwt_secret: production signs with RSA keys; unset JWT_SECRET (C1)"
                        .to_owned(),
                );
            }
            if self.server.demo {
                problems
                    .push("server.demo: demonstration data has no place in production".to_owned());
            }
        }
        for service in self
            .peers
            .keys()
            .filter(|name| !services::names().any(|n| n == name.as_str()))
        {
            problems.push(format!(
                "peers.{service}: there is no such service; there are {}",
                services::names().collect::<Vec<_>>().join(", ")
            ));
        }
        if !(1..=365).contains(&self.mesh.key_days) {
            problems.push("mesh.key_days: 1 to 365".to_owned());
        }
        if !(2..=1_000).contains(&self.store.max_connections) {
            problems.push("store.max_connections: 2 to 1000".to_owned());
        }
        if self.server.replicas {
            problems.extend(self.unshared());
        }
        if let Err(problem) = adapters::tables(self, &self.server.data_dir) {
            problems.push(problem.to_string());
        }
        if problems.is_empty() {
            Ok(())
        } else {
            Err(Unusable(problems))
        }
    }
}

impl Config {
    /// Names what several processes of one service would need and have not.
    fn unshared(&self) -> impl Iterator<Item = String> {
        let needs = [
            (
                self.store.url.is_empty(),
                "store.url (DATABASE_URL): replicas share their tables on PostgreSQL",
            ),
            (
                self.bus.kafka_brokers.is_empty(),
                "bus.kafka_brokers (KAFKA_BROKERS): replicas hear of changes through Kafka",
            ),
            (
                self.index.opensearch_url.is_empty(),
                "index.opensearch_url (OPENSEARCH_URL): replicas share their index on OpenSearch",
            ),
            (
                self.blobs.folder.as_os_str().is_empty() || !self.blobs.shared,
                "blobs.folder (STORAGE_PATH) and blobs.shared: replicas share their media in a folder that \
                 all of them see",
            ),
        ];
        let missing = needs.into_iter().filter(|(missing, _)| *missing);
        missing.map(|(_, need)| format!("server.replicas needs {need}"))
    }
}

/// Settings that contradict each other or cannot work.
#[derive(Debug, thiserror::Error)]
#[error("the configuration cannot be used:\n  {}", .0.join("\n  "))]
pub(crate) struct Unusable(pub Vec<String>);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_known_names_of_the_environment_are_honoured() {
        let env = Environment::of([
            ("PORT", "8080"),
            ("NODE_ENV", "production"),
            ("DATABASE_URL", "postgresql://sv@db/sv"),
            ("JWT_EXPIRES_IN", "7d"),
            ("SEARCH_SERVICE_URL", "http://search:9090"),
        ]);
        let config: Config = Config::layers(None, &env).unwrap().extract().unwrap();
        assert_eq!(config.server.listen.to_string(), "0.0.0.0:8080");
        assert_eq!(config.server.profile, Profile::Production);
        assert_eq!(config.store.url, "postgresql://sv@db/sv");
        assert_eq!(config.auth.access_token_seconds, 604_800);
        assert_eq!(config.peers["search"], "http://search:9090");
    }

    #[test]
    fn production_refuses_a_shared_secret() {
        let env = Environment::of([("NODE_ENV", "production"), ("JWT_SECRET", "x")]);
        let config: Config = Config::layers(None, &env).unwrap().extract().unwrap();
        assert!(config.check().unwrap_err().0[0].starts_with("auth.jwt_secret"));
    }

    #[test]
    fn replicas_need_a_server_for_everything_that_they_share() {
        let settings = |with: &[(&'static str, &'static str)]| {
            let env = Environment::of(with.iter().copied());
            let config: Config = Config::layers(None, &env).unwrap().extract().unwrap();
            config
                .check()
                .err()
                .map_or(Vec::new(), |unusable| unusable.0)
        };
        let alone = [("STREAMVERSE_SERVER__REPLICAS", "true")];
        let problems = settings(&alone);
        for (problem, setting) in problems.iter().zip([
            "store.url",
            "bus.kafka_brokers",
            "index.opensearch_url",
            "blobs.folder",
        ]) {
            assert!(
                problem.starts_with(&format!("server.replicas needs {setting}")),
                "{problem}"
            );
        }
        assert_eq!(problems.len(), 4);
        let all = [
            ("STREAMVERSE_SERVER__REPLICAS", "true"),
            ("DATABASE_URL", "postgres://sv@db/sv"),
            ("KAFKA_BROKERS", "kafka:9092"),
            ("OPENSEARCH_URL", "http://search:9200"),
            ("STORAGE_PATH", "/srv/media"),
            ("STREAMVERSE_BLOBS__SHARED", "true"),
        ];
        assert_eq!(settings(&all), Vec::<String>::new());
        assert_eq!(settings(&[]), Vec::<String>::new());
    }

    #[test]
    fn durations_have_units() {
        assert_eq!(
            ["90", "2m", "1h", "7d", "", "h", "1w"].map(seconds),
            [
                Some(90),
                Some(120),
                Some(3_600),
                Some(604_800),
                None,
                None,
                None
            ]
        );
    }
}
