//! Through the generated client, past the real stacks.

mod accounts;
mod kids;
mod library;
mod managed;
mod peers;
mod profiles;

use std::{sync::Arc, time::Duration};

use sv_boot::testing::Hosted;
use sv_handlers::{auth::AuthServiceServer, content::ContentServiceServer};
use sv_kernel::{Ctx, Error, Id, Tenant, User};
use sv_proto::{
    auth::CloseAccountRequest,
    users::{
        self as pb, library_service_client::LibraryServiceClient,
        user_admin_service_client::UserAdminServiceClient, user_service_client::UserServiceClient,
    },
};
use sv_rpc::{Transport, testing::Harness};
use sv_store::testing::TestDb;

use self::peers::{Closed, Titles};
use crate::{MIGRATIONS, NAME, Options, SERVICE, app::Library, register};

/// The service in a process in miniature.
struct TestApp {
    harness: Harness,
    db: TestDb,
    /// As auth calls it.
    auth: UserServiceClient<Transport>,
    /// As streaming calls it.
    streaming: UserServiceClient<Transport>,
    /// As the edge calls it for a viewer.
    viewer: UserServiceClient<Transport>,
    /// The same of what profiles keep.
    library: LibraryServiceClient<Transport>,
    managers: UserAdminServiceClient<Transport>,
    /// What the service does by the clock.
    retracting: Library,
    titles: Titles,
    closed: Closed,
}

impl TestApp {
    /// One on each database under test.
    async fn all() -> Vec<Self> {
        Self::with(|_| {}).await
    }

    /// The same with other settings.
    async fn with(set: impl Fn(&mut Options)) -> Vec<Self> {
        let dbs = TestDb::all(MIGRATIONS).await;
        let mut apps = Vec::new();
        for db in dbs {
            let mut options = Options::default();
            set(&mut options);
            apps.push(Self::on(db, options).await);
        }
        apps
    }

    async fn sqlite() -> Self {
        Self::on(TestDb::sqlite(MIGRATIONS).await, Options::default()).await
    }

    async fn on(db: TestDb, options: Options) -> Self {
        let harness = Harness::new(&[NAME, "auth", "content"]);
        let (mut server, hosted) = Hosted::start(&harness, NAME, &db, &(SERVICE.topics)()).await;
        let retracting = register(&mut server, &hosted, options, &[9; 32]);
        let (titles, closed) = (Titles::default(), Closed::default());
        let content = ContentServiceServer::new(titles.service());
        harness.peer(&mut server, "content", content);
        let asked = AuthServiceServer::new(closed.service());
        harness.peer(&mut server, "auth", asked);
        harness.serve(server);
        let client = |me: &str| {
            let mesh = harness.mesh.calling_as(me);
            UserServiceClient::new(mesh.client_transport(NAME).unwrap())
        };
        let (auth, viewer) = (client("auth"), client("edge"));
        let streaming = client("streaming");
        let edge = harness.mesh.calling_as("edge");
        Self {
            library: LibraryServiceClient::new(edge.client_transport(NAME).unwrap()),
            managers: UserAdminServiceClient::new(edge.client_transport(NAME).unwrap()),
            retracting,
            titles,
            closed,
            harness,
            db,
            auth,
            streaming,
            viewer,
        }
    }

    /// Lets a moment pass.
    fn later(&self) {
        self.harness.clock.advance(Duration::from_secs(1));
    }

    /// Lists the accounts that auth was asked to close.
    fn closed(&self) -> Vec<CloseAccountRequest> {
        self.closed.all()
    }

    fn stranger(&self) -> Ctx {
        self.harness.anonymous()
    }

    fn viewer_of(&self, user: &pb::User) -> Ctx {
        self.harness.viewer(user.id.parse().unwrap(), [])
    }

    async fn create(&self, request: pb::CreateUserRequest) -> Result<pb::User, Error> {
        self.create_in(&self.stranger(), request).await
    }

    async fn create_in(
        &self,
        ctx: &Ctx,
        request: pb::CreateUserRequest,
    ) -> Result<pb::User, Error> {
        let answer = self
            .auth
            .clone()
            .create_user(sv_rpc::call(ctx, request))
            .await;
        Ok(answer.map_err(sv_rpc::error)?.into_inner().user.unwrap())
    }

    /// Creates an account and returns it with its context.
    async fn ana(&self) -> (pb::User, Ctx) {
        let user = self.create(self.request("Ana")).await.unwrap();
        let ctx = self.viewer_of(&user);
        (user, ctx)
    }

    fn request(&self, name: &str) -> pb::CreateUserRequest {
        pb::CreateUserRequest {
            id: self.harness.env.ids.next::<User>().to_string(),
            email: format!("{}@example.com", name.to_lowercase()),
            name: name.into(),
            username: String::new(),
        }
    }
}

fn acme(ctx: &Ctx) -> Ctx {
    ctx.for_tenant(Tenant::parse("acme").unwrap())
}

fn unknown_id() -> String {
    Id::<()>::from_uuid(uuid::Uuid::from_u128(42)).to_string()
}

fn shared<T>(value: T) -> Arc<T> {
    Arc::new(value)
}

/// C40.
#[tokio::test]
async fn the_tables_survive_a_full_disk() {
    sv_store::testing::survives_a_full_disk(crate::MIGRATIONS).await;
}
