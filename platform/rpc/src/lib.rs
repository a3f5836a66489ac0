//! What makes every RPC of StreamVerse the same, in one process or across processes.
//!
//! - [`ServerBuilder`] collects generated servers; [`Server`] puts the one stack in front of them:
//!   trace, metrics, deadline, concurrency, identity, policy, validation, idempotency, method.
//! - [`Mesh`] finds services by name and puts the one client stack in front of them: deadline,
//!   identity, retries, breaker. Its [`Transport`] is what every generated client runs on.
//! - [`PolicyTable`] and [`ReasonTable`] are what the protos say about RPCs and errors; the edge
//!   uses the same ones.
//! - [`Authenticator`] verifies access tokens and services.
//!
//! # How a service registers and is called
//!
//! A method is decode, call the use case, encode. By the time it runs, the caller was identified
//! and allowed, the deadline set, and the request checked against its `field` options.
//!
//! ```
//! use sv_kernel::{Ctx, Result};
//! use sv_proto::users::{
//!     CreateUserRequest, GetUserRequest, GetUserResponse, User, UserReason,
//!     user_service_client::UserServiceClient,
//! };
//! use sv_rpc::{Mesh, Transport, call, error};
//!
//! /// A method, in `grpc.rs` of the users service, whose trait is generated (`sv_handlers`).
//! async fn get_user(ctx: &Ctx, request: GetUserRequest) -> Result<GetUserResponse> {
//!     let user = find(ctx, &request.id).await?;
//!     Ok(GetUserResponse { user: Some(user), ..Default::default() })
//! }
//!
//! /// The use case, in `app.rs`: kernel errors only.
//! async fn find(_ctx: &Ctx, _id: &str) -> Result<User> {
//!     Err(UserReason::UserNotFound.into())
//! }
//!
//! /// A use case of auth that calls users. The viewer's token, tenant, language, request id and the
//! /// time that is left travel along; the answer's error is a kernel error again.
//! async fn create(ctx: &Ctx, users: &UserServiceClient<Transport>) -> Result<()> {
//!     let message = CreateUserRequest { email: "ana@example.com".into(), ..Default::default() };
//!     let answer = users.clone().create_user(call(ctx, message)).await;
//!     match answer.map_err(error) {
//!         Err(e) if e.is(&UserReason::UsernameTaken) => Ok(()),
//!         other => other.map(drop),
//!     }
//! }
//!
//! /// What auth's `register` is given: the mesh as auth sees it. The peer need not be there yet.
//! fn client(mesh: &Mesh) -> Result<UserServiceClient<Transport>, sv_rpc::mesh::MissingPeer> {
//!     Ok(UserServiceClient::new(mesh.calling_as("auth").client_transport("users")?))
//! }
//! ```
//!
//! The process puts it together once. A service that honours an `Idempotency-Key` gives its store,
//! and one with audited RPCs its log.
//!
//! ```no_run
//! # use std::{collections::{BTreeMap, BTreeSet}, path::Path, sync::Arc};
//! # use sv_kernel::{audit::AuditLog, idempotency::IdempotencyStore};
//! # use sv_rpc::{*, identity::*};
//! # async fn start(data: &Path, users: impl GrpcService, keys: Arc<dyn IdempotencyStore>, records: Arc<dyn AuditLog>, tracker: tokio_util::task::TaskTracker, stop: tokio_util::sync::CancellationToken) -> Result<(), Box<dyn std::error::Error>> {
//! let env = Env::system();
//! let policies = PolicyTable::ours().map_err(|problems| problems.join("\n"))?;
//! let settings = IdentitySettings {
//!     services: BTreeSet::from(["auth".to_owned(), "users".to_owned(), "platform".to_owned()]),
//!     folder: Some(data.join("keys/identity")),
//!     rotate_after: Some(std::time::Duration::from_hours(24 * 7)),
//! };
//! let directory = Arc::new(FolderDirectory::new(data.join("run/identities")));
//! let identities = Arc::new(ServiceIdentities::open(settings, directory, &env).await?);
//! tracker.spawn(identities.clone().keep(stop.clone()));
//! let mesh = Mesh::new(MeshSettings {
//!     local: BTreeSet::from(["auth".to_owned(), "users".to_owned()]),
//!     urls: BTreeMap::new(), // SEARCH_SERVICE_URL and its kin
//!     announcements: Some(data.join("run")),
//!     identities: Some(identities.clone()),
//!     policies: policies.clone(),
//!     env: env.clone(),
//!     tracker: tracker.clone(),
//!     tls: None,
//! });
//! let authority = Arc::new(AuthService::of(&mesh)?);
//! let authenticator = Arc::new(Authenticator::new(
//!     env.clone(), TokenSettings::default(), authority, Some(identities)));
//! tracker.spawn(authenticator.clone().follow(stop));
//!
//! let mut server = ServerBuilder::new(ServerSettings {
//!     env, policies, authenticator,
//!     limits: Limits::default(),
//! });
//! server.add("users", users); // in users' `register`: `UserServiceServer::new(…)`
//! server.idempotency("users", keys);
//! server.audit("users", records);
//! let server = server.build().map_err(|problems| problems.join("\n"))?;
//! mesh.serve(&server); // from here on local calls arrive
//! let routes = server.routes(); // for the gRPC listener
//! # drop(routes);
//! # Ok(()) }
//! ```
//!
//! Tests of a service use [`testing::Harness`]: the same stacks, a movable clock, tokens of its own.

pub mod audit;
mod body;
mod budget;
mod conditions;
mod context;
mod encoding;
mod env;
pub mod events;
mod flow;
pub mod frame;
pub mod handler;
mod header;
mod heavy;
pub mod identity;
mod intake;
pub mod mask;
pub mod mesh;
pub mod mount;
pub mod names;
mod options;
pub mod policy;
mod reason;
mod reply;
pub mod roles;
mod server;
mod status;
pub mod testing;
mod timeout;
mod trace;
pub mod transport;
mod validate;
mod wire;

#[cfg(test)]
#[expect(
    clippy::disallowed_methods,
    reason = "tests end and await what they spawn themselves"
)]
mod tests;

pub use self::{
    body::{Why, until},
    context::{call, check_told, platform},
    env::Env,
    heavy::heavy,
    identity::{Authenticator, ServiceIdentities},
    intake::{Held, Intake},
    mesh::{Announcement, AuthService, Mesh, MeshSettings},
    mount::HttpMount,
    options::our_pool,
    policy::PolicyTable,
    reason::ReasonTable,
    reply::{Declared, Reply},
    server::{GrpcService, Limits, Server, ServerBuilder, ServerSettings},
    status::{end_code, error, status, with_detail},
    trace::{Exported, is_traceparent},
    transport::Transport,
    validate::Validator,
};
