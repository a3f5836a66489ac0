//! Search in miniature.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU8, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use prost::Message as _;
use sv_adapters::TantivyIndex;
use sv_boot::testing::Hosted;
use sv_handlers::{
    content::{CollectionServiceServer, ContentServiceServer, PopularityServiceServer},
    livetv::LiveTvServiceServer,
    users::{FakeUserService, UserServiceServer},
};
use sv_kernel::{Ctx, Error, Event as _, MovableClock, Tenant};
use sv_ports::{
    Bus, PortError, PortResult, Position, Record,
    index::{Candidate, Change, Index, IndexStatus, Query, Rebuild, Written},
};
use sv_proto::{
    content::{Content, ContentChanged, ContentStatus, ContentType, Credit, Score},
    options::Role,
    search::{
        GetIndexStatusRequest, GetIndexStatusResponse, RebuildIndexRequest, RebuildIndexResponse,
        SearchGlobalRequest, SearchGlobalResponse,
        search_admin_service_client::SearchAdminServiceClient,
        search_service_client::SearchServiceClient,
        search_tuning_service_client::SearchTuningServiceClient,
    },
    users::{Profile, ResolveProfileResponse},
};
use sv_rpc::{Server, Transport, call, error, testing::Harness};
use sv_store::testing::TestDb;
use tempfile::TempDir;
use tokio::sync::watch;

use super::catalogue::Catalogue;
use crate::{MIGRATIONS, NAME, Options, SERVICE, register};

/// Search in miniature.
pub(super) struct TestApp {
    pub(super) bus: Arc<dyn Bus>,
    pub(super) index: Arc<Faulty>,
    pub(super) viewer: Ctx,
    /// The same in a profile for children.
    pub(super) child: Ctx,
    pub(super) clock: Arc<MovableClock>,
    pub(super) operator: Ctx,
    pub(super) search: SearchServiceClient<Transport>,
    pub(super) admin: SearchAdminServiceClient<Transport>,
    pub(super) tuning: SearchTuningServiceClient<Transport>,
    /// What content holds.
    pub(super) catalogue: Catalogue,
    db: Arc<TestDb>,
    hosted: Hosted,
    harness: Harness,
    _server: Server,
}

impl TestApp {
    /// Makes one on each database under test.
    pub(super) async fn all() -> Vec<Self> {
        let mut apps = Vec::new();
        for db in TestDb::all(MIGRATIONS).await {
            let folder = tempfile::tempdir().unwrap();
            let catalogue = Catalogue::default();
            apps.push(Self::on(Arc::new(db), folder, Gate::open(), catalogue).await);
        }
        apps
    }

    async fn on(db: Arc<TestDb>, folder: TempDir, gate: Gate, catalogue: Catalogue) -> Self {
        let index = TantivyIndex::open(&folder.path().join("index"))
            .await
            .unwrap();
        Self::with(db, folder, Arc::new(Faulty::new(index, gate)), catalogue).await
    }

    async fn with(
        db: Arc<TestDb>,
        folder: TempDir,
        index: Arc<Faulty>,
        catalogue: Catalogue,
    ) -> Self {
        let harness = Harness::new(&[NAME, "content", "livetv", "users"]);
        let (mut server, hosted) =
            Hosted::start_in(folder, &harness, NAME, &db, &(SERVICE.topics)()).await;
        let content = ContentServiceServer::new(catalogue.service());
        harness.peer(&mut server, "content", content);
        let collections = CollectionServiceServer::new(catalogue.collections());
        server.add("content", collections);
        let popularity = PopularityServiceServer::new(catalogue.popularity());
        server.add("content", popularity);
        let livetv = LiveTvServiceServer::new(catalogue.livetv());
        harness.peer(&mut server, "livetv", livetv);
        let users = FakeUserService::new().on_resolve_profile(|_, request| async move {
            let profile = Profile {
                id: request.profile_id,
                is_kids: true,
                ..Profile::default()
            };
            Ok(ResolveProfileResponse {
                profile: Some(profile),
            })
        });
        harness.peer(&mut server, "users", UserServiceServer::new(users));
        let options = Options {
            index_budget_ms: 200,
            fallback_budget_ms: 10_000,
            // A test goes on to other questions before an index that failed is asked again.
            index_pause_ms: 0,
        };
        register(&mut server, &hosted, index.clone(), options).unwrap();
        let server = harness.serve(server);
        let transport = || {
            harness
                .mesh
                .calling_as("edge")
                .client_transport(NAME)
                .unwrap()
        };
        let user = harness.env.ids.next();
        let viewer = harness.viewer(user, [Role::Viewer]);
        Self {
            clock: harness.clock.clone(),
            child: Ctx {
                profile: Some(harness.env.ids.next::<Profile>().uuid()),
                ..viewer.clone()
            },
            viewer,
            operator: harness.viewer(user, [Role::Admin]),
            search: SearchServiceClient::new(transport()),
            admin: SearchAdminServiceClient::new(transport()),
            tuning: SearchTuningServiceClient::new(transport()),
            bus: hosted.bus.clone(),
            index,
            catalogue,
            db,
            hosted,
            harness,
            _server: server,
        }
    }

