//! Accounts in the hands of those who run the installation (USER-7, USER-8, USER-9, ADM-1).
//!
//! Whether an account is blocked is users' to say: auth asks before it signs anybody in or prolongs a login.
//! What is signed in already, auth ends when it is asked to after the change, and once more when it hears the
//! event, for the case that this process does not come to ask.

use serde_json::Value;
use sv_kernel::{Ctx, Error, Id, Page, PageRequest, Paged as _, Result, User};
use sv_proto::{
    auth::CloseAccountRequest,
    common::CommonReason,
    convert::{count, me, page_error},
    users::{self as pb, UserReason, UserStatus},
};
use sv_store::{StoreError, Tx, audit, outbox, work};

use super::{
    Profiles,
    profiles::{leave, locked},
};
use crate::{
    convert,
    domain::{Account, AccountChange, Filter, Order, Profile},
    store::{accounts, profiles},
};

/// Accounts, as they are managed.
#[derive(Clone, Debug)]
pub(crate) struct Managed {
    pub(crate) profiles: Profiles,
}

impl Managed {
    /// Lists accounts.
    pub(crate) async fn list(
        &self,
        ctx: &Ctx,
        request: &pb::AdminListUsersRequest,
    ) -> Result<pb::AdminListUsersResponse> {
        let whole = pb::AdminListUsersRequest {
            with_total: false,
            ..request.without_page()
        };
        let list = format!("{} {whole:?}", ctx.tenant);
        let pages = &self.profiles.pages;
        let page: PageRequest = pages.read(&list, request.page()).map_err(page_error)?;
        let (filter, order) = (Filter::from(request), Order::read(&request.order_by));
        let db = self.profiles.db.read();
        let page: Page<Account> = accounts::list(db, ctx, &filter, order, &page).await?;
        let total = if request.with_total {
            Some(count(accounts::count(db, ctx, &filter).await?))
        } else {
            None
        };
        let items = page
            .items
            .iter()
            .map(|account| convert::managed(account, &[]));
        Ok(pb::AdminListUsersResponse {
            items: items.collect(),
            next_page_token: pages.write(&list, page.next.as_deref()),
            total,
        })
    }

    /// Returns an account with its profiles.
    pub(crate) async fn get(&self, ctx: &Ctx, id: Id<User>) -> Result<pb::ManagedUser> {
        let db = self.profiles.db.read();
        let account = accounts::find(db, ctx, id).await?;
        let account = account.ok_or(UserReason::UserNotFound)?;
        let profiles = profiles::list(db, ctx, id, None, 0, MOST_PROFILES).await?;
        Ok(convert::managed(&account, &profiles))
    }

    /// Changes an account; a version other than 0 has to be the stored one.
    pub(crate) async fn update(
        &self,
        ctx: &Ctx,
        id: Id<User>,
        version: i32,
        change: AccountChange,
    ) -> Result<pb::ManagedUser> {
        let change = &change;
        let done = self.profiles.db.write(ctx, |tx| {
            work(async move {
                let (before, profiles) = expected(tx, ctx, id, version).await?;
                let mut account = Account {
                    // Locking has raised it.
                    version: before.version + 1,
                    updated_at: ctx.now(),
                    ..before.clone()
                };
                account.change(change)?;
                if account.status == UserStatus::Blocked {
                    not_oneself(ctx, id)?;
                }
                let written = accounts::update(tx, ctx, &account).await;
                written.map_err(|failure| taken(failure, &account))?;
                outbox::append(tx, ctx, &changed(&account, false)).await?;
                let (old, new) = (values(&before), values(&account));
                audit::record(tx, ctx, act(id).changed(old, new)).await?;
                Ok::<_, Error>((account, profiles))
            })
        });
        let (account, profiles) = done.await?;
        if account.status == UserStatus::Blocked {
            self.sign_out(ctx, id, false).await?;
        }
        Ok(convert::managed(&account, &profiles))
    }

    /// Deletes an account with all that is its own.
    pub(crate) async fn delete(&self, ctx: &Ctx, id: Id<User>) -> Result<()> {
        not_oneself(ctx, id)?;
        let done = self.profiles.db.write(ctx, |tx| {
            work(async move {
                let (mut account, all) = expected(tx, ctx, id, 0).await?;
                let old = values(&account);
                for profile in &all {
                    leave(tx, ctx, profile).await?;
                }
                accounts::delete(tx, ctx, id).await?;
                account.version += 1;
                outbox::append(tx, ctx, &changed(&account, true)).await?;
                audit::record(tx, ctx, act(id).changed(old, Value::Null)).await?;
                Ok::<_, Error>(())
            })
        });
        done.await?;
        self.sign_out(ctx, id, true).await
    }

    /// Has auth end the account's sessions; with `forget` its password goes, too.
    async fn sign_out(&self, ctx: &Ctx, id: Id<User>, forget: bool) -> Result<()> {
        let request = CloseAccountRequest {
            user_id: id.to_string(),
            forget,
        };
        let request = sv_rpc::call(ctx, request);
        let answer = self.profiles.auth()?.close_account(request).await;
        answer.map(drop).map_err(sv_rpc::error)
    }
}

/// The most profiles that an answer shows: more than an account may have.
const MOST_PROFILES: u32 = 1000;

/// Locks an account and returns it as it was, if it has the version that the caller has seen.
async fn expected(tx: &Tx, ctx: &Ctx, id: Id<User>, seen: i32) -> Result<(Account, Vec<Profile>)> {
    let (mut account, profiles) = locked(tx, ctx, id).await?;
    account.version -= 1;
    let found = count(account.version);
    if ctx.may_find(found) && (seen == 0 || seen == found) {
        Ok((account, profiles))
    } else {
        Err(CommonReason::VersionMismatch.into())
    }
}

/// Refuses what would shut out whoever asks for it.
fn not_oneself(ctx: &Ctx, id: Id<User>) -> Result<()> {
    if me(ctx).is_ok_and(|me| me == id) {
        return Err(UserReason::OwnAccount.into());
    }
    Ok(())
}

/// Says that a username is not free.
fn taken(failure: StoreError, account: &Account) -> Error {
    if !failure.is_duplicate() {
        return failure.into();
    }
    let username = account.username.as_deref().unwrap_or_default();
    Error::from(UserReason::UsernameTaken)
        .with("username", username)
        .because(failure)
}

fn act(id: Id<User>) -> audit::Act {
    audit::Act::on("user", id)
}

/// Returns an account for its audit record.
fn values(account: &Account) -> Value {
    let message = convert::managed(account, &[]);
    sv_rpc::audit::values("streamverse.users.v1.ManagedUser", &message)
}

/// Says what became of an account.
fn changed(account: &Account, deleted: bool) -> pb::UserChanged {
    pb::UserChanged {
        user_id: account.id.to_string(),
        version: account.version,
        status: account.status.into(),
        deleted,
    }
}
