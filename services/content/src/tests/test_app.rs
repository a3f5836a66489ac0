//! A catalogue in miniature.

use std::sync::{Arc, Mutex};

use sea_orm::{ConnectionTrait as _, Statement};
use sv_boot::testing::Hosted;
use sv_handlers::{
    streaming::{FakeWatchHistoryService, WatchHistoryServiceServer},
    users::{FakeLibraryService, FakeUserService, LibraryServiceServer, UserServiceServer},
};
use sv_kernel::{Country, Ctx, Error, Event as _, Tenant, Whereabouts};
use sv_proto::{
    common::CommonReason,
    content::{
        AdminListMoviesRequest, Content, ContentChanged, ContentStatus, CreateMovieRequest,
        ImportMoviesRequest, ImportRow, ListMoviesRequest, ListMoviesResponse, UpdateMovieRequest,
        content_admin_service_client::ContentAdminServiceClient,
        content_service_client::ContentServiceClient,
    },
    options::Role,
    streaming::{ContinueItem, ListContinueWatchingResponse},
    users::{ListWatchlistResponse, Profile, ResolveProfileResponse, WatchlistItem},
};
use sv_rpc::{
    ServerBuilder, Transport, call, error,
    identity::{AccessClaims, TokenSettings},
    testing::Harness,
};
use sv_store::testing::TestDb;
use uuid::Uuid;

use crate::{MIGRATIONS, NAME, SERVICE, app::App, register};

/// A catalogue in miniature.
pub(super) struct TestApp {
    pub(super) db: TestDb,
    pub(super) harness: Harness,
    pub(super) viewers: ContentServiceClient<Transport>,
    pub(super) editors: ContentAdminServiceClient<Transport>,
    /// The importer on the command line.
    pub(super) operator: ContentAdminServiceClient<Transport>,
    /// Someone who watches.
    pub(super) viewer: Ctx,
    /// Someone who edits.
    pub(super) editor: Ctx,
    /// What every profile has chosen itself, as the services tell it that keep it.
    pub(super) chosen: Arc<Mutex<Chosen>>,
    app: Arc<App>,
    hosted: Hosted,
}

/// What every profile has chosen itself.
#[derive(Debug, Default)]
pub(super) struct Chosen {
    /// What streaming lists; it is away where there is none.
    pub(super) begun: Option<Vec<ContinueItem>>,
    /// What users lists.
    pub(super) watchlist: Vec<Content>,
    /// The profile that is a child's.
    pub(super) child: Option<Uuid>,
}

/// An event of the outbox: key, version and the title, `None` for a tombstone.
pub(super) type Told = (String, i64, Option<Content>);

impl TestApp {
    /// Makes one on each database under test.
    pub(super) async fn all() -> Vec<Self> {
        let mut apps = Vec::new();
        for db in TestDb::all(MIGRATIONS).await {
            apps.push(Self::on(db).await);
        }
        apps
    }

    async fn on(db: TestDb) -> Self {
        let harness = Harness::new(&[NAME, "streaming", "users"]);
        let (mut server, hosted) = Hosted::start(&harness, NAME, &db, &(SERVICE.topics)()).await;
        let app = register(&mut server, &hosted);
        let chosen = Arc::new(Mutex::new(Chosen {
            begun: Some(Vec::new()),
            ..Chosen::default()
        }));
        keepers(&harness, &mut server, &chosen);
        harness.serve(server);
        let as_service = |name: &str| {
            let mesh = harness.mesh.calling_as(name);
            mesh.client_transport(NAME).unwrap()
        };
        let user = harness.env.ids.next();
        Self {
            viewers: ContentServiceClient::new(as_service("edge")),
            editors: ContentAdminServiceClient::new(as_service("edge")),
            operator: ContentAdminServiceClient::new(as_service("operator")),
            viewer: harness.viewer(user, [Role::Viewer]),
            editor: harness.viewer(user, [Role::Admin]),
            chosen,
            app,
            hosted,
            db,
            harness,
        }
    }

    /// Returns an editor of another tenant.
    pub(super) fn editor_of(&self, tenant: &str) -> Ctx {
        let tenant = Tenant::parse(tenant).unwrap();
        let ids = &self.harness.env.ids;
        let claims = AccessClaims::new(
            &TokenSettings::default(),
            &tenant,
            ids.next(),
            ids.next(),
            [Role::Admin],
            self.harness.env.clock.now(),
        );
        Ctx {
            bearer: Some(sv_kernel::Bearer::new(self.harness.sign(&claims))),
            ..self.harness.anonymous().for_tenant(tenant)
        }
    }

    /// Publishes the drafts that are due, as the job does.
    pub(super) async fn publish_due(&self) -> usize {
        let ctx = self.hosted.background();
        self.app.publish_due(&ctx).await.unwrap()
    }

