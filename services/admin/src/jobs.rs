//! What admin does by the clock.

use std::time::Duration;

use sv_boot::Parts;

use crate::{Options, app::App};

/// How often old records are deleted.
const PERIOD: Duration = Duration::from_mins(10);

/// Deletes records whose time is over.
pub(crate) fn start(app: App, parts: &Parts, options: &Options) {
    let (ctx, keep) = (parts.background(), options.audit_retention());
    parts.every("retention", PERIOD, move || {
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
