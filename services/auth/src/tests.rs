//! Through the generated client, past the real stacks; users is a fake that can fail.

mod admin;
mod audit;
mod close;
mod guessing;
mod keys;
mod login;
mod logout;
mod mails;
mod passwords;
mod refresh;
mod register;
mod roles;
mod rotation;
mod select;
mod tickets;
mod users;

use std::sync::Arc;

use serde_json::Value;
use sv_boot::{Readiness, testing::Hosted};
use sv_handlers::users::UserServiceServer;
use sv_kernel::{Bearer, Ctx, Error};
use sv_proto::auth::{self as pb, auth_service_client::AuthServiceClient};
use sv_rpc::{AuthService, Authenticator, Transport, identity::TokenSettings, testing::Harness};
use sv_store::testing::TestDb;

use self::{mails::Postbox, users::Users};
use crate::{MIGRATIONS, NAME, Options, add, app::Auth};

const PASSWORD: &str = "correct horse";
const PEPPER: &[u8] = &[7; 32];

/// The service in a process in miniature.
struct TestApp {
    harness: Harness,
    db: Arc<TestDb>,
    users: Users,
    postbox: Arc<Postbox>,
    /// Holds the folder of what runs beside the calls.
    _hosted: Hosted,
    readiness: Readiness,
    app: Arc<Auth>,
    /// What verifiers ask.
    authority: AuthService,
    /// As the edge calls it for a client.
    edge: AuthServiceClient<Transport>,
    operator: AuthServiceClient<Transport>,
    platform: AuthServiceClient<Transport>,
    /// As users calls it.
    as_users: AuthServiceClient<Transport>,
}

fn options() -> Options {
    Options {
        bcrypt_cost: 4,
        ..Options::default()
    }
}

impl TestApp {
    /// One on each database under test.
    async fn all() -> Vec<Arc<Self>> {
        let dbs = TestDb::all(MIGRATIONS).await;
        let mut apps = Vec::new();
        for db in dbs {
            apps.push(Self::on(Arc::new(db), options(), Users::default()).await);
        }
        apps
    }

    async fn sqlite(options: Options) -> Arc<Self> {
        let db = TestDb::sqlite(MIGRATIONS).await;
        Self::on(Arc::new(db), options, Users::default()).await
    }

    /// The same installation as a process with other settings sees it.
    async fn with(&self, options: Options) -> Arc<Self> {
        let other = Self::on(self.db.clone(), options, self.users.clone()).await;
        other
            .harness
            .clock
            .set(sv_kernel::Clock::now(&*self.harness.clock));
        // Both begin with the same seed; no two processes draw the same tokens.
        sv_kernel::Entropy::fill(&*other.harness.env.entropy, &mut [0; 7]);
        other
    }

    async fn on(db: Arc<TestDb>, options: Options, users: Users) -> Arc<Self> {
        let mut harness = Harness::new(&[NAME, "users"]);
        let authority = AuthService::of(&harness.mesh).unwrap();
        let verifier = Arc::new(authority.clone());
        let settings = TokenSettings::default();
        let verifier = Authenticator::new(harness.env.clone(), settings, verifier, None);
        harness.authenticator = Arc::new(verifier);
        let (mut server, hosted) =
            Hosted::start(&harness, NAME, &db, &crate::events::topics()).await;
        let postbox = Arc::new(Postbox::default());
        let mails = Some(postbox.clone().mails());
        let app = add(&mut server, &hosted, options, PEPPER, mails);
        let app = app.await.unwrap();
        let peer = UserServiceServer::new(users.service());
        harness.peer(&mut server, "users", peer);
        harness.serve(server);
        let client = |me: &str| {
            let mesh = harness.mesh.calling_as(me);
            AuthServiceClient::new(mesh.client_transport(NAME).unwrap())
        };
        let (edge, operator) = (client("edge"), client("operator"));
        let (platform, as_users) = (client("platform"), client("users"));
        Arc::new(Self {
            harness,
            db,
            users,
            postbox,
            readiness: hosted.readiness.clone(),
            app,
            authority,
            edge,
            operator,
            platform,
            as_users,
            _hosted: hosted,
        })
    }

    fn stranger(&self) -> Ctx {
        self.harness.anonymous()
    }

    /// The context of someone who holds an access token.
    fn holder(&self, access_token: &str) -> Ctx {
        Ctx {
            bearer: Some(Bearer::new(access_token)),
            ..self.stranger()
        }
    }

    async fn register(&self, email: &str, password: &str) -> Result<pb::RegisterResponse, Error> {
        self.register_as(email, password, "").await
    }

    async fn register_as(
        &self,
        email: &str,
        password: &str,
        username: &str,
    ) -> Result<pb::RegisterResponse, Error> {
        self.register_in(&self.stranger(), email, password, username)
            .await
    }

    async fn register_in(
        &self,
        ctx: &Ctx,
        email: &str,
        password: &str,
        username: &str,
    ) -> Result<pb::RegisterResponse, Error> {
        let request = pb::RegisterRequest {
            email: email.into(),
            password: password.into(),
            name: "Ana".into(),
            username: username.into(),
        };
        let answer = self.edge.clone().register(sv_rpc::call(ctx, request)).await;
        Ok(answer.map_err(sv_rpc::error)?.into_inner())
    }

    async fn login(&self, email: &str, password: &str) -> Result<pb::LoginResponse, Error> {
        self.login_in(&self.stranger(), email, password).await
    }

    async fn login_in(
        &self,
        ctx: &Ctx,
        email: &str,
        password: &str,
    ) -> Result<pb::LoginResponse, Error> {
        let request = pb::LoginRequest {
            email: email.into(),
            password: password.into(),
        };
        let answer = self.edge.clone().login(sv_rpc::call(ctx, request)).await;
        Ok(answer.map_err(sv_rpc::error)?.into_inner())
    }

    async fn refresh(&self, token: &str, key: Option<&str>) -> Result<pb::RefreshResponse, Error> {
        let request = pb::RefreshRequest {
            refresh_token: token.into(),
        };
        let mut request = sv_rpc::call(&self.stranger(), request);
        if let Some(key) = key {
            request
                .metadata_mut()
                .insert("idempotency-key", key.parse().unwrap());
        }
        let answer = self.edge.clone().refresh(request).await;
        Ok(answer.map_err(sv_rpc::error)?.into_inner())
    }

    async fn logout(&self, access_token: &str, all: bool) -> Result<i32, Error> {
        let request = pb::LogoutRequest { all_sessions: all };
        let ctx = self.holder(access_token);
        let answer = self.edge.clone().logout(sv_rpc::call(&ctx, request)).await;
        Ok(answer.map_err(sv_rpc::error)?.into_inner().ended)
    }

    /// Verifies an access token as every process does, after it has heard what ended.
    async fn verify(&self, access_token: &str) -> Result<Arc<sv_rpc::identity::Verified>, Error> {
        let verifier = &self.harness.authenticator;
        verifier.revocations().refresh(&self.authority).await?;
        verifier.verify(access_token).await
    }
}

/// Returns header and claims of a token.
fn read(token: &str) -> (Value, Value) {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let parts: Vec<_> = token.split('.').collect();
    assert_eq!(parts.len(), 3, "{token}");
    let part = |at: usize| {
        let json = URL_SAFE_NO_PAD.decode(parts[at]).unwrap();
        serde_json::from_slice(&json).unwrap()
    };
    (part(0), part(1))
}

/// C40.
#[tokio::test]
async fn the_tables_survive_a_full_disk() {
    sv_store::testing::survives_a_full_disk(crate::MIGRATIONS).await;
}
