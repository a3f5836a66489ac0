//! Streaming and its neighbours in one process.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use aws_lc_rs::digest;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt as _;
use sv_boot::{Lifecycle, Parts, Readiness};
use sv_kernel::{Ctx, Error, PageSigner, Timestamp, User};
use sv_ports::{Blob as _, embedded};
use sv_proto::{
    content::{
        BatchGetContentsRequest, BatchGetContentsResponse, Content, ContentStatus, GetMovieRequest,
        GetMovieResponse, ListMoviesRequest, ListMoviesResponse,
        content_service_server::{ContentService, ContentServiceServer},
    },
    options::Role,
    rights::{
        AccessBasis, AccessDecision, CancelSubscriptionRequest, CancelSubscriptionResponse,
        CheckAccessRequest, CheckAccessResponse, ListPlansRequest, ListPlansResponse,
        ListSubscriptionsRequest, ListSubscriptionsResponse, Offer, Plan, SubscribeRequest,
        SubscribeResponse,
        rights_service_server::{RightsService, RightsServiceServer},
    },
    streaming::{
        Media, PlayOnDemandRequest, PlayOnDemandResponse, PublishMediaRequest,
        media_admin_service_client::MediaAdminServiceClient,
        playback_service_client::PlaybackServiceClient,
    },
    users::{
        CreateProfileRequest, CreateProfileResponse, CreateUserRequest, CreateUserResponse,
        DeleteProfileRequest, DeleteProfileResponse, GetMeRequest, GetMeResponse,
        GetProfileRequest, GetProfileResponse, GetUserRequest, GetUserResponse,
        ListProfilesRequest, ListProfilesResponse, Profile, ResolveProfileRequest,
        ResolveProfileResponse, UpdateProfileRequest, UpdateProfileResponse, UserReason,
        user_service_server::{UserService, UserServiceServer},
    },
};
use sv_rpc::{
    BytesPlane, Transport, call, error, status,
    testing::{Harness, MemoryIdempotency},
};
use sv_store::testing::TestDb;
use tonic::{Response as Answer, Status, body::Body};
use tower::ServiceExt as _;

use super::MemoryBlob;
use crate::{NAME, Options, domain, hash::short_hash, register, store};

/// The title that every house has.
pub(crate) const TITLE: &str = "0190b8e1-7c3a-7d2f-8a44-5f0c2b9d1e67";

/// Streaming and its neighbours in one process.
pub(crate) struct House {
    pub(crate) harness: Harness,
    pub(crate) blobs: Arc<MemoryBlob>,
    pub(crate) neighbours: Neighbours,
    pub(crate) plane: BytesPlane,
    pub(crate) db: TestDb,
    _bus: tempfile::TempDir,
}

/// What the neighbours say; tests change it.
#[derive(Clone, Default)]
pub(crate) struct Neighbours {
    /// Titles by id.
    pub(crate) titles: Arc<Mutex<HashMap<String, ContentStatus>>>,
    /// The decision of rights, for every title.
    pub(crate) decision: Arc<Mutex<AccessDecision>>,
    /// How often rights was asked.
    pub(crate) asked: Arc<AtomicUsize>,
}

impl House {
    /// Opens a house on SQLite.
    pub(crate) async fn open() -> Self {
        Self::on(TestDb::sqlite(store::MIGRATIONS).await).await
    }

    /// Opens a house on every database under test.
    pub(crate) async fn all() -> Vec<Self> {
        let mut houses = Vec::new();
        for db in TestDb::all(store::MIGRATIONS).await {
            houses.push(Self::on(db).await);
        }
        houses
    }

