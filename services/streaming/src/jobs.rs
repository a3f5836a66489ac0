//! What streaming does by the clock.

use std::{sync::Arc, time::Duration};

use sv_boot::Parts;
use sv_kernel::{Ctx, Result};
use sv_store::{Db, work};

use crate::{app::Keys, store};

/// How often it looks.
const PERIOD: Duration = Duration::from_hours(1);
/// How long a playback session is remembered after its end (PLAY-8, C14).
const KEEP_ENDED: Duration = Duration::from_hours(24);

/// Renews signing keys and forgets old playback sessions again and again. Several processes may do
/// so at once.
pub(crate) fn start(keys: Arc<Keys>, parts: &Parts) {
    let (db, ctx) = (parts.db.clone(), parts.background());
    let renewing = ctx.clone();
    parts.every("keys", PERIOD, move || {
        let (keys, ctx) = (keys.clone(), renewing.clone());
        async move { Ok(keys.renew(&ctx).await?) }
    });
    parts.every("sessions", PERIOD, move || {
        let (db, ctx) = (db.clone(), ctx.clone());
        async move {
            let count = forget_sessions(&db, &ctx).await?;
            if count > 0 {
                tracing::info!(count, "ended playback sessions forgotten");
            }
            Ok(())
        }
    });
}

/// Forgets the sessions of all tenants that ended long ago, piece by piece, and counts them.
pub(crate) async fn forget_sessions(db: &Db, ctx: &Ctx) -> Result<u64> {
    let mut count = 0;
    loop {
        let before = ctx.now() - KEEP_ENDED;
        let some = db
            .write(ctx, |tx| work(store::sessions::forget(tx, before)))
            .await?;
        if some == 0 {
            return Ok(count);
        }
        count += some;
    }
}
