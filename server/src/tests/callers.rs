//! Holds the callers that policies name against the services that there are.

use std::collections::BTreeSet;

use sv_rpc::policy::{Access, EDGE, OPERATOR, PLATFORM, PolicyTable};

use crate::services;

/// Answers 21: a caller that nobody can be would be a hole for whoever takes its name.
#[test]
fn every_caller_that_a_policy_names_is_a_service_of_this_program() {
    let known: BTreeSet<&str> = services::names()
        .chain([EDGE, OPERATOR, PLATFORM])
        .collect();
    let table = PolicyTable::ours().unwrap();
    let unknown: Vec<_> = table
        .iter()
        .filter_map(|policy| match &policy.access {
            Access::Require { callers, .. } | Access::Service { callers } => {
                Some((policy, callers))
            }
            _ => None,
        })
        .flat_map(|(policy, callers)| callers.iter().map(move |name| (&policy.path, name)))
        .filter(|(_, name)| !known.contains(name.as_str()))
        .collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}
