//! The RPCs of editors: decode, call the use case, encode.

use sv_handlers::rights::RightsAdminService;
use sv_kernel::{Ctx, Paged as _, Result};
use sv_proto::rights as pb;
use sv_rpc::Reply;

use crate::app::App;

/// What editors do.
#[derive(Debug)]
pub(crate) struct Editors {
    pub(crate) app: App,
}

impl RightsAdminService for Editors {
    async fn admin_list_plans(
        &self,
        ctx: &Ctx,
        request: pb::AdminListPlansRequest,
    ) -> Result<pb::AdminListPlansResponse> {
        let (plans, next_page_token) = self.app.all_plans(ctx, request.page()).await?;
        Ok(pb::AdminListPlansResponse {
            items: plans.iter().map(Into::into).collect(),
            next_page_token,
        })
    }

    async fn admin_get_plan(
        &self,
        ctx: &Ctx,
        request: pb::AdminGetPlanRequest,
    ) -> Result<Reply<pb::AdminGetPlanResponse>> {
        let plan = self.app.plan(ctx, &request.id).await?;
        let version = plan.version;
        let plan = Some((&plan).into());
        Ok(Reply::new(pb::AdminGetPlanResponse { plan }).etag(version))
    }

    async fn create_plan(
        &self,
        ctx: &Ctx,
        request: pb::CreatePlanRequest,
    ) -> Result<pb::CreatePlanResponse> {
        let plan = request.plan.unwrap_or_default();
        self.app.create_plan(ctx, plan).await
    }

    async fn update_plan(
        &self,
        ctx: &Ctx,
        request: pb::UpdatePlanRequest,
    ) -> Result<pb::UpdatePlanResponse> {
        self.app.update_plan(ctx, &request).await
    }

    async fn delete_plan(
        &self,
        ctx: &Ctx,
        request: pb::DeletePlanRequest,
    ) -> Result<pb::DeletePlanResponse> {
        self.app.delete_plan(ctx, &request.id).await
    }

    async fn admin_list_rules(
        &self,
        ctx: &Ctx,
        request: pb::AdminListRulesRequest,
    ) -> Result<pb::AdminListRulesResponse> {
        let listed = self.app.rules(ctx, &request.content_id, request.page());
        let (items, next_page_token) = listed.await?;
        Ok(pb::AdminListRulesResponse {
            items,
            next_page_token,
        })
    }

    async fn admin_get_rule(
        &self,
        ctx: &Ctx,
        request: pb::AdminGetRuleRequest,
    ) -> Result<Reply<pb::AdminGetRuleResponse>> {
        let rule = self.app.rule(ctx, &request.id).await?;
        let version = rule.version;
        let rule = Some(rule);
        Ok(Reply::new(pb::AdminGetRuleResponse { rule }).etag(version))
    }

    async fn create_rule(
        &self,
        ctx: &Ctx,
        request: pb::CreateRuleRequest,
    ) -> Result<pb::CreateRuleResponse> {
        let rule = request.rule.unwrap_or_default();
        self.app.create_rule(ctx, rule).await
    }

    async fn update_rule(
        &self,
        ctx: &Ctx,
        request: pb::UpdateRuleRequest,
    ) -> Result<pb::UpdateRuleResponse> {
        self.app.update_rule(ctx, request).await
    }

    async fn delete_rule(
        &self,
        ctx: &Ctx,
        request: pb::DeleteRuleRequest,
    ) -> Result<pb::DeleteRuleResponse> {
        self.app.delete_rule(ctx, &request.id).await
    }
}
