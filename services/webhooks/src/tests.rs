//! Through the generated client, past the real stacks, to receivers that listen on this machine.

mod disabling;
mod managing;
mod receiver;
mod replaying;
mod sending;

use std::time::Duration;

use prost::Message as _;
use sv_boot::testing::Hosted;
use sv_kernel::{Ctx, Error, Event as _, Id, Seal, Tenant};
use sv_ports::Record;
use sv_proto::{
    options::Role,
    rights::SubscriptionActivated,
    webhooks::{
        self as pb, DeliveryStatus, webhook_admin_service_client::WebhookAdminServiceClient,
    },
};
use sv_rpc::{Transport, call, error, testing::Harness};
use sv_store::{jobs::queue, testing::TestDb, work};
use tempfile::TempDir;

use crate::{
    MIGRATIONS, NAME, Options, SERVICE,
    app::{App, DELIVERIES},
    domain::Reach,
    register,
};
use receiver::Receiver;

/// How long something may take to happen.
const PATIENCE: Duration = Duration::from_secs(20);

/// The service in a process in miniature.
struct TestApp {
    harness: Harness,
    app: App,
    db: TestDb,
    hosted: Hosted,
    client: WebhookAdminServiceClient<Transport>,
}

/// How a test wants the service.
struct Stage {
    options: Options,
    reach: Reach,
    /// Whether what waits is sent.
    sends: bool,
}

impl Default for Stage {
    fn default() -> Self {
        Self {
            options: Options::default(),
            reach: Reach {
                development: true,
                ..Reach::default()
            },
            sends: true,
        }
    }
}

impl Stage {
    /// Where at most ten deliveries of a webhook wait, and none is sent.
    fn where_ten_wait() -> Self {
        Self {
            options: Options {
                most_waiting: 10,
                ..Options::default()
            },
            sends: false,
            ..Self::default()
        }
    }
}

impl TestApp {
    /// One on each database under test.
    async fn all() -> Vec<Self> {
        Self::all_with(Stage::default).await
    }

    async fn all_with(stage: impl Fn() -> Stage) -> Vec<Self> {
        let mut apps = Vec::new();
        for db in TestDb::all(MIGRATIONS).await {
            apps.push(Self::with(db, stage(), Harness::new(&[NAME]), None).await);
        }
        apps
    }

    async fn with(db: TestDb, stage: Stage, harness: Harness, folder: Option<TempDir>) -> Self {
        let topics = (SERVICE.topics)();
        let (mut server, hosted) = match folder {
            Some(folder) => Hosted::start_in(folder, &harness, NAME, &db, &topics).await,
            None => Hosted::start(&harness, NAME, &db, &topics).await,
        };
        let seal = Seal::new(b"of this installation", crate::SEALING).unwrap();
        let app = App::new(&hosted, stage.options, seal, stage.reach).unwrap();
        if stage.sends {
            register(&mut server, &hosted, &app);
        } else {
            hosted.subscribe("events", app.events());
            let webhooks = crate::grpc::Webhooks(app.clone());
            server.add(NAME, crate::WebhookAdminServiceServer::new(webhooks));
        }
        harness.serve(server);
        let mesh = harness.mesh.calling_as("edge");
        Self {
            client: WebhookAdminServiceClient::new(mesh.client_transport(NAME).unwrap()),
            harness,
            app,
            db,
            hosted,
        }
    }

    /// The same service in a process that starts after this one has ended.
    async fn again(self, stage: Stage) -> Self {
        let Self { db, hosted, .. } = self;
        let folder = hosted.end().await;
        Self::with(db, stage, Harness::new(&[NAME]), Some(folder)).await
    }

    /// An administrator whose token was made just now.
    fn root(&self) -> Ctx {
        self.harness
            .viewer(self.harness.env.ids.next(), [Role::Admin])
    }

