//! Streaming and its peers in one process.

use std::sync::Arc;

use aws_lc_rs::digest;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt as _;
use sv_boot::testing::Hosted;
use sv_handlers::{
    content::ContentServiceServer, livetv::LiveTvServiceServer, rights::RightsServiceServer,
    users::UserServiceServer,
};
use sv_kernel::{Ctx, Error, User};
use sv_ports::Blob as _;
use sv_proto::{
    content::ContentStatus,
    options::Role,
    rights::{AccessBasis, AccessDecision},
    streaming::{
        Media, PlayOnDemandRequest, PlayOnDemandResponse, PublishMediaRequest,
        artwork_admin_service_client::ArtworkAdminServiceClient,
        caption_admin_service_client::CaptionAdminServiceClient,
        media_admin_service_client::MediaAdminServiceClient,
        play_session_service_client::PlaySessionServiceClient,
        playback_service_client::PlaybackServiceClient,
        watch_history_service_client::WatchHistoryServiceClient,
    },
};
use sv_rpc::{HttpMount, Transport, call, error, testing::Harness};
use sv_store::testing::TestDb;
use tonic::{Status, body::Body};
use tower::ServiceExt as _;

use super::{MemoryBlob, fake_peers::FakePeers};
use crate::{
    NAME, Options, SERVICE, app::App, domain, hash::short_hash, import::Tools, register, store,
};

/// The title that is always there.
pub(crate) const TITLE: &str = "0190b8e1-7c3a-7d2f-8a44-5f0c2b9d1e67";

/// Streaming and its peers in one process.
pub(crate) struct TestApp {
    pub(crate) harness: Harness,
    pub(crate) blobs: Arc<MemoryBlob>,
    pub(crate) peers: FakePeers,
    pub(crate) mount: HttpMount,
    pub(crate) app: App,
    pub(crate) db: TestDb,
    _hosted: Hosted,
}

impl TestApp {
    /// Starts one on SQLite.
    pub(crate) async fn open() -> Self {
        Self::on(TestDb::sqlite(store::MIGRATIONS).await).await
    }

    /// Starts one on each database under test.
    pub(crate) async fn all() -> Vec<Self> {
        let mut houses = Vec::new();
        for db in TestDb::all(store::MIGRATIONS).await {
            houses.push(Self::on(db).await);
        }
        houses
    }

    /// Starts one on a database.
    pub(crate) async fn on(db: TestDb) -> Self {
        Self::with(db, Options::default(), Tools::default()).await
    }

    /// Starts one on a database, with settings and tools.
    pub(crate) async fn with(db: TestDb, options: Options, tools: Tools) -> Self {
        let blobs = Arc::new(MemoryBlob::default());
        let peers = FakePeers::default();
        let titles = [
            (TITLE, ContentStatus::Published),
            (&TITLE.replace("67", "68"), ContentStatus::Published),
            (&TITLE.replace("67", "69"), ContentStatus::Draft),
        ]
        .map(|(id, status)| (id.to_owned(), status));
        *peers.titles.lock().unwrap() = titles.into();
        peers.decide(AccessDecision {
            allowed: true,
            basis: AccessBasis::Free.into(),
            max_streams: 4,
            ..AccessDecision::default()
        });
        let harness = Harness::new(&["streaming", "users", "content", "rights", "livetv"]);
        let (mut server, hosted) = Hosted::start(&harness, NAME, &db, &(SERVICE.topics)()).await;
        let users = UserServiceServer::new(FakePeers::users());
        let content = ContentServiceServer::new(peers.content());
        let rights = RightsServiceServer::new(peers.rights());
        harness.peer(&mut server, "users", users);
        harness.peer(&mut server, "content", content);
        harness.peer(&mut server, "rights", rights);
        let livetv = LiveTvServiceServer::new(peers.livetv());
        harness.peer(&mut server, "livetv", livetv);
        let scratch = hosted.folder().join("scratch");
        let options = Options {
            scratch: scratch.display().to_string(),
            ..options
        };
        let registered = register(&mut server, &hosted, blobs.clone(), options, tools);
        let app = registered.await.unwrap();
        let mount = harness.serve(server).mounts()[NAME].clone();
        Self {
            harness,
            blobs,
            peers,
            mount,
            app,
            db,
            _hosted: hosted,
        }
    }

    /// Returns the context of a new account's viewer.
    pub(crate) fn viewer(&self) -> Ctx {
        let user = self.harness.env.ids.next::<User>();
        self.harness.viewer(user, [Role::Viewer])
    }

    /// Returns the context of an editor.
    pub(crate) fn admin(&self) -> Ctx {
        let user = self.harness.env.ids.next::<User>();
        self.harness.viewer(user, [Role::Admin])
    }

