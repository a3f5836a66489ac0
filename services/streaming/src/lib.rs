//! Streaming: makes files playable, starts playback and hands out the bytes.
//!
//! | owns | what |
//! |---|---|
//! | table `media` | every packaging of every title; one of a title is its present one |
//! | table `play_sessions` | at most one open session per profile, device and title (C8); each holds one of its account's streams while it shows signs of life (X-ID-2) |
//! | table `play_accounts` | how many streams an account may run; its rows are what starts lock |
//! | table `watch_progress` | what profiles have watched and where they left it (USER-6, X-CAT-1); open sessions tell later news |
//! | tables `imports`, `upload_parts`, `upload_tenants` | files on their way from an upload to the media of a title, and where their bytes are |
//! | table `packagings` | folders of the blob store that imports have claimed, until they are published or deleted |
//! | topic `content.uploaded` | files that were uploaded whole (EVT-1) |
//! | topic `playback.events` | how playback starts, goes on and ends (EVT-3) |
//! | table `play_keys` | the keys that sign playback addresses |
//! | blobs `uploads/<tenant>/<import id>/…` | what has arrived of a file, until it is packaged |
//! | blobs `media/<content id>/<generation>/…` | segments, the MP4 file, the poster, `media.json` |
//!
//! Hears of profiles and accounts that are gone (`profile.deleted`, `user.changed`), and forgets what they watched.
//! Asks users which profile acts, content for the title and rights for the decision, and rights again
//! while it is played; addresses end with their login and their entitlement (`app::Watch`). [`import`] is the
//! library behind `streamverse import media` and behind uploads ([`uploads`]); [`hls`] writes playlists.

mod app;
mod captions;
mod config;
mod convert;
pub mod domain;
mod events;
mod grpc;
mod hash;
pub mod hls;
pub mod import;
mod jobs;
mod media_mount;
mod signing;
mod store;
mod token;
mod uploads;

#[cfg(test)]
#[cfg_attr(
    feature = "test-media",
    expect(
        clippy::disallowed_methods,
        reason = "tests end and await what they spawn themselves"
    )
)]
mod tests;

use std::{convert::Infallible, sync::Arc};

use http::Request;
use sv_boot::{Audience, Group, Need, Service, ServiceContext, config::Section};
use sv_handlers::streaming::{
    ArtworkAdminServiceServer, CaptionAdminServiceServer, ImportAdminServiceServer,
    MediaAdminServiceServer, PlaySessionServiceServer, PlaybackServiceServer,
    WatchHistoryServiceServer,
};
use sv_kernel::BoxError;
use sv_ports::{Blob, Topic};
use sv_proto::{
    content::content_service_client::ContentServiceClient,
    livetv::live_tv_service_client::LiveTvServiceClient,
    rights::rights_service_client::RightsServiceClient,
    streaming::{ContentUploaded, PlaybackEvent},
    users::{ProfileDeleted, UserChanged, user_service_client::UserServiceClient},
};
use sv_rpc::{HttpMount, ServerBuilder};
use tonic::body::Body;

pub use config::Options;
use store::MIGRATIONS;
use uploads::Uploads;

/// The service's name.
const NAME: &str = "streaming";

/// A prefix that no media have: asking for it costs little wherever they are.
const NOTHING: &str = "nothing/";

/// What the program has to know of the service to run it.
pub const SERVICE: Service = Service {
    name: NAME,
    group: Group::Media,
    grpc_port: 9084,
    settings: Some(Section::of::<Options>(config::SETTINGS)),
    migrations: MIGRATIONS,
    topics: || {
        vec![
            Topic::of::<PlaybackEvent>(),
            Topic::of::<ContentUploaded>(),
            Topic::of::<ProfileDeleted>(),
            Topic::of::<UserChanged>(),
        ]
    },
    mounts: &[
        "/stream/{*path}",
        "/admin/media/{content_id}/uploads",
        "/admin/media/{content_id}/uploads/{upload_id}",
    ],
    start: |to| {
        Box::pin(async move {
            let (blobs, options): (_, Options) = (to.host.blobs(), to.options()?);
            let tools = options.tools(std::env::current_exe()?);
            register(to.server, to.context, blobs, options, tools)
                .await
                .map(drop)
        })
    },
};

/// Adds the service to a server with its HTTP mount, everything under `/stream/` and uploads, and starts its
/// jobs. Returns its use cases.
async fn register(
    server: &mut ServerBuilder,
    context: &ServiceContext,
    blobs: Arc<dyn Blob>,
    options: Options,
    tools: import::Tools,
) -> Result<app::App, BoxError> {
    let ServiceContext { db, mesh, env, .. } = context;
    let ctx = context.background();
    watch_blobs(context, blobs.clone());
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
    let media = media_mount::MediaMount::new(
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
            audience: Audience::new(mesh.clone()),
            pages: context.pages.clone(),
            streams_without_plan: options.streams_without_plan,
            users: UserServiceClient::new(mesh.client_transport("users")?),
            content,
            livetv: LiveTvServiceClient::new(mesh.client_transport("livetv")?),
            signing: Arc::new(signing::Signing::new(
                &options.live_secret,
                &options.live_signed_hosts,
            )),
            rights,
            importing: Arc::new(options.importing(tools)),
        },
        heartbeat_seconds: sv_proto::convert::count(options.heartbeat_seconds),
    };
    let app = rpcs.app.clone();
    jobs::start(keys, app.clone(), context);
    context.subscribe("leavers", events::leavers());
    server.add(NAME, PlaybackServiceServer::new(rpcs.clone()));
    server.add(NAME, PlaySessionServiceServer::new(rpcs.clone()));
    server.add(NAME, WatchHistoryServiceServer::new(rpcs.clone()));
    server.add(NAME, ArtworkAdminServiceServer::new(rpcs.clone()));
    server.add(NAME, CaptionAdminServiceServer::new(rpcs.clone()));
    server.add(NAME, ImportAdminServiceServer::new(rpcs.clone()));
    server.add(NAME, MediaAdminServiceServer::new(rpcs));
    let uploads = Uploads::new(app.clone(), server.door(NAME), context.lifecycle.clone());
    server.mount(NAME, mount(media, uploads));
    Ok(app)
}

/// Tells where media cannot be reached: a bucket that is not there, or whose key does not open it.
fn watch_blobs(context: &ServiceContext, blobs: Arc<dyn Blob>) {
    context
        .readiness
        .add("streaming.blobs", Need::Soft, move || {
            let blobs = blobs.clone();
            async move {
                match blobs.list(NOTHING, None, 1).await {
                    Ok(_) => Ok(()),
                    Err(failure) => Err(match std::error::Error::source(&failure) {
                        Some(cause) => format!("{failure}: {cause}"),
                        None => failure.to_string(),
                    }),
                }
            }
        });
}

/// Puts what is read and what is written behind one mount.
fn mount(media: media_mount::MediaMount, uploads: Uploads) -> HttpMount {
    HttpMount::new(tower::service_fn(move |request: Request<Body>| {
        let (media, uploads) = (media.clone(), uploads.clone());
        async move {
            let answer = if Uploads::has(request.uri().path()) {
                uploads.serve(request).await
            } else {
                media.serve(&request.map(drop)).await
            };
            Ok::<_, Infallible>(answer)
        }
    }))
}
