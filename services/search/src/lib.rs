//! Search: finds titles while the viewer types (SRCH-1..7, X-SR-1..2).
//!
//! | owns | what |
//! |---|---|
//! | the search index | every published title, and the versions of those that are gone |
//! | tables `titles`, `terms`, `grams` | the same, for when the index does not answer (SRCH-6) |
//! | table `progress` | when the newest event was taken up |
//!
//! Listens to `content.changed`. Calls nobody. An index and its fallback only propose up to 200
//! candidates; [`domain::rank`] alone decides which title is meant, so that all of them agree. What
//! a word is, and which documents it fits, lies in [`sv_ports::index`].
//!
//! The index is built anew from the events: on demand, and at the start where it has taken up
//! none. A change of [`domain::Entry`] needs a migration that empties the tables, and that.

mod app;
mod config;
mod convert;
pub mod domain;
mod events;
mod grpc;
mod store;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use sv_boot::Parts;
use sv_ports::index::Index;
use sv_proto::search::{
    search_admin_service_server::SearchAdminServiceServer,
    search_service_server::SearchServiceServer,
};
use sv_rpc::ServerBuilder;

pub use config::Options;
pub use events::topics;
pub use store::MIGRATIONS;

/// The service's name.
pub const NAME: &str = "search";

/// Adds the service to a server, and starts keeping the index.
pub fn register(
    server: &mut ServerBuilder,
    parts: &Parts,
    index: Arc<dyn Index>,
    options: Options,
) {
    let app = app::App::new(parts, index, options);
    let rpcs = grpc::Search { app: app.clone() };
    server.add(NAME, SearchServiceServer::new(rpcs.clone()));
    server.add(NAME, SearchAdminServiceServer::new(rpcs));
    let keeping = events::keep(app, parts.bus.clone(), parts.lifecycle.stopped());
    parts.lifecycle.spawn("search index", keeping);
}
