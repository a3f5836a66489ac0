//! `health`.

use super::Desk;
use crate::harness::Deployment;

/// DEP-1: a container's health check is the program itself.
#[test]
fn a_running_process_is_ready_and_one_that_is_gone_is_not() {
    let mut deployment = Deployment::start(&["all"], &[]);
    let address = deployment.servers[0].operators_port();
    let desk = Desk::at(&deployment).with("STREAMVERSE_SERVER__OPS_LISTEN", &address);
    let said = desk.run(&["health"]).ok();
    assert_eq!(said.trim_end().split(';').next(), Some("ready"));

    deployment.kill();
    for command in [&["health"][..], &["health", "--ops-listen", &address]] {
        let said = desk.run(command).failed();
        assert!(
            said.starts_with(&format!("error: {address} cannot be asked: ")),
            "{said}"
        );
    }
}
