//! The RPCs: decode, call the use case, encode.

use sv_boot::Parts;
use sv_kernel::{Ctx, Id, Paged as _, Result, User};
use sv_proto::{
    common::CommonReason,
    users::{self as pb, user_service_server::UserService},
};
use sv_rpc::{ctx, status};
use tonic::{Request, Response, Status};

use crate::{
    Options,
    app::{Accounts, Controls, Profiles, Proof},
    convert,
    domain::PinSeal,
};

#[derive(Debug)]
pub(crate) struct Users {
    accounts: Accounts,
    profiles: Profiles,
}

impl Users {
    pub(crate) fn new(parts: &Parts, options: Options, pins: &[u8]) -> Self {
        Self {
            accounts: Accounts {
                db: parts.db.clone(),
            },
            profiles: Profiles {
                db: parts.db.clone(),
                mesh: parts.mesh.clone(),
                seal: PinSeal::new(pins),
                pages: parts.pages.clone(),
                options,
            },
        }
    }

    async fn get_me(&self, ctx: &Ctx) -> Result<pb::GetMeResponse> {
        let account = self.accounts.get(ctx, me(ctx)?).await?;
        Ok(pb::GetMeResponse {
            user: Some((&account).into()),
        })
    }

    async fn get_user(
        &self,
        ctx: &Ctx,
        request: pb::GetUserRequest,
    ) -> Result<pb::GetUserResponse> {
        let account = self.accounts.get(ctx, convert::id(&request.id)?).await?;
        Ok(pb::GetUserResponse {
            user: Some((&account).into()),
        })
    }

    async fn create_user(
        &self,
        ctx: &Ctx,
        request: pb::CreateUserRequest,
    ) -> Result<pb::CreateUserResponse> {
        let account = self
            .accounts
            .create(ctx, convert::new_account(request)?)
            .await?;
        Ok(pb::CreateUserResponse {
            user: Some((&account).into()),
        })
    }

    async fn list_profiles(
        &self,
        ctx: &Ctx,
        request: pb::ListProfilesRequest,
    ) -> Result<pb::ListProfilesResponse> {
        let profiles = &self.profiles;
        let page = profiles.list(ctx, me(ctx)?, request.page()).await?;
        let items = page.profiles.iter();
        Ok(pb::ListProfilesResponse {
            items: items
                .map(|profile| convert::profile(profile, page.default))
                .collect(),
            next_page_token: page.next_page_token,
            total: i32::try_from(page.total).unwrap_or(i32::MAX),
        })
    }

    async fn create_profile(
        &self,
        ctx: &Ctx,
        request: pb::CreateProfileRequest,
    ) -> Result<pb::CreateProfileResponse> {
        let new = convert::new_profile(request.profile.unwrap_or_default());
        let (profile, default) = self.profiles.create(ctx, me(ctx)?, new).await?;
        Ok(pb::CreateProfileResponse {
            profile: Some(convert::profile(&profile, default)),
        })
    }

    async fn get_profile(
        &self,
        ctx: &Ctx,
        request: pb::GetProfileRequest,
    ) -> Result<pb::GetProfileResponse> {
        let id = convert::id(&request.profile_id)?;
        let (profile, default) = self.profiles.get(ctx, me(ctx)?, id).await?;
        Ok(pb::GetProfileResponse {
            profile: Some(convert::profile(&profile, default)),
        })
    }

    async fn update_profile(
        &self,
        ctx: &Ctx,
        request: pb::UpdateProfileRequest,
    ) -> Result<pb::UpdateProfileResponse> {
        let id = convert::id(&request.profile_id)?;
        let change = convert::change(request);
        let (profile, default) = self.profiles.update(ctx, me(ctx)?, id, change).await?;
        Ok(pb::UpdateProfileResponse {
            profile: Some(convert::profile(&profile, default)),
        })
    }

    async fn delete_profile(
        &self,
        ctx: &Ctx,
        request: pb::DeleteProfileRequest,
    ) -> Result<pb::DeleteProfileResponse> {
        let id = convert::id(&request.profile_id)?;
        self.profiles.delete(ctx, me(ctx)?, id).await?;
        Ok(pb::DeleteProfileResponse {})
    }

    async fn set_profile_controls(
        &self,
        ctx: &Ctx,
        request: pb::SetProfileControlsRequest,
    ) -> Result<pb::SetProfileControlsResponse> {
        let (user, id) = (me(ctx)?, convert::id(&request.profile_id)?);
        let change = Controls {
            is_kids: request.is_kids,
            new_pin: request.new_pin,
        };
        let (pin, password) = (&request.pin, &request.password);
        let controlled = self.profiles.control(ctx, user, id, change, pin, password);
        let (profile, default) = controlled.await?;
        Ok(pb::SetProfileControlsResponse {
            profile: Some(convert::profile(&profile, default)),
        })
    }

