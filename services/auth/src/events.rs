//! What auth hears of others.

use std::sync::Arc;

use async_trait::async_trait;
use prost::Message as _;
use sv_kernel::Ctx;
use sv_ports::{Delivery, HandleError, Handler, Record, Topic};
use sv_proto::users::{UserChanged, UserStatus};

use crate::app::Auth;

/// The group of consumers that ends logins of accounts.
pub(crate) const GROUP: &str = "auth";

/// Lists the topics that auth listens to.
pub(crate) fn topics() -> Vec<Topic> {
    vec![Topic::of::<UserChanged>()]
}

/// Ends the logins of accounts that were blocked or deleted.
#[derive(Debug)]
pub(crate) struct Closer {
    app: Arc<Auth>,
    ctx: Ctx,
}

#[async_trait]
impl Handler for Closer {
    async fn handle(&self, delivery: &Delivery) -> Result<(), HandleError> {
        self.take_up(&delivery.record).await
    }
}

impl Closer {
    pub(crate) fn new(app: Arc<Auth>, ctx: Ctx) -> Self {
        Self { app, ctx }
    }

    /// Heeds a change of an account.
    pub(crate) async fn take_up(&self, told: &Record) -> Result<(), HandleError> {
        let payload = told.payload.clone();
        let payload = payload.ok_or_else(|| HandleError::poison("a change without a payload"))?;
        let changed = UserChanged::decode(payload).map_err(HandleError::poison)?;
        let user = changed.user_id.parse().map_err(HandleError::poison)?;
        if !changed.deleted && changed.status() != UserStatus::Blocked {
            return Ok(());
        }
        // What was true then may be true no more: users says how it is now.
        let ctx = self.ctx.for_tenant(told.tenant.clone());
        self.app
            .heed(&ctx, user)
            .await
            .map_err(HandleError::transient)
    }
}
