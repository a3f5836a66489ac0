//! What editors do with plans (RGT-11).

use sv_kernel::{Ctx, Error, Id, Page, PageAsk, PageRequest, Result};
use sv_proto::{
    convert::page_error,
    rights::{self as pb, RightsReason},
};
use sv_rpc::mask::merge;
use sv_store::{StoreError, Tx, audit, work};

use super::{App, expect, parse};
use crate::{
    convert,
    domain::Plan,
    store::{coupons, gifts, payments, plans, rules, subscriptions},
};

/// The name of a plan in the protos.
const MESSAGE: &str = "streamverse.rights.v1.Plan";
/// The most plans on sale at once: they are shown, and offered, together.
const MOST_ON_SALE: u64 = 100;

impl App {
    /// Lists plans on sale and retired, in the order in which they were made.
    pub(crate) async fn all_plans(
        &self,
        ctx: &Ctx,
        ask: PageAsk<'_>,
    ) -> Result<(Vec<Plan>, String)> {
        let list = "plans, retired ones, too";
        let PageRequest { size, after, skip } = self.pages.read(list, ask).map_err(page_error)?;
        let after = after.as_deref().and_then(parse);
        let rows = plans::list(self.db.read(), ctx, after, skip, size + 1).await?;
        let page = Page::cut(rows, size, |plan| plan.id.to_string());
        let next = self.pages.write(list, page.next.as_deref());
        Ok((page.items, next))
    }

    /// Returns a plan, whether it is on sale or retired.
    pub(crate) async fn plan(&self, ctx: &Ctx, id: &str) -> Result<Plan> {
        let found = plans::by_ids(self.db.read(), ctx, plan_id(id)).await?;
        found.into_iter().next().ok_or_else(|| not_found(id))
    }

    /// Creates a plan.
    pub(crate) async fn create_plan(
        &self,
        ctx: &Ctx,
        plan: pb::Plan,
    ) -> Result<pb::CreatePlanResponse> {
        let created = &Plan {
            id: ctx.new_id(),
            version: 1,
            created_at: Some(ctx.now()),
            updated_at: Some(ctx.now()),
            ..convert::plan(plan, None)?
        };
        let done = self.db.respond(ctx, |tx| {
            work(async move {
                room(tx, ctx, None, created).await?;
                plans::insert(tx, ctx, created)
                    .await
                    .map_err(|failure| taken(failure, created))?;
                audit::record(tx, ctx, act(None, Some(created))).await?;
                let plan = Some(created.into());
                Ok(pb::CreatePlanResponse { plan })
            })
        });
        done.await
    }

    /// Replaces a plan, or changes the fields that a mask names. What accounts pay for it stays.
    pub(crate) async fn update_plan(
        &self,
        ctx: &Ctx,
        request: &pb::UpdatePlanRequest,
    ) -> Result<pb::UpdatePlanResponse> {
        let plan = &request.plan.clone().unwrap_or_default();
        let mask = request.update_mask.as_ref();
        let done = self.db.respond(ctx, |tx| {
            work(async move {
                let before = locked(tx, ctx, &request.id).await?;
                expect(ctx, plan.version, before.version)?;
                let wanted = match mask {
                    Some(mask) if !mask.paths.is_empty() => {
                        merge(MESSAGE, &pb::Plan::from(&before), plan, &mask.paths)?
                    }
                    _ => plan.clone(),
                };
                let saved = Plan {
                    id: before.id,
                    version: before.version.saturating_add(1),
                    created_at: before.created_at,
                    updated_at: Some(ctx.now()),
                    ..convert::plan(wanted, Some(&before))?
                };
                if saved.price != before.price
                    && (subscriptions::hold(tx, ctx, before.id).await?
                        || payments::wait_for_plan(tx, ctx, before.id).await?)
                {
                    return Err(RightsReason::PlanInUse.into());
                }
                room(tx, ctx, Some(&before), &saved).await?;
                plans::update(tx, ctx, &saved)
                    .await
                    .map_err(|failure| taken(failure, &saved))?;
                audit::record(tx, ctx, act(Some(&before), Some(&saved))).await?;
                let plan = Some((&saved).into());
                Ok(pb::UpdatePlanResponse { plan })
            })
        });
        done.await
    }

    /// Takes a plan off sale: retires one that accounts have or change to, or that a rule names, and returns it;
    /// deletes another.
    pub(crate) async fn delete_plan(&self, ctx: &Ctx, id: &str) -> Result<pb::DeletePlanResponse> {
        let done = self.db.respond(ctx, |tx| {
            work(async move {
                let before = locked(tx, ctx, id).await?;
                expect(ctx, 0, before.version)?;
                let named = subscriptions::have(tx, ctx, before.id).await?
                    || payments::name_plan(tx, ctx, before.id).await?
                    || rules::name_plan(tx, ctx, before.id).await?
                    || gifts::name_plan(tx, ctx, before.id).await?
                    || coupons::name_plan(tx, ctx, before.id).await?;
                if named && !before.on_sale {
                    ctx.changes_nothing();
                    let plan = Some((&before).into());
                    return Ok(pb::DeletePlanResponse { plan });
                }
                let retired = named.then(|| Plan {
                    on_sale: false,
                    version: before.version.saturating_add(1),
                    updated_at: Some(ctx.now()),
                    ..before.clone()
                });
                match &retired {
                    Some(retired) => plans::update(tx, ctx, retired).await?,
                    None => plans::delete(tx, ctx, before.id).await?,
                }
                audit::record(tx, ctx, act(Some(&before), retired.as_ref())).await?;
                let plan = retired.as_ref().map(Into::into);
                Ok(pb::DeletePlanResponse { plan })
            })
        });
        done.await
    }
}

fn plan_id(id: &str) -> Option<Id<Plan>> {
    parse(id).map(Id::from_uuid)
}

fn not_found(id: &str) -> Error {
    Error::from(RightsReason::PlanNotFound).with("plan", id)
}

/// Finds a plan that is to be changed, and locks it.
async fn locked(tx: &Tx, ctx: &Ctx, id: &str) -> Result<Plan> {
    let found = match plan_id(id) {
        Some(id) => plans::lock(tx, ctx, id).await?,
        None => None,
    };
    found.ok_or_else(|| not_found(id))
}

/// Refuses one more plan on sale where there are too many.
async fn room(tx: &Tx, ctx: &Ctx, before: Option<&Plan>, after: &Plan) -> Result<()> {
    let was_on_sale = before.is_some_and(|before| before.on_sale);
    if after.on_sale && !was_on_sale && plans::count_on_sale(tx, ctx).await? >= MOST_ON_SALE {
        return Err(Error::from(RightsReason::PlanLimit).with("limit", MOST_ON_SALE));
    }
    Ok(())
}

/// Says that a code is not free; ids of our own making always are.
fn taken(failure: StoreError, plan: &Plan) -> Error {
    if failure.is_duplicate() {
        Error::from(RightsReason::PlanCodeTaken)
            .with("code", &plan.code)
            .because(failure)
    } else {
        failure.into()
    }
}

/// Describes what was done to a plan, for its audit record.
fn act(old: Option<&Plan>, new: Option<&Plan>) -> audit::Act {
    let values = |plan: Option<&Plan>| match plan {
        Some(plan) => sv_rpc::audit::values(MESSAGE, &pb::Plan::from(plan)),
        None => serde_json::Value::Null,
    };
    let id = new.or(old).map(|plan| plan.id.to_string());
    audit::Act::on("plan", id.unwrap_or_default()).changed(values(old), values(new))
}
