//! What rights does by the clock.

use std::time::Duration;

use sv_boot::ServiceContext;
use sv_kernel::{BoxError, Result};

use crate::app::App;

/// Brings payments to their end, at once where one is no longer wanted, and renews and ends subscriptions: one
/// process at a time. Where one that lost its lease is still at it, there is one payment per period all the same, and
/// the provider charges, cancels and refunds once per payment.
pub(crate) fn start(app: &App, context: &ServiceContext) {
    let period = Duration::from_secs(app.options().job_period_seconds.max(1));
    let ctx = context.background();
    let (unwanted, settling, at) = (app.clone(), app.clone(), ctx.clone());
    context.every_or_when(
        "payments",
        period,
        move || {
            let app = unwanted.clone();
            async move { app.unwanted().await }
        },
        move || {
            let (app, ctx) = (settling.clone(), at.clone());
            async move { report("payments settled", app.settle_open(&ctx).await) }
        },
    );
    let app = app.clone();
    context.every("renewals", period, move || {
        let (app, ctx) = (app.clone(), ctx.clone());
        async move { report("subscriptions renewed or ended", app.renew_due(&ctx).await) }
    });
}

fn report(what: &'static str, outcome: Result<usize>) -> Result<(), BoxError> {
    let count = outcome?;
    if count > 0 {
        tracing::info!(count, "{what}");
    }
    Ok(())
}