    /// Signs an administrator in; for when sessions have ended since.
    pub(super) fn administrator(&self) -> Ctx {
        self.harness
            .viewer(self.harness.env.ids.next(), [Role::Admin])
    }

    /// Starts another process on the same tables and index, with an event log of its own.
    pub(super) async fn beside(&self) -> Self {
        Self::with(
            self.db.clone(),
            tempfile::tempdir().unwrap(),
            self.index.clone(),
            self.catalogue.clone(),
        )
        .await
    }

    /// Ends the process and starts it again on the same folder and tables, after `between`.
    pub(super) async fn restart(self, between: impl FnOnce(&std::path::Path)) -> Self {
        self.restart_behind(Gate::open(), between).await
    }

    /// The same; what is built anew waits at a gate.
    pub(super) async fn restart_behind(
        self,
        gate: Gate,
        between: impl FnOnce(&std::path::Path),
    ) -> Self {
        let Self {
            db,
            hosted,
            index,
            catalogue,
            ..
        } = self;
        let folder = hosted.end().await;
        index.end();
        between(folder.path());
        Self::on(db, folder, gate, catalogue).await
    }

    /// Tells of titles as content does, in this order, once content holds them.
    pub(super) async fn tell(&self, records: impl IntoIterator<Item = Record>) {
        let records: Vec<Record> = records.into_iter().collect();
        self.catalogue.hold(&records);
        self.bus.publish(records).await.unwrap();
    }

    /// Waits until search has taken up everything.
    pub(super) async fn settle(&self) {
        let settled = async {
            loop {
                let status = self.status().await;
                if status.is_ok_and(|status| status.lag_events == 0 && !status.rebuilding) {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), settled)
            .await
            .unwrap();
    }

    pub(super) async fn ask(
        &self,
        request: SearchGlobalRequest,
    ) -> Result<SearchGlobalResponse, Error> {
        self.ask_as(&self.viewer, request).await
    }

    pub(super) async fn ask_as(
        &self,
        ctx: &Ctx,
        request: SearchGlobalRequest,
    ) -> Result<SearchGlobalResponse, Error> {
        let answer = self.search.clone().search_global(call(ctx, request)).await;
        answer.map(tonic::Response::into_inner).map_err(error)
    }

    pub(super) async fn find(&self, typed: &str) -> SearchGlobalResponse {
        self.ask(asked(typed)).await.unwrap()
    }

    /// Lists the titles that are found, best first.
    pub(super) async fn titles(&self, typed: &str) -> Vec<String> {
        let found = self.find(typed).await.items.into_iter();
        found.map(|hit| hit.title).collect()
    }

    pub(super) async fn status(&self) -> Result<GetIndexStatusResponse, Error> {
        let request = call(&self.operator, GetIndexStatusRequest {});
        let answer = self.admin.clone().get_index_status(request).await;
        answer.map(tonic::Response::into_inner).map_err(error)
    }

    pub(super) async fn rebuild(&self) -> Result<RebuildIndexResponse, Error> {
        let request = call(&self.operator, RebuildIndexRequest {});
        let answer = self.admin.clone().rebuild_index(request).await;
        answer.map(tonic::Response::into_inner).map_err(error)
    }
}

/// Makes a question.
pub(super) fn asked(typed: &str) -> SearchGlobalRequest {
    SearchGlobalRequest {
        q: typed.into(),
        ..Default::default()
    }
}

/// Makes a published film.
pub(super) fn film(id: &str, title: &str) -> Content {
    Content {
        id: id.into(),
        r#type: ContentType::Movie.into(),
        title: title.into(),
        status: ContentStatus::Published.into(),
        release_date: "1999-03-31".into(),
        genres: vec!["Drama".into()],
        ..Default::default()
    }
}

/// Adds someone.
pub(super) fn credit(mut content: Content, name: &str) -> Content {
    content.credits.push(Credit {
        name: name.into(),
        ..Default::default()
    });
    content
}

/// Adds votes.
pub(super) fn votes(mut content: Content, votes: i32) -> Content {
    let score = Score {
        source: "imdb".into(),
        value: 8.0,
        scale: 10.0,
        votes,
    };
    content.scores.push(score);
    content
}

/// Makes the event of a title.
pub(super) fn changed(content: Content, version: i32) -> Record {
    let id = content.id.clone();
    let event = ContentChanged {
        content_id: id.clone(),
        version,
        content: Some(content),
    };
    Record {
        payload: Some(event.encode_to_vec().into()),
        ..deleted(&id, version)
    }
}

/// Makes the event of a deletion.
pub(super) fn deleted(id: &str, version: i32) -> Record {
    let key = format!("{id}/{version}");
    Record {
        topic: ContentChanged::TOPIC.into(),
        key: id.into(),
        payload: None,
        event_id: uuid_of(&key),
        version: version.into(),
        tenant: Tenant::default(),
        traceparent: None,
        headers: BTreeMap::new(),
    }
}

fn uuid_of(text: &str) -> uuid::Uuid {
    let hash = text.bytes().fold(0_u128, |hash, byte| {
        hash.wrapping_mul(0x0100_0000_01b3)
            .wrapping_add(u128::from(byte) + 1)
    });
    uuid::Uuid::from_u128(hash)
}

/// What a rebuild waits at before it writes. All clones are one.
#[derive(Clone, Debug)]
pub(super) struct Gate(Arc<watch::Sender<bool>>);

impl Gate {
    pub(super) fn open() -> Self {
        Self(Arc::new(watch::Sender::new(true)))
    }

