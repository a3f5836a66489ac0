//! The account of every answered request, in logs and metrics (EDGE-9, OBS-2).

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, LazyLock, OnceLock, PoisonError, RwLock},
};

use http::{Method, Response, request::Parts};
use metrics::{Counter, Histogram, SharedString, counter, histogram};
use tonic::body::Body;

use crate::request_info::RequestInfo;

/// The methods that logs and metrics tell apart.
const KNOWN: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// The route of an answered request, for logs and metrics. Paths and queries may name people and
/// hold tokens, so only this is told. In the extensions of an answer it says where it came from.
#[derive(Clone, Debug)]
pub(crate) struct Route(Arc<Measures>);

/// A route's metrics; looked up once each.
struct Measures {
    name: SharedString,
    durations: [OnceLock<Histogram>; KNOWN.len() + 1],
    requests: RwLock<HashMap<(usize, u16), Counter>>,
}

impl fmt::Debug for Measures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl Route {
    /// Makes a route of a name that clients cannot choose: a template, or the path of an RPC.
    pub(crate) fn named(name: &str) -> Self {
        Self(Arc::new(Measures {
            name: Arc::<str>::from(name).into(),
            durations: [const { OnceLock::new() }; KNOWN.len() + 1],
            requests: RwLock::default(),
        }))
    }

    /// The route of requests that were answered before they had one.
    fn of_path(path: &str) -> Self {
        static PROBES: LazyLock<[Route; 3]> =
            LazyLock::new(|| ["/health", "/ready", "/metrics"].map(Route::named));
        static NONE: LazyLock<Route> = LazyLock::new(|| Route::named("-"));
        let probe = PROBES.iter().find(|probe| *probe.0.name == *path);
        probe.unwrap_or(&NONE).clone()
    }
}

impl Measures {
    fn count(&self, method: usize, status: u16) {
        let place = (method, status);
        let known = self.requests.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(requests) = known.get(&place) {
            return requests.increment(1);
        }
        drop(known);
        let requests = counter!(
            "streamverse_http_requests_total",
            "route" => self.name.clone(), "method" => name(method), "status" => status.to_string()
        );
        requests.increment(1);
        let mut known = self
            .requests
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        known.insert(place, requests);
    }

    fn duration(&self, method: usize) -> &Histogram {
        self.durations[method].get_or_init(|| {
            histogram!(
                "streamverse_http_request_duration_seconds",
                "route" => self.name.clone(), "method" => name(method)
            )
        })
    }
}

/// Logs and counts an answered request.
pub(crate) fn account(info: &RequestInfo, head: &Parts, response: &mut Response<Body>) {
    let route = response.extensions_mut().remove();
    let Route(route) = route.unwrap_or_else(|| Route::of_path(head.uri.path()));
    let status = response.status().as_u16();
    let took = info.started.elapsed();
    tracing::info!(
        target: "access",
        event = "http",
        request.id = info.request_id.as_ref(),
        http.method = head.method.as_str(),
        http.route = route.name.as_ref(),
        http.status = status,
        duration_ms = took.as_secs_f64() * 1000.0,
        "request answered"
    );
    let method = place(&head.method);
    route.count(method, status);
    route.duration(method).record(took);
}

/// The place of a method among the known; clients can make others up.
fn place(method: &Method) -> usize {
    let known = KNOWN.iter().position(|known| *known == method.as_str());
    known.unwrap_or(KNOWN.len())
}

fn name(place: usize) -> &'static str {
    KNOWN.get(place).copied().unwrap_or("OTHER")
}
