//! Profiles: every change locks the account, so that limit, names and default hold.

use serde_json::Value;
use sv_kernel::{Ctx, Error, Id, Page, PageAsk, PageRequest, PageSigner, Result, User};
use sv_proto::{
    auth::auth_service_client::AuthServiceClient,
    common::CommonReason,
    convert::page_error,
    users::{
        CreateProfileResponse, DeleteProfileResponse, ProfileDeleted, UpdateProfileResponse,
        UserReason,
    },
};
use sv_rpc::{Mesh, Transport};
use sv_store::{Db, Position, Tx, audit, outbox, work};

use crate::{
    Options, convert,
    domain::{Account, Change, NewProfile, PinSeal, Profile, bound_to_child, fold, heir},
    store::{accounts, leavers, profiles, watchlist},
};

/// The profiles of all accounts.
#[derive(Clone, Debug)]
pub(crate) struct Profiles {
    pub(crate) db: Db,
    /// Finds auth, which knows passwords.
    pub(crate) mesh: Mesh,
    pub(crate) seal: PinSeal,
    pub(crate) pages: PageSigner,
    pub(crate) options: Options,
}

/// A profile, and which one of its account is the default.
pub(crate) type WithDefault = (Profile, Id<Profile>);

/// A page of an account's profiles.
#[derive(Debug)]
pub(crate) struct Household {
    pub(crate) profiles: Vec<Profile>,
    pub(crate) default: Id<Profile>,
    pub(crate) next_page_token: String,
    pub(crate) total: u64,
}

impl Profiles {
    /// Lists an account's profiles, oldest first.
    pub(crate) async fn list(
        &self,
        ctx: &Ctx,
        user: Id<User>,
        ask: PageAsk<'_>,
    ) -> Result<Household> {
        let list = format!("profiles of {user}");
        let page = self.pages.read(&list, ask).map_err(page_error)?;
        let after = Position::of(&page)?;
        let PageRequest { size, skip, .. } = page;
        let db = self.db.read();
        let account = existing(accounts::find(db, ctx, user).await?)?;
        let rows = profiles::list(db, ctx, user, after, skip, size + 1).await?;
        let key = |last: &Profile| {
            let (at, id) = (last.created_at, last.id.uuid());
            Position { at, id }.key()
        };
        let page = Page::cut(rows, size, key);
        Ok(Household {
            next_page_token: self.pages.write(&list, page.next.as_deref()),
            profiles: page.items,
            default: account.default_profile,
            total: profiles::count(db, ctx, user).await?,
        })
    }

    /// Returns a profile of an account.
    pub(crate) async fn get(
        &self,
        ctx: &Ctx,
        user: Id<User>,
        id: Id<Profile>,
    ) -> Result<WithDefault> {
        self.resolve(ctx, user, Some(id)).await
    }

    /// Returns auth, to ask about passwords.
    pub(super) fn auth(&self) -> Result<AuthServiceClient<Transport>> {
        let found = self.mesh.client_transport("auth");
        let found = found.map_err(|cause| Error::from(CommonReason::Unavailable).because(cause));
        found.map(AuthServiceClient::new)
    }

    /// Returns the profile that a request acts for: the one that the session is bound to, else the named
    /// one, else the default (C44).
    pub(crate) async fn acting(
        &self,
        ctx: &Ctx,
        user: Id<User>,
        named: Option<Id<Profile>>,
    ) -> Result<WithDefault> {
        // Other services ask for their callers, or by themselves for whom they know.
        let own = ctx.actor.viewer().filter(|viewer| viewer.user == user);
        let bound = own.and_then(|viewer| viewer.profile).map(Id::cast);
        if bound.is_some() && named.is_some() && bound != named {
            return Err(UserReason::ProfileBound.into());
        }
        let (profile, default) = self.resolve(ctx, user, bound.or(named)).await?;
        // A PIN is shown when a session is bound. Into a profile for children everybody may; and a session
        // that is bound to none was opened with the account's password, which is more than the PIN of the
        // default, for which it acts.
        let open = profile.is_kids || profile.id == default;
        if own.is_some() && bound.is_none() && profile.pin.is_some() && !open {
            return Err(UserReason::ProfileProofRequired.into());
        }
        Ok((profile, default))
    }

    /// Returns the named profile of an account, else its default.
    pub(crate) async fn resolve(
        &self,
        ctx: &Ctx,
        user: Id<User>,
        named: Option<Id<Profile>>,
    ) -> Result<WithDefault> {
        let db = self.db.read();
        let account = accounts::find(db, ctx, user).await?;
        let default = account.ok_or(UserReason::ProfileNotFound)?.default_profile;
        let profile = profiles::find(db, ctx, user, named.unwrap_or(default)).await?;
        Ok((profile.ok_or(UserReason::ProfileNotFound)?, default))
    }

    /// Creates a profile.
    pub(crate) async fn create(
        &self,
        ctx: &Ctx,
        user: Id<User>,
        new: &NewProfile,
    ) -> Result<CreateProfileResponse> {
        let limit = self.options.max_profiles;
        let done = self.db.respond(ctx, |tx| {
            work(async move {
                let (account, others) = locked(tx, ctx, user).await?;
                if others.len() >= usize::try_from(limit).unwrap_or(usize::MAX) {
                    return Err(Error::from(UserReason::ProfileLimit).with("limit", limit));
                }
                only_outside_of_childhood(ctx, &others)?;
                let is_default = new.is_default;
                if is_default && new.is_kids {
                    return Err(UserReason::ProfileKidsDefault.into());
                }
                let profile = new.clone();
                let profile = profile.into_profile(ctx.new_id(), user, &ctx.locale, ctx.now())?;
                only_one_of_its_name(&others, &profile)?;
                profiles::insert(tx, ctx, &profile).await?;
                let default = is_default.then_some(profile.id);
                let default = settle_default(tx, ctx, &account, default).await?;
                let act = act(&profile).changed(Value::Null, values(&profile, default));
                audit::record(tx, ctx, act).await?;
                let profile = Some(convert::profile(&profile, default));
                Ok(CreateProfileResponse { profile })
            })
        });
        done.await
    }

