//! What becomes of a profile's playback when the profile is gone (USER-4, USER-9).

use sv_kernel::{Ctx, Result};
use sv_store::Tx;
use uuid::Uuid;

use super::sessions::end;
use crate::{
    domain::End,
    store::{progress, sessions},
};

/// Ends what a profile that is gone plays, and forgets what it has watched. Its ended sessions are forgotten
/// with all others.
pub(crate) async fn forget_profile(tx: &Tx, ctx: &Ctx, user: Uuid, profile: Uuid) -> Result<()> {
    loop {
        let open = sessions::open_of(tx, &ctx.tenant, user, profile).await?;
        if open.is_empty() {
            break;
        }
        for session in open {
            end(tx, ctx, session.id, End::AccessEnded, None).await?;
        }
    }
    Ok(progress::delete_all(tx, ctx, profile).await?)
}
