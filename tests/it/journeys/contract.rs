//! The contract: every route of the running program answers as it is documented (API-1, API-5, X-API-1, C2, C3, C6,
//! C38, C43).
//!
//! What follows from the document and from who may call what is derived for every route ([`refusals`]), so that one
//! that is added is held to it the day it appears. What cannot be derived stands in `rows/`: how each call succeeds,
//! and the refusals that its rules give ([`rows`]). A route that no row calls, a row that calls no route, an answer
//! that the document does not name, and a documented reason that nothing here shows, fail; what needs a clock, a full
//! store or a broken neighbour is shown by a test that `contract/elsewhere.txt` names.

mod document;
mod refusals;
mod rows;
mod shown;
mod wire;
mod world;

use document::Operation;
use shown::Shown;
use world::World;

use crate::harness::tell;

/// The pairs of method and path that the requirements name, with their ids.
const DOCUMENTED: &str = include_str!("contract/documented.txt");

#[test]
fn every_route_answers_as_documented() {
    holds(&World::start(&["all"], ""));
}

/// C2: the same below `/client`, by three processes.
#[test]
fn every_route_of_clients_has_a_second_address_in_separate_processes_too() {
    holds(&World::start(
        &["auth,users,admin", "others", "edge"],
        "/client",
    ));
}

fn holds(world: &World) {
    let operations = document::operations();
    let mut shown = Shown::default();
    refusals::ask(world, &operations, &mut shown);
    rows::walk(world, &operations, &mut shown);
    shown.check(&operations);
}

/// Every documented pair is a route, in its own spelling of the variables; at least 95 of them.
#[test]
fn every_documented_path_has_its_route() {
    let operations = document::operations();
    let shape = |path: &str| {
        let segments = path.split('/').map(|segment| {
            let variable = segment.starts_with('{') || segment.starts_with("segment-{");
            if variable { "*" } else { segment }
        });
        segments.collect::<Vec<_>>().join("/")
    };
    let has = |method: &str, path: &str| {
        let is_it = |one: &Operation| one.method == method && shape(&one.path) == shape(path);
        operations.iter().any(is_it)
    };
    let lines = DOCUMENTED
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut count = 0;
    let mut missing = Vec::new();
    for line in lines {
        let [_, methods, path] = line.split_whitespace().collect::<Vec<_>>()[..] else {
            panic!("not an id, methods and a path: {line}");
        };
        for method in methods.split('/') {
            count += 1;
            if !has(method, path) {
                missing.push(format!("{method} {path}"));
            }
        }
    }
    tell(&format!(
        "{count} documented pairs of method and path, {} routes, {} of them below /client too",
        operations.len(),
        operations.iter().filter(|one| one.is_for_clients()).count(),
    ));
    assert!(missing.is_empty(), "{missing:#?}");
    assert!(count >= 95, "{count} documented pairs are listed");
}
