//! What admin does by the clock.

use std::time::Duration;

use sv_boot::ServiceContext;

use crate::{Options, app::App};

/// How often old records are deleted.
const PERIOD: Duration = Duration::from_mins(10);

/// How often it is tried to write the records of readings that wait for room.
const WAITING: Duration = Duration::from_secs(5);

/// Deletes records whose time is over, and writes those that wait.
pub(crate) fn start(app: App, context: &ServiceContext, options: &Options) {
    let waiting = app.clone();
    context.every_here("readings", WAITING, move || {
        let app = waiting.clone();
        async move { Ok(app.write_waiting().await?) }
    });
    let (ctx, keep) = (context.background(), options.audit_retention());
    context.every("retention", PERIOD, move || {
        let (app, ctx) = (app.clone(), ctx.clone());
        async move {
            let count = app.forget(&ctx, ctx.now() - keep).await?;
            if count > 0 {
                tracing::info!(count, "audit records forgotten");
            }
            Ok(())
        }
    });
}
