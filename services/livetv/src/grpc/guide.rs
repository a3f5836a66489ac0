use std::sync::Arc;

use sv_handlers::livetv::{GuideAdminService, GuideService};
use sv_kernel::{Ctx, Result};
use sv_proto::livetv as pb;

use crate::app::App;

/// The guide: as viewers see it, and as editors fill it.
pub(crate) struct Guide(pub(crate) Arc<App>);

impl GuideService for Guide {
    async fn get_guide(
        &self,
        ctx: &Ctx,
        request: pb::GetGuideRequest,
    ) -> Result<pb::GetGuideResponse> {
        self.0.guide(ctx, &request).await
    }
}

impl GuideAdminService for Guide {
    async fn upload_guide(
        &self,
        ctx: &Ctx,
        request: pb::UploadGuideRequest,
    ) -> Result<pb::UploadGuideResponse> {
        self.0.upload_guide(ctx, request).await
    }
}
