//! Through the generated client, past the real stacks.

mod accounts;
mod kids;
mod profiles;

use std::sync::Arc;

use sv_boot::testing::Hosted;
use sv_kernel::{Ctx, Error, Id, Tenant, User};
use sv_proto::users::{self as pb, user_service_client::UserServiceClient};
use sv_rpc::{Transport, testing::Harness};
use sv_store::testing::TestDb;

use crate::{MIGRATIONS, NAME, Options, SERVICE, register};

/// The service in a process in miniature.
struct World {
    harness: Harness,
    db: TestDb,
    /// As auth calls it.
    auth: UserServiceClient<Transport>,
    /// As streaming calls it.
    streaming: UserServiceClient<Transport>,
    /// As the edge calls it for a viewer.
    viewer: UserServiceClient<Transport>,
}

impl World {
    /// One on each database under test.
    async fn all() -> Vec<Self> {
        let dbs = TestDb::all(MIGRATIONS).await;
        let mut worlds = Vec::new();
        for db in dbs {
            worlds.push(Self::on(db).await);
        }
        worlds
    }

    async fn sqlite() -> Self {
        Self::on(TestDb::sqlite(MIGRATIONS).await).await
    }

    async fn on(db: TestDb) -> Self {
        let harness = Harness::new(&[NAME]);
        let (mut server, parts) = Hosted::start(&harness, NAME, &db, &(SERVICE.topics)()).await;
        register(&mut server, &parts, Options::default(), &[9; 32]);
        harness.serve(server);
        let client = |me: &str| {
            let mesh = harness.mesh.calling_as(me);
            UserServiceClient::new(mesh.client_transport(NAME).unwrap())
        };
        let (auth, viewer) = (client("auth"), client("edge"));
        let streaming = client("streaming");
        Self {
            harness,
            db,
            auth,
            streaming,
            viewer,
        }
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