    /// Changes a profile.
    pub(crate) async fn update(
        &self,
        ctx: &Ctx,
        user: Id<User>,
        id: Id<Profile>,
        change: &Change,
    ) -> Result<UpdateProfileResponse> {
        let done = self.db.respond(ctx, |tx| {
            work(async move {
                let (account, all) = locked(tx, ctx, user).await?;
                let known = all.iter().find(|profile| profile.id == id).cloned();
                let mut profile = known.ok_or(UserReason::ProfileNotFound)?;
                only_outside_of_childhood(ctx, &all)?;
                let before = values(&profile, account.default_profile);
                let make_default = change.make_default;
                let was_kids = profile.is_kids;
                profile.change(change.clone(), &ctx.locale, ctx.now())?;
                if was_kids && !profile.is_kids {
                    return Err(UserReason::ProfileProofRequired.into());
                }
                if profile.is_kids && (make_default || account.default_profile == id) {
                    return Err(UserReason::ProfileKidsDefault.into());
                }
                only_one_of_its_name(&all, &profile)?;
                profiles::update(tx, ctx, &profile).await?;
                let default = make_default.then_some(id);
                let default = settle_default(tx, ctx, &account, default).await?;
                let act = act(&profile).changed(before, values(&profile, default));
                audit::record(tx, ctx, act).await?;
                let profile = Some(convert::profile(&profile, default));
                Ok(UpdateProfileResponse { profile })
            })
        });
        done.await
    }

    /// Deletes a profile; if it was the default, another one becomes it.
    pub(crate) async fn delete(
        &self,
        ctx: &Ctx,
        user: Id<User>,
        id: Id<Profile>,
    ) -> Result<DeleteProfileResponse> {
        let done = self.db.respond(ctx, |tx| {
            work(async move {
                let (account, all) = locked(tx, ctx, user).await?;
                let known = all.iter().find(|profile| profile.id == id);
                let known = known.ok_or(UserReason::ProfileNotFound)?;
                only_outside_of_childhood(ctx, &all)?;
                let before = values(known, account.default_profile);
                let heir = heir(&all, id).ok_or(UserReason::ProfileLast)?;
                leave(tx, ctx, known).await?;
                let was_default = account.default_profile == id;
                settle_default(tx, ctx, &account, was_default.then_some(heir)).await?;
                audit::record(tx, ctx, act(known).changed(before, Value::Null)).await?;
                Ok(DeleteProfileResponse {})
            })
        });
        done.await
    }
}

/// Refuses changes of profiles from within one that is for children. The policies refuse whoever has a token
/// that says so; a profile may have become one for children since.
pub(super) fn only_outside_of_childhood(ctx: &Ctx, all: &[Profile]) -> Result<()> {
    let viewer = ctx.actor.viewer();
    let bound = viewer.and_then(|viewer| viewer.profile).map(Id::cast);
    if bound_to_child(all, bound) {
        return Err(UserReason::ProfileLocked.into());
    }
    Ok(())
}

/// Starts the audit record of what is done to a profile.
pub(super) fn act(profile: &Profile) -> audit::Act {
    audit::Act::on("profile", profile.id)
}

/// Returns a profile for its audit record.
fn values(profile: &Profile, default: Id<Profile>) -> Value {
    let message = convert::profile(profile, default);
    sv_rpc::audit::values("streamverse.users.v1.Profile", &message)
}

/// Locks an account and returns it with all its profiles.
pub(super) async fn locked(tx: &Tx, ctx: &Ctx, user: Id<User>) -> Result<(Account, Vec<Profile>)> {
    let account = existing(accounts::lock(tx, ctx, user).await?)?;
    // A limit that was lowered leaves more than it allows.
    let all = profiles::list(tx, ctx, user, None, 0, 1000).await?;
    Ok((account, all))
}

/// Deletes a profile with its watchlist, and tells those who keep more of it. Its ratings are taken back later:
/// each of them is told to others.
pub(super) async fn leave(tx: &Tx, ctx: &Ctx, profile: &Profile) -> Result<()> {
    let gone = ProfileDeleted {
        profile_id: profile.id.to_string(),
        user_id: profile.user.to_string(),
    };
    // Nothing of a profile comes after its end.
    outbox::append_as(tx, ctx, profile.id.to_string(), 1, &gone).await?;
    watchlist::delete_all(tx, ctx, profile.id).await?;
    leavers::insert(tx, ctx, profile.id).await?;
    Ok(profiles::delete(tx, ctx, profile.id).await?)
}

/// Makes a profile the default if one is named; returns the default.
async fn settle_default(
    tx: &Tx,
    ctx: &Ctx,
    account: &Account,
    new: Option<Id<Profile>>,
) -> Result<Id<Profile>> {
    let Some(profile) = new else {
        return Ok(account.default_profile);
    };
    accounts::set_default(tx, ctx, account.id, profile).await?;
    Ok(profile)
}

fn only_one_of_its_name(all: &[Profile], profile: &Profile) -> Result<()> {
    let name = fold(&profile.name);
    let same = |other: &Profile| other.id != profile.id && fold(&other.name) == name;
    if all.iter().any(same) {
        return Err(Error::from(UserReason::ProfileNameTaken).with("name", &profile.name));
    }
    Ok(())
}

fn existing(account: Option<Account>) -> Result<Account> {
    account.ok_or_else(|| UserReason::UserNotFound.into())
}
