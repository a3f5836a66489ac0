//! Streaming: makes files playable, starts playback and hands out the bytes.
//!
//! | owns | what |
//! |---|---|
//! | table `media` | every packaging of every title; one of a title is its present one |
//! | table `play_sessions` | at most one open session per profile, device and title (C8) |
//! | table `play_keys` | the keys that sign playback addresses |
//! | blobs `media/<content id>/<generation>/…` | segments, the MP4 file, the poster, `media.json` |
//!
//! Asks users which profile acts, content for the title and rights for the decision, and rights again
//! while it is played; addresses end with their login and their entitlement (`app::Watch`). [`import`] is the
//! library behind `streamverse import media`; [`hls`] writes playlists.

mod app;
mod config;
mod convert;
pub mod domain;
mod grpc;
mod hash;
pub mod hls;
pub mod import;
mod jobs;
mod plane;
mod store;
mod token;

#[cfg(test)]
#[cfg_attr(
    feature = "test-media",
    expect(
        clippy::disallowed_methods,
        reason = "tests end and await what they spawn themselves"
    )
)]
mod tests;

use std::sync::Arc;

use sv_boot::{Group, Parts, Service};
use sv_handlers::streaming::{MediaAdminServiceServer, PlaybackServiceServer};
use sv_kernel::BoxError;
use sv_ports::Blob;
use sv_proto::{
    content::content_service_client::ContentServiceClient,
    rights::rights_service_client::RightsServiceClient,
    users::user_service_client::UserServiceClient,
};
use sv_rpc::ServerBuilder;

pub use config::Options;
use store::MIGRATIONS;

/// The service's name.
const NAME: &str = "streaming";

/// What the program has to know of the service to run it.
pub const SERVICE: Service = Service {
    name: NAME,
    group: Group::Media,
    grpc_port: 9084,
    migrations: MIGRATIONS,
    topics: Vec::new,
    mounts: &["/stream/{*path}"],
    start: |to| {
        Box::pin(async move {
            let (blobs, options) = (to.host.blobs(), to.options()?);
            register(to.server, to.parts, blobs, options).await
        })
    },
};

/// Adds the service to a server with its bytes plane, everything under `/stream/`, and starts its
/// jobs.
async fn register(
    server: &mut ServerBuilder,
    parts: &Parts,
    blobs: Arc<dyn Blob>,
    options: Options,
) -> Result<(), BoxError> {
    let Parts { db, mesh, env, .. } = parts;
    let ctx = parts.background();
    let keys = app::Keys::load(&ctx, db.clone(), env.clock.clone(), options.key_life()).await?;
    let keys = Arc::new(keys);
    let library = app::Library::new(db.clone());
    let rights = RightsServiceClient::new(mesh.client_transport("rights")?);
    let watch = app::Watch::new(
        db.clone(),
        rights.clone(),
        server.authenticator(),
        env.clock.clone(),
        ctx.clone(),
    );
    let content = ContentServiceClient::new(mesh.client_transport("content")?);
    let plane = plane::Plane::new(
        library.clone(),
        app::Showing::new(content.clone(), ctx.clone()),
        keys.clone(),
        watch.clone(),
        blobs.clone(),
        env.business_clock.clone(),
        &options,
    );
    let rpcs = grpc::Streaming {
        app: app::App {
            db: db.clone(),
            blobs,
            library,
            keys: keys.clone(),
            watch,
            users: UserServiceClient::new(mesh.client_transport("users")?),
            content,
            rights,
        },
    };
    server.add(NAME, PlaybackServiceServer::new(rpcs.clone()));
    server.add(NAME, MediaAdminServiceServer::new(rpcs));
    jobs::start(keys, parts);
    server.plane(NAME, plane.service());
    Ok(())
}
