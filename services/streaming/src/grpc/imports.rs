use sv_handlers::streaming::ImportAdminService;
use sv_kernel::{Ctx, Result};
use sv_proto::{convert::id, streaming as pb};
use sv_rpc::handler::Answers;

use super::Streaming;

impl ImportAdminService for Streaming {
    async fn list_imports(
        &self,
        ctx: &Ctx,
        request: pb::ListImportsRequest,
    ) -> Result<pb::ListImportsResponse> {
        let imports = self.app.imports(ctx, id(&request.content_id)?).await?;
        let items = imports.iter().map(pb::Import::from).collect();
        Ok(pb::ListImportsResponse { items })
    }

    async fn get_import(
        &self,
        ctx: &Ctx,
        request: pb::GetImportRequest,
    ) -> Result<pb::GetImportResponse> {
        let (content, import) = (id(&request.content_id)?, id(&request.import_id)?);
        let import = self.app.import(ctx, content, import).await?;
        let media_import = Some((&import).into());
        Ok(pb::GetImportResponse { media_import })
    }

    async fn watch_import(
        &self,
        ctx: &Ctx,
        request: pb::WatchImportRequest,
    ) -> Result<Answers<pb::WatchImportResponse>> {
        let (content, import) = (id(&request.content_id)?, id(&request.import_id)?);
        self.app.watch_import(ctx, content, import).await
    }

    async fn retry_import(
        &self,
        ctx: &Ctx,
        request: pb::RetryImportRequest,
    ) -> Result<pb::RetryImportResponse> {
        let (content, import) = (id(&request.content_id)?, id(&request.import_id)?);
        self.app.retry_import(ctx, content, import).await
    }
}
