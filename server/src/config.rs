//! The configuration: every section, its defaults, and the names that operators know (CFG-1, CFG-2).

mod address;
mod bus;
mod names;
mod place;
mod production;
mod sections;
mod settings;
#[cfg(test)]
mod tests;
mod vault;

use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    time::Duration,
};

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use sv_boot::{
    HealthOptions, Service,
    config::{ConfigError, Environment, Layers, Origin, PREFIX, Setting, SettingPath},
    telemetry::TelemetryOptions,
};
use sv_kernel::BoxError;

#[cfg(not(feature = "production"))]
use self::bus::BusConfig;
#[cfg(feature = "production")]
pub(crate) use self::bus::{BusConfig, Mechanism};
pub(crate) use self::{
    address::listen_address, names::unused, place::Place, production::RULES,
    vault::count as count_in_vault,
};
use self::{sections::Sections, vault::VaultConfig};

/// All settings. What is none of them, the services' sections refuse.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Config {
    /// The process.
    pub server: ServerConfig,
    /// The tables.
    pub store: StoreConfig,
    /// The event bus.
    pub bus: BusConfig,
    /// The search index.
    pub index: IndexConfig,
    /// What edges count together.
    pub counters: CountersConfig,
    /// What processes tell each other.
    pub fanout: FanoutConfig,
    /// The media files.
    pub blobs: BlobsConfig,
    /// Mails.
    pub mail: MailConfig,
    /// Where secrets are kept.
    pub vault: VaultConfig,
    /// How the processes know each other.
    pub mesh: MeshConfig,
    /// Addresses of services that run elsewhere, by name.
    pub peers: BTreeMap<String, String>,
    /// The public port.
    pub edge: sv_edge::EdgeOptions,
    /// From when on what is not well shows in `/ready`.
    pub health: HealthOptions,
    /// Logs and traces.
    pub telemetry: TelemetryOptions,
    /// The services.
    #[serde(flatten)]
    pub services: Sections,
}

/// The process.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ServerConfig {
    /// `development` or `production`; production refuses what is only safe on a developer's machine.
    pub profile: Profile,
    /// Address of the public port, or of the gRPC port where the edge runs elsewhere.
    #[serde(deserialize_with = "address::deserialize")]
    pub listen: SocketAddr,
    /// Address of the operators' port.
    #[serde(deserialize_with = "address::deserialize")]
    pub ops_listen: SocketAddr,
    /// What encrypts before the process: `nothing` but its own TLS, `proxy` for the public port, or `mesh` for
    /// every connection that comes or goes.
    pub behind: Behind,
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

/// What encrypts before the process.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Behind {
    /// Nothing but its own TLS does.
    #[default]
    Nothing,
    /// A proxy of ours takes TLS off and passes on to the public port.
    Proxy,
    /// A service mesh encrypts whatever comes and goes.
    Mesh,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            profile: Profile::default(),
            listen: (Ipv4Addr::LOCALHOST, 3000).into(),
            ops_listen: (Ipv4Addr::LOCALHOST, 9464).into(),
            behind: Behind::default(),
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
    /// A file in PEM with the authorities that vouch for PostgreSQL. Where the address names no `sslmode`, it is
    /// `verify-full` then: nothing is sent to a server that has no certificate of theirs for the host's name.
    pub ca: PathBuf,
}

impl Default for StoreConfig {
    fn default() -> Self {
        Self {
            url: String::new(),
            max_connections: 16,
            ca: PathBuf::new(),
        }
    }
}

/// The search index.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct IndexConfig {
    /// OpenSearch's address, `http://host:9200`, or `https://user:password@host:9200`; empty keeps the index in the
    /// data folder.
    pub opensearch_url: String,
    /// A file in PEM with the authorities that vouch for OpenSearch, besides those of the machine.
    pub ca: PathBuf,
}

/// What edges count together.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct CountersConfig {
    /// Redis' address, `redis://user:password@host:6379/0`, or `rediss://` with TLS; empty counts on PostgreSQL where
    /// tables are there, else each edge by itself. Only edges read it, and they serve on while Redis is away.
    pub redis_url: String,
    /// A file in PEM with the authorities that vouch for Redis; empty believes those of the machine.
    pub ca: PathBuf,
}

/// What processes tell each other.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct FanoutConfig {
    /// NATS' address, `nats://user:password@host:4222`, or `tls://` with TLS: what one process leaves to be done others
    /// hear of at once. Empty, and while NATS is away, they look by themselves, which is later and costs more.
    pub nats_url: String,
    /// A file in PEM with the authorities that vouch for NATS; empty believes those of the machine.
    pub ca: PathBuf,
}

