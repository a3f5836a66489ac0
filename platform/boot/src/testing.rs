//! What a service under test is handed, as a process would hand it. Not for production code.
#![expect(
    clippy::expect_used,
    reason = "a test that cannot be set up shall stop"
)]

use std::{ops::Deref, path::Path, sync::Arc, time::Duration};

use sv_kernel::PageSigner;
use sv_ports::{Topic, embedded};
use sv_proto::admin::AuditRecord;
use sv_rpc::{ServerBuilder, testing::Harness};
use sv_store::{Db, audit::AuditRecords, idempotency::IdempotencyKeys};
use tempfile::TempDir;

use crate::{Lifecycle, ServiceContext};

/// The parts of one service, with an event log in a folder that goes when this goes.
#[derive(Debug)]
pub struct Hosted {
    context: ServiceContext,
    folder: TempDir,
}

impl Hosted {
    /// Starts the list of services as a process does for the service `name`: its tables, its
    /// topics, its idempotency keys.
    pub async fn start(
        harness: &Harness,
        name: &'static str,
        db: &Db,
        topics: &[Topic],
    ) -> (ServerBuilder, Self) {
        let folder = tempfile::tempdir().expect("a folder");
        Self::start_in(folder, harness, name, db, topics).await
    }

    /// The same in the folder of one that ended.
    pub async fn start_in(
        folder: TempDir,
        harness: &Harness,
        name: &'static str,
        db: &Db,
        topics: &[Topic],
    ) -> (ServerBuilder, Self) {
        let bus = embedded::Bus::open(folder.path(), embedded::BusOptions::default());
        let lifecycle = Lifecycle::new();
        let context = ServiceContext {
            db: db.clone(),
            bus: Arc::new(bus.await.expect("an event log")),
            mesh: harness.mesh.calling_as(name),
            env: harness.env.clone(),
            pages: PageSigner::new(b"pages"),
            readiness: lifecycle.readiness(),
            lifecycle,
        };
        let topics = [topics, &[Topic::of::<AuditRecord>()]].concat();
        let topics = context.bus.ensure_topics(&topics).await;
        topics.expect("topics");
        let mut server = harness.builder();
        server.idempotency(name, Arc::new(IdempotencyKeys::new(db.clone())));
        // An act that leaves its record to the stack has none if the process ends in between.
        server.audit(name, Arc::new(AuditRecords::new(db.clone()).strict()));
        (server, Self { context, folder })
    }

    /// The folder of the event log, in which a service may keep more.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Ends what was started, and leaves the folder.
    pub async fn end(self) -> TempDir {
        let ended = self.context.lifecycle.end(Duration::from_secs(10)).await;
        assert!(ended, "background tasks go on");
        self.folder
    }
}

impl Deref for Hosted {
    type Target = ServiceContext;

    fn deref(&self) -> &ServiceContext {
        &self.context
    }
}
