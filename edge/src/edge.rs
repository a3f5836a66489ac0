//! What the edge is made of.

use std::{collections::BTreeMap, sync::Arc};

use sv_kernel::{Error, Result};
use sv_listen::{ConnectionOptions, Ending, Port, Secure};
use sv_ports::{Counters, PortResult};
use sv_proto::auth::auth_service_client::AuthServiceClient;
use sv_rest::{Plan, codec::Codec};
use sv_rpc::{
    Authenticator, Env, HttpMount, Mesh, PolicyTable, Transport,
    identity::Verified,
    policy::{EDGE, RateClass, RateKey},
};
use tokio::net::TcpListener;

use crate::{
    cache::ResponseCache,
    cors::Cors,
    options::EdgeOptions,
    probes::Probes,
    rate::{RateLimitStatus, Rates},
    request_info::{RequestInfo, bearer},
    rpcs::{Rpc, Rpcs},
    streams::Streams,
    webapp::WebApp,
    written::Written,
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
    /// The HTTP mounts by service name, e.g. `streaming`.
    pub mounts: BTreeMap<String, HttpMount>,
    /// What the process tells about itself.
    pub probes: Probes,
    /// Counters that all edges share, for rates; none where there is one edge.
    pub counters: Option<Arc<dyn Counters>>,
    /// TLS of the port; none is plain HTTP.
    pub secure: Option<Secure>,
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

    /// Tells the other edges how often callers have called here, and learns it of them. To be done a
    /// few times a second where they share counters.
    pub async fn share_rates(&self) -> PortResult<()> {
        self.core.rates.share().await
    }

    /// Serves the port until it drains and the requests under way are done, or the drain time is over.
    pub async fn serve(&self, listener: TcpListener, ending: impl Into<Ending>) {
        let options = &self.core.options;
        let port = Port {
            name: "public",
            options: connections(options),
            behind_proxy: options.trusted_proxies > 0,
            secure: self.core.secure.clone(),
        };
        let ending = ending.into();
        let draining = ending.draining.clone();
        let serving = sv_listen::serve(listener, self.core.clone(), &port, ending);
        // Streams end when the drain begins: it waits for what is under way.
        let told = async {
            draining.cancelled().await;
            self.core.streams.end();
        };
        tokio::join!(serving, told);
    }
}

/// Returns the bounds of connections. One of a proxy carries many clients: those of them who do not
/// read must not hold up the others.
fn connections(options: &EdgeOptions) -> ConnectionOptions {
    let mut bounds = options.connections.clone();
    if options.trusted_proxies > 0 {
        bounds.connection_bytes = bounds.connection_bytes.max(bounds.bytes_in_all / 8);
        bounds.http2_control_frames = bounds.http2_control_frames.saturating_mul(20);
    }
    bounds
}

/// Everything that requests share.
pub(crate) struct Core {
    pub(crate) options: EdgeOptions,
    pub(crate) env: Env,
    pub(crate) plan: Plan,
    pub(crate) rpcs: Rpcs,
    pub(crate) cors: Cors,
    pub(crate) probes: Probes,
    authenticator: Arc<Authenticator>,
    pub(crate) cache: ResponseCache,
    /// Bytes of requests that are held at once.
    pub(crate) intake: sv_rpc::Intake,
    pub(crate) rates: Rates,
    /// Says what tickets stand for.
    pub(crate) tickets: AuthServiceClient<Transport>,
    pub(crate) streams: Streams,
    pub(crate) written: Written,
    pub(crate) webapp: WebApp,
    secure: Option<Secure>,
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
        let tickets = match mesh.client_transport("auth") {
            Ok(auth) => AuthServiceClient::new(auth),
            Err(missing) => {
                problems.push(missing.to_string());
                return Err(problems);
            }
        };
        let rpcs = match Rpcs::new(&plan, &parts.policies, &mesh, &parts.mounts) {
            Ok(rpcs) if problems.is_empty() => rpcs,
            found => {
                problems.extend(found.err().unwrap_or_default());
                return Err(problems);
            }
        };
        let mut rates = Rates::new(parts.options.rates.clone(), parts.env.clock.clone());
        if let Some(counters) = parts.counters {
            rates = rates.shared(counters);
        }
        Ok(Self {
            cors: Cors::new(&parts.options.cors, plan.methods()),
            cache: ResponseCache::new(
                parts.options.cache.clone(),
                &parts.policies,
                parts.env.clock.clone(),
            ),
            intake: sv_rpc::Intake::new(sv_rpc::Limits::default().request_bytes),
            rates,
            tickets,
            streams: Streams::new(parts.options.streams.per_caller),
            written: Written::default(),
            webapp: WebApp::new(parts.options.web, &parts.options.page),
            options: parts.options,
            env: parts.env,
            plan,
            rpcs,
            probes: parts.probes,
            secure: parts.secure,
            authenticator: parts.authenticator,
        })
    }

    /// Identifies the caller and counts the call. The budget is judged first: who has used it up
    /// learns nothing else.
    pub(crate) async fn admit(
        &self,
        info: &RequestInfo,
        headers: &http::HeaderMap,
        rpc: Option<&Rpc>,
    ) -> Admission {
        let verified = match rpc {
            Some(rpc) if !rpc.policy.reads_token() => Ok(None),
            _ => self.identify(info, headers).await,
        };
        let account = match &verified {
            Ok(Some(verified)) => Some(verified.viewer.user),
            _ => None,
        };
        let (class, cost, keys) =
            rpc.map_or((RateClass::Default, 1, &[RateKey::Caller][..]), |rpc| {
                let policy = &rpc.policy;
                (policy.rate_class, policy.cost, &policy.rate_keys)
            });
        let rate_limit = self.rates.take(class, cost, keys, info.client, account);
        Admission {
            verified,
            rate_limit,
        }
    }

    async fn identify(
        &self,
        info: &RequestInfo,
        headers: &http::HeaderMap,
    ) -> Result<Option<Arc<Verified>>> {
        let Some(token) = bearer(headers)? else {
            return Ok(None);
        };
        // One that was verified before costs nothing, and is nobody's who sends bad ones.
        if !self.rates.may_verify(info.client) && !self.authenticator.remembers(token) {
            return Err(self.rates.too_many_bad_tokens(info.client));
        }
        let verified = self.authenticator.verify(token).await;
        if verified
            .as_ref()
            .is_err_and(|error| error.info().http == 401)
            && let Some(beyond) = self.rates.bad_token(info.client)
        {
            return Err(beyond);
        }
        verified.map(Some)
    }
}

/// Who calls, and where they stand.
pub(crate) struct Admission {
    verified: Result<Option<Arc<Verified>>>,
    pub(crate) rate_limit: Option<RateLimitStatus>,
}

impl Admission {
    /// Returns the refusal of a call beyond the budget.
    pub(crate) fn beyond(&self) -> Option<Error> {
        self.rate_limit
            .filter(|rate_limit| !rate_limit.within)
            .map(|rate_limit| rate_limit.refusal())
    }

    /// Returns who calls, or why the token does not hold.
    pub(crate) fn verified(self) -> Result<Option<Arc<Verified>>> {
        self.verified
    }
}
