//! The RPCs that callers of the public port reach, each with its way to the service.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    sync::Arc,
};

use http::Uri;
use sv_rest::Plan;
use sv_rpc::{
    HttpMount, Mesh, PolicyTable, Transport,
    policy::{Access, MethodPolicy, Plane},
};

use crate::account::Route;

/// An RPC as the edge calls it.
pub(crate) struct Rpc {
    pub(crate) policy: Arc<MethodPolicy>,
    /// Its address, in which only the path matters.
    pub(crate) uri: Uri,
    /// Its own route, that of gRPC calls.
    pub(crate) route: Route,
    /// The way to its service.
    pub(crate) transport: Transport,
    /// The service's HTTP mount, for bytes.
    pub(crate) mount: Option<HttpMount>,
}

impl fmt::Debug for Rpc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.policy.path)
    }
}

impl Rpc {
    /// Returns the name of its service in the mesh, e.g. `content`.
    pub(crate) fn service(&self) -> &str {
        short_name(self.policy.service())
    }

    /// Says whether the request itself decides on access.
    pub(crate) fn owner_decides(&self) -> bool {
        matches!(&self.policy.access, Access::Require { owner: Some(_), .. })
    }

    /// Says whether its answers are bytes of the service's HTTP mount.
    pub(crate) fn is_bytes(&self) -> bool {
        self.policy.plane == Plane::Bytes
    }
}

/// All of them.
#[derive(Debug)]
pub(crate) struct Rpcs {
    by_path: HashMap<String, Arc<Rpc>>,
    /// By the places of the plan's bindings: what a REST request calls, and its route.
    by_binding: Vec<(Option<Arc<Rpc>>, Route)>,
}

impl Rpcs {
    /// Finds the services; lists everything that is wrong at once. RPCs that only services call are
    /// left out: strangers do not learn of them.
    pub(crate) fn new(
        plan: &Plan,
        policies: &PolicyTable,
        mesh: &Mesh,
        mounts: &BTreeMap<String, HttpMount>,
    ) -> Result<Self, Vec<String>> {
        let mut problems = Vec::new();
        let mut by_path = HashMap::new();
        for method in plan.methods() {
            let Some(policy) = policies.get(&method.path) else {
                continue;
            };
            if matches!(policy.access, Access::Service { .. }) {
                continue;
            }
            if method.client_streaming && method.server_streaming {
                let bindings = plan.bindings().iter();
                if bindings
                    .map(|binding| &plan.methods()[binding.method])
                    .any(|routed| routed.path == method.path)
                {
                    problems.push(format!(
                        "{}: REST answers a stream of requests with one message only",
                        method.path
                    ));
                }
            }
            let name = short_name(&method.service);
            let (transport, uri) = match (mesh.client_transport(name), method.path.parse()) {
                (Ok(transport), Ok(uri)) => (transport, uri),
                (transport, uri) => {
                    problems.extend(transport.err().map(|missing| missing.to_string()));
                    problems.extend(uri.err().map(|bad| format!("{}: {bad}", method.path)));
                    continue;
                }
            };
            let rpc = Rpc {
                policy: policy.clone(),
                uri,
                route: Route::named(&method.path),
                transport,
                mount: mounts.get(name).cloned(),
            };
            by_path.insert(method.path.clone(), Arc::new(rpc));
        }
        problems.sort();
        problems.dedup();
        if !problems.is_empty() {
            return Err(problems);
        }
        let by_binding = plan.bindings().iter().map(|binding| {
            let rpc = by_path.get(&plan.methods()[binding.method].path).cloned();
            (rpc, Route::named(&binding.template.to_string()))
        });
        Ok(Self {
            by_binding: by_binding.collect(),
            by_path,
        })
    }

    /// Returns the RPC of a gRPC path.
    pub(crate) fn of_path(&self, path: &str) -> Option<&Arc<Rpc>> {
        self.by_path.get(path)
    }

    /// Returns what the binding at this place calls, and its route.
    pub(crate) fn of_binding(&self, place: usize) -> Option<&(Option<Arc<Rpc>>, Route)> {
        self.by_binding.get(place)
    }
}

/// Returns the name of a service in the mesh: `auth` of `streamverse.auth.v1.AuthService`.
fn short_name(service: &str) -> &str {
    service.split('.').nth(1).unwrap_or(service)
}
