//! What happens by the clock.

use std::{sync::Arc, time::Duration};

use sv_boot::Parts;

use crate::app::{App, CREDITS, EPISODES};

/// How often drafts are looked for whose time has come: they are to be published within five seconds (X-CAT-5).
const PUBLISH_EVERY: Duration = Duration::from_secs(1);

/// How often titles are brought into the order of what was played (SCHD-3).
const COUNT_EVERY: Duration = Duration::from_mins(5);

/// Starts the jobs, and the work that changes leave.
pub(crate) fn start(app: &Arc<App>, parts: &Parts) {
    let episodes = app.clone();
    parts.work_off(EPISODES, move |ctx, item| {
        let app = episodes.clone();
        async move { app.rewrite_episodes(ctx, item).await }
    });
    let credits = app.clone();
    parts.work_off(CREDITS, move |ctx, item| {
        let app = credits.clone();
        async move { app.rewrite_credits(ctx, item).await }
    });
    let (counted, at) = (app.clone(), parts.background());
    parts.every("popularity", COUNT_EVERY, move || {
        let (app, ctx) = (counted.clone(), at.clone());
        async move { Ok(app.refresh_popularity(&ctx).await.map(drop)?) }
    });
    let (app, ctx) = (app.clone(), parts.background());
    parts.every("publishing", PUBLISH_EVERY, move || {
        let (app, ctx) = (app.clone(), ctx.clone());
        async move {
            let published = app.publish_due(&ctx).await?;
            if published > 0 {
                tracing::info!(published, "drafts published at their time");
            }
            Ok(())
        }
    });
}
