//! Through the generated client, past the real stacks; users and content are fakes.

mod access;
mod cancelling;
mod changing;
mod closing;
mod coupons;
mod dunning;
mod editing;
mod gifts;
mod given_up;
mod going_back;
mod heard;
mod histories;
mod job;
mod matrix;
mod ordering;
mod peers;
mod returned;
mod silence;
mod subscribing;
mod support;
mod told;
mod trials;

use std::sync::atomic::Ordering;

use sea_orm::{ConnectionTrait as _, Statement};
use sv_boot::testing::Hosted;
use sv_handlers::{
    content::ContentServiceServer, livetv::LiveTvServiceServer, payments::PaymentServiceServer,
    users::UserServiceServer,
};
use sv_kernel::{Ctx, Error, Event, Id, User};
use sv_proto::{
    options::Role,
    rights::{
        self as pb, billing_service_client::BillingServiceClient,
        coupon_admin_service_client::CouponAdminServiceClient,
        coupon_service_client::CouponServiceClient,
        gift_admin_service_client::GiftAdminServiceClient, gift_service_client::GiftServiceClient,
        order_admin_service_client::OrderAdminServiceClient,
        order_service_client::OrderServiceClient,
        rights_admin_service_client::RightsAdminServiceClient,
        rights_service_client::RightsServiceClient, support_service_client::SupportServiceClient,
    },
};
use sv_rpc::{Transport, call, error, testing::Harness};
use sv_store::testing::TestDb;

use crate::{MIGRATIONS, NAME, Options, SERVICE, app::App, register};
use peers::{Faults, catalogue, channels, households};

/// The service in a process in miniature.
struct TestApp {
    harness: Harness,
    app: App,
    faults: Faults,
    accounts: peers::Accounts,
    withdrawn: peers::Withdrawn,
    background: Ctx,
    db: TestDb,
    client: RightsServiceClient<Transport>,
    orders: OrderServiceClient<Transport>,
    gifts: GiftServiceClient<Transport>,
    coupons: CouponServiceClient<Transport>,
    campaigns: CouponAdminServiceClient<Transport>,
    billing: BillingServiceClient<Transport>,
    givers: GiftAdminServiceClient<Transport>,
    editors: RightsAdminServiceClient<Transport>,
    support: OrderAdminServiceClient<Transport>,
    helpers: SupportServiceClient<Transport>,
    /// Who makes plans and rules.
    editor: Ctx,
    hosted: Hosted,
}

impl TestApp {
    /// One on each database under test.
    async fn all() -> Vec<Self> {
        let mut apps = Vec::new();
        for db in TestDb::all(MIGRATIONS).await {
            apps.push(Self::on(db).await);
        }
        apps
    }

    async fn on(db: TestDb) -> Self {
        Self::with(db, Faults::default()).await
    }

    /// One on each database, where nobody takes payments.
    async fn selling_nothing() -> Vec<Self> {
        let mut apps = Vec::new();
        for db in TestDb::all(MIGRATIONS).await {
            let faults = Faults::default();
            faults.off.store(true, Ordering::SeqCst);
            apps.push(Self::with(db, faults).await);
        }
        apps
    }

    async fn with(db: TestDb, faults: Faults) -> Self {
        let harness = Harness::new(&[NAME, "users", "content", "livetv", "payments"]);
        let (accounts, withdrawn) = (peers::Accounts::default(), peers::Withdrawn::default());
        let (mut server, hosted) = Hosted::start(&harness, NAME, &db, &(SERVICE.topics)()).await;
        let (users, content) = (households(accounts.clone()), catalogue(withdrawn.clone()));
        harness.peer(&mut server, "users", UserServiceServer::new(users));
        harness.peer(&mut server, "content", ContentServiceServer::new(content));
        let livetv = LiveTvServiceServer::new(channels());
        harness.peer(&mut server, "livetv", livetv);
        let payments = PaymentServiceServer::new(faults.payments());
        harness.peer(&mut server, "payments", payments);
        let app = register(&mut server, &hosted, Options::default()).unwrap();
        harness.serve(server);
        let transport = harness
            .mesh
            .calling_as("streaming")
            .client_transport(NAME)
            .unwrap();
        Self {
            client: RightsServiceClient::new(transport.clone()),
            orders: OrderServiceClient::new(transport.clone()),
            gifts: GiftServiceClient::new(transport.clone()),
            coupons: CouponServiceClient::new(transport.clone()),
            campaigns: CouponAdminServiceClient::new(transport.clone()),
            billing: BillingServiceClient::new(transport.clone()),
            givers: GiftAdminServiceClient::new(transport.clone()),
            editors: RightsAdminServiceClient::new(transport.clone()),
            support: OrderAdminServiceClient::new(transport.clone()),
            helpers: SupportServiceClient::new(transport),
            editor: harness.viewer(harness.env.ids.next(), [Role::Admin]),
            background: hosted.background(),
            harness,
            app,
            faults,
            accounts,
            withdrawn,
            db,
            hosted,
        }
    }

