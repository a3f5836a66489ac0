//! What streaming hears of others: who is gone.

use sv_ports::HandleError;
use sv_proto::users::{ProfileDeleted, UserChanged};
use sv_store::{Subscription, work};

use crate::{app, store};

/// Forgets what deleted profiles and accounts have watched.
pub(crate) fn leavers() -> Subscription {
    Subscription::new(crate::NAME)
        .on::<ProfileDeleted>(|tx, ctx, told| {
            work(async move {
                let Some(gone) = &told.event else {
                    return Ok(());
                };
                let profile = gone.profile_id.parse().map_err(HandleError::poison)?;
                let user = gone.user_id.parse().map_err(HandleError::poison)?;
                let forgotten = app::forget_profile(tx, ctx, user, profile).await;
                forgotten.map_err(HandleError::transient)
            })
        })
        .on::<UserChanged>(|tx, ctx, told| {
            work(async move {
                let gone = told.event.as_ref().filter(|changed| changed.deleted);
                if let Some(account) = gone {
                    let user = account.user_id.parse().map_err(HandleError::poison)?;
                    store::accounts::delete(tx, ctx, user).await?;
                }
                Ok(())
            })
        })
}
