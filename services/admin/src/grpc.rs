//! The RPCs: decode, call the use case, encode.

use sv_kernel::Paged as _;
use sv_proto::admin::{self as pb, audit_service_server::AuditService};
use sv_rpc::{ctx, status};
use tonic::{Request, Response, Status, async_trait};

use crate::{app::App, convert};

#[derive(Debug)]
pub(crate) struct Audit {
    pub(crate) app: App,
}

#[async_trait]
impl AuditService for Audit {
    async fn list_audit_records(
        &self,
        request: Request<pb::ListAuditRecordsRequest>,
    ) -> Result<Response<pb::ListAuditRecordsResponse>, Status> {
        let (ctx, asked) = (ctx(&request)?, request.into_inner());
        let filter = convert::filter(&asked);
        let listed = self.app.list(&ctx, &filter, asked.page()).await;
        let (items, next_page_token) = listed.map_err(status)?;
        Ok(Response::new(pb::ListAuditRecordsResponse {
            items,
            next_page_token,
        }))
    }

    async fn get_audit_record(
        &self,
        request: Request<pb::GetAuditRecordRequest>,
    ) -> Result<Response<pb::GetAuditRecordResponse>, Status> {
        let ctx = ctx(&request)?;
        let id = convert::id(&request.get_ref().record_id).map_err(status)?;
        let record = self.app.get(&ctx, id).await.map_err(status)?;
        Ok(Response::new(pb::GetAuditRecordResponse {
            record: Some(record),
        }))
    }
}
