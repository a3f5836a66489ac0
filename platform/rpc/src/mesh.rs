//! Finds services by name and calls them: deadline, identity, retries, breaker (MESH, RES-1, RES-2).

mod auth_service;
mod breaker;
mod budget;
mod client;
mod discovery;
mod health;
mod hop;
mod peer;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fmt,
    path::PathBuf,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};

use http::Request;
use sv_tls::Tls;
use tokio_util::task::TaskTracker;
use tonic::body::Body;
use tower::ServiceExt as _;

pub use self::{
    auth_service::AuthService,
    breaker::{Breaker, Permit},
    budget::Budget,
    discovery::Announcement,
};
use self::{
    client::Client,
    hop::Hop,
    peer::{Endpoint, Peer},
};
use crate::{
    Env, HttpMount, Server,
    identity::ServiceIdentities,
    policy::{PLATFORM, PolicyTable},
    status::status,
    transport::{BadAddress, Replicas, Transport, local},
};

/// How often it is looked whether the services of this process are all there.
const START_LOOK: Duration = Duration::from_millis(50);

/// What a mesh knows from the configuration.
#[derive(Clone, Debug)]
pub struct MeshSettings {
    /// Names of the services that run in this process.
    pub local: BTreeSet<String>,
    /// Addresses by service name: the settings `<SERVICE>_SERVICE_URL`.
    pub urls: BTreeMap<String, String>,
    /// The folder in which running services announce their addresses (`run` in the data folder).
    pub announcements: Option<PathBuf>,
    /// Signs the identities of this process's services for calls to others.
    pub identities: Option<Arc<ServiceIdentities>>,
    /// The policies of all RPCs.
    pub policies: Arc<PolicyTable>,
    /// Time and randomness.
    pub env: Env,
    /// Counts running calls, so that a drain can wait for them.
    pub tracker: TaskTracker,
    /// What `https://` addresses are called with; none where processes speak in the clear.
    pub tls: Option<Tls>,
}

/// A service that runs nowhere as far as this process knows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MissingPeer {
    /// Nothing says where it is.
    #[error(
        "nothing says where {service} is: it does not run in this process, nor is it announced on this \
         machine; set {setting} (peers.{service}) to its address, e.g. http://{service}:9090"
    )]
    Unknown {
        /// The service.
        service: String,
        /// The setting that would say.
        setting: String,
    },
    /// Its address cannot be used.
    #[error("{setting}: {cause}")]
    Address {
        /// The setting.
        setting: String,
        /// What is wrong with it.
        cause: BadAddress,
    },
}

/// The services of an installation as one of them sees them. Cheap to clone.
#[derive(Clone)]
pub struct Mesh {
    shared: Arc<Shared>,
    me: Arc<str>,
}

struct Shared {
    settings: MeshSettings,
    /// Set once all local services are registered, so that they may call one another in circles.
    here: Arc<OnceLock<Transport>>,
    peers: Mutex<HashMap<String, Arc<Peer>>>,
}

impl fmt::Debug for Mesh {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mesh")
            .field("me", &self.me)
            .finish_non_exhaustive()
    }
}

impl Mesh {
    /// Makes a mesh; calls through it are those of the service `platform` until
    /// [`Mesh::calling_as`] names another.
    pub fn new(settings: MeshSettings) -> Self {
        let shared = Shared {
            settings,
            here: Arc::default(),
            peers: Mutex::default(),
        };
        Self {
            shared: Arc::new(shared),
            me: PLATFORM.into(),
        }
    }

    /// Returns the mesh as another service of this process sees it.
    #[must_use]
    pub fn calling_as(&self, service: &str) -> Self {
        Self {
            me: service.into(),
            ..self.clone()
        }
    }

    /// Says that this server holds the local services. Called once, after all are registered.
    pub fn serve(&self, server: &Server) {
        let transport = local(server.clone(), self.shared.settings.tracker.clone());
        // A second server in one process would be a mistake of the start-up; the first stays.
        if self.shared.here.set(transport).is_err() {
            tracing::error!("the mesh already has its local services");
        }
    }

    /// Waits until the services of this process can be called.
    pub async fn serving(&self) {
        while self.shared.here.get().is_none() {
            tokio::time::sleep(START_LOOK).await;
        }
    }

