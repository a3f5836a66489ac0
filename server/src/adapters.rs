//! Which implementation stands behind each port.

use std::{path::Path, sync::Arc};

use sv_kernel::BoxError;
use sv_ports::{Blob, Bus, embedded};
use sv_store::DbConfig;

use crate::config::Config;

/// The ports of a process.
#[derive(Clone, Debug)]
pub struct Adapters {
    /// Where tables are.
    pub tables: DbConfig,
    /// The event bus.
    pub bus: Arc<dyn Bus>,
    /// Media files.
    pub blobs: Arc<dyn Blob>,
}

/// An adapter cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum AdapterError {
    /// It is not in this build.
    #[cfg(not(feature = "production"))]
    #[error("{setting} needs {server}, which this build leaves out; build with `--features production`")]
    Missing {
        /// The setting that asks for it.
        setting: &'static str,
        /// What it would speak to.
        server: &'static str,
    },
    /// It does not start.
    #[error("{what} cannot be used: {source}")]
    Failed {
        /// What it is.
        what: &'static str,
        /// Why.
        source: BoxError,
    },
    /// The address of the tables cannot be read.
    #[error("store.url: {0}")]
    Tables(#[from] sv_store::DbConfigError),
}

impl Adapters {
    /// Opens the adapters that the configuration asks for.
    pub async fn open(config: &Config, data: &Path) -> Result<Self, AdapterError> {
        let blobs = embedded::Blob::open(&data.join("blobs"))
            .await
            .map_err(|source| AdapterError::Failed { what: "the folder of media", source: source.into() })?;
        Ok(Self { tables: tables(config, data)?, bus: bus(config, data).await?, blobs: Arc::new(blobs) })
    }
}

/// Says where tables are.
pub fn tables(config: &Config, data: &Path) -> Result<DbConfig, AdapterError> {
    if config.store.url.is_empty() {
        return Ok(DbConfig::sqlite(data));
    }
    Ok(config.store.url.parse()?)
}

async fn bus(config: &Config, data: &Path) -> Result<Arc<dyn Bus>, AdapterError> {
    if config.bus.kafka_brokers.is_empty() {
        let bus = embedded::Bus::open(data, embedded::BusOptions::default()).await;
        return match bus {
            Ok(bus) => Ok(Arc::new(bus)),
            Err(source) => Err(AdapterError::Failed { what: "the event log", source: source.into() }),
        };
    }
    kafka(config)
}

#[cfg(feature = "production")]
fn kafka(config: &Config) -> Result<Arc<dyn Bus>, AdapterError> {
    match sv_adapters::kafka::KafkaBus::open(&config.bus.kafka_brokers) {
        Ok(bus) => Ok(Arc::new(bus)),
        Err(source) => Err(AdapterError::Failed { what: "Kafka", source: source.into() }),
    }
}

#[cfg(not(feature = "production"))]
fn kafka(_config: &Config) -> Result<Arc<dyn Bus>, AdapterError> {
    Err(AdapterError::Missing { setting: "bus.kafka_brokers", server: "Kafka" })
}
