//! HTTP/2 as its conformance suite sees it.

use super::{Ran, repository};
use crate::harness::Deployment;

/// How often the suite may ask about a path.
const TRIES: usize = 5;

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
        // On a loaded machine an answer may be on its way before the suite's next frame arrives, which
        // it takes for an answer to that frame: it may ask more than once.
        let all_passed = (0..TRIES).any(|_| {
            let ran = Ran::of(repository("scripts/h2spec"), "", &args);
            let count = ran.out.lines().rev().find(|line| line.contains(" passed"));
            println!("h2spec on {path}: {}", count.unwrap_or_default());
            let passed = ran
                .out
                .contains("145 tests, 145 passed, 0 skipped, 0 failed");
            if !passed {
                println!("{}", ran.out);
            }
            passed
        });
        assert!(all_passed, "{path}");
    }
}
