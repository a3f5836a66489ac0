//! What users does by the clock.

use std::time::Duration;

use sv_boot::ServiceContext;

use crate::app::Library;

/// How often ratings of profiles that are gone are taken back.
const PERIOD: Duration = Duration::from_secs(5);

/// Takes back the ratings of profiles that are gone: too many for the call that deletes them.
pub(crate) fn start(library: Library, context: &ServiceContext) {
    let ctx = context.background();
    context.every("ratings", PERIOD, move || {
        let (library, ctx) = (library.clone(), ctx.clone());
        async move {
            library.retract(&ctx).await?;
            Ok(())
        }
    });
}
