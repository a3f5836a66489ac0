//! Roles of accounts (AUTH-14, C33).

use sv_kernel::{Ctx, Error, Id, Result, User};
use sv_proto::{
    common::CommonReason,
    options::{Permission, Role},
    users::UserReason,
};
use sv_rpc::roles;
use sv_store::{Tx, audit, work};

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
        let caller = ctx.actor.viewer().map(|viewer| viewer.user);
        if caller == Some(user) && !wanted.contains(&Role::Admin) {
            return Err(UserReason::OwnAccount.into());
        }
        let roles_now = &wanted;
        let done = self.db.write(ctx, |tx| {
            work(async move {
                let had = lock_roles(tx, ctx, user).await?;
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

/// Locks an account and that of the caller, who may still give roles, and returns those of the account. Of two
/// administrators who take each other's role at the same moment one stays.
async fn lock_roles(tx: &Tx, ctx: &Ctx, user: Id<User>) -> Result<Vec<Role>> {
    let caller = ctx.actor.viewer().map(|viewer| viewer.user);
    let mut accounts = vec![user];
    accounts.extend(caller.filter(|caller| *caller != user));
    // Always in one order, so that neither waits for the other.
    accounts.sort();
    let mut had = None;
    for account in accounts {
        let known = credentials::lock(tx, ctx, account).await?;
        let held = known.map(|known| known.roles);
        if caller == Some(account) {
            let known = held.iter().flatten().map(|role| i32::from(*role)).collect();
            if !roles::allows(known, Permission::UsersWrite) {
                return Err(CommonReason::PermissionDenied.into());
            }
        }
        if account == user {
            had = held;
        }
    }
    Ok(special(&had.ok_or(UserReason::UserNotFound)?))
}

/// Leaves the roles that not everybody has, each once, in the order of the platform.
fn special(roles: &[Role]) -> Vec<Role> {
    let known = roles::ROLES
        .into_iter()
        .filter(|role| *role != Role::Viewer);
    known.filter(|role| roles.contains(role)).collect()
}
