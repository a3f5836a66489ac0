//! The RPCs: decode, call the use case, encode.

mod library;
mod managed;

use sv_handlers::users::UserService;
use sv_kernel::{Ctx, Id, Paged as _, Result};
use sv_proto::{
    convert::{count, id, me, optional_id},
    users as pb,
};

pub(crate) use library::Shelf;
pub(crate) use managed::Managers;

use crate::{
    app::{Accounts, Controls, Profiles, Proof},
    convert,
    domain::Profile,
};

#[derive(Debug)]
pub(crate) struct Users {
    accounts: Accounts,
    profiles: Profiles,
}

impl Users {
    pub(crate) fn new(profiles: Profiles) -> Self {
        let db = profiles.db.clone();
        let accounts = Accounts { db };
        Self { accounts, profiles }
    }
}

impl UserService for Users {
    async fn get_me(&self, ctx: &Ctx, _: pb::GetMeRequest) -> Result<pb::GetMeResponse> {
        let account = self.accounts.get(ctx, me(ctx)?).await?;
        let user = Some((&account).into());
        Ok(pb::GetMeResponse { user })
    }

    async fn get_user(
        &self,
        ctx: &Ctx,
        request: pb::GetUserRequest,
    ) -> Result<pb::GetUserResponse> {
        let account = self.accounts.get(ctx, id(&request.id)?).await?;
        Ok(pb::GetUserResponse {
            user: Some((&account).into()),
            status: account.status.into(),
        })
    }

    async fn create_user(
        &self,
        ctx: &Ctx,
        request: pb::CreateUserRequest,
    ) -> Result<pb::CreateUserResponse> {
        let new = convert::new_account(request)?;
        self.accounts.create(ctx, new).await
    }

    async fn list_profiles(
        &self,
        ctx: &Ctx,
        request: pb::ListProfilesRequest,
    ) -> Result<pb::ListProfilesResponse> {
        let page = self.profiles.list(ctx, me(ctx)?, request.page()).await?;
        let items = page.profiles.iter();
        let items = items.map(|profile| convert::profile(profile, page.default));
        Ok(pb::ListProfilesResponse {
            items: items.collect(),
            next_page_token: page.next_page_token,
            total: count(page.total),
        })
    }

    async fn create_profile(
        &self,
        ctx: &Ctx,
        request: pb::CreateProfileRequest,
    ) -> Result<pb::CreateProfileResponse> {
        let new = convert::new_profile(request.profile.unwrap_or_default());
        self.profiles.create(ctx, me(ctx)?, &new).await
    }

    async fn get_profile(
        &self,
        ctx: &Ctx,
        request: pb::GetProfileRequest,
    ) -> Result<pb::GetProfileResponse> {
        let (user, id) = (me(ctx)?, id(&request.profile_id)?);
        let profile = Some(shown(self.profiles.get(ctx, user, id).await?));
        Ok(pb::GetProfileResponse { profile })
    }

    async fn update_profile(
        &self,
        ctx: &Ctx,
        request: pb::UpdateProfileRequest,
    ) -> Result<pb::UpdateProfileResponse> {
        let (user, id) = (me(ctx)?, id(&request.profile_id)?);
        let change = convert::change(request);
        self.profiles.update(ctx, user, id, &change).await
    }

    async fn delete_profile(
        &self,
        ctx: &Ctx,
        request: pb::DeleteProfileRequest,
    ) -> Result<pb::DeleteProfileResponse> {
        let (user, id) = (me(ctx)?, id(&request.profile_id)?);
        self.profiles.delete(ctx, user, id).await
    }

    async fn set_profile_controls(
        &self,
        ctx: &Ctx,
        request: pb::SetProfileControlsRequest,
    ) -> Result<pb::SetProfileControlsResponse> {
        let (user, id) = (me(ctx)?, id(&request.profile_id)?);
        let change = Controls {
            is_kids: request.is_kids,
            new_pin: request.new_pin,
        };
        let (pin, password) = (&request.pin, &request.password);
        let controlled = self.profiles.control(ctx, user, id, change, pin, password);
        let profile = Some(shown(controlled.await?));
        Ok(pb::SetProfileControlsResponse { profile })
    }

    async fn enter_profile(
        &self,
        ctx: &Ctx,
        request: pb::EnterProfileRequest,
    ) -> Result<pb::EnterProfileResponse> {
        let (user, into) = (id(&request.user_id)?, id(&request.profile_id)?);
        let from = optional_id(&request.from_profile_id)?;
        let proof = Proof {
            pin: request.pin,
            password: request.password_shown,
        };
        let profile = Some(shown(
            self.profiles.enter(ctx, user, into, from, proof).await?,
        ));
        Ok(pb::EnterProfileResponse { profile })
    }

    async fn resolve_profile(
        &self,
        ctx: &Ctx,
        request: pb::ResolveProfileRequest,
    ) -> Result<pb::ResolveProfileResponse> {
        let (user, named) = (id(&request.user_id)?, optional_id(&request.profile_id)?);
        let profile = Some(shown(self.profiles.acting(ctx, user, named).await?));
        Ok(pb::ResolveProfileResponse { profile })
    }
}

/// Shows a profile of the account whose default one is known.
fn shown((profile, default): (Profile, Id<Profile>)) -> pb::Profile {
    convert::profile(&profile, default)
}
