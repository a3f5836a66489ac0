use sv_handlers::users::UserAdminService;
use sv_kernel::{Ctx, Result};
use sv_proto::{convert::id, users as pb};
use sv_rpc::Reply;

use crate::{app::Managed, convert};

/// What those who run the installation do with accounts.
#[derive(Debug)]
pub(crate) struct Managers(pub(crate) Managed);

impl UserAdminService for Managers {
    async fn admin_list_users(
        &self,
        ctx: &Ctx,
        request: pb::AdminListUsersRequest,
    ) -> Result<pb::AdminListUsersResponse> {
        self.0.list(ctx, &request).await
    }

    async fn admin_get_user(
        &self,
        ctx: &Ctx,
        request: pb::AdminGetUserRequest,
    ) -> Result<Reply<pb::AdminGetUserResponse>> {
        let user = self.0.get(ctx, id(&request.user_id)?).await?;
        let version = user.version;
        let user = Some(user);
        Ok(Reply::new(pb::AdminGetUserResponse { user }).etag(version))
    }

    async fn update_user(
        &self,
        ctx: &Ctx,
        request: pb::UpdateUserRequest,
    ) -> Result<pb::UpdateUserResponse> {
        let user = id(&request.user_id)?;
        let (version, change) = convert::account_change(request);
        let user = Some(self.0.update(ctx, user, version, change).await?);
        Ok(pb::UpdateUserResponse { user })
    }

    async fn delete_user(
        &self,
        ctx: &Ctx,
        request: pb::DeleteUserRequest,
    ) -> Result<pb::DeleteUserResponse> {
        self.0.delete(ctx, id(&request.user_id)?).await?;
        Ok(pb::DeleteUserResponse {})
    }
}
