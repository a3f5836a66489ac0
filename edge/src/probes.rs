//! What the process tells about itself: `/health`, `/ready`, `/metrics` (EDGE-10, C39).

use std::{fmt, sync::Arc};

use futures::future::BoxFuture;
use http::{HeaderValue, Method, Response, StatusCode, header};
use http_body_util::Full;
use serde_json::{Value, json};
use tonic::body::Body;

use crate::refusal::Refusal;

/// Whether the process should be sent work, and a report on it.
pub type Ready = Arc<dyn Fn() -> BoxFuture<'static, (bool, Value)> + Send + Sync>;
/// The metrics in Prometheus' text form.
pub type Metrics = Arc<dyn Fn() -> String + Send + Sync>;

/// How the process tells about itself.
#[derive(Clone)]
pub struct Probes {
    ready: Ready,
    metrics: Metrics,
}

impl fmt::Debug for Probes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Probes")
    }
}

impl Probes {
    /// Makes probes of two closures.
    pub fn new(
        ready: impl Fn() -> BoxFuture<'static, (bool, Value)> + Send + Sync + 'static,
        metrics: impl Fn() -> String + Send + Sync + 'static,
    ) -> Self {
        Self {
            ready: Arc::new(ready),
            metrics: Arc::new(metrics),
        }
    }

    /// Answers or refuses a probe; `None` if the path is none, or the metrics are not shown to this
    /// caller.
    pub(crate) async fn answer(
        &self,
        method: &Method,
        path: &str,
        show_metrics: bool,
    ) -> Option<Result<Response<Body>, Refusal>> {
        if !matches!(path, "/health" | "/ready" | "/metrics") || path == "/metrics" && !show_metrics
        {
            return None;
        }
        if !matches!(*method, Method::GET | Method::HEAD) {
            return Some(Err(Refusal::of_method("GET, HEAD")));
        }
        let json = "application/json";
        Some(Ok(match path {
            // The process answers; nothing else is asked of it.
            "/health" => text(StatusCode::OK, json, json!({"status": "ok"}).to_string()),
            "/ready" => {
                let (ready, report) = (self.ready)().await;
                let status = if ready {
                    StatusCode::OK
                } else {
                    StatusCode::SERVICE_UNAVAILABLE
                };
                text(status, json, report.to_string())
            }
            _ => text(
                StatusCode::OK,
                "text/plain; version=0.0.4",
                (self.metrics)(),
            ),
        }))
    }
}

fn text(status: StatusCode, kind: &'static str, body: String) -> Response<Body> {
    let mut response = Response::new(Body::new(Full::from(body)));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
