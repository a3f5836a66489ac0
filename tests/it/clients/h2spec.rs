//! HTTP/2 as its conformance suite sees it.

use super::{Ran, repository};
use crate::harness::Deployment;

#[test]
fn h2spec_finds_nothing_on_the_public_port() {
    let deployment = Deployment::start(&["all"], &[]);
    let (host, port) = deployment
        .edge
        .trim_start_matches("http://")
        .split_once(':')
        .expect("host and port");
    for path in ["/health", "/subscriptions", "/ondemand/movies"] {
        let args = ["-h", host, "-p", port, "-P", path, "--timeout", "4"];
        let ran = Ran::of(repository("scripts/h2spec"), "", &args);
        let count = ran.out.lines().rev().find(|line| line.contains(" passed"));
        println!("h2spec on {path}: {}", count.unwrap_or_default());
        assert!(
            ran.out
                .contains("145 tests, 145 passed, 0 skipped, 0 failed"),
            "{path}: {}",
            ran.out
        );
    }
}