/// The media files.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct BlobsConfig {
    /// The folder; empty means `blobs` in the data folder.
    pub folder: PathBuf,
    /// Says that every process sees the same files in it, e.g. over NFS.
    pub shared: bool,
    /// A bucket of S3, or of what speaks its protocol, instead of a folder: `s3://bucket/prefix`. The folder means
    /// nothing then.
    pub url: String,
    /// The address of what speaks the protocol, e.g. `http://minio:9000`; empty is AWS itself.
    pub endpoint: String,
    /// The bucket's region; empty is that of `AWS_REGION`, else `us-east-1`.
    pub region: String,
    /// The id of the key that opens the bucket; empty leaves it to what AWS's own tools look at: `AWS_ACCESS_KEY_ID`
    /// and `AWS_SECRET_ACCESS_KEY`, else the role of the service account, container or machine.
    pub access_key_id: String,
    /// The secret of that key; a key is given with both or not at all.
    pub secret_access_key: String,
    /// Whether the bucket stands in the path of requests, as most servers but AWS's want it, or in the host name.
    pub path_style: bool,
}

impl Default for BlobsConfig {
    fn default() -> Self {
        Self {
            folder: PathBuf::new(),
            shared: false,
            url: String::new(),
            endpoint: String::new(),
            region: String::new(),
            access_key_id: String::new(),
            secret_access_key: String::new(),
            path_style: true,
        }
    }
}

/// Mails.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct MailConfig {
    /// The server that takes mails: `smtps://user:password@host:465` with TLS, `smtp://user:password@host:587?tls=required`
    /// with STARTTLS. Without one, mails are files in a folder; in production nobody is mailed then.
    pub smtp_url: String,
    /// The folder of mails that nobody is sent; empty means `mail` in the data folder, and none in production.
    pub folder: PathBuf,
    /// Who mails are from.
    pub from: String,
    /// The address of the web app, to which links in mails lead; empty means this machine and the port of
    /// `server.listen`.
    pub link_base: String,
    /// The same for single tenants, by their names.
    pub link_base_of: BTreeMap<String, String>,
}

impl Default for MailConfig {
    fn default() -> Self {
        Self {
            smtp_url: String::new(),
            folder: PathBuf::new(),
            from: "StreamVerse <no-reply@streamverse.example>".to_owned(),
            link_base: String::new(),
            link_base_of: BTreeMap::new(),
        }
    }
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
    /// TLS between processes: each shows its certificate to the other.
    pub tls: MeshTls,
}

/// TLS between processes. Files are read again when they change.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct MeshTls {
    /// A file in PEM with the process's certificate, for the names by which `peers` of others know it; empty speaks in
    /// the clear. With it all addresses of `peers` begin with `https://`. Read again when it changes.
    pub certificate: PathBuf,
    /// A file with the key of that certificate, in PEM without a passphrase.
    pub key: PathBuf,
    /// A file in PEM with the authorities that vouch for every process, this one included.
    pub ca: PathBuf,
}

impl MeshTls {
    /// Says whether processes speak TLS.
    pub(crate) fn is_on(&self) -> bool {
        !self.certificate.as_os_str().is_empty()
    }
}

impl Default for MeshConfig {
    fn default() -> Self {
        Self {
            trusted_keys: PathBuf::new(),
            key_days: 7,
            tls: MeshTls::default(),
        }
    }
}

/// What a configuration is read for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A server.
    Run,
    /// A command beside it.
    Command,
    /// A look: masks of secrets are no fault.
    Look,
}

impl Config {
    /// Lays defaults, file and environment over each other.
    pub(crate) fn layers(file: Option<&Path>, env: &Environment) -> Result<Layers, ConfigError> {
        env.must_be_readable(names::is_ours)?;
        let env = env.clone().with_files(names::is_ours)?;
        let env = vault::with_secrets(env, |env| Self::lay(file, env))?;
        Self::lay(file, &env)
    }

    fn lay(file: Option<&Path>, env: &Environment) -> Result<Layers, ConfigError> {
        let mut layers = Layers::of(&Self::default()).renamed(names::RENAMED);
        if let Some(file) = file {
            layers = layers.file(file)?;
        }
        layers = layers.environment(env, names::ALIASES)?;
        for (variable, service, url) in names::peers(env) {
            let setting = SettingPath::from("peers").then(service);
            layers.set(&setting, url.into(), Origin::Variable(variable))?;
        }
        port(&mut layers, env)?;
        Ok(layers)
    }

    /// Reads the settings of a place: what the command line says lies over the rest.
    pub(crate) fn at(place: &Place) -> Result<Layers, ConfigError> {
        let mut layers = Self::layers(place.config.as_deref(), &Environment::of_process())?;
        if let Some(folder) = &place.data_dir {
            let folder = folder.to_string_lossy().into();
            let origin = Origin::Flag("--data-dir".into());
            layers.set(&"server.data_dir".into(), folder, origin)?;
        }
        Ok(layers)
    }

