//! What rights does by the clock.

use std::time::Duration;

use sv_kernel::Ctx;
use tokio_util::sync::CancellationToken;

use crate::app::App;

/// Settles and renews until `stop` is cancelled. Several processes may do so at once: payments have
/// one row per period, and the provider charges once per row.
pub(crate) async fn run(app: App, ctx: Ctx, stop: CancellationToken) {
    let period = Duration::from_secs(app.options().job_period_seconds.max(1));
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(period) => {}
        }
        for outcome in [app.settle_open(&ctx).await, app.renew_due(&ctx).await] {
            match outcome {
                Ok(0) => {}
                Ok(count) => tracing::info!(count, "subscriptions looked after"),
                Err(failure) => tracing::warn!(
                    error = &failure as &dyn std::error::Error,
                    "subscriptions wait for the next look"
                ),
            }
        }
    }
}