    async fn create(&self, webhook: pb::Webhook) -> Result<pb::CreateWebhookResponse, Error> {
        let request = pb::CreateWebhookRequest {
            webhook: Some(webhook),
        };
        let mut client = self.client.clone();
        let made = client.create_webhook(call(&self.root(), request));
        Ok(made.await.map_err(error)?.into_inner())
    }

    /// Makes a webhook for a receiver; returns its id and secret.
    async fn hook(&self, receiver: &Receiver, event_types: &[&str]) -> (String, String) {
        let webhook = pb::Webhook {
            url: receiver.url.clone(),
            event_types: event_types.iter().map(|one| (*one).to_owned()).collect(),
            ..Default::default()
        };
        let made = self.create(webhook).await.unwrap();
        (made.webhook.unwrap().id, made.secret)
    }

    async fn get(&self, id: &str) -> Result<pb::Webhook, Error> {
        let request = pb::GetWebhookRequest { id: id.into() };
        let mut client = self.client.clone();
        let found = client.get_webhook(call(&self.root(), request));
        let found = found.await.map_err(error)?.into_inner();
        Ok(found.webhook.unwrap())
    }

    async fn update(
        &self,
        id: &str,
        wanted: pb::Webhook,
        mask: &[&str],
    ) -> Result<pb::Webhook, Error> {
        let paths = mask.iter().map(|path| (*path).to_owned()).collect();
        let request = pb::UpdateWebhookRequest {
            id: id.into(),
            webhook: Some(wanted),
            update_mask: Some(prost_types::FieldMask { paths }),
        };
        let mut client = self.client.clone();
        let done = client.update_webhook(call(&self.root(), request));
        let done = done.await.map_err(error)?.into_inner();
        Ok(done.webhook.unwrap())
    }

    async fn set(&self, id: &str, status: pb::WebhookStatus) -> pb::Webhook {
        let webhook = pb::Webhook {
            url: "https://example.com".to_owned(),
            status: status.into(),
            ..Default::default()
        };
        self.update(id, webhook, &["status"]).await.unwrap()
    }

    async fn delete(&self, id: &str) -> Result<(), Error> {
        let request = pb::DeleteWebhookRequest { id: id.into() };
        let mut client = self.client.clone();
        let gone = client.delete_webhook(call(&self.root(), request));
        gone.await.map(drop).map_err(error)
    }

    async fn rotate(&self, id: &str, retire_previous: bool) -> String {
        self.try_to_rotate(id, retire_previous).await.unwrap()
    }

    async fn try_to_rotate(&self, id: &str, retire_previous: bool) -> Result<String, Error> {
        let request = pb::RotateWebhookSecretRequest {
            id: id.into(),
            retire_previous,
        };
        let mut client = self.client.clone();
        let done = client
            .rotate_webhook_secret(call(&self.root(), request))
            .await;
        Ok(done.map_err(error)?.into_inner().secret)
    }

    async fn test(&self, id: &str) -> Result<pb::WebhookDelivery, Error> {
        let request = pb::SendTestEventRequest {
            webhook_id: id.into(),
        };
        let mut client = self.client.clone();
        let sent = client.send_test_event(call(&self.root(), request));
        let sent = sent.await.map_err(error)?.into_inner();
        Ok(sent.delivery.unwrap())
    }

    async fn deliveries(&self, id: &str, status: DeliveryStatus) -> Vec<pb::WebhookDelivery> {
        let request = pb::ListDeliveriesRequest {
            webhook_id: id.into(),
            status: status.into(),
            limit: 100,
            ..Default::default()
        };
        let mut client = self.client.clone();
        let listed = client.list_deliveries(call(&self.root(), request));
        listed.await.unwrap().into_inner().items
    }

    async fn delivery(&self, webhook_id: &str, id: &str) -> pb::GetDeliveryResponse {
        let request = pb::GetDeliveryRequest {
            webhook_id: webhook_id.into(),
            id: id.into(),
        };
        let mut client = self.client.clone();
        let found = client.get_delivery(call(&self.root(), request));
        found.await.unwrap().into_inner()
    }

