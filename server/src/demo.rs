//! Demonstration data: titles, the clips of our own three, channels that play them with a guide of the week, series,
//! people and playlists, and a household that has begun to watch.
//!
//! It is loaded beside the running process, and each step can be repeated: what a killed process had begun, the next
//! one goes on with ([`Progress`]).

mod editors;
mod household;
mod progress;
mod series;
mod shelf;

use std::time::Duration;

use bytes::Bytes;
use sv_kernel::BoxError;
use sv_proto::{
    content::{ImportMoviesRequest, content_admin_service_client::ContentAdminServiceClient},
    google::api::HttpBody,
    livetv::{
        CreateChannelRequest, LiveTvReason, UploadGuideRequest,
        guide_admin_service_client::GuideAdminServiceClient,
        live_tv_admin_service_client::LiveTvAdminServiceClient,
    },
    streaming::media_admin_service_client::MediaAdminServiceClient,
};
use sv_rpc::{call, error, policy::OPERATOR};
use tracing::info;

use crate::{data_dir::DataDir, node::Node, selection::Selection};
use editors::Editors;
use progress::Progress;

/// Rows of one import call.
const BATCH: usize = 200;

/// The first and the longest pause after it could not be loaded.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// How often the guide goes on by what was not in it yet.
const GUIDE: Duration = Duration::from_hours(6);

/// The packaged clips as they lie in the repository, by their keys in the blob store.
const CLIPS: &[(&str, &[u8])] = include!("../../demo/clips.rs");

/// The service of channels and their guide.
const LIVETV: &str = sv_livetv::SERVICE.name;

/// The steps that are done once, as they are remembered ([`Progress`]).
const TITLES: &str = "titles";
const MEDIA: &str = "clips";
const CHANNELS: &str = "channels";
const HOUSEHOLD: &str = "household";

/// What of the demonstration this process loads.
#[derive(Debug)]
pub(crate) struct Demo {
    progress: Progress,
    titles: bool,
    clips: bool,
    live: Option<Live>,
    /// Series, people, playlists and a household that has begun to watch: where everything runs here.
    household: bool,
}

/// What of live television it loads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Live {
    /// Channels and their guide.
    All,
    /// The guide, which is out of date after a week.
    Guide,
    /// Nothing until then.
    Loaded,
}

impl Demo {
    /// Decides before anything is opened: the demonstration goes only into empty tables, or on where it was broken
    /// off; but for the guide.
    pub(crate) fn plan(wanted: bool, data: &DataDir, selection: &Selection) -> Self {
        let progress = Progress::of(data);
        let to_do = |step, services: &[&str]| {
            let ours = wanted && services.iter().all(|service| selection.has(service));
            let fresh = services.iter().all(|service| data.is_fresh(service));
            ours && progress.begin(step, fresh)
        };
        let titles = to_do(TITLES, &[sv_content::SERVICE.name]);
        let clips = to_do(MEDIA, &[sv_streaming::SERVICE.name]);
        let channels = to_do(CHANNELS, &[LIVETV]);
        let household = selection.edge && to_do(HOUSEHOLD, &household::NEEDED);
        let live = if channels { Live::All } else { Live::Guide };
        Self {
            titles,
            clips,
            live: (wanted && selection.has(LIVETV)).then_some(live),
            household,
            progress,
        }
    }

    /// Loads it, and goes on trying where it cannot, e.g. because the disk is full: a demonstration is
    /// no reason to end. Where there is a guide it never ends.
    /// `page` is the address of the public port, which is told with the last of it.
    pub(crate) async fn load(mut self, node: &Node, page: Option<&str>) {
        let household = self.household;
        self.load_once(node).await;
        if let (true, Some(page)) = (household, page) {
            let (email, password) = (household::EMAIL, household::PASSWORD);
            info!("to watch: open {page} and sign in as {email} with the password \"{password}\"");
        }
        while self.live.is_some() {
            tokio::time::sleep(GUIDE).await;
            self.live = Some(Live::Guide);
            self.load_once(node).await;
        }
    }

