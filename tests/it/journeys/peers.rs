//! Processes that need one another: what they say while one is missing (MESH-2, EDGE-10, C24).

use std::time::{Duration, Instant};

use serde_json::json;

use crate::harness::{Client, Deployment, services};

/// How long news of a peer may take: it is asked every two seconds.
const NEWS: Duration = Duration::from_secs(30);

const CORE: [&str; 4] = ["peers.auth", "peers.content", "peers.rights", "peers.users"];
/// All others, as `/ready` names them.
fn rest() -> Vec<String> {
    let names = services().into_iter().map(|name| format!("peers.{name}"));
    names
        .filter(|name| !CORE.contains(&name.as_str()))
        .collect()
}

/// Asks the edge until it is as ready as wished.
fn until_ready(edge: &str, status: u16, failing: &[&str], degraded: &[String]) {
    let begin = Instant::now();
    loop {
        let answer = Client::new(edge).get("/ready");
        let report = answer.json();
        let lists = |list: &str, names: &[&str]| {
            let found = report[list].as_array().cloned().unwrap_or_default();
            let all = names.iter().all(|name| found.contains(&json!(name)));
            all && (!names.is_empty() || found.is_empty())
        };
        let degraded: Vec<_> = degraded.iter().map(String::as_str).collect();
        if answer.status == status && lists("failing", failing) && lists("degraded", &degraded) {
            return;
        }
        assert!(begin.elapsed() < NEWS, "{} {report}", answer.status);
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn an_edge_is_not_ready_while_the_services_that_it_serves_are_gone() {
    let mut deployment = Deployment::start(&["auth,users,content,rights", "others", "edge"], &[]);
    let edge = deployment.edge.clone();
    until_ready(&edge, 200, &[], &[]);
    // Without playback, search and the records of acts it goes on with less.
    deployment.servers[1].kill();
    until_ready(&edge, 200, &[], &rest());
    deployment.servers[0].kill();
    until_ready(&edge, 503, &CORE, &rest());
}

#[test]
fn who_is_let_in_without_a_token_is_set_at_the_edge_and_holds_in_every_service() {
    let mut deployment = Deployment::stopped(&["others", "edge"], &[]);
    deployment.begin_with(0, &[]);
    deployment.begin_with(1, &[("STREAMVERSE_EDGE__ANONYMOUS_BROWSE", "true")]);
    let stranger = Client::new(&deployment.edge);
    assert_eq!(stranger.get("/ondemand/movies").status, 200);
}

/// EDGE-7: without its trailers a browser does not know how a call ended. Elsewhere a service has said the length of
/// its answer, which the trailers make longer.
#[test]
fn a_browsers_call_of_a_service_elsewhere_ends_with_its_trailers() {
    let deployment = Deployment::start(&["others", "edge"], &[]);
    let mut viewer = Client::new(&deployment.edge);
    viewer.register("ana@example.org");
    let path = "/streamverse.rights.v1.RightsService/ListPlans";
    let kind = [("content-type", "application/grpc-web+proto")];
    let answer = viewer.call("POST", path, Some(&[0; 5]), &kind);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let text = String::from_utf8_lossy(&answer.bytes);
    assert!(text.contains("grpc-status:0"), "{text:?}");
}
