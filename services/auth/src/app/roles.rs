//! Roles of accounts (AUTH-14, C33).

use sv_kernel::{Ctx, Error, Id, Result, User};
use sv_proto::{options::Role, users::UserReason};
use sv_rpc::roles;
use sv_store::{audit, work};

use super::Auth;
use crate::store::{credentials, sessions};

impl Auth {
    /// Returns the roles that an account has beside that of a viewer.
    pub(crate) async fn roles(&self, ctx: &Ctx, user: Id<User>) -> Result<Vec<Role>> {
        let known = credentials::of_user(self.db.read(), ctx, user).await?;
        Ok(special(&known.ok_or(UserReason::UserNotFound)?.roles))
    }

    /// Gives an account some roles and takes all others; returns those that it has now, and how many sessions
    /// were ended because they had more.
    pub(crate) async fn set_roles(
        &self,
        ctx: &Ctx,
        user: Id<User>,
        wanted: &[Role],
    ) -> Result<(Vec<Role>, i32)> {
        let wanted = special(wanted);
        let own = ctx.actor.viewer().is_some_and(|viewer| viewer.user == user);
        if own && !wanted.contains(&Role::Admin) {
            return Err(UserReason::OwnAccount.into());
        }
        let roles_now = &wanted;
        let done = self.db.write(ctx, |tx| {
            work(async move {
                let known = credentials::lock(tx, ctx, user).await?;
                let had = special(&known.ok_or(UserReason::UserNotFound)?.roles);
                if had == *roles_now {
                    ctx.changes_nothing();
                    return Ok(Vec::new());
                }
                let all = [&[Role::Viewer], &**roles_now].concat();
                credentials::set_roles(tx, ctx, user, &all, self.now()).await?;
                let mut ended = Vec::new();
                if had.iter().any(|role| !roles_now.contains(role)) {
                    for login in sessions::live(tx, ctx, user, self.now()).await? {
                        ended.extend(self.end(tx, ctx, login.id).await?);
                    }
                }
                let named = |roles: &[Role]| serde_json::json!({ "roles": roles::names(roles) });
                let act = audit::Act::on("account", user);
                audit::record(tx, ctx, act.changed(named(&had), named(roles_now))).await?;
                Ok::<_, Error>(ended)
            })
        });
        let ended = done.await?;
        self.announce(&ended);
        let count = i32::try_from(ended.len()).unwrap_or(i32::MAX);
        Ok((wanted, count))
    }
}

/// Leaves the roles that not everybody has, each once, in the order of the platform.
fn special(roles: &[Role]) -> Vec<Role> {
    let known = roles::ROLES
        .into_iter()
        .filter(|role| *role != Role::Viewer);
    known.filter(|role| roles.contains(role)).collect()
}
