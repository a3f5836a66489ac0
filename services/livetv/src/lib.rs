//! Live television: channels and their guide (LIVE-1 to LIVE-5).
//!
//! - Owns the tables `channels`, `channel_genres` and `programmes` (module `store`). The message
//!   [`Channel`](sv_proto::livetv::Channel) itself is the document that is stored, and
//!   [`Programme`](sv_proto::livetv::Programme) without id and times; columns repeat what queries go by.
//! - Serves `LiveTvService` and `GuideService` to viewers, `LiveTvAdminService` and `GuideAdminService` to
//!   editors. Guides come as files, which `upload` reads; [`import`] is behind `streamverse import guide`.
//! - Emits [`ChannelChanged`] with the whole after-image for every change, in its transaction (C20), and
//!   [`GuideChanged`] with the span of time of every change of a guide. What runs on a channel now and next is
//!   told by [`AiringChanged`], as guides and the clock say it: a job looks each second which channels are due.
//! - Asks users whether a viewer is a child, who sees fewer channels ([`Audience`](sv_boot::Audience)).

mod app;
mod convert;
pub mod demo;
mod documents;
mod domain;
mod grpc;
pub mod import;
mod jobs;
mod store;
mod upload;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use sv_boot::{Group, Service, ServiceContext};
use sv_handlers::livetv::{
    GuideAdminServiceServer, GuideServiceServer, LiveTvAdminServiceServer, LiveTvServiceServer,
};
use sv_ports::Topic;
use sv_proto::livetv::{AiringChanged, ChannelChanged, GuideChanged};
use sv_rpc::ServerBuilder;

use store::MIGRATIONS;

/// The name of the service.
const NAME: &str = "livetv";

/// What the program has to know of the service to run it.
pub const SERVICE: Service = Service {
    name: NAME,
    group: Group::Core,
    grpc_port: 9098,
    settings: None,
    migrations: MIGRATIONS,
    topics: || {
        vec![
            Topic::of::<ChannelChanged>(),
            Topic::of::<GuideChanged>(),
            Topic::of::<AiringChanged>(),
        ]
    },
    mounts: &[],
    start: |to| {
        Box::pin(async move {
            register(to.server, to.context);
            Ok(())
        })
    },
};

/// Adds the service to a server.
fn register(server: &mut ServerBuilder, context: &ServiceContext) {
    let app = Arc::new(app::App::new(context));
    jobs::start(&app, context);
    server.add(NAME, LiveTvServiceServer::new(grpc::Viewers(app.clone())));
    server.add(
        NAME,
        LiveTvAdminServiceServer::new(grpc::Editors(app.clone())),
    );
    server.add(NAME, GuideServiceServer::new(grpc::Guide(app.clone())));
    server.add(NAME, GuideAdminServiceServer::new(grpc::Guide(app)));
}