    fn user(&self) -> Id<User> {
        self.harness.env.ids.next()
    }

    /// The context of a viewer whose token was made just now.
    fn viewer(&self, user: Id<User>) -> Ctx {
        self.harness.viewer(user, [])
    }

    async fn subscribe(
        &self,
        user: Id<User>,
        plan: &str,
        method: &str,
    ) -> Result<pb::SubscribeResponse, Error> {
        self.subscribe_with(user, plan, method, "").await
    }

    async fn subscribe_with(
        &self,
        user: Id<User>,
        plan: &str,
        method: &str,
        coupon: &str,
    ) -> Result<pb::SubscribeResponse, Error> {
        let request = pb::SubscribeRequest {
            plan_id: plan.to_owned(),
            payment_method: method.to_owned(),
            coupon: coupon.to_owned(),
        };
        let answer = self
            .client
            .clone()
            .subscribe(call(&self.viewer(user), request))
            .await;
        answer.map(tonic::Response::into_inner).map_err(error)
    }

    async fn cancel(&self, user: Id<User>, id: &str) -> Result<pb::Subscription, Error> {
        let request = pb::CancelSubscriptionRequest { id: id.to_owned() };
        let mut client = self.client.clone();
        let answer = client.cancel_subscription(call(&self.viewer(user), request));
        let answer = answer.await.map_err(error)?.into_inner();
        Ok(answer.subscription.unwrap())
    }

    /// Says that the payer has acted.
    async fn confirm(
        &self,
        user: Id<User>,
        asked: &pb::SubscribeResponse,
        client_secret: &str,
    ) -> Result<pb::ConfirmPaymentResponse, Error> {
        let request = pb::ConfirmPaymentRequest {
            id: asked.subscription.as_ref().unwrap().id.clone(),
            client_secret: client_secret.to_owned(),
        };
        let mut client = self.client.clone();
        let answer = client.confirm_payment(call(&self.viewer(user), request));
        answer.await.map(tonic::Response::into_inner).map_err(error)
    }

    /// Runs the job until nothing is left that it can do now.
    async fn settle(&self) {
        while self.app.settle_open(&self.background).await.unwrap() > 0 {}
    }

    /// Runs hand-written SQL past the service.
    async fn tamper(&self, sql: &str) {
        let ctx = &self.background;
        let tx = self.db.begin(ctx).await.unwrap();
        tx.execute_unprepared(sql).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Moves the clock to so many seconds before the end of the account's newest period.
    async fn move_before_end(&self, user: Id<User>, seconds: i64) {
        let end = self.mine(user).await[0].period_end.unwrap().seconds;
        let left = end - seconds - self.background.now().secs();
        let left = std::time::Duration::from_secs(u64::try_from(left).unwrap());
        self.harness.clock.advance(left);
    }

    async fn mine(&self, user: Id<User>) -> Vec<pb::Subscription> {
        let request = pb::ListSubscriptionsRequest::default();
        let answer = self
            .client
            .clone()
            .list_subscriptions(call(&self.viewer(user), request))
            .await;
        answer.unwrap().into_inner().items
    }

    /// Asks as streaming does.
    async fn decide(&self, user: Id<User>, profile: &str, title: &str) -> pb::AccessDecision {
        let request = pb::CheckAccessRequest {
            user_id: user.to_string(),
            profile_id: profile.to_owned(),
            content_ids: vec![title.to_owned()],
        };
        let answer = self
            .client
            .clone()
            .check_access(call(&self.viewer(user), request))
            .await;
        answer.unwrap().into_inner().decisions.remove(0)
    }

    /// Counts the events that were emitted.
    async fn events(&self) -> i64 {
        self.events_of("subscription.activated").await
    }

    /// Lists what was told of a kind, oldest first.
    async fn heard<E: Event + prost::Message + Default>(&self) -> Vec<E> {
        let sql = format!(
            "SELECT payload FROM outbox WHERE topic = '{}' ORDER BY id",
            E::TOPIC
        );
        let query = Statement::from_string(self.db.read().get_database_backend(), sql);
        let rows = self.db.read().query_all_raw(query).await.unwrap();
        let told = rows.iter().map(|row| {
            let payload: Vec<u8> = row.try_get("", "payload").unwrap();
            E::decode(&*payload).unwrap()
        });
        told.collect()
    }

    async fn events_of(&self, topic: &str) -> i64 {
        let sql = format!("SELECT COUNT(*) AS n FROM outbox WHERE topic = '{topic}'");
        let count = Statement::from_string(self.db.read().get_database_backend(), sql);
        let row = self.db.read().query_one_raw(count).await.unwrap().unwrap();
        row.try_get::<i64>("", "n").unwrap()
    }
}

/// C40.
#[tokio::test]
async fn the_tables_survive_a_full_disk() {
    sv_store::testing::survives_a_full_disk(crate::MIGRATIONS).await;
}