    /// Tells events of other services, and waits until the catalogue has heard `all` that were ever told.
    pub(super) async fn hear<E: sv_kernel::Event + prost::Message>(&self, events: &[E], all: i64) {
        let record = |event: &E| sv_ports::Record {
            topic: E::TOPIC.into(),
            key: "key".into(),
            payload: Some(event.encode_to_vec().into()),
            event_id: self.background().new_id::<E>().uuid(),
            version: 1,
            tenant: Tenant::default(),
            traceparent: None,
            headers: std::collections::BTreeMap::default(),
        };
        let records = events.iter().map(record).collect();
        self.hosted.bus.publish(records).await.unwrap();
        let begin = std::time::Instant::now();
        loop {
            let heard = self.number("SELECT COUNT(*) AS n FROM inbox").await;
            if heard == all {
                return;
            }
            assert!(begin.elapsed().as_secs() < 30, "only {heard} of {all}");
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }

    /// Returns the number `n` that a query finds.
    pub(super) async fn number(&self, sql: &str) -> i64 {
        let statement = Statement::from_string(self.db.backend(), sql);
        let row = self.db.read().query_one_raw(statement).await.unwrap();
        row.unwrap().try_get("", "n").unwrap()
    }

    /// Counts what was played, as the job does.
    pub(super) async fn refresh(&self) -> usize {
        let ctx = self.hosted.background();
        self.app.refresh_popularity(&ctx).await.unwrap()
    }

    /// Returns the client of those who read figures.
    pub(super) fn figures(
        &self,
    ) -> sv_proto::content::popularity_service_client::PopularityServiceClient<Transport> {
        let mesh = self.harness.mesh.calling_as("edge");
        let transport = mesh.client_transport(NAME).unwrap();
        sv_proto::content::popularity_service_client::PopularityServiceClient::new(transport)
    }

    /// Starts what is done beside the calls.
    pub(super) fn start_jobs(&self) {
        crate::jobs::start(&self.app, &self.hosted);
    }

    /// Counts what waits to be done.
    pub(super) async fn waiting(&self) -> u64 {
        let waiting = sv_store::jobs::queue::waiting(&self.db).await.unwrap();
        assert_eq!(waiting.dead, 0);
        waiting.open
    }

    /// Waits until nothing is left to be done.
    pub(super) async fn all_done(&self) {
        let begin = std::time::Instant::now();
        while self.waiting().await > 0 {
            assert!(begin.elapsed().as_secs() < 30, "work is left");
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }

    /// Forgets remembered answers: they end by real time, not by the tests'.
    pub(super) fn forget(&self) {
        self.app.forget();
    }

    /// Returns a viewer in a country.
    pub(super) fn viewer_in(&self, country: &str) -> Ctx {
        Ctx {
            whereabouts: Whereabouts::country(Country::parse(country).ok()),
            ..self.viewer.clone()
        }
    }

    /// Returns the command line's context.
    pub(super) fn background(&self) -> Ctx {
        self.harness.anonymous()
    }

    pub(super) async fn create(&self, content: Content) -> Result<Content, Error> {
        let request = CreateMovieRequest {
            content: Some(content),
        };
        let answer = self
            .editors
            .clone()
            .create_movie(call(&self.editor, request))
            .await;
        Ok(answer.map_err(error)?.into_inner().content.unwrap())
    }

    /// Creates a published film.
    pub(super) async fn publish(&self, title: &str) -> Content {
        self.create(film(title)).await.unwrap()
    }

    pub(super) async fn update(
        &self,
        id: &str,
        content: Content,
        paths: &[&str],
    ) -> Result<Content, Error> {
        let request = UpdateMovieRequest {
            id: id.into(),
            content: Some(content),
            update_mask: Some(prost_types::FieldMask {
                paths: paths.iter().map(|path| (*path).to_owned()).collect(),
            }),
        };
        let answer = self
            .editors
            .clone()
            .update_movie(call(&self.editor, request))
            .await;
        Ok(answer.map_err(error)?.into_inner().content.unwrap())
    }

    pub(super) async fn list(
        &self,
        request: ListMoviesRequest,
    ) -> Result<ListMoviesResponse, Error> {
        let answer = self
            .viewers
            .clone()
            .list_movies(call(&self.viewer, request))
            .await;
        Ok(answer.map_err(error)?.into_inner())
    }

    /// Lists the titles that viewers see, in order, page by page.
    pub(super) async fn titles(&self, request: ListMoviesRequest) -> Vec<String> {
        let mut titles = Vec::new();
        let mut token = String::new();
        loop {
            let page = ListMoviesRequest {
                page_token: token,
                ..request.clone()
            };
            let page = self.list(page).await.unwrap();
            titles.extend(page.items.into_iter().map(|item| item.title));
            token = page.next_page_token;
            if token.is_empty() {
                return titles;
            }
        }
    }

    /// Counts the films of every status.
    pub(super) async fn count(&self) -> i32 {
        let request = AdminListMoviesRequest {
            with_total: true,
            ..AdminListMoviesRequest::default()
        };
        let answer = self
            .editors
            .clone()
            .admin_list_movies(call(&self.editor, request))
            .await;
        answer.unwrap().into_inner().total.unwrap()
    }

    /// Imports rows as the command line does, and returns the actions' names and the ids.
    pub(super) async fn import(
        &self,
        rows: Vec<ImportRow>,
        dry_run: bool,
    ) -> Result<Vec<(&'static str, String)>, Error> {
        let request = ImportMoviesRequest {
            source: "test".into(),
            rows,
            dry_run,
        };
        let ctx = self.background();
        let answer = self
            .operator
            .clone()
            .import_movies(call(&ctx, request))
            .await;
        let outcomes = answer.map_err(error)?.into_inner().outcomes;
        let name = |action: sv_proto::content::ImportAction| {
            action.as_str_name().trim_start_matches("IMPORT_ACTION_")
        };
        Ok(outcomes
            .into_iter()
            .map(|outcome| (name(outcome.action()), outcome.content_id))
            .collect())
    }

    /// Lists the events of the outbox.
    pub(super) async fn told(&self) -> Vec<Told> {
        use prost::Message as _;
        let sql = "SELECT key, version, payload FROM outbox WHERE topic = $1 ORDER BY id";
        let topic = [ContentChanged::TOPIC.into()];
        let statement = Statement::from_sql_and_values(self.db.backend(), sql, topic);
        let rows = self.db.read().query_all_raw(statement).await.unwrap();
        rows.iter()
            .map(|row| {
                let key: String = row.try_get("", "key").unwrap();
                let version: i64 = row.try_get("", "version").unwrap();
                let payload: Option<Vec<u8>> = row.try_get("", "payload").unwrap();
                let content = payload.map(|bytes| {
                    let changed = ContentChanged::decode(bytes.as_slice()).unwrap();
                    assert_eq!(changed.content_id, key);
                    assert_eq!(i64::from(changed.version), version);
                    changed.content.unwrap()
                });
                (key, version, content)
            })
            .collect()
    }
}

/// Asks for a list in an order.
pub(super) fn by(order: &str, page_size: i32) -> ListMoviesRequest {
    ListMoviesRequest {
        order_by: order.into(),
        page_size,
        ..ListMoviesRequest::default()
    }
}

/// A published film.
pub(super) fn film(title: &str) -> Content {
    let mut content = Content {
        title: title.into(),
        ..Content::default()
    };
    content.set_status(ContentStatus::Published);
    content
}

/// A row to import.
pub(super) fn row(key: &str, content: Content) -> ImportRow {
    ImportRow {
        key: key.into(),
        content: Some(content),
    }
}

/// Adds fakes of the services that keep what profiles have chosen.
fn keepers(harness: &Harness, server: &mut ServerBuilder, chosen: &Arc<Mutex<Chosen>>) {
    let told = chosen.clone();
    let history = FakeWatchHistoryService::new().on_list_continue_watching(move |_, _| {
        let begun = told.lock().unwrap().begun.clone();
        async move {
            let items = begun.ok_or(CommonReason::Unavailable)?;
            let next_page_token = String::new();
            Ok(ListContinueWatchingResponse {
                items,
                next_page_token,
            })
        }
    });
    harness.peer(server, "streaming", WatchHistoryServiceServer::new(history));
    let told = chosen.clone();
    let library = FakeLibraryService::new().on_list_watchlist(move |_, _| {
        let titles = told.lock().unwrap().watchlist.clone();
        async move {
            let item = |content| WatchlistItem {
                content: Some(content),
                add_time: None,
            };
            Ok(ListWatchlistResponse {
                items: titles.into_iter().map(item).collect(),
                ..ListWatchlistResponse::default()
            })
        }
    });
    harness.peer(server, "users", LibraryServiceServer::new(library));
    let told = chosen.clone();
    let users = FakeUserService::new().on_resolve_profile(move |_, request| {
        let child = told.lock().unwrap().child.map(|child| child.to_string());
        async move {
            let profile = Profile {
                is_kids: child.is_some_and(|child| child == request.profile_id),
                id: request.profile_id,
                ..Profile::default()
            };
            Ok(ResolveProfileResponse {
                profile: Some(profile),
            })
        }
    });
    server.add("users", UserServiceServer::new(users));
}
