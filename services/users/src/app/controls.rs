//! What keeps a child in its profile: PINs, and who may enter which profile (C44).
//!
//! A session may be bound to a profile; auth binds it and asks here whether it may
//! ([`Profiles::enter`]). Out of a profile for children leads a proof only: the password of the account,
//! or the PIN of that profile. A profile for others with a PIN of its own asks for that on the way in.
//! Everything else is open to the account's owner.

use sv_kernel::{Ctx, Error, Id, Result, User};
use sv_proto::{auth::VerifyPasswordRequest, users::UserReason};
use sv_store::{Tx, audit, work};

use super::profiles::{Profiles, WithDefault, act, locked, only_outside_of_childhood};
use crate::{
    domain::{Account, Profile, bound_to_child},
    store::profiles,
};

/// What shall be different about a profile's protection; `None` stays.
#[derive(Debug)]
pub(crate) struct Controls {
    pub(crate) is_kids: Option<bool>,
    /// Empty for none.
    pub(crate) new_pin: Option<String>,
}

/// What somebody shows.
#[derive(Debug)]
pub(crate) struct Proof {
    /// Empty for none.
    pub(crate) pin: String,
    /// Whether the account's password was shown.
    pub(crate) password: bool,
}

impl Profiles {
    /// Says whether a session that is bound to `from`, or to no profile, may be bound to another one.
    ///
    /// Fails with `PROFILE_NOT_FOUND`, `PROFILE_PROOF_REQUIRED`, `PIN_WRONG` and `PIN_LOCKED`.
    pub(crate) async fn enter(
        &self,
        ctx: &Ctx,
        user: Id<User>,
        into: Id<Profile>,
        from: Option<Id<Profile>>,
        proof: Proof,
    ) -> Result<WithDefault> {
        let proof = &proof;
        let done = self.db.write(ctx, |tx| {
            work(async move {
                let (account, mut all) = locked(tx, ctx, user).await?;
                let find = |id| all.iter().position(|profile: &Profile| profile.id == id);
                let target = find(into).ok_or(UserReason::ProfileNotFound)?;
                let leaves_child = bound_to_child(&all, from) && from != Some(into);
                let asks = !all[target].is_kids && all[target].pin.is_some() && from != Some(into);
                // A PIN of one's own is not opened by that of a child.
                let door = if asks {
                    Some(target)
                } else {
                    from.and_then(find)
                };
                let doors: Vec<usize> = door.into_iter().collect();
                let opened = if (leaves_child || asks) && !proof.password {
                    self.open(tx, ctx, &mut all, &doors, &proof.pin).await?
                } else {
                    Ok(())
                };
                // Kept also where it was wrong: tries are counted.
                Ok::<_, Error>(opened.map(|()| (all.swap_remove(target), account.default_profile)))
            })
        });
        done.await?
    }

    /// Changes what protects a profile.
    ///
    /// Fails like [`Self::enter`], with `PROFILE_KIDS_DEFAULT`, with `PROFILE_LOCKED` from within a profile for
    /// children, and with auth's refusal of the password.
    pub(crate) async fn control(
        &self,
        ctx: &Ctx,
        user: Id<User>,
        id: Id<Profile>,
        change: Controls,
        pin: &str,
        password: &str,
    ) -> Result<WithDefault> {
        let shown = self.knows_password(ctx, user, password).await?;
        let change = &change;
        let done = self.db.write(ctx, |tx| {
            work(async move {
                let (account, mut all) = locked(tx, ctx, user).await?;
                let find = |profile: &Profile| profile.id == id;
                let at = all
                    .iter()
                    .position(find)
                    .ok_or(UserReason::ProfileNotFound)?;
                only_outside_of_childhood(ctx, &all)?;
                let loosens = all[at].is_kids && change.is_kids == Some(false);
                let needs = loosens || change.new_pin.is_some();
                if needs && !shown {
                    let doors: Vec<usize> = all[at].pin.iter().map(|_| at).collect();
                    if let Err(refused) = self.open(tx, ctx, &mut all, &doors, pin).await? {
                        // Kept: tries are counted.
                        return Ok(Err(refused));
                    }
                }
                let mut profile = all.swap_remove(at);
                self.protect(tx, ctx, &account, &mut profile, change)
                    .await?;
                Ok::<_, Error>(Ok((profile, account.default_profile)))
            })
        });
        done.await?
    }

    /// Gives a profile other protection.
    async fn protect(
        &self,
        tx: &Tx,
        ctx: &Ctx,
        account: &Account,
        profile: &mut Profile,
        change: &Controls,
    ) -> Result<()> {
        let values = |profile: &Profile| {
            serde_json::json!({
                "isKids": profile.is_kids,
                "hasPin": profile.pin.is_some(),
            })
        };
        let before = values(profile);
        if let Some(is_kids) = change.is_kids {
            profile.is_kids = is_kids;
        }
        if profile.is_kids && account.default_profile == profile.id {
            return Err(UserReason::ProfileKidsDefault.into());
        }
        match change.new_pin.as_deref() {
            None => {}
            Some("") => profile.pin = None,
            Some(digits) => profile.pin = Some(self.seal.pin(profile.id, digits)?),
        }
        profile.updated_at = ctx.now();
        profiles::update(tx, ctx, profile).await?;
        let mut after = values(profile);
        if change.new_pin.is_some() {
            // That it is another one, and nothing of either.
            after["pin"] = "changed".into();
        }
        Ok(audit::record(tx, ctx, act(profile).changed(before, after)).await?)
    }

    /// Tries a PIN on the profiles that have one; the first that it opens is enough. A refusal is a value,
    /// because it is to be committed: tries are counted.
    async fn open(
        &self,
        tx: &Tx,
        ctx: &Ctx,
        all: &mut [Profile],
        doors: &[usize],
        pin: &str,
    ) -> Result<Result<()>> {
        let mut verdict = Err(UserReason::ProfileProofRequired.into());
        if pin.is_empty() {
            return Ok(verdict);
        }
        for door in doors {
            let profile = &mut all[*door];
            if profile.pin.is_none() {
                continue;
            }
            verdict = profile.try_pin(&self.seal, pin, ctx.now());
            profiles::update(tx, ctx, profile).await?;
            if verdict.is_ok() {
                break;
            }
        }
        Ok(verdict)
    }

    /// Asks auth about the account's password; without one the answer is no.
    async fn knows_password(&self, ctx: &Ctx, user: Id<User>, password: &str) -> Result<bool> {
        if password.is_empty() {
            return Ok(false);
        }
        let request = VerifyPasswordRequest {
            user_id: user.to_string(),
            password: password.to_owned(),
        };
        let answer = self
            .auth()?
            .verify_password(sv_rpc::call(ctx, request))
            .await;
        answer.map_err(sv_rpc::error)?;
        Ok(true)
    }
}
