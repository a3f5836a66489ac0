//! Holds the table of services against what the protos say.

use std::collections::BTreeSet;

use sv_proto::SERVICES;
use sv_rpc::policy::{Plane, PolicyTable};

use crate::services;

#[test]
fn every_service_of_the_protos_is_registered_once_with_a_port_of_its_own() {
    let mut names: Vec<_> = services::names().collect();
    names.sort_unstable();
    assert_eq!(names, SERVICES);
    let ports: BTreeSet<_> = services::TABLE.iter().map(|s| s.grpc_port).collect();
    assert_eq!(ports.len(), names.len());
}

/// X-SEC-1: bytes that no path leads to are out of reach, and a path of nobody leads nowhere.
#[test]
fn a_service_mounts_paths_where_its_rpcs_hand_out_bytes_and_nowhere_else() {
    let policies = PolicyTable::ours().unwrap();
    let owners = policies.services();
    let of_bytes = policies.iter().filter(|rpc| rpc.plane == Plane::Bytes);
    let of_bytes: BTreeSet<_> = of_bytes.map(|rpc| owners[rpc.service()]).collect();
    let mounting = services::TABLE.iter().filter(|s| !s.mounts.is_empty());
    let mounting: BTreeSet<_> = mounting.map(|s| s.name).collect();
    assert_eq!(mounting, of_bytes);
}
