//! Search: finds titles, channels, what runs there and collections while the viewer types (SRCH-1..7, X-SR-1..3).
//!
//! | owns | what |
//! |---|---|
//! | the search index | every published title, channel and collection, what runs on each channel now and next, and the versions of those that are gone |
//! | tables `titles`, `terms`, `grams` | the same, for when the index does not answer (SRCH-6) |
//! | table `progress` | when the newest event was taken up |
//! | tables `tuning`, `tuning_versions` | what editors say: synonyms, and titles that come first |
//! | table `searched` | how often what was looked for on each day, and how often in vain |
//!
//! Listens to `content.changed`, `collection.changed`, `livetv.channel.changed` and `livetv.airing.changed`, calls
//! content and livetv for their snapshots, and content for how much titles are watched and for which collections a
//! viewer sees. Asks users whether a viewer is a child, who finds other titles. An index and its fallback only propose up to 200
//! candidates; [`domain::rank`] alone decides which title is meant, so that all of them agree. What
//! a word is, and which documents it fits, lies in [`sv_ports::index`].
//!
//! The index is built anew from these snapshots, whether or not the events reach back to the
//! beginning: on demand, and by itself where it was never built to its end, because it is new or was
//! lost. Until it is, the fallback answers and says so. A change of [`domain::Entry`] needs a
//! migration that empties the tables, and that.

mod app;
mod config;
mod convert;
pub mod domain;
mod events;
mod grpc;
mod store;

#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use sv_boot::{Audience, Group, Service, ServiceContext, config::Section};
use sv_handlers::search::{
    SearchAdminServiceServer, SearchServiceServer, SearchTuningServiceServer,
};
use sv_ports::index::Index;
use sv_rpc::{ServerBuilder, mesh::MissingPeer};

pub use config::Options;
use store::MIGRATIONS;

/// How often it is asked whether the index is still there.
const INDEX_CHECK: Duration = Duration::from_secs(5);

/// How often content is asked how much titles are watched; it counts every five minutes.
const WATCHED_CHECK: Duration = Duration::from_mins(1);
/// How often what was looked for is written.
const JOURNAL_WRITE: Duration = Duration::from_secs(5);

/// The service's name.
const NAME: &str = "search";

/// What the program has to know of the service to run it.
pub const SERVICE: Service = Service {
    name: NAME,
    group: Group::Data,
    grpc_port: 9090,
    settings: Some(Section::of::<Options>(config::SETTINGS)),
    migrations: MIGRATIONS,
    topics: events::topics,
    mounts: &[],
    start: |to| {
        Box::pin(async move {
            let index = to.host.index().await?;
            Ok(register(to.server, to.context, index, to.options()?)?)
        })
    },
};

/// Adds the service to a server, and starts keeping the index.
pub fn register(
    server: &mut ServerBuilder,
    context: &ServiceContext,
    index: Arc<dyn Index>,
    options: Options,
) -> Result<(), MissingPeer> {
    let app = app::App::new(context, index, options)?;
    let rpcs = grpc::Search {
        app: app.clone(),
        audience: Audience::new(context.mesh.clone()),
    };
    server.add(NAME, SearchServiceServer::new(rpcs.clone()));
    server.add(NAME, SearchAdminServiceServer::new(rpcs.clone()));
    server.add(NAME, SearchTuningServiceServer::new(rpcs));
    let keeping = context.clone();
    let kept = app.clone();
    context.supervise("index", move |task| {
        events::keep(kept.clone(), keeping.clone(), task)
    });
    let asking = app.clone();
    context.every_here("watched", WATCHED_CHECK, move || {
        let app = asking.clone();
        async move {
            app.ask_what_is_watched().await;
            Ok(())
        }
    });
    let writing = app.clone();
    context.every_here("journal", JOURNAL_WRITE, move || {
        let app = writing.clone();
        async move { Ok(app.write_journal().await?) }
    });
    // An index that is emptied while the process runs is built anew.
    context.every_here("index_check", INDEX_CHECK, move || {
        let app = app.clone();
        async move { Ok(app.check_whole().await?) }
    });
    Ok(())
}