    /// Loads what is left, step by step: what is done is not begun anew.
    async fn load_once(&mut self, node: &Node) {
        let mut pause = FIRST_PAUSE;
        while let Err(failure) = self.try_to_load(node).await {
            tracing::warn!(
                error = &*failure as &dyn std::error::Error,
                "demonstration not loaded yet"
            );
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    async fn try_to_load(&mut self, node: &Node) -> Result<(), BoxError> {
        if self.titles {
            titles(node).await?;
            self.progress.done(TITLES)?;
            self.titles = false;
        }
        if self.clips {
            clips(node).await?;
            self.progress.done(MEDIA)?;
            self.clips = false;
        }
        if self.live == Some(Live::All) {
            channels(node).await?;
            self.progress.done(CHANNELS)?;
            self.live = Some(Live::Guide);
        }
        if matches!(self.live, Some(Live::All | Live::Guide)) {
            guide(node).await?;
            self.live = Some(Live::Loaded);
        }
        if self.household {
            let editors = Editors::of(node, &self.progress)?;
            let shelf = shelf::load(&editors).await?;
            household::load(node, &shelf).await?;
            self.progress.done(HOUSEHOLD)?;
            self.household = false;
            info!(email = household::EMAIL, "demonstration household loaded");
        }
        Ok(())
    }
}

async fn titles(node: &Node) -> Result<(), BoxError> {
    let mesh = node.mesh.calling_as(OPERATOR);
    let ctx = node.operator();
    let mut content =
        ContentAdminServiceClient::new(mesh.client_transport(sv_content::SERVICE.name)?);
    let catalogue = sv_content::demo::catalogue()?;
    for rows in catalogue.rows.chunks(BATCH) {
        let batch = ImportMoviesRequest {
            source: catalogue.source.clone(),
            rows: rows.to_vec(),
            dry_run: false,
        };
        content
            .import_movies(call(&ctx, batch))
            .await
            .map_err(error)?;
    }
    info!(titles = catalogue.rows.len(), "demonstration titles loaded");
    Ok(())
}

async fn clips(node: &Node) -> Result<(), BoxError> {
    let mesh = node.mesh.calling_as(OPERATOR);
    let ctx = node.operator();
    let streaming =
        MediaAdminServiceClient::new(mesh.client_transport(sv_streaming::SERVICE.name)?);
    let blobs = &node.adapters.blobs;
    for (key, bytes) in CLIPS {
        blobs.put_bytes(key, Bytes::from_static(bytes)).await?;
    }
    let descriptions = CLIPS.iter().filter(|(key, _)| key.ends_with("/media.json"));
    for (_, description) in descriptions {
        let media = serde_json::from_slice(description)?;
        sv_streaming::import::publish(&ctx, &streaming, &media).await?;
    }
    info!("demonstration clips loaded");
    Ok(())
}

async fn channels(node: &Node) -> Result<(), BoxError> {
    let mesh = node.mesh.calling_as(OPERATOR);
    let ctx = node.operator();
    let mut livetv = LiveTvAdminServiceClient::new(mesh.client_transport(LIVETV)?);
    let [bars, coast, _] = sv_content::demo::OWN_SHORTS;
    for channel in sv_livetv::demo::channels([coast, bars]) {
        let request = CreateChannelRequest {
            channel: Some(channel),
        };
        let made = livetv.create_channel(call(&ctx, request)).await;
        match made.map_err(error) {
            Ok(_) => {}
            // From the try before.
            Err(refused) if refused.is(&LiveTvReason::GuideIdTaken) => {}
            Err(refused) => return Err(refused.into()),
        }
    }
    Ok(())
}

async fn guide(node: &Node) -> Result<(), BoxError> {
    let mesh = node.mesh.calling_as(OPERATOR);
    let ctx = node.operator();
    let mut livetv = GuideAdminServiceClient::new(mesh.client_transport(LIVETV)?);
    let file = HttpBody {
        content_type: "application/xml".into(),
        data: sv_livetv::demo::guide(ctx.now()).into(),
        extensions: Vec::new(),
    };
    let request = UploadGuideRequest {
        file: Some(file),
        ..UploadGuideRequest::default()
    };
    livetv
        .upload_guide(call(&ctx, request))
        .await
        .map_err(error)?;
    info!("demonstration channels loaded");
    Ok(())
}
