//! What a service says of itself: the one thing that the process has to know of it.

use std::{collections::BTreeMap, fmt, sync::Arc, time::Duration};

use futures::future::BoxFuture;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sv_kernel::{BoxError, Tenant};
use sv_ports::{Blob, Mailer, Topic, index::Index};
use sv_rpc::ServerBuilder;
use sv_store::Migration;

use crate::{ServiceContext, config::Section};

/// A service as its crate exports it, as `SERVICE`.
#[derive(Debug)]
pub struct Service {
    /// Its name: folder, crate, setting, schema.
    pub name: &'static str,
    /// With which others it is deployed.
    pub group: Group,
    /// The gRPC port where it runs alone (MESH-5).
    pub grpc_port: u16,
    /// Its settings: the section that has its name. `None` where there is nothing to set.
    pub settings: Option<Section>,
    /// Its tables.
    pub migrations: &'static [Migration],
    /// The topics that it writes or listens to: whoever comes first makes them.
    pub topics: fn() -> Vec<Topic>,
    /// Paths that it serves itself, beside its RPCs, as axum writes them.
    pub mounts: &'static [&'static str],
    /// Adds its RPCs and starts what it does besides.
    pub start: Start,
}

/// How a service starts.
pub type Start = for<'a> fn(Starting<'a>) -> BoxFuture<'a, Result<(), BoxError>>;

/// Groups of services that are deployed together (MESH-10).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Accounts, catalogue, rights.
    Core,
    /// Playback and everything around it.
    Media,
    /// Search and figures.
    Data,
    /// Everything that helps.
    Support,
}

impl Group {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Core, Self::Media, Self::Data, Self::Support];

    /// Returns its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Core => "core",
            Self::Media => "media",
            Self::Data => "data",
            Self::Support => "support",
        }
    }

    /// Reads a group's name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|group| group.name() == name)
    }
}

/// What a service is handed when it starts.
pub struct Starting<'a> {
    /// Takes its RPCs.
    pub server: &'a mut ServerBuilder,
    /// What every service gets.
    pub context: &'a ServiceContext,
    /// What it asks for by itself.
    pub host: &'a dyn Host,
}

impl Starting<'_> {
    /// Returns the service's settings.
    pub fn options<O: DeserializeOwned>(&self) -> Result<O, BoxError> {
        let section = self.host.options(self.context.db.service())?;
        Ok(serde_json::from_value(section)?)
    }
}

impl fmt::Debug for Starting<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Starting")
            .field("service", &self.context.db.service())
            .finish_non_exhaustive()
    }
}

/// A process, as a service may ask it for what not every service needs.
pub trait Host: Send + Sync {
    /// Returns a section of the settings.
    fn options(&self, section: &str) -> Result<Value, BoxError>;

    /// Lists the names of all services of the program, wherever they run.
    fn services(&self) -> Vec<&'static str>;

    /// Returns the secret of a name: the same in every process of the installation, made when it is first
    /// asked for.
    fn secret<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Vec<u8>, BoxError>>;

    /// Opens the search index.
    fn index(&self) -> BoxFuture<'_, Result<Arc<dyn Index>, BoxError>>;

    /// Returns the media files.
    fn blobs(&self) -> Arc<dyn Blob>;

    /// Returns how people are mailed; `None` where this installation mails nobody.
    fn mails(&self) -> Result<Option<Mails>, BoxError>;

    /// Says whether this is a developer's machine: what production refuses may be then.
    fn is_development(&self) -> bool;

    /// Returns the clocks of tenants, where the process lets them be advanced (X-PAY-8).
    fn test_clocks(&self) -> Option<Arc<dyn AdvanceClock>>;
}

/// Advances the clocks of tenants, in all processes of the installation (X-PAY-8).
pub trait AdvanceClock: Send + Sync + fmt::Debug {
    /// Says by how much the clock of a tenant is ahead.
    fn ahead(&self, tenant: &Tenant) -> Duration;

    /// Advances the clock of a tenant, unless it is ahead by as much already: in this process at once, in others within a
    /// second, and before a job that is asked for runs there.
    fn advance<'a>(
        &'a self,
        tenant: &'a Tenant,
        by: Duration,
    ) -> BoxFuture<'a, Result<(), BoxError>>;
}

/// How people are mailed.
#[derive(Clone, Debug)]
pub struct Mails {
    /// Takes the mails.
    pub mailer: Arc<dyn Mailer>,
    /// Where links in mails lead: the address of the web app, never what a request says of its host.
    pub link_base: String,
    /// The same for single tenants, by their names.
    pub link_base_of: BTreeMap<String, String>,
}

impl Mails {
    /// Returns the address of a page of the web app, e.g. of `/reset`.
    pub fn link(&self, tenant: &Tenant, page: &str) -> String {
        let base = self.link_base_of.get(tenant.as_str());
        let base = base.unwrap_or(&self.link_base);
        format!("{}{page}", base.trim_end_matches('/'))
    }
}
