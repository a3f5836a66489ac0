//! The RPCs about coupons: decode, call the use case, encode.

use sv_handlers::rights::{CouponAdminService, CouponService};
use sv_kernel::{Ctx, Paged as _, Result};
use sv_proto::rights as pb;
use sv_rpc::Reply;

use crate::app::App;

/// What accounts and editors do with coupons.
#[derive(Debug)]
pub(crate) struct Coupons {
    pub(crate) app: App,
}

impl CouponService for Coupons {
    async fn validate_coupon(
        &self,
        ctx: &Ctx,
        request: pb::ValidateCouponRequest,
    ) -> Result<pb::ValidateCouponResponse> {
        self.app.validate_coupon(ctx, &request).await
    }
}

impl CouponAdminService for Coupons {
    async fn admin_list_coupons(
        &self,
        ctx: &Ctx,
        request: pb::AdminListCouponsRequest,
    ) -> Result<pb::AdminListCouponsResponse> {
        self.app.coupons(ctx, request.page()).await
    }

    async fn admin_get_coupon(
        &self,
        ctx: &Ctx,
        request: pb::AdminGetCouponRequest,
    ) -> Result<Reply<pb::AdminGetCouponResponse>> {
        let coupon = self.app.coupon(ctx, &request.id).await?;
        let version = coupon.version;
        let coupon = Some(coupon);
        Ok(Reply::new(pb::AdminGetCouponResponse { coupon }).etag(version))
    }

    async fn create_coupon(
        &self,
        ctx: &Ctx,
        request: pb::CreateCouponRequest,
    ) -> Result<pb::CreateCouponResponse> {
        let coupon = request.coupon.unwrap_or_default();
        self.app.create_coupon(ctx, coupon).await
    }

    async fn update_coupon(
        &self,
        ctx: &Ctx,
        request: pb::UpdateCouponRequest,
    ) -> Result<pb::UpdateCouponResponse> {
        self.app.update_coupon(ctx, &request).await
    }

    async fn delete_coupon(
        &self,
        ctx: &Ctx,
        request: pb::DeleteCouponRequest,
    ) -> Result<pb::DeleteCouponResponse> {
        self.app.delete_coupon(ctx, &request.id).await
    }
}
