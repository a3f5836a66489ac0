//! Demonstration data: titles, the clips of our own three, and channels that play them, with a guide of the week.

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

/// What of the demonstration this process loads.
#[derive(Debug)]
pub(crate) struct Demo {
    titles: bool,
    clips: bool,
    live: Option<Live>,
}

/// What of live television it loads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Live {
    /// Channels and their guide.
    All,
    /// The guide, which is out of date after a week.
    Guide,
}

impl Demo {
    /// Decides before anything is opened: the demonstration goes only into empty tables, but for the guide.
    pub(crate) fn plan(wanted: bool, data: &DataDir, selection: &Selection) -> Self {
        let empty = |service| wanted && selection.has(service) && data.is_fresh(service);
        Self {
            titles: empty(sv_content::SERVICE.name),
            clips: empty(sv_streaming::SERVICE.name),
            live: (wanted && selection.has(LIVETV)).then(|| {
                if empty(LIVETV) {
                    Live::All
                } else {
                    Live::Guide
                }
            }),
        }
    }

    /// Loads it, and goes on trying where it cannot, e.g. because the disk is full: a demonstration is
    /// no reason to end. Where there is a guide it never ends.
    pub(crate) async fn load(mut self, node: &Node) {
        self.load_once(node).await;
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
            self.titles = false;
        }
        if self.clips {
            clips(node).await?;
            self.clips = false;
        }
        if self.live == Some(Live::All) {
            channels(node).await?;
        }
        if self.live.is_some() {
            guide(node).await?;
            self.live = Some(Live::Guide);
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
