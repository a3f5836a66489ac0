//! What live television does by the clock.

use std::{sync::Arc, time::Duration};

use sv_boot::ServiceContext;

use crate::app::App;

/// How often it is asked whether something else runs somewhere.
const LOOK: Duration = Duration::from_secs(1);

/// Tells what runs on channels as the clock goes on.
pub(crate) fn start(app: &Arc<App>, context: &ServiceContext) {
    let (app, ctx) = (app.clone(), context.background());
    context.every("airing", LOOK, move || {
        let (app, ctx) = (app.clone(), ctx.clone());
        async move { Ok(app.announce(&ctx).await.map(drop)?) }
    });
}
