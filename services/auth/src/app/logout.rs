//! Ending logins (AUTH-3).

use serde_json::{Value, json};
use sv_kernel::{Ctx, Error, Result};
use sv_proto::{common::CommonReason, users::UserReason};
use sv_store::{audit, work};

use super::Auth;
use crate::store::sessions;

impl Auth {
    /// Ends the caller's session, or all sessions of the account; returns how many.
    pub(crate) async fn logout(&self, ctx: &Ctx, all: bool) -> Result<i32> {
        let viewer = ctx.actor.viewer().ok_or(CommonReason::Unauthenticated)?;
        if all && viewer.for_child {
            // Those of grown-ups are not a child's to end.
            return Err(UserReason::ProfileLocked.into());
        }
        let done = self.db.write(ctx, |tx| {
            work(async move {
                let ids = if all {
                    let live = sessions::live(tx, ctx, viewer.user, self.now()).await?;
                    live.into_iter().map(|login| login.id).collect()
                } else {
                    vec![viewer.session]
                };
                let mut ended = Vec::new();
                for id in ids {
                    ended.extend(self.end(tx, ctx, id).await?);
                }
                if ended.is_empty() {
                    ctx.changes_nothing();
                } else {
                    let ids = ended.iter().map(|ended| ended.session.to_string());
                    let values = json!({ "endedSessions": ids.collect::<Vec<_>>() });
                    let act = audit::Act::on("account", viewer.user);
                    audit::record(tx, ctx, act.changed(Value::Null, values)).await?;
                }
                Ok::<_, Error>(ended)
            })
        });
        let ended = done.await?;
        self.announce(&ended);
        Ok(i32::try_from(ended.len()).unwrap_or(i32::MAX))
    }
}
