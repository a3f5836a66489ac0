//! Which implementation stands behind each port.

mod authorities;
mod database;
mod error;
#[cfg(feature = "production")]
mod kafka;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use sv_adapters::TantivyIndex;
use sv_boot::Mails;
use sv_kernel::BoxError;
use sv_ports::{Blob, Bus, Counters, Fanout, Mailer, Sender, embedded, index::Index};
use sv_store::DbConfig;

#[cfg(feature = "production")]
use self::authorities::authorities;
#[cfg(feature = "production")]
pub(crate) use self::kafka::kafka;
pub(crate) use self::{database::tables, error::AdapterError};
use crate::{
    config::{Config, Profile},
    installation::{self, Installation},
};

/// The ports of a process.
#[derive(Clone, Debug)]
pub(crate) struct Adapters {
    /// Where tables are.
    pub tables: DbConfig,
    /// The event bus.
    pub bus: Arc<dyn Bus>,
    /// What processes tell each other.
    pub fanout: Arc<dyn Fanout>,
    /// Media files.
    pub blobs: Arc<dyn Blob>,
    /// Whose all of it is.
    pub installation: Installation,
    /// The data folder.
    folder: PathBuf,
}

impl Adapters {
    /// Opens the adapters that the configuration asks for.
    pub(crate) async fn open(
        config: &Config,
        data: &Path,
        installation: &Installation,
    ) -> Result<Self, AdapterError> {
        Ok(Self {
            tables: tables(config, data)?,
            bus: bus(config, data, installation).await?,
            fanout: fanout(config, installation.id())?,
            blobs: blobs(config, data).await?,
            installation: installation.clone(),
            folder: data.to_owned(),
        })
    }
}

impl Adapters {
    /// Says where the tables of a service are.
    pub(crate) fn place_of(&self, service: &str) -> String {
        match &self.tables {
            DbConfig::Sqlite { folder } => {
                folder.join(format!("{service}.db")).display().to_string()
            }
            DbConfig::Postgres(_) => format!("schema {service} on PostgreSQL"),
        }
    }

    /// Opens the search index that the configuration asks for. Only the search service does.
    pub(crate) async fn index(&self, config: &Config) -> Result<Arc<dyn Index>, AdapterError> {
        if !config.index.opensearch_url.is_empty() {
            return opensearch(config).await;
        }
        let folder = self.folder.join("index");
        let failed = |source| AdapterError::Failed {
            what: format!(
                "the search index {} (it is built anew after: streamverse doctor --accept-lost index)",
                folder.display()
            ),
            source,
        };
        let index = TantivyIndex::open(&folder).await;
        let index = index.map_err(|source| failed(source.into()))?;
        let joined = self.installation.join_index();
        joined.map_err(|source| failed(source.into()))?;
        Ok(Arc::new(index))
    }

    /// Returns how people are mailed, as the configuration says; `None` where nobody is.
    pub(crate) fn mails(&self, config: &Config) -> Result<Option<Mails>, AdapterError> {
        let Some(mailer) = mailer(config, &self.folder)? else {
            return Ok(None);
        };
        let mail = &config.mail;
        let link_base = match mail.link_base.as_str() {
            "" => format!("http://localhost:{}", config.server.listen.port()),
            set => set.to_owned(),
        };
        Ok(Some(Mails {
            mailer,
            link_base,
            link_base_of: mail.link_base_of.clone(),
        }))
    }

    /// Returns the counters on Redis, where the configuration names one. Only edges count there.
    pub(crate) fn counters(
        &self,
        config: &Config,
    ) -> Result<Option<Arc<dyn Counters>>, AdapterError> {
        if config.counters.redis_url.is_empty() {
            return Ok(None);
        }
        redis(config, self.installation.id()).map(Some)
    }
}

/// Says in which folder the media files lie; the data folder where a bucket holds them.
pub(crate) fn media(config: &Config, data: &Path) -> PathBuf {
    if !config.blobs.url.is_empty() {
        return data.to_owned();
    }
    match &config.blobs.folder {
        unset if unset.as_os_str().is_empty() => data.join("blobs"),
        folder => folder.clone(),
    }
}