    /// Reads the settings into their types.
    pub(crate) fn read(layers: &Layers) -> Result<Self, BoxError> {
        layers.extract().map_err(|refused| {
            // Bounds say more than the type of a number that is too large for it.
            let beyond = out_of_bounds(layers);
            if beyond.is_empty() {
                refused.into()
            } else {
                Unusable(beyond).into()
            }
        })
    }

    /// Refuses what cannot work and what is not safe in production, naming each setting.
    pub(crate) fn check(&self, layers: &Layers, purpose: Purpose) -> Result<(), Unusable> {
        let mut problems = out_of_bounds(layers);
        if purpose != Purpose::Look {
            problems.extend(layers.masked().iter().map(masked_secret));
        }
        if self.server.profile == Profile::Production {
            let held = RULES
                .iter()
                .filter(|rule| purpose != Purpose::Command || !rule.only_to_run);
            problems.extend(held.flat_map(|rule| rule.broken(self, layers)));
        }
        if self.server.replicas {
            problems.extend(self.unshared());
        }
        problems.extend(self.mixed_peers());
        problems.extend(self.bus.problems());
        problems.extend(self.vault.problem().map(str::to_owned));
        if problems.is_empty() {
            Ok(())
        } else {
            Err(Unusable(problems))
        }
    }

    /// Returns the settings of a service.
    pub(crate) fn of<O: Default + DeserializeOwned>(&self, service: &Service) -> O {
        let section = self.services.get(service.name);
        // That it can be read was seen when the configuration was.
        section
            .and_then(|section| O::deserialize(section).ok())
            .unwrap_or_default()
    }

    /// Names peers that are called without TLS though there is a certificate, or with TLS though there is none.
    fn mixed_peers(&self) -> impl Iterator<Item = String> {
        let tls = self.mesh.tls.is_on();
        let wrong = move |address: &str| {
            let address = address.trim();
            address.starts_with("https://") != tls
        };
        let wrong = self
            .peers
            .iter()
            .filter(move |(_, addresses)| addresses.split(',').any(wrong));
        wrong.map(move |(name, _)| {
            if tls {
                format!("peers.{name}: with mesh.tls its addresses begin with https://")
            } else {
                format!("peers.{name}: https:// needs a certificate that is shown there (mesh.tls)")
            }
        })
    }

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
                self.blobs.url.is_empty()
                    && (self.blobs.folder.as_os_str().is_empty() || !self.blobs.shared),
                "blobs.folder (STORAGE_PATH) and blobs.shared, or blobs.url: replicas share their media in a \
                 folder that all of them see, or in a bucket",
            ),
        ];
        let missing = needs.into_iter().filter(|(missing, _)| *missing);
        missing.map(|(_, need)| format!("server.replicas needs {need}"))
    }
}

/// Lists the settings whose values are beyond their bounds.
fn out_of_bounds(layers: &Layers) -> Vec<String> {
    let wrong = |setting: &Setting| {
        let path = SettingPath::from(setting.name);
        let value = layers.get(&path).unwrap_or(&Value::Null);
        setting.bounds.problems(&path, value)
    };
    settings::all()
        .flat_map(wrong)
        .map(|wrong| {
            let origin = layers.origin(&wrong.setting);
            format!("{} ({origin}): {}", wrong.setting, wrong.problem)
        })
        .collect()
}

fn masked_secret(setting: &SettingPath) -> String {
    format!(
        "{setting}: it holds the mask of a printed secret; give the secret itself, or print it by \
         `streamverse config print --with-secrets`"
    )
}

/// `PORT` says which port, not on which addresses: in production on all of them, as those who set it
/// mean; at a desk on this machine only. What names the address as well wins.
fn port(layers: &mut Layers, env: &Environment) -> Result<(), ConfigError> {
    const NAME: &str = names::PORT;
    let setting = SettingPath::from("server.listen");
    let named =
        matches!(layers.origin(&setting), Origin::Variable(name) if name.starts_with(PREFIX));
    let Some(text) = env.get(NAME).filter(|_| !named) else {
        return Ok(());
    };
    let origin = Origin::Variable(NAME.to_owned());
    let Ok(port) = text.parse::<u16>() else {
        return Err(ConfigError::Setting {
            setting: setting.to_string(),
            origin: origin.to_string(),
            problem: "must be a port number".to_owned(),
        });
    };
    let profile = layers.get(&"server.profile".into()).and_then(Value::as_str);
    let ip = if profile == Some("production") {
        Ipv4Addr::UNSPECIFIED
    } else {
        Ipv4Addr::LOCALHOST
    };
    layers.set(
        &setting,
        SocketAddr::from((ip, port)).to_string().into(),
        origin,
    )
}

/// Settings that contradict each other or cannot work.
#[derive(Debug, thiserror::Error)]
#[error("the configuration cannot be used:\n  {}", .0.join("\n  "))]
pub(crate) struct Unusable(pub Vec<String>);
