//! Accounts.

use sv_kernel::{Ctx, Error, Id, Result, User};
use sv_proto::users::{self as pb, UserReason, UserStatus};
use sv_store::{Db, audit, outbox, work};

use crate::{
    domain::{Account, NewAccount, NewProfile},
    store::{accounts, profiles},
};

/// The accounts.
#[derive(Clone, Debug)]
pub(crate) struct Accounts {
    pub(crate) db: Db,
}

impl Accounts {
    /// Creates an account with its default profile; the same id again gives the same account
    /// (C23).
    pub(crate) async fn create(
        &self,
        ctx: &Ctx,
        new: NewAccount,
    ) -> Result<pb::CreateUserResponse> {
        let new = new.checked("")?;
        let now = ctx.now();
        let first = NewProfile::of_person(&new.name, &ctx.locale);
        let profile = &first.into_profile(ctx.new_id(), new.id, &ctx.locale, now)?;
        let account = &Account {
            id: new.id,
            tenant: ctx.tenant.clone(),
            email: new.email,
            name: new.name,
            username: new.username,
            default_profile: profile.id,
            status: UserStatus::Active,
            created_at: now,
            updated_at: now,
            version: 1,
        };
        let done = self.db.respond(ctx, |tx| {
            work(async move {
                if !accounts::insert(tx, account).await? {
                    if let Some(known) = accounts::find(tx, ctx, account.id).await? {
                        ctx.changes_nothing();
                        let user = Some((&known).into());
                        return Ok(pb::CreateUserResponse { user });
                    }
                    let username = account.username.as_deref().unwrap_or_default();
                    return Err(Error::from(UserReason::UsernameTaken).with("username", username));
                }
                profiles::insert(tx, ctx, profile).await?;
                let user = pb::User::from(account);
                let values = sv_rpc::audit::values("streamverse.users.v1.User", &user);
                let user = Some(user);
                let told = pb::UserRegistered { user: user.clone() };
                outbox::append_as(tx, ctx, account.id.to_string(), account.version, &told).await?;
                let act = audit::Act::on("user", account.id);
                audit::record(tx, ctx, act.changed(serde_json::Value::Null, values)).await?;
                Ok(pb::CreateUserResponse { user })
            })
        });
        done.await
    }

    /// Returns an account.
    pub(crate) async fn get(&self, ctx: &Ctx, id: Id<User>) -> Result<Account> {
        let account = accounts::find(self.db.read(), ctx, id).await?;
        account.ok_or_else(|| UserReason::UserNotFound.into())
    }
}