/// Opens the media files, and nothing else.
pub(crate) async fn blobs(config: &Config, data: &Path) -> Result<Arc<dyn Blob>, AdapterError> {
    if !config.blobs.url.is_empty() {
        return bucket(config).map(|blobs| -> Arc<dyn Blob> { blobs });
    }
    let folder = media(config, data);
    match embedded::Blob::open(&folder).await {
        Ok(blobs) => Ok(Arc::new(blobs)),
        Err(source) => Err(AdapterError::Failed {
            what: format!("the folder of media {}", folder.display()),
            source: source.into(),
        }),
    }
}

/// Makes the media files of a bucket; nothing is connected yet: where it is away, what does not need it goes on.
#[cfg(feature = "production")]
pub(crate) fn bucket(config: &Config) -> Result<Arc<sv_adapters::S3Blob>, AdapterError> {
    let blobs = &config.blobs;
    let options = sv_adapters::S3Options {
        url: blobs.url.clone(),
        endpoint: blobs.endpoint.clone(),
        region: blobs.region.clone(),
        access_key: blobs.access_key_id.clone(),
        secret_key: blobs.secret_access_key.clone(),
        virtual_host: !blobs.path_style,
    };
    match sv_adapters::S3Blob::new(&options) {
        Ok(blobs) => Ok(Arc::new(blobs)),
        Err(source) => Err(AdapterError::Failed {
            what: format!("the bucket {}", blobs.url),
            source: source.into(),
        }),
    }
}

#[cfg(not(feature = "production"))]
pub(crate) fn bucket(_config: &Config) -> Result<Arc<embedded::Blob>, AdapterError> {
    Err(AdapterError::Missing {
        setting: "blobs.url",
        server: "S3",
    })
}

/// Returns who takes mails: a server, or a folder, which production has to be told.
pub(crate) fn mailer(
    config: &Config,
    data: &Path,
) -> Result<Option<Arc<dyn Mailer>>, AdapterError> {
    let mail = &config.mail;
    let from: Sender = mail.from.parse().map_err(|source| AdapterError::Failed {
        what: "mail.from".to_owned(),
        source: BoxError::from(source),
    })?;
    if !mail.smtp_url.is_empty() {
        return smtp(config, &from).map(Some);
    }
    let folder = match &mail.folder {
        unset if unset.as_os_str().is_empty() => match config.server.profile {
            Profile::Development => data.join("mail"),
            Profile::Production => return Ok(None),
        },
        folder => folder.clone(),
    };
    Ok(Some(Arc::new(embedded::MailFolder::new(&folder, from))))
}

/// Makes the way to the mail server; nothing is connected yet.
#[cfg(feature = "production")]
fn smtp(config: &Config, from: &Sender) -> Result<Arc<dyn Mailer>, AdapterError> {
    match sv_adapters::SmtpMailer::new(&config.mail.smtp_url, from.clone()) {
        Ok(mailer) => Ok(Arc::new(mailer)),
        Err(source) => Err(AdapterError::Failed {
            what: "the mail server".to_owned(),
            source: source.into(),
        }),
    }
}

#[cfg(not(feature = "production"))]
fn smtp(_config: &Config, _from: &Sender) -> Result<Arc<dyn Mailer>, AdapterError> {
    Err(AdapterError::Missing {
        setting: "mail.smtp_url",
        server: "SMTP",
    })
}

/// Opens the bus for an operator, beside whoever runs on it; `None` where nothing has used it yet.
pub(crate) async fn bus_that_is_there(
    config: &Config,
    data: &Path,
) -> Result<Option<Arc<dyn Bus>>, BoxError> {
    if !config.bus.kafka_brokers.is_empty() {
        return Ok(Some(kafka(config).await?));
    }
    if !data.join("bus.db").exists() {
        return Ok(None);
    }
    let bus = embedded::Bus::open(data, embedded::BusOptions::default()).await?;
    Ok(Some(Arc::new(bus)))
}