    pub(crate) fn playback(&self) -> PlaybackServiceClient<Transport> {
        let mesh = self.harness.mesh.calling_as("edge");
        PlaybackServiceClient::new(mesh.client_transport("streaming").unwrap())
    }

    pub(crate) fn sessions(&self) -> PlaySessionServiceClient<Transport> {
        let mesh = self.harness.mesh.calling_as("edge");
        PlaySessionServiceClient::new(mesh.client_transport("streaming").unwrap())
    }

    pub(crate) fn watching(&self) -> WatchHistoryServiceClient<Transport> {
        let mesh = self.harness.mesh.calling_as("edge");
        WatchHistoryServiceClient::new(mesh.client_transport("streaming").unwrap())
    }

    pub(crate) fn artwork_admin(&self) -> ArtworkAdminServiceClient<Transport> {
        let mesh = self.harness.mesh.calling_as("edge");
        ArtworkAdminServiceClient::new(mesh.client_transport("streaming").unwrap())
    }

    pub(crate) fn captions_admin(&self) -> CaptionAdminServiceClient<Transport> {
        let mesh = self.harness.mesh.calling_as("edge");
        CaptionAdminServiceClient::new(mesh.client_transport("streaming").unwrap())
    }

    pub(crate) fn media_admin(&self) -> MediaAdminServiceClient<Transport> {
        let mesh = self.harness.mesh.calling_as("edge");
        MediaAdminServiceClient::new(mesh.client_transport("streaming").unwrap())
    }

    /// Plays the title.
    pub(crate) async fn play(&self, ctx: &Ctx) -> Result<PlayOnDemandResponse, Error> {
        self.play_title(ctx, TITLE).await
    }

    pub(crate) async fn play_title(
        &self,
        ctx: &Ctx,
        id: &str,
    ) -> Result<PlayOnDemandResponse, Error> {
        let request = PlayOnDemandRequest {
            content_id: id.to_owned(),
        };
        let answer = self.playback().play_on_demand(call(ctx, request)).await;
        Ok(answer.map_err(error)?.into_inner())
    }

    /// Stores small media for a title and describes it.
    pub(crate) async fn store_media(&self, id: &str, generation: &str) -> domain::Media {
        let mut media = domain::media::tests::sample();
        media.content_id = id.to_owned();
        media.prefix = format!("media/{id}/{generation}");
        let mut bytes = Vec::new();
        for (n, segment) in media.renditions[0].segments.iter_mut().enumerate() {
            let body = format!("{generation} segment {n} ")
                .repeat(1000 + n)
                .into_bytes();
            segment.size = u32::try_from(body.len()).unwrap();
            segment.hash = short_hash(&digest::digest(&digest::SHA256, &body));
            bytes.push(body);
        }
        for (n, body) in bytes.into_iter().enumerate() {
            let key = media.segment_key("480p", n);
            self.blobs.put_bytes(&key, body.into()).await.unwrap();
        }
        let mp4 = Bytes::from(format!("{generation} whole film ").repeat(50_000));
        self.blobs
            .put_bytes(&media.progressive_key(), mp4)
            .await
            .unwrap();
        let jpeg = Bytes::from(format!("{generation} picture"));
        self.blobs
            .put_bytes(&media.poster_key(), jpeg)
            .await
            .unwrap();
        media
    }

    /// Publishes media as an editor.
    pub(crate) async fn publish(&self, media: &domain::Media) -> Result<Media, Error> {
        let request = PublishMediaRequest {
            content_id: media.content_id.clone(),
            media: Some(media.into()),
        };
        let request = call(&self.admin(), request);
        let answer = self.media_admin().publish_media(request).await;
        Ok(answer.map_err(error)?.into_inner().media.unwrap())
    }

    /// Stores and publishes media for the title.
    pub(crate) async fn with_media(self) -> Self {
        let media = self.store_media(TITLE, "g1").await;
        self.publish(&media).await.unwrap();
        self
    }

    /// Sends a request to the HTTP mount.
    pub(crate) async fn send(&self, request: Request<()>) -> Response<Bytes> {
        let request = request.map(|()| Body::empty());
        let response = self.mount.clone().oneshot(request).await.unwrap();
        let (mut head, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        // As the edge does: a refusal gets its HTTP status; here its body is the reason alone.
        let refused = Status::from_header_map(&head.headers).map(error);
        let Some(refused) = refused else {
            return Response::from_parts(head, bytes);
        };
        head.status = refused.info().http.try_into().unwrap();
        Response::from_parts(head, refused.reason().into())
    }

    /// Gets an address from the HTTP mount.
    pub(crate) async fn get(&self, address: &str) -> Response<Bytes> {
        self.get_with(address, &[]).await
    }

    /// Gets an address with headers.
    pub(crate) async fn get_with(
        &self,
        address: &str,
        headers: &[(&str, &str)],
    ) -> Response<Bytes> {
        let mut request = Request::get(address);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(()).unwrap()).await
    }
}
