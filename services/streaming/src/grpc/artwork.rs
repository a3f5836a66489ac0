use sv_handlers::streaming::ArtworkAdminService;
use sv_kernel::{Ctx, Result};
use sv_proto::{convert::id, streaming as pb};

use super::Streaming;
use crate::{convert, domain::PictureKey};

impl ArtworkAdminService for Streaming {
    async fn upload_artwork(
        &self,
        ctx: &Ctx,
        request: pb::UploadArtworkRequest,
    ) -> Result<pb::UploadArtworkResponse> {
        let (content, role) = (id(&request.content_id)?, request.role());
        let file = request.file.unwrap_or_default().data;
        let said = (role, request.language.as_str());
        self.app.upload_artwork(ctx, content, said, file).await
    }

    async fn list_artwork(
        &self,
        ctx: &Ctx,
        request: pb::ListArtworkRequest,
    ) -> Result<pb::ListArtworkResponse> {
        let content = id(&request.content_id)?;
        let pictures = self.app.artwork(ctx, content).await?;
        let told = pictures
            .iter()
            .map(|one| convert::picture(one, &request.content_id));
        Ok(pb::ListArtworkResponse {
            items: told.collect(),
        })
    }

    async fn delete_artwork(
        &self,
        ctx: &Ctx,
        request: pb::DeleteArtworkRequest,
    ) -> Result<pb::DeleteArtworkResponse> {
        let key = PictureKey {
            role: request.role(),
            language: PictureKey::language(&request.language),
            width: u32::try_from(request.width).unwrap_or_default(),
        };
        let content = id(&request.content_id)?;
        let deleted = self.app.delete_artwork(ctx, content, &key).await?;
        Ok(pb::DeleteArtworkResponse { deleted })
    }
}
