//! What an account is signed in to, seen and ended one by one (AUTH-12, AUTH-13, X-ID-3).

use serde_json::{Value, json};
use sv_kernel::{Ctx, Error, Id, Result, Session};
use sv_proto::{
    auth::{AuthReason, SessionInfo},
    common::CommonReason,
    convert::timestamp,
};
use sv_store::{audit, work};

use super::Auth;
use crate::{domain::Login, store::sessions};

/// How many sessions are told.
const MOST: usize = 100;

impl Auth {
    /// Lists the caller's sessions, those that were used last first.
    pub(crate) async fn sessions(&self, ctx: &Ctx) -> Result<Vec<SessionInfo>> {
        let viewer = ctx.actor.viewer().ok_or(CommonReason::Unauthenticated)?;
        let mut live = sessions::live(self.db.read(), ctx, viewer.user, self.now()).await?;
        live.sort_by_key(|login| std::cmp::Reverse((login.used_at, login.id.uuid())));
        live.truncate(MOST);
        let info = |login: Login| SessionInfo {
            current: login.id == viewer.session,
            id: login.id.to_string(),
            device_id: login.device.unwrap_or_default(),
            agent: login.agent.unwrap_or_default(),
            profile_id: login.profile.map(|id| id.to_string()).unwrap_or_default(),
            create_time: Some(timestamp(login.created_at)),
            refresh_time: Some(timestamp(login.used_at)),
            expire_time: Some(timestamp(login.expires_at)),
        };
        Ok(live.into_iter().map(info).collect())
    }

    /// Ends one of the caller's sessions; one that has ended already has ended.
    pub(crate) async fn end_session(&self, ctx: &Ctx, id: Id<Session>) -> Result<()> {
        let viewer = ctx.actor.viewer().ok_or(CommonReason::Unauthenticated)?;
        let done = self.db.write(ctx, |tx| {
            work(async move {
                let known = sessions::find(tx, ctx, id).await?;
                // Another account's is none of the caller's business.
                if known.is_none_or(|login| login.user != viewer.user) {
                    return Err(AuthReason::SessionNotFound.into());
                }
                let Some(ended) = self.end(tx, ctx, id).await? else {
                    ctx.changes_nothing();
                    return Ok(None);
                };
                let values = json!({ "account": viewer.user.to_string() });
                let act = audit::Act::on("session", id);
                audit::record(tx, ctx, act.changed(Value::Null, values)).await?;
                Ok::<_, Error>(Some(ended))
            })
        });
        let ended = done.await?;
        self.announce(ended.as_slice());
        Ok(())
    }
}
