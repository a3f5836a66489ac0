//! Through the generated client, past the real stacks, from the bus on.

mod jobs;
mod reading;
mod test_clock;

use std::time::Duration;

use prost::Message as _;
use sv_boot::testing::Hosted;
use sv_kernel::{Ctx, Error, Event as _, Id, Tenant};
use sv_ports::Record;
use sv_proto::{
    admin::{self as pb, AuditOutcome, audit_service_client::AuditServiceClient},
    options::Role,
};
use sv_rpc::{Transport, testing::Harness};
use sv_store::testing::TestDb;
use uuid::Uuid;

use crate::{MIGRATIONS, NAME, Options, SERVICE, register};

/// The service in a process in miniature.
struct TestApp {
    harness: Harness,
    db: TestDb,
    hosted: Hosted,
    edge: AuditServiceClient<Transport>,
}

impl TestApp {
    /// One on each database under test.
    async fn all() -> Vec<Self> {
        let dbs = TestDb::all(MIGRATIONS).await;
        let mut apps = Vec::new();
        for db in dbs {
            apps.push(Self::on(db).await);
        }
        apps
    }

    async fn on(db: TestDb) -> Self {
        let harness = Harness::new(&[NAME]);
        let (mut server, hosted) = Hosted::start(&harness, NAME, &db, &(SERVICE.topics)()).await;
        register(
            &mut server,
            &hosted,
            &Options::default(),
            (vec![NAME], None),
        );
        harness.serve(server);
        let mesh = harness.mesh.calling_as("edge");
        let edge = AuditServiceClient::new(mesh.client_transport(NAME).unwrap());
        Self {
            harness,
            db,
            hosted,
            edge,
        }
    }

    fn person(&self, role: Role) -> Ctx {
        self.harness
            .viewer(Id::from_uuid(Uuid::from_u128(7)), [role])
    }

    /// Publishes a record as a service's relay does.
    async fn tell(&self, tenant: &str, record: &pb::AuditRecord) {
        let event = Record {
            topic: pb::AuditRecord::TOPIC.into(),
            key: record.id.clone(),
            payload: Some(record.encode_to_vec().into()),
            event_id: record.id.parse().unwrap(),
            version: 1,
            tenant: Tenant::parse(tenant).unwrap(),
            traceparent: None,
            headers: std::collections::BTreeMap::default(),
        };
        self.hosted.bus.publish(vec![event]).await.unwrap();
    }

    async fn list(
        &self,
        ctx: &Ctx,
        asked: pb::ListAuditRecordsRequest,
    ) -> Result<pb::ListAuditRecordsResponse, Error> {
        let mut edge = self.edge.clone();
        let answer = edge.list_audit_records(sv_rpc::call(ctx, asked)).await;
        Ok(answer.map_err(sv_rpc::error)?.into_inner())
    }

    /// Waits until an administrator finds so many records.
    async fn until(&self, asked: pb::ListAuditRecordsRequest, n: usize) -> Vec<pb::AuditRecord> {
        let admin = self.person(Role::Admin);
        let found = async {
            loop {
                let found = self.list(&admin, asked.clone()).await.unwrap().items;
                if found.len() >= n {
                    return found;
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), found)
            .await
            .unwrap()
    }
}

/// A record of the test's `n`th second.
fn record(n: u32) -> pb::AuditRecord {
    pb::AuditRecord {
        id: Uuid::from_u128(u128::from(n) + 1).to_string(),
        time: Some(prost_types::Timestamp {
            seconds: 1_600_000_000 + i64::from(n),
            nanos: 0,
        }),
        service: "content".into(),
        action: if n.is_multiple_of(2) {
            "content.updated"
        } else {
            "content.deleted"
        }
        .into(),
        actor: Some(pb::AuditActor {
            kind: pb::AuditActorKind::Account.into(),
            id: format!("account-{}", n % 3),
            session_id: "s".into(),
        }),
        subject: Some(pb::AuditSubject {
            kind: "content".into(),
            id: format!("film-{n}"),
        }),
        address: "192.0.2.7".into(),
        request_id: "r".into(),
        outcome: AuditOutcome::Ok.into(),
        reason: String::new(),
        times: 1,
        old_values: None,
        new_values: None,
    }
}
