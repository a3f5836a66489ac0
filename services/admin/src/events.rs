//! Taking up what services have recorded.

use async_trait::async_trait;
use prost::Message as _;
use sv_kernel::Ctx;
use sv_ports::{Delivery, HandleError, Handler, Topic};
use sv_proto::admin::AuditRecord;
use sv_store::audit;

use crate::app::App;

/// The group of consumers that keeps the records.
pub(crate) const GROUP: &str = "admin";

/// Lists the topics that admin listens to.
pub(crate) fn topics() -> Vec<Topic> {
    audit::topics()
}

/// Takes up one record after the other.
#[derive(Debug)]
pub(crate) struct Keeper {
    app: App,
    ctx: Ctx,
}

impl Keeper {
    pub(crate) fn new(app: App, ctx: Ctx) -> Self {
        Self { app, ctx }
    }
}

#[async_trait]
impl Handler for Keeper {
    async fn handle(&self, delivery: &Delivery) -> Result<(), HandleError> {
        let told = &delivery.record;
        let payload = told.payload.clone();
        let payload = payload.ok_or_else(|| HandleError::poison("a record without a payload"))?;
        let record = AuditRecord::decode(payload).map_err(HandleError::poison)?;
        if record.id.parse::<uuid::Uuid>().is_err() {
            return Err(HandleError::poison("a record without an id"));
        }
        let ctx = self.ctx.for_tenant(told.tenant.clone());
        let taken_up = self.app.take_up(&ctx, told.event_id, &record).await;
        taken_up.map_err(HandleError::transient)
    }
}