    async fn enter_profile(
        &self,
        ctx: &Ctx,
        request: pb::EnterProfileRequest,
    ) -> Result<pb::EnterProfileResponse> {
        let from = Some(request.from_profile_id).filter(|id| !id.is_empty());
        let from = from.as_deref().map(convert::id).transpose()?;
        let (user, into) = (
            convert::id(&request.user_id)?,
            convert::id(&request.profile_id)?,
        );
        let proof = Proof {
            pin: request.pin,
            password: request.password_shown,
        };
        let (profile, default) = self.profiles.enter(ctx, user, into, from, proof).await?;
        Ok(pb::EnterProfileResponse {
            profile: Some(convert::profile(&profile, default)),
        })
    }

    async fn resolve_profile(
        &self,
        ctx: &Ctx,
        request: pb::ResolveProfileRequest,
    ) -> Result<pb::ResolveProfileResponse> {
        let named = Some(request.profile_id).filter(|id| !id.is_empty());
        let named = named.as_deref().map(convert::id).transpose()?;
        let user = convert::id(&request.user_id)?;
        let (profile, default) = self.profiles.acting(ctx, user, named).await?;
        Ok(pb::ResolveProfileResponse {
            profile: Some(convert::profile(&profile, default)),
        })
    }
}

/// Returns the account that calls.
fn me(ctx: &Ctx) -> Result<Id<User>> {
    let viewer = ctx.actor.viewer().ok_or(CommonReason::Unauthenticated)?;
    Ok(viewer.user)
}

#[tonic::async_trait]
impl UserService for Users {
    async fn get_me(
        &self,
        request: Request<pb::GetMeRequest>,
    ) -> Result<Response<pb::GetMeResponse>, Status> {
        let ctx = ctx(&request)?;
        answer(Self::get_me(self, &ctx).await)
    }

    async fn list_profiles(
        &self,
        request: Request<pb::ListProfilesRequest>,
    ) -> Result<Response<pb::ListProfilesResponse>, Status> {
        let ctx = ctx(&request)?;
        answer(Self::list_profiles(self, &ctx, request.into_inner()).await)
    }

    async fn create_profile(
        &self,
        request: Request<pb::CreateProfileRequest>,
    ) -> Result<Response<pb::CreateProfileResponse>, Status> {
        let ctx = ctx(&request)?;
        answer(Self::create_profile(self, &ctx, request.into_inner()).await)
    }

    async fn get_profile(
        &self,
        request: Request<pb::GetProfileRequest>,
    ) -> Result<Response<pb::GetProfileResponse>, Status> {
        let ctx = ctx(&request)?;
        answer(Self::get_profile(self, &ctx, request.into_inner()).await)
    }

    async fn update_profile(
        &self,
        request: Request<pb::UpdateProfileRequest>,
    ) -> Result<Response<pb::UpdateProfileResponse>, Status> {
        let ctx = ctx(&request)?;
        answer(Self::update_profile(self, &ctx, request.into_inner()).await)
    }

    async fn delete_profile(
        &self,
        request: Request<pb::DeleteProfileRequest>,
    ) -> Result<Response<pb::DeleteProfileResponse>, Status> {
        let ctx = ctx(&request)?;
        answer(Self::delete_profile(self, &ctx, request.into_inner()).await)
    }

    async fn create_user(
        &self,
        request: Request<pb::CreateUserRequest>,
    ) -> Result<Response<pb::CreateUserResponse>, Status> {
        let ctx = ctx(&request)?;
        answer(Self::create_user(self, &ctx, request.into_inner()).await)
    }

    async fn get_user(
        &self,
        request: Request<pb::GetUserRequest>,
    ) -> Result<Response<pb::GetUserResponse>, Status> {
        let ctx = ctx(&request)?;
        answer(Self::get_user(self, &ctx, request.into_inner()).await)
    }

    async fn set_profile_controls(
        &self,
        request: Request<pb::SetProfileControlsRequest>,
    ) -> Result<Response<pb::SetProfileControlsResponse>, Status> {
        let ctx = ctx(&request)?;
        answer(Self::set_profile_controls(self, &ctx, request.into_inner()).await)
    }

    async fn enter_profile(
        &self,
        request: Request<pb::EnterProfileRequest>,
    ) -> Result<Response<pb::EnterProfileResponse>, Status> {
        let ctx = ctx(&request)?;
        answer(Self::enter_profile(self, &ctx, request.into_inner()).await)
    }

    async fn resolve_profile(
        &self,
        request: Request<pb::ResolveProfileRequest>,
    ) -> Result<Response<pb::ResolveProfileResponse>, Status> {
        let ctx = ctx(&request)?;
        answer(Self::resolve_profile(self, &ctx, request.into_inner()).await)
    }
}

fn answer<T>(result: Result<T>) -> Result<Response<T>, Status> {
    result.map(Response::new).map_err(status)
}
