//! The server: services registered by name, and the one stack that all their calls pass.

mod admission;
mod audited;
mod measure;
mod once;
mod stack;
mod stream;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    convert::Infallible,
    fmt,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use futures::future::BoxFuture;
use http::{Request, Response};
use sv_kernel::{audit::AuditLog, idempotency::IdempotencyStore, targets::TargetBudgets};
use tokio_util::sync::CancellationToken;
use tonic::{body::Body, server::NamedService};
use tonic_health::server::HealthReporter;
use tower::{Service, ServiceExt as _, util::BoxCloneSyncService};

pub(crate) use self::admission::bearer;
use self::{measure::Measures, stack::Stack};
use crate::{
    Env, HttpMount, Intake,
    identity::Authenticator,
    mount::Door,
    policy::{MethodPolicy, PolicyTable},
};

/// Bounds on what runs at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Calls of one method that run at once.
    pub calls: usize,
    /// Streams of one method that are open at once.
    pub streams: usize,
    /// Bytes of requests that are held at once, beyond small ones.
    pub request_bytes: usize,
    /// How often the token of an open stream is looked at again: what ended its session is known within
    /// a moment, or for want of auth within 30 s.
    pub token_every: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            calls: 512,
            streams: 10_000,
            request_bytes: 256 * 1024 * 1024,
            token_every: Duration::from_secs(5),
        }
    }
}

/// What the stack needs.
#[derive(Clone, Debug)]
pub struct ServerSettings {
    /// Time, randomness, ids.
    pub env: Env,
    /// The policies of all RPCs.
    pub policies: Arc<PolicyTable>,
    /// Verifies tokens.
    pub authenticator: Arc<Authenticator>,
    /// Bounds.
    pub limits: Limits,
}

type Handler = BoxCloneSyncService<Request<Body>, Response<Body>, Infallible>;

/// Collects the services of a process.
pub struct ServerBuilder {
    settings: ServerSettings,
    handlers: HashMap<String, (String, Handler)>,
    open: HashMap<&'static str, Handler>,
    stores: HashMap<String, Arc<dyn IdempotencyStore>>,
    logs: HashMap<String, Arc<dyn AuditLog>>,
    targets: HashMap<String, Arc<dyn TargetBudgets>>,
    mounts: BTreeMap<String, HttpMount>,
    health: HealthReporter,
    problems: Vec<String>,
}

impl fmt::Debug for ServerBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerBuilder")
            .field("services", &self.handlers.keys())
            .finish_non_exhaustive()
    }
}

/// A generated server.
pub trait GrpcService:
    Service<Request<Body>, Response = Response<Body>, Error = Infallible, Future: Send>
    + NamedService
    + Clone
    + Send
    + Sync
    + 'static
{
}

impl<S> GrpcService for S where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible, Future: Send>
        + NamedService
        + Clone
        + Send
        + Sync
        + 'static
{
}

impl ServerBuilder {
    /// Starts with health and reflection only.
    pub fn new(settings: ServerSettings) -> Self {
        let (health, health_service) = tonic_health::server::health_reporter();
        let mut builder = Self {
            settings,
            handlers: HashMap::new(),
            open: HashMap::new(),
            stores: HashMap::new(),
            logs: HashMap::new(),
            targets: HashMap::new(),
            mounts: BTreeMap::new(),
            health,
            problems: Vec::new(),
        };
        builder.add_open(health_service);
        let reflection = tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(sv_proto::FILE_DESCRIPTOR_SET)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
            .build_v1();
        match reflection {
            Ok(reflection) => builder.add_open(reflection),
            Err(cause) => builder.problems.push(format!("reflection: {cause}")),
        }
        builder
    }

    /// Returns what verifies the tokens of this process's callers.
    pub fn authenticator(&self) -> Arc<Authenticator> {
        self.settings.authenticator.clone()
    }

    /// Adds a generated server that belongs to the service `name`, e.g. `auth`. A service may have
    /// several.
    pub fn add<S: GrpcService>(&mut self, name: &str, service: S) {
        self.add_as(S::NAME, name, service);
    }

    /// Adds a server of the gRPC service `grpc_name` that belongs to the service `name`.
    pub(crate) fn add_as<S: GrpcService>(&mut self, grpc_name: &str, name: &str, service: S) {
        if self
            .settings
            .policies
            .of_service(grpc_name)
            .next()
            .is_none()
        {
            self.problems
                .push(format!("{grpc_name}: no RPC of it has a policy"));
        }
        let handler = (name.to_owned(), Handler::new(service));
        let before = self.handlers.insert(grpc_name.to_owned(), handler);
        if before.is_some() {
            self.problems.push(format!("{grpc_name} is added twice"));
        }
    }

    /// Adds a generated server of a foreign package: open to everyone who reaches the listener,
    /// without our rules. For health, reflection and conformance tests.
    pub fn add_open<S: GrpcService>(&mut self, service: S) {
        if S::NAME.starts_with("streamverse.") {
            self.problems
                .push(format!("{} has policies and cannot be open", S::NAME));
        }
        self.open.insert(S::NAME, Handler::new(service));
    }

    /// Gives the service `name` the store of its answers under an `Idempotency-Key`.
    pub fn idempotency(&mut self, name: &str, store: Arc<dyn IdempotencyStore>) {
        self.stores.insert(name.to_owned(), store);
    }

    /// Gives the service `name` the log of its audit records.
    pub fn audit(&mut self, name: &str, log: Arc<dyn AuditLog>) {
        self.logs.insert(name.to_owned(), log);
    }

    /// Gives the service `name` the budgets of what its calls aim at.
    pub fn targets(&mut self, name: &str, budgets: Arc<dyn TargetBudgets>) {
        self.targets.insert(name.to_owned(), budgets);
    }

