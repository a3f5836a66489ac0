//! The RPCs about gift codes: decode, call the use case, encode.

use sv_handlers::rights::{GiftAdminService, GiftService};
use sv_kernel::{Ctx, Paged as _, Result};
use sv_proto::{convert::id, rights as pb};

use crate::app::App;

/// What accounts and editors do with codes.
#[derive(Debug)]
pub(crate) struct Gifts {
    pub(crate) app: App,
}

impl GiftService for Gifts {
    async fn redeem_gift(
        &self,
        ctx: &Ctx,
        request: pb::RedeemGiftRequest,
    ) -> Result<pb::RedeemGiftResponse> {
        self.app.redeem(ctx, &request.code).await
    }
}

impl GiftAdminService for Gifts {
    async fn create_gift(
        &self,
        ctx: &Ctx,
        request: pb::CreateGiftRequest,
    ) -> Result<pb::CreateGiftResponse> {
        self.app.create_gift(ctx, &request).await
    }

    async fn admin_list_gifts(
        &self,
        ctx: &Ctx,
        request: pb::AdminListGiftsRequest,
    ) -> Result<pb::AdminListGiftsResponse> {
        self.app.gifts(ctx, request.page()).await
    }

    async fn revoke_gift(
        &self,
        ctx: &Ctx,
        request: pb::RevokeGiftRequest,
    ) -> Result<pb::RevokeGiftResponse> {
        self.app.revoke_gift(ctx, id(&request.id)?).await
    }
}
