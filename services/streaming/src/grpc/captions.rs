use sv_handlers::streaming::CaptionAdminService;
use sv_kernel::{Ctx, Result};
use sv_proto::{convert::id, streaming as pb};

use super::Streaming;
use crate::{app::Said, domain::TrackKey};

impl CaptionAdminService for Streaming {
    async fn upload_captions(
        &self,
        ctx: &Ctx,
        request: pb::UploadCaptionsRequest,
    ) -> Result<pb::UploadCaptionsResponse> {
        let said = Said {
            key: TrackKey::new(&request.language, request.kind()),
            is_default: request.is_default,
            name: request.name,
        };
        let file = request.file.unwrap_or_default().data;
        let content = id(&request.content_id)?;
        self.app.upload_captions(ctx, content, said, file).await
    }

    async fn list_captions(
        &self,
        ctx: &Ctx,
        request: pb::ListCaptionsRequest,
    ) -> Result<pb::ListCaptionsResponse> {
        let tracks = self.app.captions(ctx, id(&request.content_id)?).await?;
        let items = tracks.iter().map(Into::into).collect();
        Ok(pb::ListCaptionsResponse { items })
    }

    async fn delete_captions(
        &self,
        ctx: &Ctx,
        request: pb::DeleteCaptionsRequest,
    ) -> Result<pb::DeleteCaptionsResponse> {
        let key = TrackKey::new(&request.language, request.kind());
        let content = id(&request.content_id)?;
        self.app.delete_captions(ctx, content, &key).await?;
        Ok(pb::DeleteCaptionsResponse {})
    }
}
