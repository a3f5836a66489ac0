//! What payments does by the clock.

use std::time::Duration;

use sv_boot::ServiceContext;

use crate::{Options, app::App};

/// How often old events of the provider are looked for.
const FORGET_PERIOD: Duration = Duration::from_hours(1);

/// Brings payments to their end, and forgets what providers told long ago. Several processes may do so at once: the provider charges, cancels and refunds once
/// per payment.
pub(crate) fn start(app: &App, context: &ServiceContext, options: &Options) {
    let period = Duration::from_secs(options.job_period_seconds.max(1));
    let kept = Duration::from_hours(24) * options.event_days;
    let (forgetting, at) = (app.clone(), context.background());
    context.every("forgetting", FORGET_PERIOD, move || {
        let (app, ctx) = (forgetting.clone(), at.clone());
        async move {
            let count = app.forget_events(&ctx, ctx.now() - kept).await?;
            if count > 0 {
                tracing::info!(count, "events of the provider forgotten");
            }
            Ok(())
        }
    });
    let (app, ctx) = (app.clone(), context.background());
    context.every("settling", period, move || {
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
