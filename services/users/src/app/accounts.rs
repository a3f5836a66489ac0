//! Accounts.

use sv_kernel::{Ctx, Error, Id, Result, User};
use sv_proto::users::{self as pb, UserReason};
use sv_store::{Db, audit};

use crate::{
    domain::{Account, NewAccount, NewProfile},
    events,
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
    pub(crate) async fn create(&self, ctx: &Ctx, new: NewAccount) -> Result<Account> {
        let new = new.checked()?;
        let now = ctx.now();
        let first = NewProfile::of_person(&new.name, &ctx.locale);
        let profile = first.into_profile(ctx.new_id(), new.id, &ctx.locale, now)?;
        let account = Account {
            id: new.id,
            tenant: ctx.tenant.clone(),
            email: new.email,
            name: new.name,
            username: new.username,
            default_profile: profile.id,
            created_at: now,
            version: 1,
        };
        let tx = self.db.begin(ctx).await?;
        if !accounts::insert(&tx, &account).await? {
            if let Some(known) = accounts::find(&tx, ctx, account.id).await? {
                ctx.changes_nothing();
                return Ok(known);
            }
            let username = account.username.unwrap_or_default();
            return Err(Error::from(UserReason::UsernameTaken).with("username", username));
        }
        profiles::insert(&tx, ctx, &profile).await?;
        events::registered(&tx, ctx, &account).await?;
        let values = sv_rpc::audit::values("streamverse.users.v1.User", &pb::User::from(&account));
        let act = audit::Act::on("user", account.id).changed(serde_json::Value::Null, values);
        audit::record(&tx, ctx, act).await?;
        tx.commit().await?;
        Ok(account)
    }

    /// Returns an account.
    pub(crate) async fn get(&self, ctx: &Ctx, id: Id<User>) -> Result<Account> {
        let account = accounts::find(self.db.read(), ctx, id).await?;
        account.ok_or_else(|| UserReason::UserNotFound.into())
    }
}
