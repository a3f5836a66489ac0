//! What streaming does by the clock.

use std::{sync::Arc, time::Duration};

use sv_kernel::{Ctx, Result};
use sv_store::Db;
use tokio_util::sync::CancellationToken;

use crate::{app::Keys, store};

/// How often it looks.
const PERIOD: Duration = Duration::from_hours(1);
/// How long a playback session is remembered after its end (PLAY-8, C14).
const KEEP_ENDED: Duration = Duration::from_hours(24);

/// Renews signing keys and forgets old playback sessions until `stop` is cancelled. Several
/// processes may do so at once.
pub(crate) async fn run(keys: Arc<Keys>, db: Db, ctx: Ctx, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(PERIOD) => {}
        }
        if let Err(error) = keys.renew(&ctx).await {
            tracing::warn!(%error, "the signing key could not be renewed");
        }
        match forget_sessions(&db, &ctx).await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "ended playback sessions forgotten"),
            Err(error) => tracing::warn!(%error, "ended playback sessions could not be forgotten"),
        }
    }
}

/// Forgets the sessions of all tenants that ended long ago, piece by piece, and counts them.
pub(crate) async fn forget_sessions(db: &Db, ctx: &Ctx) -> Result<u64> {
    let mut count = 0;
    loop {
        let tx = db.begin(ctx).await?;
        let some = store::sessions::forget(&tx, ctx.now() - KEEP_ENDED).await?;
        tx.commit().await?;
        if some == 0 {
            return Ok(count);
        }
        count += some;
    }
}
