//! Ending what an account is signed in to, because it was blocked or deleted (USER-8, USER-9, AUTH-8).
//!
//! Users asks for it after such a change, so that it holds at once; the event of the change asks again, for the
//! case that users does not come to ask. Whether an account is blocked now is users' to say.

use serde_json::Value;
use sv_kernel::{Ctx, Error, Id, Result, User};
use sv_proto::{
    auth::AuthReason,
    users::{self, UserReason, UserStatus},
};
use sv_store::{audit, work};

use super::Auth;
use crate::store::{credentials, registrations, sessions};

/// The act, also where an event leads to it.
const CLOSED: &str = "auth.account_closed";

impl Auth {
    /// Ends all sessions of an account; with `forget`, its password and roles go, too. Returns how many
    /// sessions were ended now.
    pub(crate) async fn close(&self, ctx: &Ctx, user: Id<User>, forget: bool) -> Result<i32> {
        let done = self.db.write(ctx, |tx| {
            work(async move {
                let mut ended = Vec::new();
                for login in sessions::live(tx, ctx, user, self.now()).await? {
                    ended.extend(self.end(tx, ctx, login.id).await?);
                }
                let mut forgotten = false;
                if forget {
                    sessions::delete_of(tx, ctx, user).await?;
                    forgotten |= credentials::delete(tx, ctx, user).await?;
                    forgotten |= registrations::delete_of(tx, ctx, user).await?;
                }
                if ended.is_empty() && !forgotten {
                    ctx.changes_nothing();
                } else {
                    let ids = ended.iter().map(|ended| ended.session.to_string());
                    let values = serde_json::json!({
                        "endedSessions": ids.collect::<Vec<_>>(),
                        "forgotten": forgotten,
                    });
                    let act = audit::Act::on("account", user).named(CLOSED);
                    audit::record(tx, ctx, act.changed(Value::Null, values)).await?;
                }
                Ok::<_, Error>(ended)
            })
        });
        let ended = done.await?;
        self.announce(&ended);
        Ok(i32::try_from(ended.len()).unwrap_or(i32::MAX))
    }

    /// Does what the state of an account asks for, as users knows it now.
    pub(crate) async fn heed(&self, ctx: &Ctx, user: Id<User>) -> Result<()> {
        let closed = match self.usable(ctx, user).await {
            Ok(_) => return Ok(()),
            Err(refused) if refused.is(&AuthReason::AccountBlocked) => false,
            Err(refused) if refused.is(&UserReason::UserNotFound) => true,
            Err(failure) => return Err(failure),
        };
        self.close(ctx, user, closed).await.map(drop)
    }

    /// Asks users for an account that somebody may be signed in to.
    ///
    /// Fails with `ACCOUNT_BLOCKED`, and with `USER_NOT_FOUND` where it is gone.
    pub(super) async fn usable(&self, ctx: &Ctx, id: Id<User>) -> Result<users::User> {
        let request = users::GetUserRequest { id: id.to_string() };
        let request = sv_rpc::call(ctx, request);
        let answer = self.users.clone().get_user(request).await;
        let answer = answer.map_err(sv_rpc::error)?.into_inner();
        if answer.status() == UserStatus::Blocked {
            return Err(AuthReason::AccountBlocked.into());
        }
        Ok(answer.user.unwrap_or_default())
    }
}
