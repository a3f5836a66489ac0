//! What the operators' port tells: health, readiness, metrics, and reflection (EDGE-10, C39). It is
//! bound to this machine unless it is told otherwise, and carries no RPC of a service.

use axum::{Router, body::Body, response::Response, routing::get};
use futures::future::BoxFuture;
use http::{StatusCode, header};
use serde_json::{Value, json};
use sv_boot::{Readiness, ReadyReport, telemetry::Telemetry};
use sv_edge::Probes;

use crate::node::Node;

/// Makes what both ports tell about the process.
pub(crate) fn probes(readiness: &Readiness, telemetry: &Telemetry) -> Probes {
    let (readiness, metrics) = (readiness.clone(), telemetry.metrics());
    let ready = move || public_ready(readiness.clone());
    Probes::new(ready, move || metrics.render())
}

/// What everybody may know: names, no causes.
fn public_ready(readiness: Readiness) -> BoxFuture<'static, (bool, Value)> {
    Box::pin(async move { told(&readiness.report().await.public()) })
}

fn told(report: &ReadyReport) -> (bool, Value) {
    let body = serde_json::to_value(report).unwrap_or_default();
    (report.ready, body)
}

/// Puts the routes together: health, readiness and metrics before gRPC's health and reflection.
pub(crate) fn routes(node: &Node, telemetry: &Telemetry) -> Router {
    let grpc = node.server.operators_routes().into_axum_router();
    with_probes(grpc, node.readiness.clone(), telemetry)
}

/// Adds what a process tells of itself: health, readiness and metrics.
pub(crate) fn with_probes(routes: Router, readiness: Readiness, telemetry: &Telemetry) -> Router {
    let metrics = telemetry.metrics();
    let health = || async { json_answer(StatusCode::OK, &json!({"status": "ok"})) };
    let ready = move || async move {
        let (ready, report) = told(&readiness.report().await);
        json_answer(
            if ready {
                StatusCode::OK
            } else {
                StatusCode::SERVICE_UNAVAILABLE
            },
            &report,
        )
    };
    let metrics = move || async move {
        answer(
            StatusCode::OK,
            "text/plain; version=0.0.4",
            metrics.render(),
        )
    };
    routes
        .route("/health", get(health))
        .route("/ready", get(ready))
        .route("/metrics", get(metrics))
}

fn json_answer(status: StatusCode, body: &Value) -> Response {
    answer(status, "application/json", body.to_string())
}

fn answer(status: StatusCode, content_type: &'static str, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        header::HeaderValue::from_static(content_type),
    );
    response
}
