//! The RPCs: decode, call the use case, encode.

use sv_handlers::admin::AuditService;
use sv_kernel::{Ctx, Paged as _, Result};
use sv_proto::{admin as pb, convert::id};

use crate::{app::App, convert};

#[derive(Debug)]
pub(crate) struct Audit {
    pub(crate) app: App,
}

impl AuditService for Audit {
    async fn list_audit_records(
        &self,
        ctx: &Ctx,
        request: pb::ListAuditRecordsRequest,
    ) -> Result<pb::ListAuditRecordsResponse> {
        let filter = convert::filter(&request);
        let (items, next_page_token) = self.app.list(ctx, &filter, request.page()).await?;
        Ok(pb::ListAuditRecordsResponse {
            items,
            next_page_token,
        })
    }

    async fn get_audit_record(
        &self,
        ctx: &Ctx,
        request: pb::GetAuditRecordRequest,
    ) -> Result<pb::GetAuditRecordResponse> {
        let record = Some(self.app.get(ctx, id(&request.record_id)?).await?);
        Ok(pb::GetAuditRecordResponse { record })
    }
}
