//! A served `Users`, in this process or behind a socket.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    sync::Arc,
};

use sv_kernel::{Ctx, Id};
use sv_proto::{
    options::Role,
    users::{self as pb, user_service_client::UserServiceClient},
};
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use super::services::Users;
use crate::{
    Mesh, MeshSettings, PolicyTable, Server, Transport,
    testing::{Harness, MemoryAudit, MemoryIdempotency},
    transport::{local, remote},
};

/// A served `Users` and a way to it.
pub(super) struct Site {
    pub(super) harness: Harness,
    pub(super) users: Users,
    pub(super) mesh: Mesh,
    /// A transport without the client stack: what a stranger has.
    pub(super) bare: Transport,
    pub(super) kind: &'static str,
    pub(super) audit: MemoryAudit,
}

pub(super) fn register(harness: &Harness, users: &Users) -> Server {
    register_with(harness, users, &MemoryAudit::default())
}

fn register_with(harness: &Harness, users: &Users, audit: &MemoryAudit) -> Server {
    let mut builder = harness.builder();
    builder.add("users", users.clone());
    builder.idempotency("users", Arc::new(MemoryIdempotency::default()));
    builder.audit("users", Arc::new(audit.clone()));
    harness.serve(builder)
}

/// Listens on a free port; stops with the test's runtime.
pub(super) async fn listen(server: &Server) -> SocketAddr {
    listen_until(server, std::future::pending()).await.0
}

/// Listens on a free port; stops in order when it is told to, or at once when its task is ended.
pub(super) async fn listen_until(
    server: &Server,
    stop: impl Future<Output = ()> + Send + 'static,
) -> (SocketAddr, tokio::task::JoinHandle<()>) {
    listen_at(server, ([127, 0, 0, 1], 0).into(), stop).await
}

/// Does so at an address, once whoever had it has gone.
pub(super) async fn listen_at(
    server: &Server,
    address: SocketAddr,
    stop: impl Future<Output = ()> + Send + 'static,
) -> (SocketAddr, tokio::task::JoinHandle<()>) {
    let listener = loop {
        match tokio::net::TcpListener::bind(address).await {
            Ok(listener) => break listener,
            Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
                tokio::task::yield_now().await;
            }
            Err(error) => panic!("{error}"),
        }
    };
    let address = listener.local_addr().unwrap();
    let routes = server.routes();
    let incoming = tonic::transport::server::TcpIncoming::from(listener).with_nodelay(Some(true));
    let served = tokio::spawn(async move {
        let served = tonic::transport::Server::builder()
            .add_routes(routes)
            .serve_with_incoming_shutdown(incoming, stop);
        served.await.unwrap();
    });
    (address, served)
}

/// The mesh of another process that knows an address and the shared key.
pub(super) fn elsewhere(harness: &Harness, url: String) -> Mesh {
    Mesh::new(MeshSettings {
        local: BTreeSet::new(),
        urls: BTreeMap::from([("users".to_owned(), url)]),
        announcements: None,
        identities: Some(harness.identities.clone()),
        policies: PolicyTable::ours().unwrap(),
        env: harness.env.clone(),
        tracker: TaskTracker::new(),
        tls: None,
    })
}

impl Site {
    pub(super) fn here() -> Self {
        let harness = Harness::new(&["users"]);
        let users = Users::default();
        let audit = MemoryAudit::default();
        let server = register_with(&harness, &users, &audit);
        let bare = local(server, harness.tracker.clone());
        Self {
            mesh: harness.mesh.clone(),
            users,
            bare,
            harness,
            kind: "local",
            audit,
        }
    }

    pub(super) async fn there() -> Self {
        let harness = Harness::new(&["users"]);
        let users = Users::default();
        let audit = MemoryAudit::default();
        let server = register_with(&harness, &users, &audit);
        let url = format!("http://{}", listen(&server).await);
        let bare = remote(&url, None).unwrap();
        Self {
            mesh: elsewhere(&harness, url),
            users,
            bare,
            harness,
            kind: "remote",
            audit,
        }
    }

    pub(super) async fn both() -> [Self; 2] {
        [Self::here(), Self::there().await]
    }

    pub(super) fn client_of(&self, service: &str) -> UserServiceClient<Transport> {
        UserServiceClient::new(
            self.mesh
                .calling_as(service)
                .client_transport("users")
                .unwrap(),
        )
    }

    pub(super) fn client(&self) -> UserServiceClient<Transport> {
        self.client_of("auth")
    }

    pub(super) fn viewer(&self) -> Ctx {
        self.harness
            .viewer(Id::from_uuid(Uuid::from_u128(7)), [Role::Viewer])
    }
}

pub(super) fn create_profile(name: &str) -> pb::CreateProfileRequest {
    pb::CreateProfileRequest {
        profile: Some(pb::Profile {
            name: name.into(),
            ..Default::default()
        }),
    }
}