    /// Opens a house on a database.
    pub(crate) async fn on(db: TestDb) -> Self {
        let blobs = Arc::new(MemoryBlob::default());
        let neighbours = Neighbours::default();
        let titles = [
            (TITLE, ContentStatus::Published),
            (&TITLE.replace("67", "68"), ContentStatus::Published),
            (&TITLE.replace("67", "69"), ContentStatus::Draft),
        ]
        .map(|(id, status)| (id.to_owned(), status));
        *neighbours.titles.lock().unwrap() = titles.into();
        neighbours.decide(AccessDecision {
            allowed: true,
            basis: AccessBasis::Free.into(),
            ..AccessDecision::default()
        });
        let harness = Harness::new(&["streaming", "users", "content", "rights"]);
        let mut server = harness.builder();
        server.add("users", UserServiceServer::new(neighbours.clone()));
        server.add("content", ContentServiceServer::new(neighbours.clone()));
        server.add("rights", RightsServiceServer::new(neighbours.clone()));
        for name in ["users", "rights"] {
            server.idempotency(name, Arc::new(MemoryIdempotency::default()));
        }
        let folder = tempfile::tempdir().unwrap();
        let bus = embedded::Bus::open(folder.path(), embedded::BusOptions::default());
        let parts = Parts {
            db: sv_store::Db::clone(&db),
            bus: Arc::new(bus.await.unwrap()),
            mesh: harness.mesh.calling_as(NAME),
            env: harness.env.clone(),
            pages: PageSigner::new(b"secret"),
            lifecycle: Lifecycle::new(),
            readiness: Readiness::default(),
        };
        let plane = register(&mut server, &parts, blobs.clone(), Options::default());
        let plane = plane.await.unwrap();
        harness.serve(server);
        Self {
            harness,
            blobs,
            neighbours,
            plane,
            db,
            _bus: folder,
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

    /// Sends a request to the bytes plane.
    pub(crate) async fn send(&self, request: Request<()>) -> Response<Bytes> {
        let request = request.map(|()| Body::empty());
        let response = self.plane.clone().oneshot(request).await.unwrap();
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

    /// Gets an address from the bytes plane.
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

impl Neighbours {
    /// Sets what rights decides.
    pub(crate) fn decide(&self, decision: AccessDecision) {
        *self.decision.lock().unwrap() = decision;
    }

    /// Lets rights refuse.
    pub(crate) fn refuse(&self, basis: AccessBasis) {
        let offer = |code: &str| Offer {
            kind: "subscribe".into(),
            plan: Some(Plan {
                code: code.into(),
                ..Plan::default()
            }),
        };
        self.decide(AccessDecision {
            basis: basis.into(),
            offers: vec![offer("basic"), offer("premium")],
            ..AccessDecision::default()
        });
    }

    /// Lets rights allow until an instant.
    pub(crate) fn allow_until(&self, end: Timestamp) {
        self.decide(AccessDecision {
            allowed: true,
            basis: AccessBasis::Subscription.into(),
            expire_time: Some(prost_types::Timestamp {
                seconds: end.secs(),
                nanos: end.subsec_nanos(),
            }),
            ..AccessDecision::default()
        });
    }
}

/// Returns the profile that stands in for an account's default: the account's own id.
fn default_profile(user: &str) -> String {
    user.to_owned()
}

#[tonic::async_trait]
impl UserService for Neighbours {
    async fn resolve_profile(
        &self,
        request: tonic::Request<ResolveProfileRequest>,
    ) -> Result<Answer<ResolveProfileResponse>, Status> {
        let ResolveProfileRequest {
            user_id,
            profile_id,
        } = request.into_inner();
        // A profile of somebody else begins with `f`.
        if profile_id.starts_with('f') {
            return Err(status(UserReason::ProfileNotFound.into()));
        }
        let id = if profile_id.is_empty() {
            default_profile(&user_id)
        } else {
            profile_id
        };
        Ok(Answer::new(ResolveProfileResponse {
            profile: Some(Profile {
                id,
                ..Profile::default()
            }),
        }))
    }

    async fn get_me(
        &self,
        _: tonic::Request<GetMeRequest>,
    ) -> Result<Answer<GetMeResponse>, Status> {
        Err(not_here())
    }

    async fn list_profiles(
        &self,
        _: tonic::Request<ListProfilesRequest>,
    ) -> Result<Answer<ListProfilesResponse>, Status> {
        Err(not_here())
    }

    async fn create_profile(
        &self,
        _: tonic::Request<CreateProfileRequest>,
    ) -> Result<Answer<CreateProfileResponse>, Status> {
        Err(not_here())
    }

    async fn get_profile(
        &self,
        _: tonic::Request<GetProfileRequest>,
    ) -> Result<Answer<GetProfileResponse>, Status> {
        Err(not_here())
    }

    async fn update_profile(
        &self,
        _: tonic::Request<UpdateProfileRequest>,
    ) -> Result<Answer<UpdateProfileResponse>, Status> {
        Err(not_here())
    }

    async fn delete_profile(
        &self,
        _: tonic::Request<DeleteProfileRequest>,
    ) -> Result<Answer<DeleteProfileResponse>, Status> {
        Err(not_here())
    }

    async fn create_user(
        &self,
        _: tonic::Request<CreateUserRequest>,
    ) -> Result<Answer<CreateUserResponse>, Status> {
        Err(not_here())
    }

    async fn get_user(
        &self,
        _: tonic::Request<GetUserRequest>,
    ) -> Result<Answer<GetUserResponse>, Status> {
        Err(not_here())
    }
}

#[tonic::async_trait]
impl ContentService for Neighbours {
    async fn batch_get_contents(
        &self,
        request: tonic::Request<BatchGetContentsRequest>,
    ) -> Result<Answer<BatchGetContentsResponse>, Status> {
        let titles = self.titles.lock().unwrap();
        let known = |id: String| {
            let status = *titles.get(&id)?;
            Some(Content {
                id,
                title: "Big Buck Bunny".into(),
                status: status.into(),
                ..Content::default()
            })
        };
        let contents = request.into_inner().ids.into_iter().filter_map(known);
        Ok(Answer::new(BatchGetContentsResponse {
            contents: contents.collect(),
        }))
    }

    async fn list_movies(
        &self,
        _: tonic::Request<ListMoviesRequest>,
    ) -> Result<Answer<ListMoviesResponse>, Status> {
        Err(not_here())
    }

    async fn get_movie(
        &self,
        _: tonic::Request<GetMovieRequest>,
    ) -> Result<Answer<GetMovieResponse>, Status> {
        Err(not_here())
    }
}

#[tonic::async_trait]
impl RightsService for Neighbours {
    async fn check_access(
        &self,
        request: tonic::Request<CheckAccessRequest>,
    ) -> Result<Answer<CheckAccessResponse>, Status> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let decision = self.decision.lock().unwrap().clone();
        let decide = |content_id| AccessDecision {
            content_id,
            ..decision.clone()
        };
        let decisions = request.into_inner().content_ids.into_iter().map(decide);
        Ok(Answer::new(CheckAccessResponse {
            decisions: decisions.collect(),
        }))
    }

    async fn list_plans(
        &self,
        _: tonic::Request<ListPlansRequest>,
    ) -> Result<Answer<ListPlansResponse>, Status> {
        Err(not_here())
    }

    async fn list_subscriptions(
        &self,
        _: tonic::Request<ListSubscriptionsRequest>,
    ) -> Result<Answer<ListSubscriptionsResponse>, Status> {
        Err(not_here())
    }

    async fn subscribe(
        &self,
        _: tonic::Request<SubscribeRequest>,
    ) -> Result<Answer<SubscribeResponse>, Status> {
        Err(not_here())
    }

    async fn cancel_subscription(
        &self,
        _: tonic::Request<CancelSubscriptionRequest>,
    ) -> Result<Answer<CancelSubscriptionResponse>, Status> {
        Err(not_here())
    }
}

fn not_here() -> Status {
    status(sv_proto::common::CommonReason::Unimplemented.into())
}
