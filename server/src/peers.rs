//! Services elsewhere that this process calls, as `/ready` shows them.
//!
//! Which they are the mesh knows: whoever calls a service has asked it for the way. A lost peer is a
//! hard need of the edge alone, and of the core services only: the edge is where balancers look, and
//! without accounts, catalogue or rights it can answer nothing, while without playback, live television,
//! payments or search it answers the rest. For everybody else peers are soft: services call one another in circles, and a
//! balancer that sends only to ready ones would never let either become ready.

use sv_boot::{Group, Need, Service};

use crate::{node::Node, selection::Selection, services};

/// The name of the check on peers that are given up for a moment.
const GIVEN_UP: &str = "peers.given_up";

/// Adds every peer that was asked for so far to the readiness of the process.
pub(crate) fn watch(node: &Node, selection: &Selection) {
    let elsewhere = node.mesh.elsewhere();
    if elsewhere.is_empty() {
        return;
    }
    for entry in elsewhere.iter().filter_map(|name| services::find(name)) {
        let mesh = node.mesh.clone();
        let health = move || {
            let mesh = mesh.clone();
            async move { mesh.health(entry.name).await }
        };
        let name = format!("peers.{}", entry.name);
        node.readiness.add(name, need(entry, selection), health);
    }
    let mesh = node.mesh.clone();
    node.readiness.add(GIVEN_UP, Need::Soft, move || {
        let names = mesh.given_up();
        async move {
            if names.is_empty() {
                Ok(())
            } else {
                Err(format!(
                    "calls failed; for a moment nobody calls {}",
                    names.join(", ")
                ))
            }
        }
    });
}

/// Live television and payments belong to the core, but the edge answers the rest without them.
fn need(peer: &Service, selection: &Selection) -> Need {
    let answers_without = [sv_livetv::SERVICE.name, sv_payments::SERVICE.name];
    if selection.edge && peer.group == Group::Core && !answers_without.contains(&peer.name) {
        Need::Hard
    } else {
        Need::Soft
    }
}