    /// Waits until a delivery stands so, and returns it.
    async fn until(
        &self,
        webhook: &str,
        id: &str,
        status: DeliveryStatus,
    ) -> pb::GetDeliveryResponse {
        self.until_it(webhook, id, |found| {
            found.delivery.as_ref().unwrap().status() == status
        })
        .await
    }

    /// Waits until a delivery was tried so often, and returns it.
    async fn until_tried(&self, webhook: &str, id: &str, times: usize) -> pb::GetDeliveryResponse {
        self.until_it(webhook, id, |found| found.attempts.len() == times)
            .await
    }

    async fn until_it(
        &self,
        webhook: &str,
        id: &str,
        is: impl Fn(&pb::GetDeliveryResponse) -> bool,
    ) -> pb::GetDeliveryResponse {
        let begin = std::time::Instant::now();
        loop {
            let found = self.delivery(webhook, id).await;
            if is(&found) {
                return found;
            }
            assert!(begin.elapsed() < PATIENCE, "it stays {found:?}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Sends a test event, and returns what came of it: by its id, for what is under way when time passes is sent again.
    async fn sent_to(&self, receiver: &Receiver, webhook: &str) -> receiver::Got {
        let sent = self.test(webhook).await.unwrap();
        self.until(webhook, &sent.id, DeliveryStatus::Succeeded)
            .await;
        let mut got = receiver.got().into_iter();
        got.find(|one| one.id() == sent.id).unwrap()
    }

    /// Lets time pass, and has it looked at once what is due.
    async fn pass(&self, time: Duration, webhook: &str) {
        self.harness.clock.advance(time);
        self.nudge(webhook).await;
    }

    async fn nudge(&self, webhook: &str) {
        let ctx = &self.db.ctx_at(self.harness.clock.clone());
        let work_of = || queue::Work {
            kind: DELIVERIES,
            key: webhook.to_owned(),
            priority: 0,
            payload: Vec::new(),
        };
        let left = self
            .db
            .write(ctx, |tx| work(queue::enqueue(tx, ctx, work_of())));
        left.await.unwrap();
    }

    /// Has rights tell that a subscription of somebody is paid; returns the account and the event.
    async fn subscribe(&self) -> (String, Record) {
        let user = self.harness.env.ids.next::<()>().to_string();
        let told = SubscriptionActivated {
            subscription_id: self.harness.env.ids.next::<()>().to_string(),
            user_id: user.clone(),
            plan_code: "basic".to_owned(),
            period_end: Some(prost_types::Timestamp {
                seconds: 1_800_000_000,
                nanos: 0,
            }),
        };
        let event_id: Id<Record> = self.harness.env.ids.next();
        let record = Record {
            topic: SubscriptionActivated::TOPIC.into(),
            key: user.clone(),
            payload: Some(told.encode_to_vec().into()),
            event_id: event_id.uuid(),
            version: 1,
            tenant: Tenant::default(),
            traceparent: None,
            headers: std::collections::BTreeMap::default(),
        };
        self.tell(record.clone()).await;
        (user, record)
    }

    async fn tell(&self, record: Record) {
        self.hosted.bus.publish(vec![record]).await.unwrap();
    }

    /// Waits until a webhook has so many deliveries, and returns their ids, newest first.
    async fn until_written(&self, webhook: &str, count: usize) -> Vec<String> {
        let begin = std::time::Instant::now();
        loop {
            let found = self.deliveries(webhook, DeliveryStatus::Unspecified).await;
            if found.len() == count {
                return found.into_iter().map(|one| one.id).collect();
            }
            assert!(begin.elapsed() < PATIENCE, "there are {}", found.len());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

/// C40.
#[tokio::test]
async fn the_tables_survive_a_full_disk() {
    sv_store::testing::survives_a_full_disk(MIGRATIONS).await;
}
