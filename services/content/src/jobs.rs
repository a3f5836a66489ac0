//! What happens by the clock.

use std::{sync::Arc, time::Duration};

use sv_boot::ServiceContext;

use crate::app::{App, CREDITS, EPISODES};

/// How often drafts are looked for whose time has come: they are to be published within five seconds (X-CAT-5).
const PUBLISH_EVERY: Duration = Duration::from_secs(2);

/// How often titles are brought into the order of what was played (SCHD-3).
const COUNT_EVERY: Duration = Duration::from_mins(5);

/// Starts the jobs, and the work that changes leave.
pub(crate) fn start(app: &Arc<App>, context: &ServiceContext) {
    let episodes = app.clone();
    context.work_off(EPISODES, move |ctx, item| {
        let app = episodes.clone();
        async move { app.rewrite_episodes(ctx, item).await }
    });
    let credits = app.clone();
    context.work_off(CREDITS, move |ctx, item| {
        let app = credits.clone();
        async move { app.rewrite_credits(ctx, item).await }
    });
    let (counted, at) = (app.clone(), context.background());
    context.every("popularity", COUNT_EVERY, move || {
        let (app, ctx) = (counted.clone(), at.clone());
        async move { Ok(app.refresh_popularity(&ctx).await.map(drop)?) }
    });
    let (app, ctx) = (app.clone(), context.background());
    context.every("publishing", PUBLISH_EVERY, move || {
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
