//! What rights does by the clock.

use std::time::Duration;

use sv_kernel::{Ctx, Result};
use tokio_util::sync::CancellationToken;

use crate::app::App;

/// Brings payments to their end until `stop` is cancelled, at once where one is no longer wanted.
/// Several processes may do so at once: the provider charges, cancels and refunds once per payment.
pub(crate) async fn settle(app: App, ctx: Ctx, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(period(&app)) => {}
            () = app.unwanted() => {}
        }
        report("payments settled", app.settle_open(&ctx).await);
    }
}

/// Renews and ends subscriptions until `stop` is cancelled. Several processes may do so at once:
/// there is one payment per period.
pub(crate) async fn renew(app: App, ctx: Ctx, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(period(&app)) => {}
        }
        report("subscriptions renewed or ended", app.renew_due(&ctx).await);
    }
}

fn period(app: &App) -> Duration {
    Duration::from_secs(app.options().job_period_seconds.max(1))
}

fn report(what: &'static str, outcome: Result<usize>) {
    match outcome {
        Ok(0) => {}
        Ok(count) => tracing::info!(count, "{what}"),
        Err(failure) => tracing::warn!(
            error = &failure as &dyn std::error::Error,
            "subscriptions and payments wait for the next look"
        ),
    }
}