    /// Gives the service `name` an HTTP mount beside its RPCs.
    pub fn mount(&mut self, name: &str, mount: HttpMount) {
        self.mounts.insert(name.to_owned(), mount);
    }

    /// Returns what judges requests to the HTTP mount of the service `name`, whose audit log must be known.
    pub fn door(&self, name: &str) -> Door {
        Door {
            env: self.settings.env.clone(),
            policies: self.settings.policies.clone(),
            authenticator: self.settings.authenticator.clone(),
            log: self.logs.get(name).cloned(),
        }
    }

    /// Closes the list of services; names everything that is wrong.
    pub fn build(self) -> Result<Server, Vec<String>> {
        let Self {
            settings,
            handlers,
            open,
            stores,
            logs,
            targets,
            mounts,
            health,
            mut problems,
        } = self;
        let mut methods = HashMap::new();
        let mut names = BTreeSet::new();
        for (grpc_name, (name, handler)) in &handlers {
            for policy in settings.policies.of_service(grpc_name) {
                let store = stores.get(name).cloned();
                if policy.idempotency_key == crate::policy::IdempotencyKey::Honoured
                    && store.is_none()
                {
                    problems.push(format!("{}: {name} has no idempotency store", policy.path));
                }
                let log = logs.get(name).cloned();
                if policy.audit.is_some() && log.is_none() {
                    problems.push(format!("{}: {name} has no audit log", policy.path));
                }
                let targets = targets.get(name).cloned();
                if !policy.target.is_empty() && targets.is_none() {
                    problems.push(format!("{}: {name} has no budgets of targets", policy.path));
                }
                let mut method =
                    Method::new(policy.clone(), handler.clone(), store, settings.limits);
                method.log = log;
                method.targets = targets;
                methods.insert(policy.path.clone(), Arc::new(method));
            }
            names.insert(name.clone());
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let stack = Stack {
            intake: Intake::new(settings.limits.request_bytes),
            settings,
            methods,
            open,
            leaving: CancellationToken::new(),
        };
        let services = handlers.into_keys().collect();
        Ok(Server {
            stack: Arc::new(stack),
            registered: Arc::new(Registered {
                mounts,
                health,
                names,
                services,
            }),
        })
    }
}

/// One RPC as the stack sees it.
struct Method {
    policy: Arc<MethodPolicy>,
    handler: Handler,
    store: Option<Arc<dyn IdempotencyStore>>,
    log: Option<Arc<dyn AuditLog>>,
    targets: Option<Arc<dyn TargetBudgets>>,
    permits: Arc<tokio::sync::Semaphore>,
    measures: Measures,
}

impl Method {
    fn new(
        policy: Arc<MethodPolicy>,
        handler: Handler,
        store: Option<Arc<dyn IdempotencyStore>>,
        limits: Limits,
    ) -> Self {
        let streams = policy.client_streaming || policy.server_streaming;
        let most = if streams {
            limits.streams
        } else {
            limits.calls
        };
        Self {
            measures: Measures::new(&policy),
            permits: Arc::new(tokio::sync::Semaphore::new(most)),
            policy,
            handler,
            store,
            log: None,
            targets: None,
        }
    }
}

/// All services of a process behind the stack. A tower service; cheap to clone.
#[derive(Clone)]
pub struct Server {
    stack: Arc<Stack>,
    registered: Arc<Registered>,
}

/// What a server was built of, for those who ask.
struct Registered {
    mounts: BTreeMap<String, HttpMount>,
    health: HealthReporter,
    names: BTreeSet<String>,
    services: Vec<String>,
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("names", self.names())
            .finish_non_exhaustive()
    }
}

impl Server {
    /// Lists the names under which services were added.
    pub fn names(&self) -> &BTreeSet<String> {
        &self.registered.names
    }

    /// Lists the HTTP mounts by the name of their service.
    pub fn mounts(&self) -> &BTreeMap<String, HttpMount> {
        &self.registered.mounts
    }

    /// Returns the server as tonic's routes, for a listener.
    pub fn routes(&self) -> tonic::service::Routes {
        let server = self.clone();
        let service = tower::service_fn(move |request: Request<axum::body::Body>| {
            let mut server = server.clone();
            async move { server.call(request.map(Body::new)).await }
        });
        axum::Router::new().fallback_service(service).into()
    }

    /// Returns what operators may ask, for their listener: health and reflection, no RPC of ours.
    pub fn operators_routes(&self) -> tonic::service::Routes {
        let stack = self.stack.clone();
        let service = tower::service_fn(move |request: Request<axum::body::Body>| {
            let stack = stack.clone();
            async move { Ok::<_, Infallible>(stack.serve_open(request.map(Body::new)).await) }
        });
        axum::Router::new().fallback_service(service).into()
    }

    /// Ends the streams that are open, each with word to open it again elsewhere, and those that come.
    pub fn end_streams(&self) {
        self.stack.leaving.cancel();
    }

    /// Says to health checks whether the services take calls: `true` after the start, `false` when
    /// a drain begins.
    pub async fn set_serving(&self, serving: bool) {
        let status = if serving {
            tonic_health::ServingStatus::Serving
        } else {
            tonic_health::ServingStatus::NotServing
        };
        let Registered {
            health, services, ..
        } = &*self.registered;
        for service in services {
            health.set_service_status(service, status).await;
        }
        health.set_service_status("", status).await;
    }
}

impl Service<Request<Body>> for Server {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        // Too much work is refused per method, with an answer that says so.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let stack = self.stack.clone();
        Box::pin(async move { Ok(stack.serve(request).await) })
    }
}

async fn run(handler: &Handler, request: Request<Body>) -> Response<Body> {
    match handler.clone().oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}
