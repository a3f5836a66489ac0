//! What streaming does by the clock.

use std::{sync::Arc, time::Duration};

use sv_boot::ServiceContext;
use sv_kernel::{Ctx, Result};
use sv_store::{Db, work};

use crate::{
    app::{App, IMPORTS, Keys},
    store,
};

/// How often it looks for keys to renew, sessions to forget and blobs that were never written whole.
const PERIOD: Duration = Duration::from_hours(1);
/// How often it looks for uploads that nobody goes on with, and for bytes that nobody needs.
const MINUTE: Duration = Duration::from_mins(1);
/// How often it looks for sessions that nobody has ended, and for what imports have left behind.
const OFTEN: Duration = Duration::from_mins(5);
/// How long a playback session is remembered after its end (PLAY-8, C14).
const KEEP_ENDED: Duration = Duration::from_hours(24);

/// Renews signing keys, which every process remembers, packages what was uploaded, ends playback sessions that are over, and forgets old
/// ones, again and again.
pub(crate) fn start(keys: Arc<Keys>, app: App, context: &ServiceContext) {
    let (db, ctx) = (context.db.clone(), context.background());
    let renewing = ctx.clone();
    context.every_here("keys", PERIOD, move || {
        let (keys, ctx) = (keys.clone(), renewing.clone());
        async move { Ok(keys.renew(&ctx).await?) }
    });
    let (importer, leaving) = (app.clone(), context.lifecycle.leaving());
    context.work_off(IMPORTS, move |ctx, item| {
        let (app, leaving) = (importer.clone(), leaving.clone());
        async move { app.do_import(ctx, item, leaving).await }
    });
    let (clearing, at) = (app.clone(), ctx.clone());
    context.every("imports", MINUTE, move || {
        let (app, ctx) = (clearing.clone(), at.clone());
        async move { Ok(app.clear_imports(&ctx).await?) }
    });
    let (clearing, at) = (app.clone(), ctx.clone());
    context.every("leftovers", OFTEN, move || {
        let (app, ctx) = (clearing.clone(), at.clone());
        async move {
            let count = app.clear_packagings(&ctx).await?;
            if count > 0 {
                tracing::info!(count, "folders of imports that came to nothing deleted");
            }
            Ok(())
        }
    });
    let clearing = app.clone();
    context.every("unfinished_blobs", PERIOD, move || {
        let app = clearing.clone();
        async move {
            let count = app.clear_unfinished().await?;
            if count > 0 {
                tracing::info!(count, "blobs that were never written whole taken away");
            }
            Ok(())
        }
    });
    let ending = ctx.clone();
    context.every("silent_sessions", OFTEN, move || {
        let (app, ctx) = (app.clone(), ending.clone());
        async move {
            let count = app.end_over(&ctx).await?;
            if count > 0 {
                tracing::info!(count, "playback sessions without a sign of life ended");
            }
            Ok(())
        }
    });
    context.every("sessions", PERIOD, move || {
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
