//! The command line as a client: of the running server if there is one, else of services that it
//! starts for itself on the stopped data folder (answers 6).

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    time::Duration,
};

use sv_boot::Lifecycle;
use sv_kernel::{BoxError, Ctx};
use sv_rpc::{Env, Mesh, MeshSettings, PolicyTable, Transport, policy::OPERATOR};

use crate::{
    adapters,
    config::{Config, Place, Purpose},
    data_dir::DataDir,
    installation,
    node::Node,
    selection::Selection,
    services,
    shared::Shared,
    tls,
};

/// Speaks to services as `operator`.
pub(crate) struct Operator {
    mesh: Mesh,
    ctx: Ctx,
    data: DataDir,
    node: Option<Node>,
    lifecycle: Lifecycle,
}

impl Operator {
    /// Connects to the running server, or starts these services. Fails where there is no installation:
    /// a mistyped folder would otherwise become a new one, and what was to be done would be done there.
    pub(crate) async fn connect(place: &Place, needed: &[&'static str]) -> Result<Self, BoxError> {
        let (config, folder) = settings(place)?;
        let is_elsewhere = |service: &&str| config.peers.contains_key(*service);
        if !needed.iter().any(is_elsewhere) {
            must_be_begun(&config, &folder)?;
        }
        let data = DataDir::open(&folder)?;
        let is_running = |service: &&str| is_elsewhere(service) || data.is_locked(service);
        if needed.iter().any(is_running) {
            Self::of_running(&config, data).await
        } else {
            Self::of_stopped(&config, data, needed).await
        }
    }

    async fn of_running(config: &Config, data: DataDir) -> Result<Self, BoxError> {
        let env = Env::system();
        let speakers = BTreeSet::from([OPERATOR.to_owned()]);
        let tables = adapters::tables(config, data.path())?;
        let shared = Shared::open(&tables, &data, &env).await?;
        let identities = shared.identities(config, speakers).await?;
        let lifecycle = Lifecycle::new();
        let mesh = Mesh::new(MeshSettings {
            local: BTreeSet::new(),
            urls: config.peers.clone(),
            announcements: Some(data.announcements()),
            identities: Some(identities),
            policies: PolicyTable::ours().map_err(|problems| problems.join("; "))?,
            env: env.clone(),
            tracker: lifecycle.tracker(),
            tls: tls::mutual(config, env.clock.clone())?,
        });
        Ok(Self {
            mesh: mesh.calling_as(OPERATOR),
            ctx: context(&env),
            data,
            node: None,
            lifecycle,
        })
    }

    async fn of_stopped(
        config: &Config,
        data: DataDir,
        needed: &[&'static str],
    ) -> Result<Self, BoxError> {
        let services = needed
            .iter()
            .filter_map(|name| services::find(name))
            .map(|entry| entry.name);
        let selection = Selection {
            services: services.collect(),
            edge: false,
        };
        let node = Node::start(config, &selection, data.path()).await?;
        Ok(Self {
            mesh: node.mesh.calling_as(OPERATOR),
            ctx: node.operator(),
            lifecycle: node.lifecycle.clone(),
            node: Some(node),
            data,
        })
    }

    /// Returns the transport to a service.
    pub(crate) fn transport(&self, service: &str) -> Result<Transport, BoxError> {
        Ok(self.mesh.client_transport(service)?)
    }

    /// Returns the context of the operator's calls.
    pub(crate) fn ctx(&self) -> &Ctx {
        &self.ctx
    }

    /// Returns the data folder.
    pub(crate) fn data(&self) -> &DataDir {
        &self.data
    }

    /// Ends what was started.
    pub(crate) async fn end(self) {
        match self.node {
            Some(node) => {
                node.reserve.take_back();
                node.end(Duration::from_secs(10)).await
            }
            None => self.lifecycle.end(Duration::from_secs(1)).await,
        };
    }
}

/// Reads the configuration of a place, and says which data folder is meant.
pub(crate) fn settings(place: &Place) -> Result<(Config, PathBuf), BoxError> {
    let layers = Config::at(place)?;
    let config = Config::read(&layers)?;
    config.check(&layers, Purpose::Command)?;
    let folder = config.server.data_dir.clone();
    Ok((config, folder))
}

/// Fails where a folder holds no installation, and changes nothing. Where the tables are on a server,
/// they say whose they are, and a new folder joins them.
pub(crate) fn must_be_begun(config: &Config, folder: &Path) -> Result<(), BoxError> {
    if !config.store.url.is_empty() || installation::is_begun(folder) {
        return Ok(());
    }
    let shown = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    Err(format!(
        "there is no installation in the data folder {}; give its folder by --data-dir, or make one there by \
         `streamverse migrate` or `streamverse run`",
        shown.display()
    )
    .into())
}

fn context(env: &Env) -> Ctx {
    Ctx {
        ids: env.ids.clone(),
        ..Ctx::background("operator", env.business_clock.clone(), env.entropy.clone())
    }
}