async fn bus(
    config: &Config,
    data: &Path,
    installation: &Installation,
) -> Result<Arc<dyn Bus>, AdapterError> {
    if !config.bus.kafka_brokers.is_empty() {
        return kafka(config).await;
    }
    let open = async {
        let bus = embedded::Bus::open(data, embedded::BusOptions::default()).await?;
        installation.join(installation::BUS, &bus.mark(installation.id()).await?)?;
        Ok::<_, BoxError>(Arc::new(bus))
    };
    match open.await {
        Ok(bus) => Ok(bus),
        Err(source) => Err(AdapterError::Failed {
            what: format!("the event log {}", data.join("bus.db").display()),
            source,
        }),
    }
}

#[cfg(not(feature = "production"))]
#[expect(clippy::unused_async, reason = "as its counterpart")]
pub(crate) async fn kafka(_config: &Config) -> Result<Arc<dyn Bus>, AdapterError> {
    Err(AdapterError::Missing {
        setting: "bus.kafka_brokers",
        server: "Kafka",
    })
}

#[cfg(feature = "production")]
async fn opensearch(config: &Config) -> Result<Arc<dyn Index>, AdapterError> {
    let ca = authorities("index.ca", &config.index.ca)?;
    match sv_adapters::OpenSearchIndex::open(&config.index.opensearch_url, ca.as_deref()).await {
        Ok(index) => Ok(Arc::new(index)),
        Err(source) => Err(AdapterError::Failed {
            what: "OpenSearch".to_owned(),
            source: source.into(),
        }),
    }
}

#[cfg(not(feature = "production"))]
#[expect(clippy::unused_async, reason = "as its counterpart")]
async fn opensearch(_config: &Config) -> Result<Arc<dyn Index>, AdapterError> {
    Err(AdapterError::Missing {
        setting: "index.opensearch_url",
        server: "OpenSearch",
    })
}

/// Makes the fan-out of an installation; nothing is connected before it runs.
pub(crate) fn fanout(config: &Config, installation: &str) -> Result<Arc<dyn Fanout>, AdapterError> {
    if config.fanout.nats_url.is_empty() {
        return Ok(Arc::new(embedded::Fanout::default()));
    }
    nats(config, installation)
}

#[cfg(feature = "production")]
fn nats(config: &Config, installation: &str) -> Result<Arc<dyn Fanout>, AdapterError> {
    let ca = &config.fanout.ca;
    let given = authorities("fanout.ca", ca)?.is_some();
    let url = &config.fanout.nats_url;
    match sv_adapters::NatsFanout::new(url, given.then_some(ca.as_path()), installation) {
        Ok(fanout) => Ok(Arc::new(fanout)),
        Err(source) => Err(AdapterError::Failed {
            what: "NATS".to_owned(),
            source: source.into(),
        }),
    }
}

#[cfg(not(feature = "production"))]
fn nats(_config: &Config, _installation: &str) -> Result<Arc<dyn Fanout>, AdapterError> {
    Err(AdapterError::Missing {
        setting: "fanout.nats_url",
        server: "NATS",
    })
}

/// Makes the counters of an installation on Redis; nothing is connected yet.
#[cfg(feature = "production")]
pub(crate) fn redis(
    config: &Config,
    installation: &str,
) -> Result<Arc<dyn Counters>, AdapterError> {
    let ca = authorities("counters.ca", &config.counters.ca)?;
    let url = &config.counters.redis_url;
    match sv_adapters::RedisCounters::new(url, ca.as_deref(), installation) {
        Ok(counters) => Ok(Arc::new(counters)),
        Err(source) => Err(AdapterError::Failed {
            what: "Redis".to_owned(),
            source: source.into(),
        }),
    }
}

#[cfg(not(feature = "production"))]
pub(crate) fn redis(
    _config: &Config,
    _installation: &str,
) -> Result<Arc<dyn Counters>, AdapterError> {
    Err(AdapterError::Missing {
        setting: "counters.redis_url",
        server: "Redis",
    })
}
