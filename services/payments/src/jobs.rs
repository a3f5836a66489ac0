//! What payments does by the clock.

use std::time::Duration;

use sv_boot::Parts;

use crate::{Options, app::App};

/// Brings payments to their end. Several processes may do so at once: the provider charges, cancels and refunds once
/// per payment.
pub(crate) fn start(app: &App, parts: &Parts, options: &Options) {
    let period = Duration::from_secs(options.job_period_seconds.max(1));
    let (app, ctx) = (app.clone(), parts.background());
    parts.every("settling", period, move || {
        let (app, ctx) = (app.clone(), ctx.clone());
        async move {
            let count = app.settle_due(&ctx).await?;
            if count > 0 {
                tracing::info!(count, "payments settled");
            }
            Ok(())
        }
    });
}
