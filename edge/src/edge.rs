//! What the edge is made of.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use sv_kernel::{Error, Result};
use sv_proto::common::CommonReason;
use sv_rest::{Plan, codec::Codec};
use sv_rpc::{
    Authenticator, BytesPlane, Env, Mesh, PolicyTable, Transport,
    identity::Verified,
    policy::{Access, EDGE, MethodPolicy, RateClass},
};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{
    cache::{Cache, Changes},
    cors::Cors,
    facts::{Facts, bearer},
    front::Route,
    listen,
    options::EdgeOptions,
    probes::Probes,
    rate::{Rates, Standing},
};

/// What the edge needs from the process around it.
#[derive(Debug)]
pub struct EdgeParts {
    /// Its configuration.
    pub options: EdgeOptions,
    /// Time, randomness, ids.
    pub env: Env,
    /// Finds the services.
    pub mesh: Mesh,
    /// What the protos say about calls.
    pub policies: Arc<PolicyTable>,
    /// Verifies tokens.
    pub authenticator: Arc<Authenticator>,
    /// The bytes planes by service name, e.g. `streaming`.
    pub planes: BTreeMap<String, BytesPlane>,
    /// What the process tells about itself.
    pub probes: Probes,
}

/// The public port. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Edge {
    core: Arc<Core>,
}

impl Edge {
    /// Compiles the plan and finds the services; lists everything that is wrong at once.
    pub fn new(parts: EdgeParts) -> Result<Self, Vec<String>> {
        Core::new(parts).map(|core| Self {
            core: Arc::new(core),
        })
    }

    /// Returns a handle by which changes are told, so that remembered answers become stale.
    pub fn changes(&self) -> Changes {
        self.core.cache.changes()
    }

    /// Serves the port until `draining` is cancelled and the requests under way are done, or the
    /// drain time is over.
    pub async fn serve(&self, listener: TcpListener, draining: CancellationToken) {
        let options = &self.core.options;
        let behind_proxy = options.trusted_proxies > 0;
        listen::serve(
            listener,
            self.core.clone(),
            &options.connections,
            behind_proxy,
            draining,
        )
        .await;
    }
}

/// Everything that requests share.
pub(crate) struct Core {
    pub(crate) options: EdgeOptions,
    pub(crate) env: Env,
    pub(crate) plan: Plan,
    /// The names of the plan's bindings in logs and metrics.
    pub(crate) routes: Vec<Route>,
    pub(crate) policies: Arc<PolicyTable>,
    pub(crate) cors: Cors,
    pub(crate) probes: Probes,
    authenticator: Arc<Authenticator>,
    pub(crate) cache: Cache,
    /// A place for every request under way.
    pub(crate) places: tokio::sync::Semaphore,
    rates: Rates,
    transports: HashMap<String, Transport>,
    planes: BTreeMap<String, BytesPlane>,
}

impl std::fmt::Debug for Core {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Core").finish_non_exhaustive()
    }
}

impl Core {
    fn new(parts: EdgeParts) -> Result<Self, Vec<String>> {
        let mut problems = parts.options.problems();
        let pool = sv_rpc::our_pool();
        let plan = Codec::compile(pool).and_then(|codec| Plan::compile(pool, Arc::new(codec)));
        let plan = match plan {
            Ok(plan) => plan,
            Err(errors) => {
                problems.extend(errors.0);
                return Err(problems);
            }
        };
        let mesh = parts.mesh.calling_as(EDGE);
        let mut transports = HashMap::new();
        for method in plan.methods() {
            let policy = parts.policies.get(&method.path);
            if policy.is_none_or(|policy| matches!(policy.access, Access::Service { .. })) {
                continue;
            }
            if method.server_streaming && !method.bytes_plane || method.client_streaming {
                let routed = plan
                    .bindings()
                    .iter()
                    .any(|b| plan.methods()[b.method].path == method.path);
                if routed {
                    problems.push(format!("{}: REST serves single messages only", method.path));
                }
            }
            let name = short_name(&method.service);
            if !transports.contains_key(name) {
                match mesh.client_transport(name) {
                    Ok(transport) => {
                        transports.insert(name.to_owned(), transport);
                    }
                    Err(missing) => problems.push(missing.to_string()),
                }
            }
        }
        problems.sort();
        problems.dedup();
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Self {
            cors: Cors::new(&parts.options.cors),
            cache: Cache::new(
                parts.options.cache.clone(),
                &parts.policies,
                parts.env.clock.clone(),
            ),
            places: tokio::sync::Semaphore::new(parts.options.connections.requests),
            rates: Rates::new(parts.options.rates.clone(), parts.env.clock.clone()),
            options: parts.options,
            env: parts.env,
            routes: plan.bindings().iter().map(Route::of).collect(),
            plan,
            policies: parts.policies,
            probes: parts.probes,
            authenticator: parts.authenticator,
            transports,
            planes: parts.planes,
        })
    }

    /// Identifies the caller and counts the call. The budget is judged first: who has used it up
    /// learns nothing else.
    pub(crate) async fn admit(
        &self,
        facts: &Facts,
        headers: &http::HeaderMap,
        policy: Option<&MethodPolicy>,
    ) -> Admission {
        let verified = self.identify(facts, headers).await;
        let account = match &verified {
            Ok(Some(verified)) => Some(verified.viewer.user),
            _ => None,
        };
        let (class, cost) = policy.map_or((RateClass::Default, 1), |policy| {
            (policy.rate_class, policy.cost)
        });
        let standing = self.rates.take(class, cost, facts.client, account);
        Admission { verified, standing }
    }

    async fn identify(
        &self,
        facts: &Facts,
        headers: &http::HeaderMap,
    ) -> Result<Option<Arc<Verified>>> {
        let Some(token) = bearer(headers)? else {
            return Ok(None);
        };
        if !self.rates.may_present_token(facts.client) {
            return Err(Error::from(CommonReason::RateLimited)
                .with("seconds", 60)
                .retry_after(std::time::Duration::from_mins(1)));
        }
        let verified = self.authenticator.verify(token).await;
        if verified
            .as_ref()
            .is_err_and(|error| error.info().http == 401)
        {
            self.rates.bad_token(facts.client);
        }
        verified.map(Some)
    }

    /// Returns the way to the service of an RPC, e.g. of `streamverse.auth.v1.AuthService`.
    pub(crate) fn transport(&self, service: &str) -> Result<Transport> {
        self.transports
            .get(short_name(service))
            .cloned()
            .ok_or_else(|| CommonReason::Unavailable.into())
    }

    /// Returns the bytes plane of a service.
    pub(crate) fn plane(&self, service: &str) -> Result<BytesPlane> {
        self.planes
            .get(short_name(service))
            .cloned()
            .ok_or_else(|| CommonReason::Unavailable.into())
    }
}

/// Who calls, and where they stand.
pub(crate) struct Admission {
    verified: Result<Option<Arc<Verified>>>,
    pub(crate) standing: Option<Standing>,
}

impl Admission {
    /// Returns the refusal of a call beyond the budget.
    pub(crate) fn beyond(&self) -> Option<Error> {
        self.standing
            .filter(|standing| !standing.within)
            .map(|standing| standing.refusal())
    }

    /// Returns who calls, or why the token does not hold.
    pub(crate) fn verified(self) -> Result<Option<Arc<Verified>>> {
        self.verified
    }
}

/// Returns the name of a service in the mesh: `auth` of `streamverse.auth.v1.AuthService`.
pub(crate) fn short_name(service: &str) -> &str {
    service.split('.').nth(1).unwrap_or(service)
}