    pub(super) fn closed() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }

    pub(super) fn let_pass(&self) {
        self.0.send_replace(true);
    }

    async fn pass(&self) {
        let mut open = self.0.subscribe();
        open.wait_for(|open| *open).await.unwrap();
    }
}

/// A rebuild that waits at a gate.
#[derive(Debug)]
struct Gated {
    rebuild: Box<dyn Rebuild>,
    gate: Gate,
}

#[async_trait]
impl Rebuild for Gated {
    async fn write(&mut self, changes: Vec<Change>) -> PortResult<Written> {
        self.gate.pass().await;
        self.rebuild.write(changes).await
    }

    async fn promote(self: Box<Self>, done: &[Position]) -> PortResult<IndexStatus> {
        self.gate.pass().await;
        self.rebuild.promote(done).await
    }

    async fn abandon(self: Box<Self>) -> PortResult<()> {
        self.rebuild.abandon().await
    }
}

/// An index that can be made to fail or to hang.
#[derive(Debug)]
pub(super) struct Faulty {
    /// Until the process ends.
    index: Mutex<Option<TantivyIndex>>,
    fault: AtomicU8,
    gate: Gate,
}

/// What an index does wrong.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Fault {
    None,
    /// Every call fails.
    Fails,
    /// Queries are never answered.
    Hangs,
}

impl Faulty {
    fn new(index: TantivyIndex, gate: Gate) -> Self {
        Self {
            index: Mutex::new(Some(index)),
            gate,
            fault: AtomicU8::new(Fault::None as u8),
        }
    }

    /// Lets go of the folder, as the end of a process does. Services and the mesh through which they
    /// call each other hold one another, so that what they hold ends with the process alone.
    fn end(&self) {
        drop(self.held().take());
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Option<TantivyIndex>> {
        self.index.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn index(&self) -> PortResult<TantivyIndex> {
        let ended = || PortError::unavailable("search index", "its process has ended");
        self.held().clone().ok_or_else(ended)
    }

    pub(super) fn set(&self, fault: Fault) {
        self.fault.store(fault as u8, Ordering::SeqCst);
    }

    fn has(&self, fault: Fault) -> bool {
        self.fault.load(Ordering::SeqCst) == fault as u8
    }

    fn check(&self) -> PortResult<()> {
        if self.has(Fault::Fails) {
            return Err(PortError::unavailable(
                "search index",
                "it was told to fail",
            ));
        }
        Ok(())
    }
}

#[async_trait]
impl Index for Faulty {
    fn backend(&self) -> &'static str {
        "tantivy"
    }

    async fn write(&self, changes: Vec<Change>) -> PortResult<Written> {
        self.check()?;
        self.index()?.write(changes).await
    }

    async fn commit(&self, done: &[Position]) -> PortResult<()> {
        self.check()?;
        self.index()?.commit(done).await
    }

    async fn candidates(&self, query: &Query) -> PortResult<Vec<Candidate>> {
        self.check()?;
        if self.has(Fault::Hangs) {
            std::future::pending::<()>().await;
        }
        self.index()?.candidates(query).await
    }

    async fn status(&self) -> PortResult<IndexStatus> {
        self.index()?.status().await
    }

    async fn begin_rebuild(&self) -> PortResult<Option<Box<dyn Rebuild>>> {
        self.check()?;
        let begun = self.index()?.begin_rebuild().await?;
        Ok(begun.map(|rebuild| {
            let gate = self.gate.clone();
            Box::new(Gated { rebuild, gate }) as Box<dyn Rebuild>
        }))
    }
}

/// Loses the index of a process that has ended. Its threads may end a little later, and write
/// while the folder is emptied.
pub(super) fn lose(folder: &std::path::Path) {
    let index = folder.join("index");
    for _ in 0..1_000 {
        match std::fs::remove_dir_all(&index) {
            Err(error) if error.kind() == std::io::ErrorKind::DirectoryNotEmpty => {
                std::thread::sleep(Duration::from_millis(5));
            }
            done => return done.unwrap(),
        }
    }
    panic!("somebody goes on writing into the index");
}