    /// Returns the transport to a service, for its generated client. May be called before the
    /// service is registered.
    ///
    /// Fails where nothing says how to reach the service, naming the missing setting.
    pub fn client_transport(&self, service: &str) -> Result<Transport, MissingPeer> {
        let (caller, peer) = (self.me.clone(), service.to_owned());
        metrics::counter!("streamverse_rpc_client_retries_total", "caller" => caller, "peer" => peer)
            .increment(0);
        let client = Arc::new(Client {
            peer: self.peer(service)?,
            me: self.me.clone(),
            policies: self.shared.settings.policies.clone(),
            env: self.shared.settings.env.clone(),
            identities: self.shared.settings.identities.clone(),
            hop: Hop::default(),
        });
        Ok(Transport::new(tower::service_fn(move |request| {
            client.clone().call(request)
        })))
    }

    /// Lets requests to an HTTP mount in another process show which service makes them.
    pub fn showing_identity(&self, mount: HttpMount) -> HttpMount {
        let Some(identities) = self.shared.settings.identities.clone() else {
            return mount;
        };
        let me = self.me.clone();
        HttpMount::new(tower::service_fn(move |mut request: Request<Body>| {
            let path = request.uri().path().to_owned();
            let shown = client::show(&identities, &me, &path, request.headers_mut());
            let mount = mount.clone();
            async move {
                match shown {
                    Ok(()) => mount.oneshot(request).await,
                    Err(error) => Ok(status(error).into_http()),
                }
            }
        }))
    }

    /// Lists what is missing for calls to these services; empty when all can be reached.
    pub fn missing<'s>(&self, services: impl IntoIterator<Item = &'s str>) -> Vec<MissingPeer> {
        services
            .into_iter()
            .filter_map(|name| self.peer(name).err())
            .collect()
    }

    /// Lists the services elsewhere that this process has asked the way to.
    pub fn elsewhere(&self) -> Vec<String> {
        let mut names: Vec<_> = self.peers().iter().map(|peer| peer.name.clone()).collect();
        names.sort_unstable();
        names
    }

    /// Says whether a service elsewhere can be reached and serves, or what is the matter. It is asked
    /// itself, past the breaker, but every two seconds at most.
    pub async fn health(&self, service: &str) -> Result<(), String> {
        let peer = self.peer(service).map_err(|missing| missing.to_string())?;
        peer.health().await
    }

    /// Lists the services elsewhere that are not called at present, because calls failed.
    pub fn given_up(&self) -> Vec<String> {
        let peers = self.peers().into_iter();
        let mut names: Vec<_> = peers
            .filter(|peer| peer.breakers.refuses())
            .map(|peer| peer.name.clone())
            .collect();
        names.sort_unstable();
        names
    }

    fn peers(&self) -> Vec<Arc<Peer>> {
        let peers = &self.shared.peers;
        let peers = peers.lock().unwrap_or_else(PoisonError::into_inner);
        peers
            .values()
            .filter(|peer| !peer.is_here())
            .cloned()
            .collect()
    }

    fn peer(&self, service: &str) -> Result<Arc<Peer>, MissingPeer> {
        let mut peers = self
            .shared
            .peers
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(peer) = peers.get(service) {
            return Ok(peer.clone());
        }
        let peer = Arc::new(Peer::new(
            service,
            self.endpoint(service)?,
            &self.shared.settings.env,
        ));
        peers.insert(service.to_owned(), peer.clone());
        Ok(peer)
    }

    fn endpoint(&self, service: &str) -> Result<Endpoint, MissingPeer> {
        let settings = &self.shared.settings;
        if settings.local.contains(service) {
            return Ok(Endpoint::Local(self.shared.here.clone()));
        }
        let setting = format!("{}_SERVICE_URL", service.to_uppercase().replace('-', "_"));
        match (settings.urls.get(service), &settings.announcements) {
            (Some(address), _) => Replicas::new(address, settings.tls.as_ref())
                .map(|replicas| Endpoint::Remote(Arc::new(replicas)))
                .map_err(|cause| MissingPeer::Address { setting, cause }),
            // Who names addresses names all of them; a service of the same machine that starts later
            // is waited for where none are named.
            (None, Some(folder))
                if settings.urls.is_empty() || Announcement::read(folder, service).is_some() =>
            {
                Ok(Endpoint::announced(folder, service, settings.tls.clone()))
            }
            (None, _) => Err(MissingPeer::Unknown {
                service: service.to_owned(),
                setting,
            }),
        }
    }
}
