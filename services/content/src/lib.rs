//! The catalogue: what can be watched, and everything that is known about it (CAT-1 to CAT-8).
//!
//! - Owns the tables `content`, `content_genres`, `content_tags`, `natural_keys`, `external_ids`, `playlists` and
//!   `playlist_items`, and the view `videos` (C25; module `store`). The message
//!   [`Content`](sv_proto::content::Content) itself is the document that is stored; columns repeat
//!   what lists filter and sort by.
//! - Serves `ContentService` to viewers and `ContentAdminService` to editors and importers, and the same
//!   titles as `VideoService` and `VideoAdminService` (C7), the latter to creators, too.
//! - Serves `CollectionService` and `CollectionAdminService` (X-CAT-10) over `collections` and `collection_items`, and
//!   emits [`CollectionChanged`].
//! - Serves `PlaylistService` and `PlaylistAdminService` (CAT-12, CAT-13), and emits [`PlaylistChanged`].
//! - Emits [`ContentChanged`] with the whole after-image for every change, in its transaction (C20); editors
//!   follow the same changes as a stream (`app::watch`).
//! - Hears of what is played and rated, counts it (`play_hours`, `popularity`), and brings titles into the order of it
//!   every few minutes (CAT-18, REC-5).
//! - Asks users whether a viewer is a child, who sees other lists ([`Audience`](sv_boot::Audience)), and
//!   streaming for the home page what a profile goes on with.
//!
//! [`import`] reads catalogue files and takes them to the service as its client, [`demo`] holds
//! the titles of a demonstration.

mod app;
mod cache;
mod convert;
pub mod demo;
mod documents;
mod domain;
mod grpc;
pub mod import;
mod jobs;
mod store;

#[cfg(test)]
#[expect(
    clippy::disallowed_methods,
    reason = "tests end and await what they spawn themselves"
)]
mod tests;

use std::sync::Arc;

use sv_boot::{Group, Service, ServiceContext};
use sv_handlers::content::{
    BrowseServiceServer, CollectionAdminServiceServer, CollectionServiceServer,
    ContentAdminServiceServer, ContentServiceServer, PersonAdminServiceServer, PersonServiceServer,
    PlaylistAdminServiceServer, PlaylistServiceServer, PopularityServiceServer,
    VideoAdminServiceServer, VideoServiceServer,
};
use sv_ports::Topic;
use sv_proto::{
    content::{CollectionChanged, ContentChanged, PersonChanged, PlaylistChanged},
    streaming::PlaybackEvent,
    users::TitleRated,
};
use sv_rpc::ServerBuilder;
use sv_store::feed::Feed;

use store::MIGRATIONS;

/// The name of the service.
const NAME: &str = "content";

/// What the program has to know of the service to run it.
pub const SERVICE: Service = Service {
    name: NAME,
    group: Group::Core,
    grpc_port: 9083,
    settings: None,
    migrations: MIGRATIONS,
    topics: || {
        vec![
            Topic::of::<ContentChanged>(),
            Topic::of::<PlaylistChanged>(),
            Topic::of::<PersonChanged>(),
            Topic::of::<CollectionChanged>(),
            Topic::of::<PlaybackEvent>(),
            Topic::of::<TitleRated>(),
        ]
    },
    mounts: &[],
    start: |to| {
        Box::pin(async move {
            let app = register(to.server, to.context);
            jobs::start(&app, to.context);
            Ok(())
        })
    },
};

/// Adds the service to a server.
fn register(server: &mut ServerBuilder, context: &ServiceContext) -> Arc<app::App> {
    let feed = Feed::new(context.db.clone(), context.background());
    let followed = feed.clone();
    context.supervise("feed", move |task| {
        followed.clone().run(task.pulse().clone(), task.stop())
    });
    let app = Arc::new(app::App::new(context, feed));
    context.subscribe("plays", app::listening());
    server.add(
        NAME,
        PopularityServiceServer::new(grpc::Figures(app.clone())),
    );
    server.add(NAME, BrowseServiceServer::new(grpc::Browse(app.clone())));
    server.add(NAME, ContentServiceServer::new(grpc::Viewers(app.clone())));
    server.add(
        NAME,
        ContentAdminServiceServer::new(grpc::Editors(app.clone())),
    );
    server.add(NAME, VideoServiceServer::new(grpc::Videos(app.clone())));
    server.add(
        NAME,
        VideoAdminServiceServer::new(grpc::Videos(app.clone())),
    );
    server.add(
        NAME,
        PlaylistServiceServer::new(grpc::Playlists(app.clone())),
    );
    server.add(
        NAME,
        PlaylistAdminServiceServer::new(grpc::Playlists(app.clone())),
    );
    server.add(
        NAME,
        CollectionServiceServer::new(grpc::Collections(app.clone())),
    );
    server.add(
        NAME,
        CollectionAdminServiceServer::new(grpc::Collections(app.clone())),
    );
    server.add(NAME, PersonServiceServer::new(grpc::People(app.clone())));
    server.add(
        NAME,
        PersonAdminServiceServer::new(grpc::People(app.clone())),
    );
    app
}
